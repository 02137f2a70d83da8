"""`grade bundle`: what a candidate gets is the same each time, and has nothing hidden in it."""

from __future__ import annotations

import ast
import tomllib
import zipfile
from pathlib import PurePosixPath

import pytest

from gradewright.cohort import bundle
from gradewright.cohort.hidden import Hidden
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError

SUITE = """
    from gradewright.suite import point


    @point("works")
    def test_works(client, expect, nonce):
        word = nonce()
        expect.json(client.get(f"/echo?word={word}"), {"word": word}, "The word should come back as it was sent.")
        expect.status(client.get("/nothing"), 404, "A route that is not there should answer 404.")
"""


@pytest.fixture
def made(make_root):
    return ContentRoot(make_root(SUITE), "option")


def test_nothing_hidden_is_in_any_exercise(root, bundle_of, members):
    """Independent of the program's own check: by content, by name, and by the suite's lines."""
    for slug in Catalogue(root).slugs():
        if not (root.starter(slug).is_dir() and root.suite(slug).is_dir()):
            continue
        found = members(bundle_of(root, slug))
        own = {f"{slug}/README.md", "README.md", "requirements.txt", "smoke.py"}
        starters = {
            f"{slug}/{p.relative_to(root.starter(slug)).as_posix()}" for p in root.starter(slug).rglob("*") if p.is_file()
        }
        assert set(found) <= own | starters
        graders = root.path / "graders" / slug
        # Solutions and wrong ones come with the plain modules that every learner has.
        plain = {path.relative_to(root.provided(slug)).as_posix() for path in root.provided(slug).rglob("*") if path.is_file()}
        answers = [folder for part in ("solutions", "wrong") for folder in (graders / part).iterdir() if folder.is_dir()]
        # A starter's file that every answer which has it keeps unchanged; two at least must have it.
        holders = {path.name: [folder for folder in answers if (folder / path.name).is_file()]
                   for path in root.starter(slug).iterdir() if path.is_file()}  # fmt: skip
        same = {
            name
            for name, folders in holders.items()
            if len(folders) >= 2 and len({(folder / name).read_bytes() for folder in folders}) == 1
        }
        plain |= same - {"app.py", "__init__.py"} | {
            PurePosixPath(name).name + end for name in Catalogue(root).load(slug).given for end in ("", ".py")
        }
        # What an exercise says it gives as it is.
        given = {root.provided(slug) / name for name in Catalogue(root).load(slug).given}
        secret = {
            path.read_bytes()
            for part in ("suite", "worker", "solutions", "wrong")
            for path in (graders / part).rglob("*")
            if path.is_file()
            and path.read_bytes().strip()
            and not (part in ("solutions", "wrong") and path.name in plain)
            and not given.intersection((path, path.with_suffix(""), *path.parents))
        }
        leaked = [name for name, content in found.items() if content in secret]
        assert not leaked, (slug, leaked)
        text = b"\n".join(found.values()).decode()
        for path in root.suite(slug).rglob("*.py"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    assert node.name not in text, (slug, node.name)


def test_the_same_bytes_each_time(grade, repository, tmp_path):
    for name in ("one.zip", "two.zip"):
        assert grade("--root", repository, "bundle", "07", "10-yield-depends", "-o", tmp_path / name).code == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.external_attr, entry.create_system, entry.compress_type) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3, zipfile.ZIP_STORED)
    }


def test_times_and_permissions_of_the_content_do_not_matter(made, bundle_of):
    before = bundle_of(made, "01")
    app = made.starter("01-made") / "app.py"
    app.chmod(0o755)
    (made.starter("01-made") / "__pycache__").mkdir()
    (made.starter("01-made") / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"x")
    assert bundle_of(made, "01") == before


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("test_01_made.py", lambda root: "anything"),
        ("gradewright_twin.py", lambda root: "anything"),
        ("notes.py", lambda root: (root.suite("01-made") / "test_01_made.py").read_text()),
        ("notes.txt", lambda root: "\n".join((root.suite("01-made") / "test_01_made.py").read_text().splitlines()[4:9])),
        ("app.py", lambda root: (root.solutions("01-made") / "one" / "app.py").read_text()),
        ("store.py", lambda root: (root.provided("01-made") / "store.py").read_text()),
        ("notes.md", lambda root: f"Try this: {Catalogue(root).load('01').points[0].hints[2]}"),
    ],
)
def test_anything_hidden_is_refused(made, name, make, bundle_of):
    (made.solutions("01-made") / "one").mkdir(parents=True)
    (made.solutions("01-made") / "one" / "app.py").write_text("from fastapi import FastAPI\n\napp = FastAPI(title='solved')\n")
    made.provided("01-made").mkdir()
    (made.provided("01-made") / "store.py").write_text("CALLS = []\n")
    toml = made.exercise("01-made") / "exercise.toml"
    toml.write_text(toml.read_text().replace('"three"', '"A hint that is long enough to be known again anywhere."'))
    bundle_of(made, "01")
    (made.starter("01-made") / name).write_text(make(made))
    with pytest.raises(ContentError, match="would go into the bundle"):
        bundle_of(made, "01")


def test_a_refusal_writes_nothing(grade, made, tmp_path):
    (made.starter("01-made") / "test_01_made.py").write_text("")
    done = grade("--root", made.path, "bundle", "01", "-o", tmp_path / "kata.zip")
    assert done.code == 4
    assert "01-made/test_01_made.py would go into the bundle" in done.err
    assert not (tmp_path / "kata.zip").exists()


def test_a_link_in_a_starter_is_refused(made, bundle_of):
    (made.starter("01-made") / "data.txt").symlink_to(made.suite("01-made") / "test_01_made.py")
    with pytest.raises(ContentError, match="is a link"):
        bundle_of(made, "01")


def test_the_learners_copy_of_a_provided_module_may_go_in(made, bundle_of, members):
    made.provided("01-made").mkdir()
    (made.provided("01-made") / "store.py").write_text("CALLS = []\n")
    for folder in (made.starter("01-made"), made.solutions("01-made") / "one", made.wrong("01-made") / "two"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "store.py").write_text("def load():\n    return 1\n")
    assert "01-made/store.py" in members(bundle_of(made, "01"))
    assert Hidden.of(made, Catalogue(made).load("01")).modules == {"store.py": b"CALLS = []\n"}


def test_a_file_that_right_and_wrong_answers_share_is_no_answer(made, bundle_of, members):
    for folder in (made.starter("01-made"), made.solutions("01-made") / "one", made.wrong("01-made") / "two"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "data.py").write_text("ROWS = [1, 2, 3]\n")
    assert "01-made/data.py" in members(bundle_of(made, "01"))
    (made.wrong("01-made") / "two" / "data.py").write_text("ROWS = []\n")
    with pytest.raises(ContentError, match=r"graders/01-made/solutions/one/data\.py"):
        bundle_of(made, "01")


def test_requirements_are_what_the_exercises_may_import(repository):
    lines = dict(line.partition("==")[::2] for line in bundle.requirements().splitlines())
    assert not {"click", "jinja2", "landlockpy"} & {name.partition("[")[0] for name in lines}
    from importlib import metadata

    assert lines["fastapi"] == metadata.version("fastapi")
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    assert {dependency.split(">")[0] for dependency in project["dependencies"]} >= bundle.GRADERS_OWN
