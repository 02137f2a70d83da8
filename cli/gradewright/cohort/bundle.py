"""The zip a candidate gets: briefs, starters, the allowed packages, a check that the app starts, and nothing hidden.

The same content gives the same bytes: entries are sorted, without times, uncompressed (compressors differ between machines).
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import zipfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from gradewright.cohort.hidden import Hidden
from gradewright.cohort.screen import Screen
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError
from gradewright.model import Exercise

#: What the grader needs for itself; everything else it depends on is there for the exercises.
GRADERS_OWN = frozenset({"click", "jinja2", "packaging", "watchfiles", "landlockpy", "pyseccomp"})
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
SMOKE = Path(__file__).with_name("smoke.py.txt")  # text, not a module: nothing here may import it

README = """# {title}

{table}

You have {minutes} minutes. You may read any documentation. The packages you may use are in requirements.txt.

## Steps

1. Install, with Python {python}, the version that will run your app (on Windows: `.venv\\Scripts\\python`):

       python3 -m venv .venv
       .venv/bin/python -m pip install -r requirements.txt

2. Read {read}

3. Check that it starts:

       .venv/bin/python smoke.py

   This says that your app imports, serves, and has the names that the brief asks for. It does not grade.

4. Send in {send}, without .venv.
"""


def build(catalogue: Catalogue, screen: Screen) -> bytes:
    """Return the zip for a resolved screen. Raises ContentError when anything hidden would go in."""
    exercises = [catalogue.load(each.exercise) for each in screen.exercises]
    files: dict[str, bytes] = {}
    looks = {}
    for exercise in exercises:
        root = catalogue.root_of(exercise.slug)
        brief = catalogue.brief(exercise)
        for name, content in {**starter(root, exercise), "README.md": brief.encode()}.items():
            files[f"{exercise.slug}/{name}"] = content
        asked = names(root, exercise, brief)
        looks[exercise.slug] = {"app": exercise.app, "environment": exercise.environment, "names": asked}
    smoke = SMOKE.read_text(encoding="utf-8").replace('"EXERCISES"', json.dumps(looks, indent=4, sort_keys=True))
    files["smoke.py"] = smoke.encode()
    files["requirements.txt"] = requirements().encode()
    files["README.md"] = _readme(screen, exercises).encode()
    for exercise in exercises:
        Hidden.of(catalogue.root_of(exercise.slug), exercise).check(files)
    return pack(files)


def pack(files: dict[str, bytes]) -> bytes:
    """Return a zip of these names and contents, the same bytes each time."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, whatever this runs on: the permissions below are read only then
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return whole.getvalue()


def starter(root: ContentRoot, exercise: Exercise) -> dict[str, bytes]:
    """Return the starter's files by name. Raises ContentError for a link: it may lead to what is hidden."""
    folder = root.starter(exercise.slug)
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise ContentError(f"{path} is a link; a starter has files only")
        inside = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in inside.parts and path.suffix != ".pyc":
            found[inside.as_posix()] = path.read_bytes()
    if not found:
        raise ContentError(f"{exercise.slug} has no starter at {folder}")
    return found


def names(root: ContentRoot, exercise: Exercise, brief: str) -> list[str]:
    """Return the names that the brief fixes: those it quotes that the starter, too, has as functions or classes."""
    quoted = set(re.findall(r"`(?:async def |def |class )?([A-Za-z_]\w*)(?:\([^`]*\))?`", brief))
    provided = root.provided(exercise.slug)
    found = set()
    for name, content in starter(root, exercise).items():
        if not name.endswith(".py") or (provided / name).is_file():
            continue
        for node in ast.parse(content).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.decorator_list:
                found.add(node.name)
    return sorted(found & quoted)


def requirements() -> str:
    """Return requirements.txt: what the exercises may import, in the versions that are installed here and grade."""
    lines = []
    for text in metadata.requires("gradewright") or ():
        wanted = Requirement(text)
        if wanted.name in GRADERS_OWN or (wanted.marker is not None and "extra" in str(wanted.marker)):
            continue
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            continue  # not for this system, by its marker
        extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
        lines.append(f"{wanted.name}{extras}=={version}" + (f"; {wanted.marker}" if wanted.marker else ""))
    return "\n".join(sorted(lines, key=str.casefold)) + "\n"


def _readme(screen: Screen, exercises: list[Exercise]) -> str:
    weights = len({each.weight for each in screen.exercises}) > 1
    more = (" weight |", " --- |") if weights else ("", "")
    rows = [f"| exercise | about | minutes |{more[0]}", f"| --- | --- | --- |{more[1]}"]
    for each, exercise in zip(screen.exercises, exercises, strict=True):
        rows.append(f"| {exercise.slug} | {exercise.title} | {each.minutes} |{f' {each.weight} |' if weights else ''}")
    one = exercises[0].slug if len(exercises) == 1 else ""
    everywhere = "the README.md of each exercise and write your app next to it."
    return README.format(
        title=screen.title or (exercises[0].title if one else "Exercises"),
        table="\n".join(rows),
        minutes=screen.minutes,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        read=f"{one}/README.md and write your app in {one}/." if one else everywhere,
        send=f"the folder {one} as a zip" if one else "each exercise's folder as a zip of its own",
    )
