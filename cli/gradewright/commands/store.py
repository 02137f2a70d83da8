"""The .grade folder: reports and the last verdict of each exercise. What was done when is in `history`."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

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


def write_report(verdict: Verdict, exercise: Exercise, wanted: str | None, opened: Mapping[str, int]) -> Path:
    """Write the HTML report and the verdict next to it; return the report's path. `opened` is the hints used, by point."""
    from gradewright.reports.html import render

    path = Path(wanted) if wanted else report_path(verdict.exercise)
    write_atomically(path, render(verdict, exercise, audience="learner", hints_opened=opened))
    write_atomically(path.with_suffix(".json"), verdict.model_dump_json(by_alias=True, indent=2))
    if not wanted:
        keep_out_of_git()
    return path


def keep_out_of_git() -> None:
    """Have git ignore the folder: it holds reports and progress, not work."""
    with contextlib.suppress(OSError):
        ignore = FOLDER / ".gitignore"
        if FOLDER.is_dir() and not ignore.exists():
            ignore.write_text("*\n")
