"""The Markdown that briefs are written in, as blocks for a template: headings, lists, tables, code and paragraphs.

Not all of Markdown, and no HTML: what is not one of these is a paragraph, and every text is escaped where it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"(#{1,4}) +(.+?) *#*$")
_ITEM = re.compile(r"( *)(?:[-*]|\d{1,3}\.) +(.*)$")
_NUMBERED = re.compile(r" *\d")
_FENCE = re.compile(r" *```")
_DIVIDER = re.compile(r"[ |:-]+$")
_SPAN = re.compile(r"`([^`\n]+)`|\*\*([^*]+)\*\*|\[([^\]\n]+)\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is heading, list, numbers, table, code or text. `level` is a heading's; `rows` are a list's or a table's cells."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text inside a block; `kind` is text, code, strong or link."""

    kind: str
    text: str
    url: str = ""


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a brief, in order."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        heading = _HEADING.match(line)
        if not line.strip():
            at += 1
        elif _FENCE.match(line):
            end = next((n for n in range(at + 1, len(lines)) if _FENCE.match(lines[n])), len(lines))
            yield Block("code", "\n".join(lines[at + 1 : end]))
            at = end + 1
        elif heading:
            yield Block("heading", heading[2], len(heading[1]))
            at += 1
        else:
            end = _end(lines, at)
            yield _block(lines[at:end])
            at = end


def _end(lines: list[str], at: int) -> int:
    """Return where the table, list or paragraph that begins at `at` ends."""

    def goes_on(line: str) -> bool:
        return bool(line.strip()) and not _HEADING.match(line) and not _FENCE.match(line)

    end = at + 1
    item = _ITEM.match(lines[at]) is not None
    while end < len(lines) and goes_on(lines[end]) and (item or _ITEM.match(lines[end]) is None):
        end += 1
    return end


def _block(lines: list[str]) -> Block:
    if lines[0].lstrip().startswith("|"):
        rows = [tuple(cell.strip() for cell in _cells(line)) for line in lines if not _DIVIDER.match(line.strip())]
        return Block("table", rows=tuple(rows))
    if _ITEM.match(lines[0]):
        items: list[str] = []
        for line in lines:
            found = _ITEM.match(line)
            if found:
                items.append(found[2])
            else:
                items[-1] += " " + line.strip()
        return Block("numbers" if _NUMBERED.match(lines[0]) else "list", rows=tuple((item,) for item in items))
    return Block("text", " ".join(line.strip() for line in lines))


def _cells(line: str) -> list[str]:
    """Split a row of a table at its bars, but not at those in code."""
    marked = re.sub(r"`[^`]*`", lambda code: code[0].replace("|", "\0"), line.strip().strip("|"))
    return [cell.replace("\0", "|") for cell in re.split(r"(?<!\\)\|", marked)]


def inline(text: str) -> Iterator[Span]:
    """Yield the runs of a block's text. A link that leads nowhere on the web is its text."""
    at = 0
    for found in _SPAN.finditer(text):
        if found.start() > at:
            yield Span("text", text[at : found.start()])
        at = found.end()
        code, strong, label, url = found.groups()
        if code:
            yield Span("code", code)
        elif strong:
            yield Span("strong", strong)
        elif url.startswith(("https://", "http://")):
            yield Span("link", label, url)
        else:
            yield Span("text", label)
    if at < len(text):
        yield Span("text", text[at:])
