"""Unpacks a submission's archive: regular files only, below one folder, with every byte counted as it is written.

Sizes that an archive announces are its author's word, so they are not believed. Names that leave the folder, links and devices
are left out and said so; an archive that cannot be read, is encrypted, or holds too much is refused.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from gradewright.errors import Rejected
from gradewright.session.intake import MAX_BYTES, MAX_DEPTH, MAX_FILES, STRIPPED

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
#: Entries looked at in one archive, those left out included; an honest one with an environment in it has fewer.
MAX_ENTRIES = 200_000
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)
_CHUNK = 1 << 16
#: Bytes of an archive as it came (its table of contents is read at once), and of all entries of a tar, those left out included:
#: they are unpacked, too, on the way to the next one.
MAX_PACKED = 100 << 20
MAX_PASSED = 2 << 30
#: Bytes of a tar's long name or extended header, which the standard library reads at once.
MAX_HEADER = 1 << 20
#: Memory of the xz decoder: `xz -9` asks for 65 MiB, and nothing keeps an archive from asking for 4 GiB.
MAX_XZ = 128 << 20
_HEADERS = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)
#: LZMA is left out: what a decoder allocates for it is the author's choice, up to 4 GiB.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})


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
        if path.stat().st_size > MAX_PACKED:
            raise Rejected(f"{path.name} is larger than {MAX_PACKED >> 20} MiB.", hint="leave out environments and data sets")
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
            if info.compress_type not in _METHODS:
                raise ValueError("it is compressed in an unusual way")
            with archive.open(info) as source:
                yield place, source


class _Entry(tarfile.TarInfo):
    """A tar's entry whose headers have a size that can be read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        found = super().frombuf(buf, encoding, errors)
        if found.type in _HEADERS and found.size > MAX_HEADER:
            raise ValueError("it has a name or header of more than a megabyte")
        return found


class _Xz(io.RawIOBase):
    """An xz file, unpacked as it is read; its decoder gets no more memory than an honest one needs."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._decoder = lzma.LZMADecompressor(memlimit=MAX_XZ)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._decoder.eof:
            packed = self._file.read(_CHUNK) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not packed:
                raise EOFError("it ends too early")
            if found := self._decoder.decompress(packed, len(buffer)):
                buffer[: len(found)] = found
                return len(found)
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()


def _unpacked(path: Path) -> io.BufferedIOBase:
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(path)
    if start.startswith(b"BZh"):
        return bz2.open(path)
    return io.BufferedReader(_Xz(path)) if start == b"\xfd7zXZ\0" else path.open("rb")


def _tar_entries(path: Path, writer: _Writer) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    # A stream is read once from front to back: no entry can send the reader around in circles. tarfile's own reader of packed
    # streams unpacks whatever ten kilobytes hold at once (bzip2: 200 MB), so it gets one that unpacks what is asked for.
    passed = 0
    with _unpacked(path) as stream, tarfile.open(fileobj=stream, mode="r|", tarinfo=_Entry) as archive:
        for member in archive:
            passed += member.size
            if passed > MAX_PASSED:
                raise Rejected(f"The archive unpacks to more than {MAX_PASSED >> 30} GiB.", hint="leave out environments")
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
