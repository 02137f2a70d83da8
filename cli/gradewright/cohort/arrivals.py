"""Who sent what: finds the submissions in a folder as learning platforms export it, and keeps the latest attempt of each."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from gradewright.errors import BadInput
from gradewright.session.archives import Caps, is_archive, stem, unpack
from gradewright.session.intake import STRIPPED

#: How platforms name what they export. `who` tells students apart, `when` and `try` their attempts.
PATTERNS = (
    # Moodle, as in Jane Doe_12345_assignsubmission_file_
    re.compile(r"^(?P<who>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?$"),
    # Blackboard, as in Kata 7_jdoe_attempt_2026-11-20-10-30-00_app.zip
    re.compile(r"^.+_(?P<who>[^_]+)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.*))?$"),
    # Canvas, as in doejane_LATE_12345_678_app-1.py, one entry a file
    re.compile(r"^(?P<who>[^_]+)(?:_LATE)?_(?P<number>\d+)_(?P<try>\d+)_(?P<file>.+)$"),
)
#: What lies beside submissions and is none.
IGNORED = frozenset({"roster.csv", "index.html", "grades.csv"})
#: A whole cohort in one archive.
COHORT = Caps(size=4 << 30, files=500_000)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One submission: `name` is safe as a folder name and unique, `who` as it was written; `files` is set for loose files."""

    name: str
    who: str
    path: Path
    files: tuple[tuple[str, Path], ...] = ()

    def gather(self, scratch: Path) -> Path:
        """Return the folder, archive or file to grade; loose files are copied together first."""
        if not self.files:
            return self.path
        folder = scratch / "loose"
        folder.mkdir()
        for name, path in self.files:
            # A single file is the app, whatever its sender called it.
            shutil.copyfile(path, folder / (name if len(self.files) > 1 else "app.py"), follow_symlinks=False)
        return folder


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What was found, in the order of names, and what was left out and why."""

    found: tuple[Arrival, ...]
    left_out: tuple[str, ...]


def find(place: Path, scratch: Path) -> Arrivals:
    """Return the submissions in the folder or archive `place`. Raises BadInput and Rejected.

    Folders, archives and single Python files are submissions. Of several attempts by one person the latest counts: by the time
    in its name, else by its number, else by the time of its file.
    """
    if place.is_file() and is_archive(place):
        target = scratch / "cohort"
        target.mkdir()
        unpack(place, target, COHORT)
        place = _unwrap(target)
    if not place.is_dir():
        raise BadInput(f"{place} is neither a folder nor an archive.", hint="name the folder with the submissions")
    attempts: dict[str, list[tuple[tuple[str, int, float], Arrival]]] = {}
    left_out = []
    for path in sorted(place.iterdir()):
        if path.name in STRIPPED | IGNORED or path.name.startswith("."):
            continue
        if path.is_symlink() or not (path.is_dir() or is_archive(path) or path.suffix == ".py"):
            left_out.append(f"{path.name} is no folder, archive or Python file")
            continue
        order, arrival = _read_name(path)
        attempts.setdefault(arrival.who.casefold(), []).append((order, arrival))
    found = []
    for tries in attempts.values():
        latest, replaced = _latest(tries)
        found.append(latest)
        left_out += [f"{path.name} was replaced by a later attempt, {latest.path.name}" for path in replaced]
    if not found:
        raise BadInput(f"{place} has no submissions in it.", hint="each is a folder, a zip, a tar.gz or one Python file")
    return Arrivals(tuple(_unique(sorted(found, key=lambda arrival: arrival.who.casefold()))), tuple(left_out))


def _unwrap(folder: Path) -> Path:
    """Return the only folder in a folder, again and again: an exported cohort may lie some folders deep."""
    while True:
        entries = [entry for entry in folder.iterdir() if entry.name not in STRIPPED]
        if len(entries) != 1 or not entries[0].is_dir() or any(entries[0].glob("*.py")):
            return folder
        folder = entries[0]


def _read_name(path: Path) -> tuple[tuple[str, int, float], Arrival]:
    plain = path.name if path.is_dir() else stem(path)
    for pattern in PATTERNS:
        match = pattern.match(path.name)
        if match:
            parts = match.groupdict()
            order = (parts.get("when") or "", int(parts.get("try") or 0), path.stat().st_mtime)
            file = re.sub(r"-\d+(?=\.\w+$)", "", parts.get("file") or "")
            loose = ((file, path),) if path.suffix == ".py" and file else ()
            return order, Arrival("", parts["who"].strip() or plain, path, loose)
    match = re.match(r"^(?P<who>.+?)[-_ ]*(?:attempt|v|try)[-_ ]*(?P<try>\d+)$", plain, re.IGNORECASE)
    if match:
        return ("", int(match["try"]), path.stat().st_mtime), Arrival("", match["who"], path)
    return ("", 0, path.stat().st_mtime), Arrival("", plain, path, ((path.name, path),) if path.suffix == ".py" else ())


def _latest(tries: list[tuple[tuple[str, int, float], Arrival]]) -> tuple[Arrival, list[Path]]:
    """Return the attempt that counts, and the paths of the others. Loose files of one person belong together."""
    loose = {
        name: (order, path) for order, arrival in sorted(tries, key=lambda entry: entry[0]) for name, path in arrival.files
    }
    if loose and all(arrival.files for _order, arrival in tries):
        last = max(tries, key=lambda entry: entry[0])[1]
        kept = tuple((name, path) for name, (_order, path) in loose.items())
        dropped = [arrival.path for _order, arrival in tries if arrival.path not in {path for _name, path in kept}]
        return Arrival("", last.who, last.path, kept), dropped
    order, latest = max(tries, key=lambda entry: entry[0])
    return latest, [arrival.path for when, arrival in tries if (when, arrival) != (order, latest)]


def _unique(arrivals: list[Arrival]) -> list[Arrival]:
    """Give each a name that is safe in a path, a URL and a spreadsheet."""
    used: set[str] = set()
    named = []
    for arrival in arrivals:
        base = re.sub(r"[^\w.-]+", "-", arrival.who).strip("-.")[:80] or "submission"
        name, number = base, 2
        while name.casefold() in used:
            name, number = f"{base}-{number}", number + 1
        used.add(name.casefold())
        named.append(Arrival(name, arrival.who, arrival.path, arrival.files))
    return named
