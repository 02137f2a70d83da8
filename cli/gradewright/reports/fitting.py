"""Texts cut and wrapped to a terminal's width. What is cut stays around the place where expected and got part."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradewright.model import Mark

Line = tuple[str, dict[str, Any]]

#: Characters of one value shown where the width is unknown; the report has all of it.
MAX_VALUE = 400
#: Rows of one value at a terminal: message, expected, got and request fit on a screen of 24 below a list of points.
MAX_ROWS = 2
LABEL = 10
INDENT = 6
#: Narrower than this nothing is wrapped: there would be no room beside the labels.
NARROWEST = 40


def clean(text: str, limit: int = MAX_VALUE) -> str:
    """Return learner text safe for a terminal: control and direction characters become visible escapes, and it is cut."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    shown = []
    for character in cut:
        if character == "\n":
            shown.append("⏎")
        elif character == "\t":
            shown.append("→")
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            shown.append(f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}")
        else:
            shown.append(character)
    return "".join(shown)


def around(text: str, marks: Sequence[Mark], most: int) -> str:
    """Return a value cut to `most` characters, from both ends, so that the first run that differs stays in view."""
    if len(text) <= most:
        return clean(text, most)
    at = 0
    for mark in marks:
        if mark.differs:
            break
        at += len(mark.text)
    else:
        at = 0
    start = max(0, min(at - most // 3, len(text) - most))
    end = start + most
    return f"{'…' if start else ''}{clean(text[start:end], most)}{'…' if end < len(text) else ''}"


@dataclass(frozen=True, slots=True)
class Fit:
    """The width to fit into; None where there is no terminal, so that nothing is wrapped and little is cut."""

    columns: int | None

    @property
    def _bounded(self) -> int | None:
        return self.columns if self.columns is not None and self.columns >= NARROWEST else None

    @property
    def most(self) -> int:
        """Characters of one value."""
        return MAX_VALUE if self._bounded is None else MAX_ROWS * (self._bounded - INDENT - LABEL) - 2

    def takes(self, text: str) -> bool:
        """Return whether a line fits."""
        return self._bounded is None or len(text) <= self._bounded

    def column(self, wanted: int, taken: int) -> int:
        """Return the width of a column: as wanted, or what `taken` other characters leave."""
        return wanted if self._bounded is None else max(1, min(wanted, self._bounded - taken))

    def short(self, text: str, taken: int) -> str:
        """Return a text cut to what `taken` other characters leave of a line."""
        room = len(text) if self._bounded is None else max(1, self._bounded - taken)
        return text if len(text) <= room else f"{text[: room - 1]}…"

    def hanging(self, head: str, text: str, indent: int | None = None) -> Iterator[str]:
        """Yield `head` and the text in lines, the further ones indented as far as the head reaches, or by `indent`."""
        if self._bounded is None or len(head) + len(text) <= self._bounded:
            yield f"{head}{text}"
            return
        below = " " * (len(head) if indent is None else indent)
        yield from textwrap.wrap(
            text,
            self._bounded,
            initial_indent=head,
            subsequent_indent=below,
            break_on_hyphens=False,
            drop_whitespace=True,
            replace_whitespace=False,
        )

    def labelled(self, label: str, text: str) -> Iterator[Line]:
        """Yield words beside their label."""
        for line in self.hanging(f"{' ' * INDENT}{label:<{LABEL}}", text):
            yield line, {}

    def exact(self, label: str, text: str) -> Iterator[Line]:
        """Yield a value beside its label, wrapped anywhere, so that not one space of it is lost."""
        room = max(len(text), 1) if self._bounded is None else self._bounded - INDENT - LABEL
        for at in range(0, max(len(text), 1), room):
            yield f"{' ' * INDENT}{label if at == 0 else '':<{LABEL}}{text[at : at + room]}", {}
