"""The results of a batch on disk: one folder a submission, written so that a killed batch can go on where it stopped."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradewright.cohort.arrivals import Arrival
from gradewright.errors import UsageError
from gradewright.model import Verdict
from gradewright.reports.neutral import cell
from gradewright.session.intake import STRIPPED

#: These are never taken over from an earlier batch: another run may well end differently.
NOT_KEPT = frozenset({"limit", "grader_error"})
#: What a batch remembers of a verdict. The whole one is in result.json: a thousand of them would fill 80 MB.
REMEMBERED = ("state", "score", "max_score", "problem", "seconds", "flags", "seed", "hashes")


@dataclass(slots=True)
class Entry:
    """One submission's result: `verdict` is what is remembered of it, `key` what it depends on, part by part."""

    arrival: Arrival
    verdict: dict[str, Any]
    key: dict[str, str]
    row: dict[str, str] = field(default_factory=dict)


def source_hash(arrival: Arrival) -> str:
    """Return a hash of what was sent: an archive's bytes, or names and contents of a folder's regular files."""
    whole = hashlib.sha256()
    for path in [path for _name, path in arrival.files] or [arrival.path]:
        for file in [path] if path.is_file() else _files(path):
            whole.update(os.fsencode(file.relative_to(path.parent)) + b"\0")
            with file.open("rb") as source:
                whole.update(hashlib.file_digest(source, "sha256").digest())
    return whole.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in STRIPPED)
        for name in sorted(files):
            path = Path(place, name)
            if not path.is_symlink() and path.is_file() and not name.endswith(".pyc"):
                yield path


def write(path: Path, text: str) -> None:
    """Write a file by renaming a finished one into place. Raises UsageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise UsageError(f"{path} could not be written: {error.strerror}.", hint="name another folder with -o") from None


def save(out: Path, arrival: Arrival, key: dict[str, str], verdict: Verdict, page: str | None) -> Entry:
    """Write report, verdict and, last, the key: without it the result does not count."""
    folder = out / arrival.name
    if page is not None:
        write(folder / "report.html", page)
    write(folder / "result.json", verdict.model_dump_json(by_alias=True, indent=2))
    write(folder / "key.json", json.dumps(key, indent=2))
    kept = verdict.model_dump(mode="json", by_alias=True, include={*REMEMBERED, "points"})
    return Entry(arrival, _remembered(kept), key)


def _remembered(verdict: dict[str, Any]) -> dict[str, Any]:
    points = [{name: point.get(name) for name in ("id", "status", "score")} for point in verdict.get("points", ())]
    return {**{name: verdict.get(name) for name in REMEMBERED}, "points": points}


def load(out: Path, arrival: Arrival) -> Entry | None:
    """Return an earlier result, whole and readable, or None."""
    folder = out / arrival.name
    try:
        verdict = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(verdict, dict) or not isinstance(key, dict) or "state" not in verdict:
        return None
    return Entry(arrival, _remembered(verdict), key)


def still_good(entry: Entry | None, key: dict[str, str]) -> bool:
    return entry is not None and entry.key == key and entry.verdict["state"] not in NOT_KEPT


def summary(entries: Iterable[Entry], points: list[str]) -> str:
    """Return summary.csv: a line a submission, a column a point (its score; empty where it was not judged)."""
    entries = list(entries)
    extra = [key for key in dict.fromkeys(key for entry in entries for key in entry.row) if key]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    head = ["submission", "state", "score", "max_score", "percent", *points, "seconds", "flags", "problem", "seed", "hash"]
    writer.writerow([*head, *(f"roster:{key}" for key in extra)])
    for entry in entries:
        verdict = entry.verdict
        scores = {point["id"]: "" if point["status"] == "not_run" else point["score"] for point in verdict["points"]}
        percent = round(100 * verdict["score"] / verdict["max_score"]) if verdict["state"] == "graded" else ""
        problem = (verdict.get("problem") or {}).get("message", "")
        cells: list[object] = [entry.arrival.name, verdict["state"], verdict["score"], verdict["max_score"], percent]
        cells += [scores.get(point, "") for point in points]
        cells += [verdict["seconds"].get("total", ""), len(verdict.get("flags") or ()), problem, verdict["seed"]]
        cells += [verdict["hashes"]["submission"], *(entry.row.get(key, "") for key in extra)]
        writer.writerow([cell(value) for value in cells])
    return table.getvalue()


def describe_change(before: Entry, after: Entry) -> str | None:
    """Return how a re-grade differs from the result before it and why, or None."""
    old, new = before.verdict, after.verdict
    if (old["state"], old["score"]) == (new["state"], new["score"]):
        return None
    parts = [name for name in after.key if before.key.get(name) != after.key[name]]
    why = f"{' and '.join(parts)} changed" if parts else "nothing it depends on changed: look at both reports"
    told = [f"{verdict['score']}/{verdict['max_score']} ({verdict['state']})" for verdict in (old, new)]
    return f"{after.arrival.name}: {told[0]} -> {told[1]}; {why}"
