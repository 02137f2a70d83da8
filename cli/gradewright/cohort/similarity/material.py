"""What an exercise gives to everybody, and what its author's own solutions look like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gradewright.cohort.similarity.overlaps import Calibration, Values, calibrate
from gradewright.cohort.similarity.prints import Fingerprinter, Prints, values
from gradewright.cohort.similarity.tokens import TooMuch, Vocabulary, read
from gradewright.content.root import ContentRoot
from gradewright.errors import BadInput
from gradewright.session.intake import STRIPPED


@dataclass(frozen=True, slots=True)
class Material:
    """`given` are the values to take away from submissions; `provided` names files that are not the author's own."""

    vocabulary: Vocabulary
    given: Values
    provided: frozenset[str]
    solutions: int
    calibration: Calibration


def load(root: ContentRoot, slug: str, printer: Fingerprinter, more: Iterable[Path] = ()) -> Material:
    """Return an exercise's material; `more` are folders or files that everybody got besides. Raises BadInput.

    Without reference solutions, as in an installation, the calibration has no pairs and the average of all exercises counts.
    """
    provided = sources(root.provided(slug))
    shared = [sources(root.starter(slug)), provided, *(_named(path) for path in more)]
    brief = root.exercise(slug) / "README.md"
    texts = [brief.read_text(encoding="utf-8", errors="replace")] if brief.is_file() else []
    vocabulary = Vocabulary.of([*texts, *(text for files in shared for text in files.values())])
    handed_out = [printer.take(read(files, vocabulary)) for files in shared]
    own = solutions(root, slug, vocabulary, printer)
    return Material(
        vocabulary=vocabulary,
        given=values([*handed_out, *own.values()]),
        provided=frozenset(provided),
        solutions=len(own),
        calibration=calibrate(list(own.values()), handed_out),
    )


def solutions(root: ContentRoot, slug: str, vocabulary: Vocabulary, printer: Fingerprinter) -> dict[str, Prints]:
    """Return the reference solutions by name. Wrong solutions are no measure: most are a solution with one thing changed."""
    folder = root.solutions(slug)
    provided = sources(root.provided(slug))
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        files = {name: text for name, text in sources(path).items() if name not in provided}
        if files:
            found[path.name] = printer.take(read(files, vocabulary))
    return found


def sources(folder: Path) -> dict[str, str]:
    """Return the Python files of a trusted folder: path inside it → text."""
    if not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*.py"))
        if path.is_file() and not STRIPPED.intersection(path.relative_to(folder).parts)
    }


def _named(path: Path) -> dict[str, str]:
    try:
        files = sources(path) if path.is_dir() else {path.name: path.read_text(encoding="utf-8", errors="replace")}
        read(files, Vocabulary())
    except OSError as error:
        raise BadInput(f"{path} could not be read: {error.strerror}.", hint="--given FOLDER") from None
    except TooMuch:
        raise BadInput(
            f"{path} holds more source than an exercise hands out.", hint="--given FOLDER, the folder itself"
        ) from None
    if not files:
        raise BadInput(f"{path} has no Python files in it.", hint="--given names a folder or a .py file that everybody got")
    return files
