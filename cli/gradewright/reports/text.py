"""A verdict as lines for a terminal. State is always a word; text from the submission is stripped of control characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gradewright.model import Exchange, Frame, PointResult, Problem, Verdict

Line = tuple[str, dict[str, Any]]

SIGNS = {"won": "✔", "lost": "✘", "not_run": "–"}
#: Characters of one value shown; the report has all of it.
MAX_VALUE = 400
LABEL = 10


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


def lines(
    verdict: Verdict,
    *,
    report: str = "",
    hints_used: Mapping[str, int] | None = None,
    every_frame: bool = False,
    verbose: bool = False,
    most_lost: int | None = None,
) -> Iterator[Line]:
    """Yield the lines of a verdict with Click style options: what was graded, each point, each lost point, the sum.

    At most `most_lost` lost points are shown with their evidence; the others are counted.
    """
    hints_used = hints_used or {}
    for note in verdict.notes:
        yield f"note  {clean(note)}", {"dim": True}
    if verdict.problem is not None:
        yield from _problem(verdict, verdict.problem, every_frame=every_frame)
    if verdict.state in ("graded", "limit") and any(point.status != "not_run" for point in verdict.points):
        yield from _points(verdict)
        lost = _lost_points(verdict)
        shown = lost[:most_lost]
        for point in verdict.points:
            if point.status == "lost":
                if point not in shown:
                    continue
                yield from _lost(verdict, point, hints_used.get(point.id, 0), every_frame=every_frame)
            elif verbose and point.status == "won":
                yield from _won(point)
        if len(shown) < len(lost):
            rest = len(lost) - len(shown)
            place = " in the report" if report else ""
            yield f"  {rest} more lost {'point' if rest == 1 else 'points'}{place}", {"dim": True}
    yield from _sum(verdict, report)


def fitted(shown: Callable[[int | None], list[Line]], verdict: Verdict, columns: int, rows: int) -> list[Line]:
    """Return the lines with as many lost points as fit on a screen, but at least one. `shown` makes them for a number."""
    found = shown(None)
    for most in range(len(_lost_points(verdict)) - 1, 0, -1):
        if height((text for text, _style in found), columns) <= rows:
            break
        found = shown(most)
    return found


def height(texts: Iterable[str], columns: int) -> int:
    """Return how many rows the texts take on a terminal, long lines wrapped."""
    return sum(max(1, -(-len(text) // columns)) for text in texts)


def _lost_points(verdict: Verdict) -> list[PointResult]:
    return [point for point in verdict.points if point.status == "lost"]


def _points(verdict: Verdict) -> Iterator[Line]:
    where = clean(verdict.app, 60)
    yield f"{verdict.exercise}  {verdict.title:<40} {where}", {"bold": True}
    width = max(len(point.id) for point in verdict.points)
    title = max(len(point.title) for point in verdict.points)
    for point in verdict.points:
        color = {"won": "cyan", "lost": "red"}.get(point.status)
        score = f"{point.score}/{point.max_score}" if point.status != "not_run" else f"not run ({point.max_score})"
        text = f"  {SIGNS[point.status]} P{point.number} {point.id:<{width}}  {point.title:<{title}}  {score}"
        yield text, {"fg": color} if color else {"dim": True}


def _labelled(label: str, text: str) -> Line:
    return f"      {label:<{LABEL}}{text}", {}


def _lost(verdict: Verdict, point: PointResult, used: int, *, every_frame: bool) -> Iterator[Line]:
    yield f"✘ P{point.number}  {clean(point.message, 600)}", {"fg": "red", "bold": True}
    if point.expected is not None:
        yield _labelled("expected", clean(point.expected))
    if point.got is not None:
        yield _labelled("got", clean(point.got))
    if point.note and not point.note.startswith("Expected "):
        yield _labelled("differs", clean(point.note))
    shown = _deciding(point)
    if shown is not None:
        for override in shown.overrides:
            yield _labelled("with", clean(override))
        yield _labelled("request", _wire(shown))
        if shown.error:
            yield _labelled("raised", clean(shown.error))
        yield from _frames(shown.frames, every_frame=every_frame)
        if shown.curl:
            yield _labelled("repeat", clean(shown.curl, 2000))
    left = "all used" if used >= 3 else f"{used} of 3 used"
    yield _labelled("hint", f"grade hint {verdict.exercise} P{point.number}    ({left})")
    yield _labelled("ask me", f'"{point.question}"')


def _deciding(point: PointResult) -> Exchange | None:
    """Return the exchange that lost the point: the first that differs, or the last one sent."""
    differing = [exchange for exchange in point.exchanges if exchange.held is False]
    return differing[0] if differing else (point.exchanges[-1] if point.exchanges else None)


def _won(point: PointResult) -> Iterator[Line]:
    yield f"✔ P{point.number}  {point.title}", {"fg": "cyan"}
    for exchange in point.exchanges:
        yield _labelled("request", _wire(exchange))


def _wire(exchange: Exchange) -> str:
    headers = "".join(f", {name}: {value}" for name, value in exchange.headers[:3])
    status = exchange.status if exchange.status is not None else "no reply"
    return clean(f"{exchange.method} {exchange.target}{headers} -> {status} {exchange.reply}".rstrip(), 300)


def _frames(frames: tuple[Frame, ...], *, every_frame: bool) -> Iterator[Line]:
    for frame in frames if every_frame else frames[-1:]:
        code = next((line.text for line in frame.source if line.hit), "")
        yield _labelled("in", clean(f"{frame.file}:{frame.line}   {code.strip()}"))
        if every_frame:
            for line in frame.source:
                yield _labelled("", clean(f"{'>' if line.hit else ' '} {line.number:>4}  {line.text}"))


def _problem(verdict: Verdict, problem: Problem, *, every_frame: bool) -> Iterator[Line]:
    words = {
        "ungradable": "UNGRADABLE",
        "limit": "TIME LIMIT",
        "rejected": "REJECTED",
        "grader_error": "GRADER ERROR",
    }
    word = words.get(verdict.state, verdict.state.upper())
    if verdict.state == "limit" and problem.kind != "time_limit":
        word = "LIMIT"
    ending = "" if verdict.state == "limit" and problem.kind == "time_limit" else " Nothing was checked; this is not a score."
    yield f"{word}  {clean(problem.message, 1200)}{ending}", {"bold": True}
    for frame in problem.frames if every_frame else problem.frames[-1:]:
        code = next((line.text for line in frame.source if line.hit), "")
        yield f"  {clean(f'{frame.file}:{frame.line}')}   {clean(code.strip())}", {}
        if every_frame:
            for line in frame.source:
                yield f"    {'>' if line.hit else ' '} {line.number:>4}  {clean(line.text)}", {}
    if problem.exception:
        yield f"  {clean(problem.exception, 600)}", {}
    if not problem.frames and problem.where:
        yield f"  {clean(problem.where)}", {}
    if problem.try_:
        yield f"  try        {clean(problem.try_, 600)}", {}


def _sum(verdict: Verdict, report: str) -> Iterator[Line]:
    seconds = f"{verdict.seconds.get('total', 0.0):.1f} s"
    place = f"      report {report}" if report else ""
    if verdict.state in ("graded", "limit"):
        full = verdict.score == verdict.max_score
        word = "FULL MARKS" if full else ("NOT YET" if verdict.score == 0 else "PARTIAL")
        won = f"{verdict.points_won} of {len(verdict.points)}"
        text = f"{word}  {verdict.score}/{verdict.max_score} points · {won} · {seconds}{place}"
        yield text, {"bold": True, "fg": "cyan" if full else None}
    else:
        yield f"{verdict.seconds.get('total', 0.0):.1f} s{place}", {}
