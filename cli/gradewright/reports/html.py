"""The submission report: one HTML page, offline, without script, in which everything from outside is escaped.

The templates hold markup and words, this module decides what is shown to whom and how much of it: long texts
are shortened, so that a page stays small whatever a submission sends. result.json holds the whole verdict.
"""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gradewright.model import Exchange, Exercise, Mark, Point, PointResult, Problem, Verdict
from gradewright.reports.diff import compare
from gradewright.reports.pages import DOTS, TEMPLATES, environment, fill
from gradewright.reports.wording import repetition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TEMPLATES", "Audience", "prepare", "render"]

Audience = Literal["learner", "candidate", "reviewer"]
View: TypeAlias = dict[str, Any]  # what a template reads; StrictUndefined finds a name that is not there

INK = 60_000  # characters of replies and the like on one page; what comes after is cut to a stub
OUTPUT_SHOWN = 12_000
LINES = 6  # of neighbours with the same outcome; more would push what comes next out of sight

# in the order of the page: class and icon, word
_STATES = {"lost": ("lost", "Lost"), "not_run": ("idle", "Not run"), "won": ("won", "Won")}
_HELD = {True: ("won", "Held"), False: ("lost", "Differs"), None: ("", "Set-up")}
_HINTS = ("where to look", "what to change", "nearly the answer")
_LIMITS = ("memory", "output", "cpu", "process", "thread", "file", "disk")


def render(
    verdict: Verdict, exercise: Exercise, *, audience: Audience = "learner", hints_opened: Mapping[str, int] = {}
) -> str:
    """Return the page for one verdict.

    `hints_opened` counts, per point id, the hints already opened at the terminal, for a learner's page. A candidate's page has
    no hints, ideal answers or flags; a reviewer's has all of them.
    """
    known = {point.id: point for point in exercise.points}
    ink = _Ink()
    # lost points come first to the ink: their evidence is what the page is read for
    order = sorted(verdict.points, key=lambda result: list(_STATES).index(result.status))
    views = [_point(each, known.get(each.id), audience, hints_opened.get(each.id, 0), ink) for each in order]
    groups = {status: [view for view in views if view["is"].status == status] for status in _STATES}
    app, text = verdict.app or exercise.app, verdict.output.text
    return fill(
        "submission.html" if verdict.state == "graded" else "ungradable.html",
        audience=audience,
        verdict=verdict,
        app=app,
        serve=_serve(app, exercise),
        bar=_bar(verdict),
        groups=[points for points in groups.values() if points],
        problem=verdict.problem and _problem(verdict.problem, app),
        flags=() if audience == "candidate" else verdict.flags,
        output=text if len(text) <= OUTPUT_SHOWN else f"{text[: OUTPUT_SHOWN // 2]}\n…\n{text[-OUTPUT_SHOWN // 2 :]}",
    )


def prepare() -> None:
    """Compile the templates now, while a grade waits for something else."""
    for name in ("base.html", "parts.html", "page.html", "submission.html", "ungradable.html"):
        environment().get_template(name)  # what a page extends and imports is loaded late otherwise


class _Ink:
    """What may still be printed of long texts on this page, as they are after escaping."""

    left = INK

    def cut(self, text: str, most: int) -> str:
        most = most if self.left > 0 else 60
        shown = text if len(text) <= most + 20 else f"{text[:most]}… {len(text) - most} more characters"
        self.left -= len(shown) + 4 * sum(map(shown.count, "<>&\"'")) + 25 * min(shown.count(" "), DOTS)
        return shown


def _serve(app: str, exercise: Exercise) -> str:
    """Return what a shell is told to serve the app, with the variables that it needs."""
    variables = [f"{name}={shlex.quote(value)}" for name, value in exercise.environment.items()]
    return " ".join([*variables, "uvicorn", *(["--factory", app[:-2]] if app.endswith("()") else [app])])


def _point(result: PointResult, known: Point | None, audience: Audience, opened: int, ink: _Ink) -> View:
    lost = result.status == "lost"
    items = _items(result, ink)
    shown = _first(items, 12 if lost else 6)
    hints = known.hints if known and lost and audience != "candidate" else ()
    docs = known.docs if known and lost else ()
    return {
        "is": result,
        "kind": _STATES[result.status][0],
        "word": _STATES[result.status][1],
        "message": ink.cut(result.message, 2000),
        "sides": None if result.status == "not_run" else _sides(result, ink),
        "sent": shown,
        "left_out": len(items) - len(shown),
        "curls": _curls(result) if lost else [],
        "overridden": any(each.overrides for each in result.exchanges),
        "hints": list(zip(_HINTS, hints, strict=False)),
        "opened": min(max(opened, 0), len(hints)) if audience == "learner" else None,
        "docs": [doc for doc in docs if doc.url.startswith(("https://", "http://"))],
        "answer": known.answer if known and audience != "candidate" else "",
        "follow_up": known.follow_up if known and audience != "candidate" else "",
    }


def _curls(result: PointResult) -> list[str]:
    """Return commands that repeat the requests, in their order; the one that decided is among them, if need be as the last."""
    found = list(dict.fromkeys(each.curl for each in result.exchanges if 0 < len(each.curl) <= 1500))
    deciding = result.deciding
    later = [curl for curl in found[12:] if deciding is not None and curl == deciding.curl]
    return found[: 12 - len(later)] + later


def _sides(judged: PointResult | Exchange, ink: _Ink) -> View | None:
    """Return expected and got as marks; nothing when neither is there or both would read the same."""
    expected, got = judged.expected, judged.got
    if expected == got:
        return None
    lefts, rights, note = judged.expected_marks, judged.got_marks, judged.note
    if expected is not None and got is not None and not (lefts or rights):
        found = compare(expected, got)
        lefts, rights, note = found.expected, found.got, note or found.note
    if note == repetition(expected or "", got or ""):
        note = ""
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
    deciding = result.deciding
    for _, run in groupby(enumerate(result.exchanges), lambda pair: _neighbours(result, *pair)):
        exchanges = [exchange for _, exchange in run]
        last = exchanges[-1]
        kind, word = _HELD[last.held]
        said = [*last.overrides]
        if last.held is False and last.message not in ("", result.message):
            said.append(ink.cut(last.message, 600))
        item: View = {"kind": kind, "word": word, "said": said, "frames": last.frames[-3:], "sides": None}
        item["lines"], item["more"] = _lines(exchanges, ink, 900 if last.held is False else 240)
        item["error"] = _error(ink.cut(last.error, 600))
        if last.held is not True and (last.expected, last.got) != (result.expected, result.got):
            item["sides"] = _sides(last, ink)
        item["decides"] = last.held is False and any(exchange is deciding for exchange in exchanges)
        items.append(item)
    return items


def _first(items: list[View], most: int) -> list[View]:
    """Return the first items; the one that decided is among them, if need be as the last."""
    later = [item for item in items[most:] if item["decides"]]
    return items[: most - len(later)] + later


def _neighbours(result: PointResult, index: int, exchange: Exchange) -> tuple[object, ...]:
    """Return what neighbours must have in common; the index, when one has something of its own to show."""
    told = (exchange.message, exchange.expected, exchange.got)
    alike = ("", None, None), (result.message, result.expected, result.got)
    own = exchange.frames or exchange.error or (exchange.held is False and told not in alike)
    return exchange.held, exchange.overrides, index if own else -1


def _lines(exchanges: list[Exchange], ink: _Ink, most: int) -> tuple[list[View], int]:
    """Return the first lines, and how many exchanges are left out."""
    lines: list[View] = []
    told = 0
    for _, run in groupby(exchanges, lambda each: (each.method, each.target, each.headers, each.body)):
        same = list(run)
        if len(lines) >= LINES:
            break
        told += len(same)
        request = _request(same[0], ink)
        if len(same) > 3:
            status = " and ".join(dict.fromkeys(str(each.status or "no reply") for each in same))
            kinds = len({each.reply for each in same})
            reply = f", {kinds} different replies" if kinds > 1 else ", the same reply each time"
            lines.append({"request": f"{request}, {len(same)} times", "status": status, "reply": reply, "told": True})
        for each in same if len(same) <= 3 else ():
            reply = f" {ink.cut(each.reply, most)}" if each.reply else ""
            lines.append({"request": request, "status": each.status or "no reply", "reply": reply, "told": False})
    return lines, len(exchanges) - told


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
