"""What travels to a worker, as bytes: a submission that was taken in, and the exercise with its hidden suite."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gradewright.cohort.arrivals import Arrival
from gradewright.content.root import ContentRoot
from gradewright.session import archives
from gradewright.session.intake import STRIPPED, take_in

_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A submission's regular files as a zip, and what its intake left out, in sentences."""

    content: bytes
    notes: tuple[str, ...]


def take(arrival: Arrival, hidden: Path) -> Parcel:
    """Take a submission in as a grade on this machine would, so that a worker only ever gets plain files.

    Hard links to files below `hidden` are left out. Raises BadInput and Rejected.
    """
    with tempfile.TemporaryDirectory(prefix="gw-in-", ignore_cleanup_errors=True) as scratch:
        path, left_out = archives.arrive(arrival.gather(Path(scratch)), Path(scratch))
        target = Path(scratch, "taken")
        target.mkdir()
        taken = take_in(path, target, hidden=[hidden])
        content = _pack({name: target / name for name in taken.files})
    notes = [*left_out, *taken.skipped[:10]]
    return Parcel(content, tuple(f"{note}, so it was left out" for note in notes))


def exercise(root: ContentRoot, slug: str) -> bytes:
    """Return what grading one exercise needs, as a zip: no solution goes along."""
    files: dict[str, Path] = {}
    for folder in (root.exercise(slug), root.starter(slug), root.suite(slug), root.provided(slug)):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not STRIPPED.intersection(path.relative_to(folder).parts):
                files[path.relative_to(root.path).as_posix()] = path
    return _pack(files)


def _pack(files: dict[str, Path]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), path.read_bytes(), zipfile.ZIP_DEFLATED, 1)
    return content.getvalue()


def unpack(content: bytes, target: Path) -> None:
    """Write the files of a parcel below the empty folder `target`. Raises ValueError for a name that leads out of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            place = PurePosixPath(info.filename)
            if place.is_absolute() or ".." in place.parts or info.is_dir():
                raise ValueError(f"a parcel with the name {info.filename!r}")
            path = target / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(info))
