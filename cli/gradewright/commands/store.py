"""The .grade folder: reports, the last verdict of each exercise, and how many hints were opened. Plain JSON, safe to delete."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradewright.errors import UsageError

if TYPE_CHECKING:
    from gradewright.model import Exercise, Verdict

FOLDER = Path(".grade")


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path` by renaming a finished file into place. Raises UsageError when the place cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
        path.chmod(0o644)
    except OSError as error:
        raise UsageError(f"{path} could not be written: {error.strerror}.", hint="name another place with -o FILE") from None


def report_path(slug: str) -> Path:
    """Return where an exercise's report is written unless another place is named."""
    return FOLDER / f"{slug}.html"


def write_report(verdict: Verdict, exercise: Exercise, wanted: str | None) -> Path:
    """Write the HTML report and the verdict next to it; return the report's path."""
    from gradewright.reports.html import render

    path = Path(wanted) if wanted else report_path(verdict.exercise)
    opened = {point.id: hints_used(exercise.slug, point.id) for point in exercise.points}
    write_atomically(path, render(verdict, exercise, audience="learner", hints_opened=opened))
    write_atomically(path.with_suffix(".json"), verdict.model_dump_json(by_alias=True, indent=2))
    if not wanted:
        with contextlib.suppress(OSError):
            ignore = FOLDER / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
    return path


def _read() -> dict[str, Any]:
    try:
        data = json.loads((FOLDER / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _entry(data: dict[str, Any], slug: str) -> dict[str, Any]:
    entry = data.get(slug)
    return entry if isinstance(entry, dict) else {}


def remember(verdict: Verdict) -> None:
    """Keep the best score and the last state of an exercise. A folder that cannot be written costs only the progress."""
    data = _read()
    entry = _entry(data, verdict.exercise)
    entry.update(last_state=verdict.state, last=verdict.score, max=verdict.max_score, at=verdict.created)
    if verdict.state == "graded":
        entry["best"] = max(int(entry.get("best", 0)), verdict.score)
    data[verdict.exercise] = entry
    with contextlib.suppress(UsageError):
        write_atomically(FOLDER / "progress.json", json.dumps(data, indent=2))


def progress(slug: str) -> dict[str, Any] | None:
    """Return {"best", "max", "last", "last_state", "at"} of an exercise, or None when it was never graded here."""
    entry = _entry(_read(), slug)
    return {key: entry[key] for key in ("best", "max", "last", "last_state", "at") if key in entry} if "at" in entry else None


def is_finished(exercise: Exercise) -> bool:
    """Return whether the exercise once had all points here."""
    done = progress(exercise.slug)
    return done is not None and done.get("best") == exercise.max_score


def hints_used(slug: str, point_id: str) -> int:
    hints = _entry(_read(), slug).get("hints")
    used = hints.get(point_id, 0) if isinstance(hints, dict) else 0
    return used if isinstance(used, int) else 0


def open_hint(slug: str, point_id: str, level: int) -> None:
    """Remember that hints up to `level` were opened."""
    data = _read()
    entry = _entry(data, slug)
    found = entry.get("hints")
    hints: dict[str, int] = dict(found) if isinstance(found, dict) else {}
    hints[point_id] = max(level, hints_used(slug, point_id))
    entry["hints"] = hints
    data[slug] = entry
    with contextlib.suppress(UsageError):
        write_atomically(FOLDER / "progress.json", json.dumps(data, indent=2))
