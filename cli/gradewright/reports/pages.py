"""What every page is made with: one environment that escapes all values, one stylesheet, and the words of dates and counts."""

from __future__ import annotations

import functools
import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from gradewright.reports.wording import escape_unseen

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).with_name("templates")
DOTS = 60  # visible white space in one text; beyond it the characters stand plain

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# In a run of prose a single space between words needs no dot; one at an end, doubled or beside a quote does.
_PIECES = {
    "all": re.compile(r"([ \t\n])"),
    "mark": re.compile(r"""([\t\n]|(?<![^\s"']) | (?![^\s"']))"""),
    "rest": re.compile(r"(\t|(?<= ) | (?= ))"),
}
_PIECE_CLASS = {" ": "ws", "\t": "ws tab", "\n": "eol"}
_FENCE = re.compile(r"^```\w*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def fill(template: str, **values: object) -> str:
    """Return the page that `template` makes of `values`, with the stylesheet and the hash that the page's policy allows."""
    from markupsafe import Markup

    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return (
        environment()
        .get_template(template)
        .render(
            css=Markup(css),  # noqa: S704  # the package's own stylesheet, exactly the text that the hash is of
            css_hash=f"sha256-{digest}",
            **values,
        )
    )


@functools.cache
def environment() -> jinja2.Environment:
    """Compile once a process: templates are part of the package and do not change under it."""
    import jinja2

    from gradewright.reports.bytecode import Bytecode

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        # every printed value passes here, so that no field can be forgotten
        finalize=lambda value: escape_unseen(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        optimized=False,  # folding constants costs more than it saves in a page rendered once
        bytecode_cache=Bytecode(TEMPLATES / "__pycache__", made_by=Path(__file__)),
    )
    filters = (spans, blocks, pieces, short, count, when)
    environment.filters.update({function.__name__: function for function in filters})
    return environment


def spans(text: str) -> list[tuple[bool, str]]:
    """Split prose at backticks into (is code, text)."""
    return [(index % 2 == 1, part) for index, part in enumerate(re.split(r"`([^`\n]+)`", text)) if part]


def blocks(text: str) -> list[tuple[bool, str]]:
    """Split a hint or an answer into paragraphs and fenced or indented code, as (is code, text)."""
    found = []
    for index, part in enumerate(_FENCE.split(text)):
        for block in [part] if index % 2 else re.split(r"\n[ \t]*\n", part):
            code = index % 2 == 1 or block.startswith("    ")
            found += [(code, dedent(block).strip("\n") if code else block.strip())] if block.strip() else []
    return found


def pieces(text: str, how: str) -> list[tuple[str, str]]:
    """Split `text` into (class, part), where white space that must be seen has a class."""
    parts = _PIECES["all" if how == "mark" and len(text) <= 24 else how].split(text, maxsplit=DOTS)
    return [(_PIECE_CLASS[part] if index % 2 else "", part) for index, part in enumerate(parts) if part]


def short(text: str, head: int, tail: int = 0) -> str:
    """Keep the first and last characters of a hash or a seed."""
    return text if len(text) <= head + tail + 1 else f"{text[:head]}…{text[len(text) - tail :]}"


def count(number: int, noun: str) -> str:
    """Return the number with its noun, which takes an s when there is not exactly one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def when(created: str) -> str:
    """Return a date for people, in UTC and English whatever the locale, or "" when it is not one."""
    try:
        at = datetime.fromisoformat(created).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"
