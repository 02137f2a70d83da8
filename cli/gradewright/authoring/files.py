"""The files of one exercise as its author left them: what is missing, what does not belong, what is not filled in yet."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from gradewright.authoring.free import read_free
from gradewright.authoring.new import MARK
from gradewright.content.root import PARTS, ContentRoot
from gradewright.errors import ContentError, did_you_mean
from gradewright.model import Exercise

ALLOWED_EXERCISE_FILES = ("exercise.toml", "README.md")
ALLOWED_GRADER_PARTS = {"suite", "worker", "solutions", "wrong", "waivers.toml", "free.toml"}
STRAY = ("__pycache__", ".DS_Store", ".grade", ".pytest_cache")
#: The fields of wrong.toml.
WRONG_FIELDS = ("why", "lost", "may_lose")


def folders(path: Path) -> list[Path]:
    """Return the folders in `path`, without leftovers of tools."""
    return sorted(found for found in path.iterdir() if found.is_dir() and found.name not in STRAY) if path.is_dir() else []


def files(root: ContentRoot, exercise: Exercise) -> Iterator[str]:
    """Yield what is missing or does not belong."""
    slug = exercise.slug
    folder = root.exercise(slug)
    for name in ALLOWED_EXERCISE_FILES:
        if not (folder / name).is_file():
            yield f"exercises/{slug}/{name} is missing"
    for path in folder.iterdir():
        if path.name not in ALLOWED_EXERCISE_FILES:
            yield f"exercises/{slug}/{path.name} does not belong there"
    if not (root.starter(slug)).is_dir():
        yield f"starter/{slug} is missing"
    if (root.starter(slug) / "README.md").exists():
        yield f"starter/{slug}/README.md would be overwritten by the brief"
    if not root.suite(slug).is_dir():
        yield f"graders/{slug}/suite is missing"
        return
    yield from _strays(root, slug)
    try:
        # A brief that no longer says so leaves nothing free.
        read_free(root, slug)
    except ContentError as error:
        yield str(error)


def _strays(root: ContentRoot, slug: str) -> Iterator[str]:
    for path in root.suite(slug).parent.iterdir():
        if path.name not in ALLOWED_GRADER_PARTS and path.name not in STRAY:
            yield f"graders/{slug}/{path.name} does not belong there"
    expected = f"test_{slug.replace('-', '_')}.py"
    if not (root.suite(slug) / expected).is_file():
        yield f"graders/{slug}/suite/{expected} is missing"
    for tree in (root.exercise(slug), root.starter(slug), root.suite(slug).parent):
        for path in tree.rglob("*"):
            if path.is_symlink():
                yield f"{path.relative_to(root.path)} is a link"
            elif path.name in STRAY:
                yield f"{path.relative_to(root.path)} is a leftover"


def unfilled(root: ContentRoot, slug: str) -> Iterator[str]:
    """Yield a line for each file in which a marked place is left, by the place's number: where, and what belongs there."""
    found = {line: line.partition(MARK)[2] for line in _marked(root, slug)}
    yield from sorted(found, key=lambda line: (found[line][:2], line))


def _marked(root: ContentRoot, slug: str) -> Iterator[str]:
    for part in PARTS:
        for path in sorted((root.path / part / slug).rglob("*")):
            if not path.is_file() or path.suffix not in (".py", ".md", ".toml"):
                continue
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            marked = [(number, line) for number, line in enumerate(lines, start=1) if MARK in line]
            if marked:
                number, line = marked[0]
                more = f" (and {len(marked) - 1} more below)" if len(marked) > 1 else ""
                yield f"{path.relative_to(root.path)}:{number}  {line[line.index(MARK) :].rstrip(chr(34) + ',')}{more}"


def read_wrong(folder: Path, ids: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return what the wrong solution in `folder` must lose and may lose, with the reasons. Raises ContentError."""
    path = folder / "wrong.toml"
    place = f"wrong/{folder.name}/wrong.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(f"{place} is missing.", hint=f'why = "the mistake", lost = ["{ids[0]}"]') from None
    except (OSError, ValueError) as error:
        raise ContentError(f"{place} is not TOML: {error}.") from None
    for name in data:
        if name not in WRONG_FIELDS:
            raise ContentError(f"{place}: {name} is not known here.", hint=did_you_mean(name, WRONG_FIELDS))
    lost, may_lose = data.get("lost"), data.get("may_lose", {})
    if not isinstance(data.get("why"), str) or not data["why"]:
        raise ContentError(f"{place}: why is missing.", hint="the mistake, in a sentence")
    if not isinstance(lost, list) or not lost:
        raise ContentError(f"{place}: lost must name a point or several.", hint=f'lost = ["{ids[0]}"]')
    if not isinstance(may_lose, dict) or not all(isinstance(reason, str) and reason for reason in may_lose.values()):
        raise ContentError(f"{place}: may_lose needs a reason for each point.", hint='[may_lose], then point = "the reason"')
    for name in (*lost, *may_lose):
        if name not in ids:
            raise ContentError(
                f"{place}: the exercise has no point {name!r}.", hint=did_you_mean(str(name), ids) or f"it has {', '.join(ids)}"
            )
    return list(lost), dict(may_lose)
