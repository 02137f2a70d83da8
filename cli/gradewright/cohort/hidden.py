"""What must never leave: the suite, the solutions, the wrong solutions, the grader's modules, the answers and the hints.

The check looks at contents, not at where a file was taken from, so that it also finds what was copied to a wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError
from gradewright.model import Exercise

#: Lines of a suite in a row, and letters in them together, that nobody writes twice by chance.
ROW, LETTERS = 3, 60
#: An answer or a hint from this length on is recognised as it stands; shorter ones are words that a brief may use.
SENTENCE = 40
_NAMES = re.compile(r"^(test_\d\d_\w+\.py|gradewright_\w+\.py|wrong\.toml|exercise\.toml)$")


@dataclass(frozen=True, slots=True)
class Hidden:
    """The hidden contents of one exercise: whole files by content, rows of the suite's lines, sentences."""

    slug: str
    wholes: dict[bytes, tuple[PurePosixPath, ...]]
    rows: frozenset[tuple[str, ...]]
    sentences: tuple[str, ...]
    modules: dict[str, bytes]
    given: tuple[str, ...]
    answers: frozenset[PurePosixPath]

    @classmethod
    def of(cls, root: ContentRoot, exercise: Exercise) -> Hidden:
        folder = root.path / "graders" / exercise.slug
        wholes: dict[bytes, tuple[PurePosixPath, ...]] = {}
        rows: set[tuple[str, ...]] = set()
        for path in _files(folder):
            content = path.read_bytes()
            inside = PurePosixPath(path.relative_to(folder).as_posix())
            if content.strip():
                wholes[content] = (*wholes.get(content, ()), inside)
            if inside.parts[0] == "suite":
                rows |= _rows(content)
        provided = root.provided(exercise.slug)
        sentences = [text for point in exercise.points for text in (point.answer, *point.hints) if len(text) >= SENTENCE]
        modules = {path.relative_to(provided).as_posix(): path.read_bytes() for path in _files(provided)}
        # solutions/<name> and wrong/<name>
        inside_all = [path for paths in wholes.values() for path in paths if path.parts[0] in ("solutions", "wrong")]
        answers = frozenset(PurePosixPath(*path.parts[:2]) for path in inside_all)
        return cls(exercise.slug, wholes, frozenset(rows), tuple(sentences), modules, exercise.given, answers)

    def check(self, files: dict[str, bytes]) -> None:
        """Raise ContentError for the first of `files` (name to content) with anything hidden in it."""
        for name, content in sorted(files.items()):
            why = self._why(PurePosixPath(name), content)
            if why:
                raise ContentError(f"{name} would go into the bundle, and {why}.", hint="nothing was written; tell the author")

    def _why(self, name: PurePosixPath, content: bytes) -> str:
        if _NAMES.match(name.name) or {"suite", "solutions", "wrong"}.intersection(name.parts):
            return "its name is that of a hidden file"
        for twin in self.wholes.get(content, ()):
            if not self._is_learners_copy(name, content, twin):
                return f"it is graders/{self.slug}/{twin}"
        if not self.rows.isdisjoint(_rows(content)):
            return f"it has lines of the hidden suite of {self.slug}"
        text = content.decode("utf-8", "replace")
        for sentence in self.sentences:
            if sentence in text:
                return f"it has an answer or a hint of {self.slug}: {sentence[:SENTENCE]!r}"
        return ""

    def _is_learners_copy(self, name: PurePosixPath, content: bytes, twin: PurePosixPath) -> bool:
        """Return whether a file is one that every learner gets, and that solutions therefore contain, too.

        The exercise says that it is given as it is; or the grader replaces it by its own of the same name, which is hidden, so
        the two must differ; or each solution and each wrong one that has a file of this name has it unchanged: then nothing of
        an answer is in it.
        """
        inside = PurePosixPath(*name.parts[1:])
        same = inside in (PurePosixPath(*twin.parts[1:]), PurePosixPath(*twin.parts[2:]))
        names = {inside.as_posix(), inside.as_posix().removesuffix(".py"), *(folder.as_posix() for folder in inside.parents)}
        if same and not names.isdisjoint(self.given):
            return True
        if PurePosixPath(*twin.parts[2:]) != inside:
            return False
        own = self.modules.get(inside.as_posix())
        if own is not None:
            return own != content
        there = _having(self.wholes[content], inside)
        named = _having([path for paths in self.wholes.values() for path in paths], inside)
        return there >= named & self.answers and {folder.parts[0] for folder in there} == {"solutions", "wrong"}


def _having(paths: Iterable[PurePosixPath], inside: PurePosixPath) -> set[PurePosixPath]:
    """Return the folders (solutions/<name>, wrong/<name>) in which one of `paths` is the file `inside`."""
    return {PurePosixPath(*path.parts[:2]) for path in paths if PurePosixPath(*path.parts[2:]) == inside}


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"]


def _rows(content: bytes) -> set[tuple[str, ...]]:
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines() if line.strip()]
    rows = {tuple(lines[place : place + ROW]) for place in range(len(lines) - ROW + 1)}
    return {row for row in rows if sum(map(len, row)) >= LETTERS}
