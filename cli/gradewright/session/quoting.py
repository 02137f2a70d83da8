"""Turns frames that a worker reported into frames with source lines, read from the submission as it was taken in.

A worker's word about its own stack is hearsay: a file that was not submitted, or a line it does not have, quotes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gradewright.model import Exchange, Frame, SourceLine

AROUND = 2
MAX_LINE = 200


class Quoter:
    """Quotes `sources`, a mapping of paths inside the submission to their text."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._lines = {name: text.splitlines() for name, text in sources.items()}

    def line(self, file: str, number: int) -> str:
        """Return one line of the submission, or ""."""
        lines = self._lines.get(file, [])
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def frame(self, file: str, number: int, function: str = "") -> Frame:
        lines = self._lines.get(file, [])
        if not 0 < number <= len(lines):
            return Frame(file=file, line=number, function=function)
        first, last = max(1, number - AROUND), min(len(lines), number + AROUND)
        source = tuple(
            SourceLine(number=current, text=lines[current - 1][:MAX_LINE], hit=current == number)
            for current in range(first, last + 1)
        )
        return Frame(file=file, line=number, function=function, source=source)

    def find(self, pattern: str, file: str = "") -> Frame | None:
        """Return the first line that `pattern` matches, in `file` or in any Python file."""
        for name in [file] if file else sorted(self._lines):
            for number, line in enumerate(self._lines.get(name, []), start=1):
                if name.endswith(".py") and re.search(pattern, line):
                    return self.frame(name, number)
        return None

    def frames(self, reported: Any) -> tuple[Frame, ...]:
        """Return the reported frames that name a submitted file, outermost first."""
        found = []
        for entry in reported if isinstance(reported, list) else []:
            if not isinstance(entry, dict) or entry.get("file") not in self._lines or not isinstance(entry.get("line"), int):
                continue
            found.append(self.frame(entry["file"], entry["line"], str(entry.get("function", ""))[:200]))
        return tuple(found[-10:])

    def exchange(self, record: Mapping[str, Any]) -> Exchange:
        """Return the model's record of a recorded exchange; only the innermost frame is quoted."""
        return Exchange.model_validate({**record, "frames": self.frames(record.get("frames"))[-1:]})


def where(frames: Iterable[Frame]) -> str:
    """Return `file:line` of the innermost frame, or ""."""
    last = None
    for frame in frames:
        last = frame
    return f"{last.file}:{last.line}" if last else ""
