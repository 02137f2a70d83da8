"""A bundle's smoke check: it works without Gradewright, passes on the starters, and says what is missing."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gradewright.content.catalogue import Catalogue

REPOSITORY = Path(__file__).parents[2]


def unpack(content, folder):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def smoke(folder, *arguments):
    command = [sys.executable, str(folder / "smoke.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=folder)


def test_the_smoke_check_passes_on_starters_and_imports_nothing_of_ours(root, tmp_path, bundle_of, members):
    content = bundle_of(root, "01", "07", "18-apirouter", "20-jwt")
    tree = ast.parse(members(content)["smoke.py"])
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    done = smoke(unpack(content, tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("serves") == 4
    assert "ok    07-depends: imports, has every name the brief fixes" in done.stdout


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import surely_missing_package\n", "it does not import"),
        ("from fastapi import FastAPI\napplication = FastAPI()\n", "there is no app app:app"),
        ("from fastapi import FastAPI\napp = FastAPI()\n", "names that are not there: get_region, paging, verify_token"),
        (
            """
from fastapi import FastAPI
def get_region(): ...
def paging(): ...
def verify_token(): ...
async def lifespan(app):
    raise OSError("no")
    yield
app = FastAPI(lifespan=lifespan)
""",
            "it does not start",
        ),
    ],
)
def test_the_smoke_check_says_what_is_missing(root, tmp_path, source, said, bundle_of):
    folder = unpack(bundle_of(root, "07"), tmp_path)
    (folder / "07-depends" / "app.py").write_text(source)
    done = smoke(folder, "07-depends")
    assert done.returncode == 1
    assert said in done.stdout


def test_the_smoke_check_knows_its_exercises(root, tmp_path, bundle_of):
    done = smoke(unpack(bundle_of(root, "07"), tmp_path), "08")
    assert done.returncode == 2
    assert "There is no 08 here; there is 07-depends." in done.stdout


@pytest.mark.engine
@pytest.mark.parametrize("slug", sorted(path.name for path in (REPOSITORY / "exercises").iterdir()))
def test_a_right_answer_passes_without_a_variable_set(root, tmp_path, slug, bundle_of, monkeypatch):
    for name in Catalogue(root).load(slug).environment:
        monkeypatch.delenv(name, raising=False)
    folder = unpack(bundle_of(root, slug), tmp_path)
    solution = min((REPOSITORY / "graders" / slug / "solutions").iterdir())
    shutil.copytree(solution, folder / slug, dirs_exist_ok=True)
    before = sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    done = smoke(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts) == before
