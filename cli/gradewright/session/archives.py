"""Unpacks a submission's archive: regular files only, below one folder, with every byte counted as it is written.

Sizes that an archive announces are its author's word, so they are not believed. Names that leave the folder, links and devices
are left out and said so; an archive that cannot be read, is encrypted, or holds too much is refused.
"""

from __future__ import annotations

import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from gradewright.errors import Rejected
from gradewright.session.intake import MAX_BYTES, MAX_DEPTH, MAX_FILES, STRIPPED

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
#: Entries looked at in one archive, those left out included; an honest one with an environment in it has fewer.
MAX_ENTRIES = 200_000
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one archive may unpack to: bytes and files."""

    size: int = MAX_BYTES
    files: int = MAX_FILES


def is_archive(path: Path) -> bool:
    """Return whether a file's name says that it is an archive we read."""
    return path.name.lower().endswith(SUFFIXES)


def stem(path: Path) -> str:
    """Return the name without an archive's suffix."""
    found = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if path.name.lower().endswith(suffix)), "")
    return path.name[: len(path.name) - len(found)] if found else path.stem


def unpack(path: Path, target: Path, caps: Caps | None = None) -> list[str]:
    """Unpack `path` into the empty folder `target`; return what was left out and why. Raises Rejected."""
    writer = _Writer(target, caps or Caps())
    try:
        entries = _zip_entries(path, writer) if zipfile.is_zipfile(path) else _tar_entries(path, writer)
        for name, source in entries:
            writer.write(name, source)
    except _BROKEN as error:
        if isinstance(error, OSError) and error.filename == str(path):
            raise Rejected(f"{path.name} could not be read: {error.strerror}.") from None
        text = str(error).replace("\n", " ")[:200] or type(error).__name__
        raise Rejected(
            f"{path.name} could not be unpacked: {text}.", hint="send a zip or tar.gz that opens without a password"
        ) from None
    return writer.skipped


class _Writer:
    def __init__(self, target: Path, caps: Caps) -> None:
        self.target = target
        self.caps = caps
        self.skipped: list[str] = []
        self.size = 0
        self.files = 0
        self.entries = 0

    def wants(self, name: str) -> PurePosixPath | None:
        """Return where an entry goes below the target, or None if it is left out."""
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise Rejected(f"The archive has more than {MAX_ENTRIES} entries.", hint="leave out environments and data sets")
        place = PurePosixPath(name.replace("\\", "/"))
        if STRIPPED.intersection(place.parts) or name.endswith((".pyc", "/")):
            return None
        safe = place.parts and not place.is_absolute() and ".." not in place.parts and ":" not in place.parts[0]
        if not safe or not str(place).isprintable() or len(str(place)) > 400:
            self.leave(name, "has a name that leads out of the folder or cannot be shown")
            return None
        if len(place.parts) > MAX_DEPTH:
            raise Rejected(f"The archive is nested more than {MAX_DEPTH} folders deep.")
        return place

    def leave(self, name: str, why: str) -> None:
        if len(self.skipped) < 20:
            self.skipped.append(f"{name[:100]!r} {why}")

    def write(self, place: PurePosixPath, source: IO[bytes]) -> None:
        self.files += 1
        if self.files > self.caps.files:
            raise Rejected(f"The archive has more than {self.caps.files} files.", hint="leave out environments and data sets")
        path = self.target / place
        if path.exists() or any(parent.is_file() for parent in path.parents):
            self.leave(str(place), "is there twice; the first one counts")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while chunk := source.read(_CHUNK):
                self.size += len(chunk)
                if self.size > self.caps.size:
                    raise Rejected(
                        f"The archive unpacks to more than {self.caps.size >> 20} MiB.",
                        hint="leave out environments and data sets",
                    )
                file.write(chunk)


def _zip_entries(path: Path, writer: _Writer) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            place = writer.wants(info.filename)
            if place is None:
                continue
            mode = info.external_attr >> 16
            if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                writer.leave(info.filename, "is not a regular file")
                continue
            if info.flag_bits & 1:
                raise ValueError("it is encrypted")
            with archive.open(info) as source:
                yield place, source


def _tar_entries(path: Path, writer: _Writer) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    # A stream is read once from front to back: no entry can send the reader around in circles.
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            place = writer.wants(member.name + ("/" if member.isdir() else ""))
            if place is None:
                continue
            source = archive.extractfile(member) if member.isreg() else None
            if source is None:
                writer.leave(member.name, "is not a regular file")
                continue
            with source:
                yield place, source


def arrive(path: Path, scratch: Path, *, levels: int = 4) -> tuple[Path, list[str]]:
    """Return the folder or Python file that is the submission, unpacked into `scratch` where needed, and what was left out.

    An archive is unpacked. A folder with nothing in it but one folder, or one archive, is replaced by that: so come
    submissions from learning platforms and from "compress this folder". Raises Rejected.
    """
    notes: list[str] = []
    for level in range(levels):
        if path.is_file() and is_archive(path):
            target = scratch / f"unpacked-{level}"
            target.mkdir()
            notes += unpack(path, target)
            path = target
            continue
        inner = _only_entry(path)
        if inner is None:
            return path, notes
        path = inner
    return path, notes


def _only_entry(path: Path) -> Path | None:
    if not path.is_dir() or path.is_symlink():
        return None
    entries = [entry for entry in sorted(path.iterdir()) if entry.name not in STRIPPED and not entry.name.startswith("._")]
    if len(entries) != 1 or entries[0].is_symlink():
        return None
    only = entries[0]
    # A folder with an __init__.py is a package: that it lies in a folder of its own is how it is imported.
    wraps = only.is_dir() and not (only / "__init__.py").exists()
    return only if wraps or (only.is_file() and is_archive(only)) else None


def discard(path: Path) -> None:
    """Remove a scratch folder."""
    shutil.rmtree(path, ignore_errors=True)
