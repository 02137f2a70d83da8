"""The take-home that ships: reference, starter and wrong solutions come back as candidates' zips, and get what they deserve."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from gradewright.authoring.files import read_wrong
from gradewright.authoring.repeat import folders_of
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.worker_control import bubblewrap

pytestmark = pytest.mark.catalogue

SLUG = "41-capstone"


def handed_in(bundle: Path, variant: Path, name: str, folder: Path) -> None:
    """Zip what a candidate would send who wrote this variant into the folder of the bundle."""
    project = folder / "work" / name / SLUG
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "work" / name)
    shutil.copytree(variant, project, dirs_exist_ok=True, ignore=shutil.ignore_patterns("wrong.toml", "__pycache__"))
    shutil.make_archive(str(folder / "subs" / name), "zip", folder / "work" / name, SLUG)


def test_every_variant_comes_back_as_a_zip(grade, tmp_path, repository, patient):
    root = find_root(str(repository))
    ids = [point.id for point in Catalogue(root).load(SLUG).points]
    variants = {f"{folder.parent.name}-{folder.name}": folder for folder in folders_of(root, SLUG)}
    bundle, out = tmp_path / "kata.zip", tmp_path / "out"
    assert grade("bundle", SLUG, "-o", bundle).code == 0
    (tmp_path / "subs").mkdir()
    for name, variant in variants.items():
        handed_in(bundle, variant, name, tmp_path)
    profile = "screen" if bubblewrap.works() else "kata"
    done = grade("batch", tmp_path / "subs", "-e", SLUG, "-o", out, "--profile", profile, *patient, timeout=1500)
    assert done.code == 0, done.err
    rows = csv.DictReader(io.StringIO((out / "summary.csv").read_text()))
    assert sorted(row["submission"] for row in rows) == sorted(variants)
    for name, variant in variants.items():
        verdict = json.loads((out / name / "result.json").read_text())
        lost = {point["id"] for point in verdict["points"] if point["status"] != "won"}
        must, may = deserved(variant, ids)
        assert verdict["state"] == "graded", (name, verdict["problem"])
        assert must <= lost <= may, (name, sorted(lost))


def deserved(variant: Path, ids: list[str]) -> tuple[set[str], set[str]]:
    """Return what a variant must lose, and what it may lose at the most."""
    if variant.parent.name == "starter":
        return set(ids), set(ids)
    named, allowed = read_wrong(variant, ids) if variant.parent.name == "wrong" else ([], {})
    return set(named), {*named, *allowed}
