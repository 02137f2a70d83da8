"""The submission report: one HTML page, offline, without script, in which everything from outside is escaped.

The templates hold markup and words, this module decides what is shown to whom and how much of it: long texts
are shortened, so that a page stays small whatever a submission sends. result.json holds the whole verdict.
"""

from __future__ import annotations

import functools
import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gradewright.model import Exchange, Exercise, Mark, Point, PointResult, Problem, Verdict
from gradewright.reports.diff import compare
from gradewright.reports.wording import escape_unseen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2

Audience = Literal["learner", "candidate", "reviewer"]
View: TypeAlias = dict[str, Any]  # what a template reads; StrictUndefined finds a name that is not there

TEMPLATES = Path(__file__).with_name("templates")
INK = 60_000  # characters of replies and the like on one page; what comes after is cut to a stub
OUTPUT_SHOWN = 12_000
DOTS = 60  # visible white space in one text; beyond it the characters stand plain

# in the order of the page: class and icon, word
_STATES = {"lost": ("lost", "Lost"), "not_run": ("idle", "Not run"), "won": ("won", "Won")}
_HELD = {True: ("won", "Held"), False: ("lost", "Differs"), None: ("", "Set-up")}
_HINTS = ("where to look", "what to change", "nearly the answer")
_LIMITS = ("memory", "output", "cpu", "process", "thread", "file", "disk")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# In a run of prose a single space between words needs no dot; one at an end, doubled or beside a quote does.
_PIECES = {
    "all": re.compile(r"([ \t\n])"),
    "mark": re.compile(r"""([\t\n]|(?<![^\s"']) | (?![^\s"']))"""),
    "rest": re.compile(r"(\t|(?<= ) | (?= ))"),
}
_PIECE_CLASS = {" ": "ws", "\t": "ws tab", "\n": "eol"}
_FENCE = re.compile(r"^```\w*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def render(
    verdict: Verdict, exercise: Exercise, *, audience: Audience = "learner", hints_opened: Mapping[str, int] = {}
) -> str:
    """Return the page for one verdict.

    `hints_opened` counts, per point id, the hints already opened at the terminal. A candidate's page has no
    hints, ideal answers or flags; a reviewer's has no hints.
    """
    from markupsafe import Markup

    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(css.encode()).digest()).decode()
    known = {point.id: point for point in exercise.points}
    ink = _Ink()
    # lost points come first to the ink: their evidence is what the page is read for
    order = sorted(verdict.points, key=lambda result: list(_STATES).index(result.status))
    views = [_point(each, known.get(each.id), audience, hints_opened.get(each.id, 0), ink) for each in order]
    groups = {status: [view for view in views if view["is"].status == status] for status in _STATES}
    app, text = verdict.app or exercise.app, verdict.output.text
    page = _environment().get_template("submission.html" if verdict.state == "graded" else "ungradable.html")
    return page.render(
        css=Markup(css),  # noqa: S704  # the package's own stylesheet, exactly the text that the hash is of
        css_hash=f"sha256-{digest}",
        audience=audience,
        verdict=verdict,
        app=app,
        bar=_bar(verdict),
        groups=[points for points in groups.values() if points],
        problem=verdict.problem and _problem(verdict.problem, app),
        flags=() if audience == "candidate" else verdict.flags,
        output=text if len(text) <= OUTPUT_SHOWN else f"{text[: OUTPUT_SHOWN // 2]}\n…\n{text[-OUTPUT_SHOWN // 2 :]}",
    )


def prepare() -> None:
    """Compile the templates now, while a grade waits for something else."""
    for name in _environment().list_templates(["html"]):  # what a page extends and imports is loaded late otherwise
        _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    """Compile once a process: templates are part of the package and do not change under it."""
    import jinja2

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


class _Ink:
    """What may still be printed of long texts on this page, as they are after escaping."""

    left = INK

    def cut(self, text: str, most: int) -> str:
        most = most if self.left > 0 else 60
        shown = text if len(text) <= most + 20 else f"{text[:most]}… {len(text) - most} more characters"
        self.left -= len(shown) + 4 * sum(map(shown.count, "<>&\"'")) + 25 * min(shown.count(" "), DOTS)
        return shown


def _point(result: PointResult, known: Point | None, audience: Audience, opened: int, ink: _Ink) -> View:
    lost = result.status == "lost"
    items = _items(result, ink)
    most = 12 if lost else 6
    curls = dict.fromkeys(each.curl for each in result.exchanges if lost and 0 < len(each.curl) <= 1500)
    hints = known.hints if known and lost and audience == "learner" else ()
    docs = known.docs if known and lost else ()
    return {
        "is": result,
        "kind": _STATES[result.status][0],
        "word": _STATES[result.status][1],
        "message": ink.cut(result.message, 2000),
        "sides": None if result.status == "not_run" else _sides(result, ink),
        "sent": items[:most],
        "left_out": len(items[most:]),
        "curls": list(curls)[:12],
        "overridden": any(each.overrides for each in result.exchanges),
        "hints": list(zip(_HINTS, hints, strict=False)),
        "opened": min(max(opened, 0), len(hints)),
        "docs": [doc for doc in docs if doc.url.startswith(("https://", "http://"))],
        "answer": known.answer if known and audience != "candidate" else "",
        "follow_up": known.follow_up if known and audience != "candidate" else "",
    }


def _sides(judged: PointResult | Exchange, ink: _Ink) -> View | None:
    """Return expected and got as marks; nothing when neither is there or both would read the same."""
    expected, got = judged.expected, judged.got
    if expected == got:
        return None
    lefts, rights, note = judged.expected_marks, judged.got_marks, judged.note
    if expected is not None and got is not None and not (lefts or rights):
        found = compare(expected, got)
        lefts, rights, note = found.expected, found.got, note or found.note
    sides: View = {"note": note, "expected": (), "got": ()}
    for name, text, marks in (("expected", expected, lefts), ("got", got, rights)):
        if text is not None:
            sides[name] = _fit(marks or (Mark(text=text or "(nothing)"),), ink)
    return sides


def _fit(marks: tuple[Mark, ...], ink: _Ink) -> list[Mark]:
    """Shorten the runs of a long text, those that do not differ most, so that the marks stay in view."""
    if sum(len(mark.text) for mark in marks) <= 1200:
        return list(marks)
    fits = []
    for mark in marks[:40]:
        long = len(mark.text) > 240 and not mark.differs
        text = f"{mark.text[:120]}…{mark.text[-100:]}" if long else mark.text
        fits.append(Mark(text=ink.cut(text, 600), differs=mark.differs))
    return fits


def _items(result: PointResult, ink: _Ink) -> list[View]:
    """Return the exchanges as list items; neighbours with the same doubles and the same outcome share one."""
    items: list[View] = []
    for _, run in groupby(enumerate(result.exchanges), lambda pair: _neighbours(result, *pair)):
        exchanges = [exchange for _, exchange in run]
        last = exchanges[-1]
        kind, word = _HELD[last.held]
        said = [*last.overrides]
        if last.held is False and last.message not in ("", result.message):
            said.append(ink.cut(last.message, 600))
        item: View = {"kind": kind, "word": word, "said": said, "frames": last.frames[-3:], "sides": None}
        item["lines"] = _lines(exchanges, ink, 900 if last.held is False else 240)
        item["error"] = _error(ink.cut(last.error, 600))
        if last.held is not True and (last.expected, last.got) != (result.expected, result.got):
            item["sides"] = _sides(last, ink)
        items.append(item)
    return items


def _neighbours(result: PointResult, index: int, exchange: Exchange) -> tuple[object, ...]:
    """Return what neighbours must have in common; the index, when one has something of its own to show."""
    told = (exchange.message, exchange.expected, exchange.got)
    alike = ("", None, None), (result.message, result.expected, result.got)
    own = exchange.frames or exchange.error or (exchange.held is False and told not in alike)
    return exchange.held, exchange.overrides, index if own else -1


def _lines(exchanges: list[Exchange], ink: _Ink, most: int) -> list[View]:
    lines: list[View] = []
    for _, run in groupby(exchanges, lambda each: (each.method, each.target, each.headers, each.body)):
        same = list(run)
        request = _request(same[0], ink)
        if len(same) > 3:
            status = " and ".join(dict.fromkeys(str(each.status or "no reply") for each in same))
            kinds = len({each.reply for each in same})
            reply = f", {kinds} different replies" if kinds > 1 else ", the same reply each time"
            lines.append({"request": f"{request}, {len(same)} times", "status": status, "reply": reply, "told": True})
        for each in same if len(same) <= 3 else ():
            reply = f" {ink.cut(each.reply, most)}" if each.reply else ""
            lines.append({"request": request, "status": each.status or "no reply", "reply": reply, "told": False})
    return lines


def _request(exchange: Exchange, ink: _Ink) -> str:
    headers = "".join(f", {name}: {value}" for name, value in exchange.headers)
    body = f" {exchange.body}" if exchange.body else ""
    return ink.cut(f"{exchange.method} {exchange.target}{headers}{body}", 400)


def _error(text: str) -> tuple[str, str]:
    """Split `ValueError: invalid literal` into the exception's name and the rest."""
    name, colon, rest = text.partition(": ")
    return (name, rest) if re.fullmatch(r"[\w.]+", name) and (colon or not rest) else ("", text)


def _bar(verdict: Verdict) -> list[View]:
    total = sum(result.max_score for result in verdict.points) or 1
    cells, at = [], 0
    for result in verdict.points:
        x, width = f"{100 * at / total:.2f}%", f"{100 * result.max_score / total:.2f}%"
        cells.append({"is": result, "kind": _STATES[result.status][0], "x": x, "width": width})
        at += result.max_score
    return cells


def _problem(problem: Problem, app: str) -> View:
    file, _, line = problem.where.rpartition(":")
    module = app.partition(":")[0]
    tries = [(each.label, each.code) for each in problem.suggestions]
    imports = bool(re.search("import|syntax|module", problem.kind))
    see = imports and re.fullmatch(r"[\w.]+", module) and not any("python -" in code for _, code in tries)
    said = f"{problem.kind} {problem.exception.partition(':')[0]}".lower()
    limit = next((name for name in _LIMITS if name in said), "CPU time" if "CPU" in problem.message else "time")
    return {
        "is": problem,
        "file": file if line.isdigit() else problem.where,
        "line": line if line.isdigit() else "",
        "imports": imports,
        "error": _error(problem.exception[:2000]),
        "tries": tries,
        "limit": "CPU time" if limit == "cpu" else limit,
        "see": f"python -c 'import {module}'" if see else "",
    }
