"""What a submission's files look like from outside: enough to tell that one was saved, without reading any of them."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gradewright.session.intake import MAX_DEPTH, MAX_FILES, STRIPPED

#: Two writes this close together may leave a file with the same times, as far as the system's clock for them goes.
CLOCK_STEP_NS = 50_000_000
#: What editors put next to a file while it is open or being saved, and bytecode. A change of these alone is not a save.
PASSING = re.compile(r".*\.(?:py[cod]|sw[a-z]|tmp)|.*~|\.?#.*|4913|.*___jb_(?:tmp|old)___|\.goutputstream-.*")

Signature = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a submission (path inside it → signature) and its folders (full path → identity).

    `taken` is when the look began, in nanoseconds since the epoch.
    """

    files: dict[str, Signature] = field(default_factory=dict)
    folders: dict[str, Signature] = field(default_factory=dict)
    taken: int = field(default_factory=time.time_ns, compare=False)

    def changed_since(self, before: Snapshot, heard: Iterable[str] = ()) -> list[str]:
        """Return the names of files that came, went or were written, sorted.

        Of the names that the system reported (`heard`), those count as well whose times are too young to tell by.
        """
        names = before.files.keys() | self.files.keys()
        changed = {name for name in names if before.files.get(name) != self.files.get(name)}
        changed.update(name for name in heard if name in self.files and self._is_young(name, before))
        return sorted(changed)

    def emptied_since(self, before: Snapshot) -> bool:
        """Return whether a file that had content has none now."""
        return any(not found[1] and before.files.get(name, found)[1] for name, found in self.files.items())

    def _is_young(self, name: str, before: Snapshot) -> bool:
        return self.files[name][-1] > before.taken - CLOCK_STEP_NS


def snapshot(path: Path) -> Snapshot | None:
    """Look at the submission at `path`, a folder or one file. Returns None when it is not there."""
    found = Snapshot()
    try:
        status = path.stat()
        if path.is_dir():
            _scan(str(path), "", (status.st_dev, status.st_ino), found, 0)
        else:
            found.files[path.name] = _signature(status)
            folder = path.parent.stat()
            found.folders[str(path.parent)] = (folder.st_dev, folder.st_ino)
    except OSError:
        return None
    return found


def wanted(path: Path, changed: Iterable[str]) -> list[str]:
    """Return which of `changed` (full paths) are files of the submission at `path`, as names inside it."""
    single = not path.is_dir()
    base = Path(os.path.realpath(path))
    names = set()
    for text in changed:
        where = Path(os.path.realpath(os.path.dirname(text)), os.path.basename(text))
        if single:
            if where == base:
                names.add(base.name)
        elif where.is_relative_to(base) and where != base and not where.is_dir():
            inside = where.relative_to(base)
            if not STRIPPED.intersection(inside.parts) and not PASSING.fullmatch(inside.name):
                names.add(inside.as_posix())
    return sorted(names)


def _signature(status: os.stat_result) -> Signature:
    # The inode tells a file that was renamed into place from the one before, whatever times its editor gave it.
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _scan(path: str, inside: str, identity: Signature, found: Snapshot, depth: int) -> None:
    found.folders[path] = identity
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name in STRIPPED or PASSING.fullmatch(entry.name):
                continue
            # A file may go between being listed and being looked at.
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    # Beyond these, intake refuses the submission; there is nothing to watch for.
                    if depth < MAX_DEPTH and len(found.folders) < MAX_FILES:
                        _scan(entry.path, f"{inside}{entry.name}/", (status.st_dev, status.st_ino), found, depth + 1)
                elif len(found.files) < 2 * MAX_FILES:
                    found.files[inside + entry.name] = _signature(status)
