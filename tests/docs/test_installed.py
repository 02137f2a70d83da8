"""An installed wheel, an empty folder, and the README: a kata, a bundle, a batch and a private pack work as printed there."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

pytestmark = pytest.mark.catalogue
README = "README.md"
#: What a grade of an untouched starter ends with.
BELOW = 1


@pytest.fixture
def printed(repository):
    """The blocks of the README's section for an empty folder, as lines."""
    section = (repository / README).read_text().partition("## In an empty folder")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    return [block.splitlines() for block in blocks]


@pytest.fixture
def type_in(installed, tmp_path):
    """Type a line in the empty folder; returns exit code and both outputs."""
    home = tmp_path / "home"
    home.mkdir()
    empty = tmp_path / "empty"
    empty.mkdir()

    def run(line):
        env = {"PATH": f"{installed / 'bin'}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
        done = subprocess.run(["bash", "-c", line], cwd=empty, env=env, capture_output=True, text=True, timeout=300)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def test_nothing_of_the_checkout_is_used(type_in, repository):
    code, out, _err = type_in('python -c "import gradewright; print(gradewright.__file__)"')
    assert code == 0
    assert str(repository) not in out


def test_a_kata(printed, type_in, tmp_path):
    assert [type_in(line)[0] for line in printed[0]] == [0, BELOW]
    assert (tmp_path / "empty/.grade/07-depends.html").is_file()


def test_bundle_and_batch(printed, type_in, tmp_path):
    for line in printed[1]:
        # Not every machine that tests has all the layers that strangers' code needs.
        code, out, err = type_in(f"{line} --profile kata" if line.startswith("grade batch") else line)
        assert code == 0, out + err
    assert (tmp_path / "empty/kata.zip").stat().st_size > 1000
    assert json.loads((tmp_path / "empty/out/ada/result.json").read_text())["state"] == "graded"
    assert "<html" in (tmp_path / "empty/cohort.html").read_text()


def test_a_private_pack(printed, type_in, tmp_path):
    assert [type_in(line)[0] for line in printed[2]] == [0, BELOW]
    assert (tmp_path / "empty/acme/pack.toml").is_file()
    code, out, _err = type_in("grade author check 01-orders --pack acme")
    assert (code, out.count("FILL IN")) == (4, 5)


def test_an_installed_pack(installed, type_in, tmp_path):
    """docs/packs.md, Install it: an import package with the trees and an entry point."""
    assert type_in("grade author new 01-orders --pack acme")[0] == 0
    (tmp_path / "empty/acme/__init__.py").touch()
    (tmp_path / "empty/pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "acme-pack"\nversion = "1"\n[project.entry-points."gradewright.packs"]\nacme = "acme"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["acme"]\n'
    )
    code, out, err = type_in("python -m pip install --quiet --disable-pip-version-check --no-deps .")
    assert code == 0, out + err
    try:
        (tmp_path / "empty/acme").rename(tmp_path / "elsewhere")
        code, out, err = type_in("grade 01-orders")
        assert code == BELOW, out + err
        # The suite lies among the packages that an app may import, and cannot be read there.
        suite = next(installed.glob("lib/python*/site-packages/acme/graders/01-orders/suite/test_01_orders.py"))
        app = f'open("found.txt", "w").write(open({str(suite)!r}).read())\n'
        (tmp_path / "empty/01-orders/app.py").write_text(f"{app}from fastapi import FastAPI\napp = FastAPI()\n")
        code, out, err = type_in("grade 01-orders --json")
        assert (code, json.loads(out)["state"]) == (3, "ungradable"), out + err
        assert "No such file" in out or "Permission" in out
    finally:
        type_in("python -m pip uninstall --quiet --yes acme-pack")
