"""A verdict as lines for a terminal. State is always a word; text from the submission is stripped of control characters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gradewright.model import Exchange, Frame, PointResult, Problem, Verdict
from gradewright.reports.fitting import LABEL, Fit, Line, around, clean

SIGNS = {"won": "✔", "lost": "✘", "not_run": "–"}


def lines(
    verdict: Verdict,
    *,
    report: str = "",
    hints_used: Mapping[str, int] | None = None,
    every_frame: bool = False,
    verbose: bool = False,
    most_lost: int | None = None,
    columns: int | None = None,
) -> Iterator[Line]:
    """Yield the lines of a verdict with Click style options: what was graded, each point, each lost point, the sum.

    At most `most_lost` lost points are shown with their evidence; the others are counted. `columns` is the width of the
    terminal, to which long texts are then wrapped and shortened; without it, every text is one line.
    """
    hints_used = hints_used or {}
    fit = Fit(columns)
    for note in verdict.notes:
        yield from ((text, {"dim": True}) for text in fit.hanging("note  ", clean(note)))
    if verdict.problem is not None:
        yield from _problem(verdict, verdict.problem, fit, every_frame=every_frame)
    if verdict.state in ("graded", "limit") and any(point.status != "not_run" for point in verdict.points):
        yield from _points(verdict, fit)
        lost = _lost_points(verdict)
        shown = lost[:most_lost]
        for point in verdict.points:
            if point.status == "lost":
                if point not in shown:
                    continue
                yield from _lost(verdict, point, hints_used.get(point.id, 0), fit, every_frame=every_frame)
            elif verbose and point.status == "won":
                yield from _won(point, fit)
        if len(shown) < len(lost):
            rest = len(lost) - len(shown)
            place = " in the report" if report else ""
            yield f"  {rest} more lost {'point' if rest == 1 else 'points'}{place}", {"dim": True}
    yield from _sum(verdict, report, fit)


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


def _points(verdict: Verdict, fit: Fit) -> Iterator[Line]:
    app = clean(verdict.app, 60)
    title = fit.short(verdict.title, len(verdict.exercise) + len(app) + 4)
    yield f"{verdict.exercise}  {title:<{fit.column(40, len(verdict.exercise) + len(app) + 3)}} {app}", {"bold": True}
    width = max(len(point.id) for point in verdict.points)
    scores = [
        f"{point.score}/{point.max_score}" if point.status != "not_run" else f"not run ({point.max_score})"
        for point in verdict.points
    ]
    taken = 9 + len(f"P{len(scores)}") + width + max(map(len, scores))
    titles = [fit.short(point.title, taken) for point in verdict.points]
    room = max(map(len, titles))
    for point, title, score in zip(verdict.points, titles, scores, strict=True):
        color = {"won": "cyan", "lost": "red"}.get(point.status)
        text = f"  {SIGNS[point.status]} P{point.number} {point.id:<{width}}  {title:<{room}}  {score}"
        yield text, {"fg": color} if color else {"dim": True}


def _lost(verdict: Verdict, point: PointResult, used: int, fit: Fit, *, every_frame: bool) -> Iterator[Line]:
    style = {"fg": "red", "bold": True}
    for line in fit.hanging(f"✘ P{point.number}  ", clean(point.message, 600)):
        yield line, style
    if point.expected is not None:
        yield from fit.exact("expected", around(point.expected, point.expected_marks, fit.most))
    if point.got is not None:
        yield from fit.exact("got", around(point.got, point.got_marks, fit.most))
    shown = point.deciding
    # Some points are decided without one: by the app's lifespan, its settings, or tests that the learner wrote.
    yield from fit.exact("request", _wire(shown, fit) if shown is not None else "none was sent for this")
    if point.note and not point.note.startswith("Expected "):
        yield from fit.labelled("differs", clean(point.note, fit.most))
    if shown is not None:
        for override in shown.overrides:
            yield from fit.labelled("with", clean(override, fit.most))
        if shown.error:
            yield from fit.labelled("raised", clean(shown.error, fit.most))
        yield from _frames(shown.frames, fit, every_frame=every_frame)
        if shown.curl:
            # Never wrapped: it is there to be copied.
            yield f"      {'repeat':<{LABEL}}{clean(shown.curl, 2000)}", {}
    left = "all used" if used >= 3 else f"{used} of 3 used"
    yield from fit.labelled("hint", f"grade hint {verdict.exercise} P{point.number}    ({left})")
    yield from fit.labelled("ask me", f'"{point.question}"')


def _won(point: PointResult, fit: Fit) -> Iterator[Line]:
    yield f"✔ P{point.number}  {point.title}", {"fg": "cyan"}
    for exchange in point.exchanges:
        yield from fit.exact("request", _wire(exchange, fit))


def _wire(exchange: Exchange, fit: Fit) -> str:
    """Return request and reply on one line; a long request leaves room for what came back."""
    most = min(300, fit.most)
    headers = "".join(f", {name}: {value}" for name, value in exchange.headers[:3])
    sent = clean(f"{exchange.method} {exchange.target}{headers}", most * 2 // 3)
    status = exchange.status if exchange.status is not None else "no reply"
    came = f"{sent} -> {status} "
    return f"{came}{clean(exchange.reply, max(most - len(came), 20))}".rstrip()


def _frames(frames: tuple[Frame, ...], fit: Fit, *, every_frame: bool) -> Iterator[Line]:
    for frame in frames if every_frame else frames[-1:]:
        code = next((line.text for line in frame.source if line.hit), "")
        yield from fit.labelled("in", clean(f"{frame.file}:{frame.line}   {code.strip()}"))
        if every_frame:
            for line in frame.source:
                yield from fit.labelled("", clean(f"{'>' if line.hit else ' '} {line.number:>4}  {line.text}"))


def _problem(verdict: Verdict, problem: Problem, fit: Fit, *, every_frame: bool) -> Iterator[Line]:
    words = {
        "ungradable": "UNGRADABLE",
        "limit": "TIME LIMIT",
        "rejected": "REJECTED",
        "grader_error": "GRADER ERROR",
    }
    word = words.get(verdict.state, verdict.state.upper())
    if verdict.state == "limit" and problem.kind != "time_limit":
        word = "LIMIT"
    message = clean(problem.message, 1200)
    message = message if message.endswith((".", "!", "?")) else f"{message}."
    ending = "" if verdict.state == "limit" and problem.kind == "time_limit" else " Nothing was checked; this is not a score."
    for text in fit.hanging(f"{word}  ", f"{message}{ending}", indent=2):
        yield text, {"bold": True}
    for frame in problem.frames if every_frame else problem.frames[-1:]:
        code = next((line.text for line in frame.source if line.hit), "")
        place = f"  {clean(f'{frame.file}:{frame.line}')}   "
        yield from ((text, {}) for text in fit.hanging(place, clean(code.strip())))
        if every_frame:
            for line in frame.source:
                yield f"    {'>' if line.hit else ' '} {line.number:>4}  {clean(line.text)}", {}
    if problem.exception:
        yield from ((text, {}) for text in fit.hanging("  ", clean(problem.exception, 600)))
    if not problem.frames and problem.where:
        yield f"  {clean(problem.where)}", {}
    if problem.try_:
        yield from ((text, {}) for text in fit.hanging("  try        ", clean(problem.try_, 600)))


def _sum(verdict: Verdict, report: str, fit: Fit) -> Iterator[Line]:
    seconds = f"{verdict.seconds.get('total', 0.0):.1f} s"
    place = f"report {report}" if report else ""
    if verdict.state in ("graded", "limit"):
        full = verdict.score == verdict.max_score
        word = "FULL MARKS" if full else ("NOT YET" if verdict.score == 0 else "PARTIAL")
        won = f"{verdict.points_won} of {len(verdict.points)}"
        text = f"{word}  {verdict.score}/{verdict.max_score} points · {won} · {seconds}"
        style: dict[str, Any] = {"bold": True, "fg": "cyan" if full else None}
    else:
        text, style = seconds, {}
    if not place or fit.takes(f"{text}      {place}"):
        yield f"{text}      {place}".rstrip(), style
    else:
        yield text, style
        yield place, style
