"""Takes a submission in: a private copy of its regular files, nothing followed, everything counted.

A folder is as dangerous as an archive: a link in it may point at the hidden suite, a FIFO may block for ever. Files are
opened relative to their folder's descriptor with O_NOFOLLOW and O_NONBLOCK, and copied only when they are regular.
"""

from __future__ import annotations

import functools
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gradewright.errors import BadInput, Rejected

#: Never part of a submission: environments, histories, caches, and what grading itself leaves behind.
STRIPPED = frozenset(
    {".venv", "venv", "env", "node_modules", ".git", ".hg", ".svn", "__pycache__", "__MACOSX", ".DS_Store", ".grade",
     ".pytest_cache", ".mypy_cache", ".ruff_cache", ".idea", ".vscode", ".tox", ".eggs"}
)  # fmt: skip
MAX_FILES = 2000
MAX_BYTES = 20 << 20
MAX_DEPTH = 24
#: Text files up to this size are kept in memory, so that a report can quote the lines as submitted.
MAX_QUOTED = 200_000


@dataclass(slots=True)
class Submission:
    """A submission as taken in. `sources` maps paths inside it to their text; `skipped` says what was left out and why."""

    digest: str
    files: tuple[str, ...]
    sources: dict[str, str]
    skipped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Intake:
    files: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    size: int = 0
    secret: Callable[[], frozenset[tuple[int, int]]] = frozenset

    def is_secret(self, status: os.stat_result) -> bool:
        """Return whether a regular file is a hard link to one that no submission may see."""
        return status.st_nlink > 1 and (status.st_dev, status.st_ino) in self.secret()


def take_in(path: Path, target: Path, hidden: Iterable[Path] = ()) -> Submission:
    """Copy the submission at `path` (a folder, or one Python file) into the existing folder `target`.

    Hard links to files below the folders `hidden` are left out. Raises BadInput when there is nothing there, Rejected when
    it is too large.
    """
    intake = _Intake(secret=functools.cache(functools.partial(_identities, tuple(hidden))))
    if path.is_file():
        _copy_file(os.open(path, os.O_RDONLY), path.name, target, intake)
    elif path.is_dir():
        _copy_folder(os.open(path, os.O_RDONLY | os.O_DIRECTORY), "", target, intake, depth=0)
    else:
        raise BadInput(f"{path} does not exist.", hint="name the folder with your app.py")
    if not intake.files:
        raise BadInput(f"{path} has no files in it.", hint="name the folder with your app.py")
    return Submission(_digest(intake.digests), tuple(sorted(intake.files)), intake.sources, tuple(intake.skipped))


def hash_tree(path: Path) -> str:
    """Return `sha256:<hex>` over the names and contents of a trusted folder's files."""
    digests = {
        found.relative_to(path).as_posix(): hashlib.sha256(found.read_bytes()).hexdigest() for found in _files_below(path)
    }
    return _digest(digests)


def _identities(folders: Iterable[Path]) -> frozenset[tuple[int, int]]:
    found = (file.stat() for folder in folders for file in folder.rglob("*") if file.is_file())
    return frozenset((status.st_dev, status.st_ino) for status in found)


def _files_below(path: Path) -> Iterator[Path]:
    for found in sorted(path.rglob("*")):
        if found.is_file() and not STRIPPED.intersection(found.parts):
            yield found


def _digest(digests: dict[str, str]) -> str:
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0" + digests[name].encode() + b"\n")
    return f"sha256:{whole.hexdigest()}"


def _copy_folder(descriptor: int, inside: str, target: Path, intake: _Intake, *, depth: int) -> None:
    try:
        if depth > MAX_DEPTH:
            raise Rejected(f"The submission is nested more than {MAX_DEPTH} folders deep, at {inside[:200]}.")
        for name in sorted(os.listdir(descriptor)):
            if not name.isprintable():
                # Bytes that are not UTF-8, and control characters: such a name can be shown to nobody, nor imported.
                shown = name.encode("utf-8", "backslashreplace").decode("utf-8", "replace")
                intake.skipped.append(f"{inside}{shown[:100]!r} has a name that cannot be shown")
                continue
            where = f"{inside}{name}"
            if name in STRIPPED or name.endswith(".pyc"):
                continue
            _copy_entry(descriptor, name, where, target, intake, depth=depth)
    finally:
        os.close(descriptor)


def _copy_entry(parent: int, name: str, where: str, target: Path, intake: _Intake, *, depth: int) -> None:
    try:
        child = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
    except OSError:
        # A link (O_NOFOLLOW), a socket, or a file its owner may not read.
        intake.skipped.append(f"{where} is not a regular file")
        return
    status = os.fstat(child)
    if stat.S_ISDIR(status.st_mode):
        (target / where).mkdir()
        _copy_folder(child, f"{where}/", target, intake, depth=depth + 1)
    elif intake.is_secret(status):
        os.close(child)
        intake.skipped.append(f"{where} is a file of the grader")
    elif stat.S_ISREG(status.st_mode):
        _copy_file(child, where, target, intake)
    else:
        os.close(child)
        intake.skipped.append(f"{where} is not a regular file")


def _copy_file(descriptor: int, where: str, target: Path, intake: _Intake) -> None:
    intake.files.append(where)
    if len(intake.files) > MAX_FILES:
        os.close(descriptor)
        raise Rejected(f"The submission has more than {MAX_FILES} files.", hint="leave out environments and data sets")
    with os.fdopen(descriptor, "rb") as source:
        content = source.read(MAX_BYTES - intake.size + 1)
    intake.size += len(content)
    if intake.size > MAX_BYTES:
        raise Rejected(
            f"The submission is larger than {MAX_BYTES >> 20} MiB.",
            hint="leave out environments and data sets",
        )
    (target / where).write_bytes(content)
    intake.digests[where] = hashlib.sha256(content).hexdigest()
    if len(content) <= MAX_QUOTED and where.endswith((".py", ".toml", ".cfg", ".ini", ".txt", ".env")):
        intake.sources[where] = content.decode(errors="replace")
