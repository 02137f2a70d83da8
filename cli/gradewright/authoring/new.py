"""A new exercise: the files of a skeleton in which four places are marked for the author to fill in."""

from __future__ import annotations

import re
from pathlib import Path

from gradewright.content.catalogue import slugs_in
from gradewright.content.pack_file import SUITE_API
from gradewright.content.packs import FILE, open_pack
from gradewright.content.root import PARTS, ContentRoot
from gradewright.errors import BadInput, UsageError

#: What a place that the author has not filled in yet begins with; a number and what belongs there follow.
MARK = "FILL IN"
SKELETON = Path(__file__).with_name("skeleton")
_SLUG = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")


def targets(slug: str) -> dict[str, str]:
    """Return the skeleton's files, each with where it goes in the pack."""
    grader = f"graders/{slug}"
    return {
        "exercise.toml.txt": f"exercises/{slug}/exercise.toml",
        "README.md.txt": f"exercises/{slug}/README.md",
        "starter.py.txt": f"starter/{slug}/app.py",
        "suite.py.txt": f"{grader}/suite/test_{slug.replace('-', '_')}.py",
        "solution.py.txt": f"{grader}/solutions/plain/app.py",
        "second.py.txt": f"{grader}/solutions/router/app.py",
        "wrong.py.txt": f"{grader}/wrong/answers-alike/app.py",
        "wrong.toml.txt": f"{grader}/wrong/answers-alike/wrong.toml",
    }


def open_or_make_pack(folder: Path) -> ContentRoot:
    """Return the pack in `folder`, which is made where there is none yet. Raises UsageError for a folder of something else."""
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file.", hint="--pack names a folder")
    if [name for name in there if not name.startswith(".")]:
        return open_pack(folder)
    name = "-".join(re.findall(r"[a-z0-9]+", folder.resolve().name.lower())) or "pack"
    try:
        for part in PARTS:
            (folder / part).mkdir(parents=True)
        (folder / FILE).write_text(f'name = "{name}"\napi = {SUITE_API}\n', encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} could not be made: {error.strerror}.", hint="--pack names a folder of your own") from None
    return open_pack(folder)


def check_slug(root: ContentRoot, slug: str) -> None:
    """Raise BadInput for a name that no exercise can have, UsageError for one that is taken."""
    known = slugs_in(root)
    number, _hyphen, words = slug.partition("-")
    if not _SLUG.fullmatch(slug):
        told = slug if not slug[:1].isdigit() else words or slug
        name = "-".join(re.findall(r"[a-z0-9]+", told.lower())) or "orders"
        raise BadInput(
            f"{slug!r} cannot be an exercise: that is two digits, a hyphen and words in lower case.",
            hint=f"grade author new {_free(known)}-{name}",
        )
    same = next((each for each in known if each.partition("-")[0] == number), None)
    if slug not in known and same is not None:
        raise UsageError(
            f"{same} has the number {number} already, so that nobody could type it alone.",
            hint=f"grade author new {_free(known)}-{words}",
        )
    taken = [f"{part}/{slug}" for part in PARTS if (root.path / part / slug).exists()]
    if taken:
        raise UsageError(
            f"{' and '.join(taken)} {'is' if len(taken) == 1 else 'are'} there already; nothing was changed.",
            hint=f"grade author check {slug}",
        )


def _free(known: list[str]) -> str:
    """Return the number after the last."""
    numbers = [int(slug[:2]) for slug in known if slug[:2].isdigit()]
    return f"{min(max(numbers, default=0) + 1, 99):02d}"


def write(root: ContentRoot, slug: str) -> list[Path]:
    """Write the skeleton of `slug` and return its files. Raises BadInput and UsageError; nothing is overwritten."""
    check_slug(root, slug)
    number, _hyphen, words = slug.partition("-")
    values = {"@SLUG@": slug, "@NUMBER@": number, "@TITLE@": words.replace("-", " ").capitalize()}
    written = []
    try:
        for name, place in targets(slug).items():
            text = (SKELETON / name).read_text(encoding="utf-8")
            for variable, value in values.items():
                text = text.replace(variable, value)
            path = root.path / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise UsageError(
            f"{root.path} could not be written: {error.strerror}.", hint="--pack names a folder of yours"
        ) from None
    return written
