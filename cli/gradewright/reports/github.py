"""A verdict for GitHub Actions: workflow commands that annotate the commit, and Markdown for the run's summary.

GitHub's runner obeys every line that looks like a command, whoever printed it. So each line printed here begins with a
command of ours; what comes from outside is inside of its message, where it cannot begin another, and plain text in the summary.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradewright.model import Frame, PointResult, Verdict
from gradewright.reports.neutral import markdown, plain, workflow_data, workflow_property

#: GitHub shows ten annotations a step; the tenth counts the others.
MOST = 9
#: GitHub refuses a summary of more than 1 MiB.
MOST_SUMMARY = 1 << 20
_WORDS = {"won": "won", "lost": "lost", "not_run": "not run"}


def commands(verdict: Verdict, folder: str = "") -> str:
    """Return the workflow commands, a line each. `folder` is where the submission lies in the repository."""
    found = list(_errors(verdict, folder))
    lines = found[:MOST]
    if len(found) > MOST:
        lines.append(f"::error title={workflow_property(verdict.exercise)}::{len(found) - MOST} more")
    state = verdict.state.replace("_", " ")
    told = f"{verdict.score} of {verdict.max_score} points" if verdict.state == "graded" else f"{state}, no score"
    lines.append(f"::notice title={workflow_property(verdict.exercise)}::{workflow_data(told)}")
    return "\n".join(lines) + "\n"


def _errors(verdict: Verdict, folder: str) -> Iterator[str]:
    problem = verdict.problem
    if problem is not None:
        frame = problem.frames[-1] if problem.frames else None
        yield _error(folder, frame, problem.title, f"{problem.message} {problem.exception}".strip())
    for point in verdict.points:
        if point.status == "lost":
            told = f"{point.message}\nexpected  {point.expected}\ngot       {point.got}" if point.got else point.message
            yield _error(folder, _frame(point), f"P{point.number} {point.title}", told)


def _error(folder: str, frame: Frame | None, title: str, message: str) -> str:
    place = ""
    if frame is not None:
        path = f"{folder.rstrip('/')}/{frame.file}" if folder not in ("", ".") else frame.file
        place = f"file={workflow_property(path)},line={frame.line},"
    return f"::error {place}title={workflow_property(title)}::{workflow_data(message)}"


def _frame(point: PointResult) -> Frame | None:
    """Return where the learner's code was when the point was lost, if the worker could tell."""
    shown = [point.deciding] if point.deciding and point.deciding.frames else point.exchanges
    return next((exchange.frames[-1] for exchange in shown if exchange.held is False and exchange.frames), None)


def summary(verdict: Verdict) -> str:
    """Return Markdown: the state, a table of the points, and what was expected of those that were lost."""
    state = verdict.state.replace("_", " ").upper()
    score = f"{verdict.score} of {verdict.max_score} points" if verdict.state == "graded" else "no score; this is not a zero"
    parts = [f"## {markdown(verdict.exercise)}: {'' if verdict.state == 'graded' else state + ', '}{score}\n"]
    if verdict.problem is not None:
        problem = verdict.problem
        parts.append(f"**{markdown(problem.title)}.** {markdown(problem.message)}\n")
        parts += [f"`{_code(problem.where)}` {markdown(problem.exception)}\n"] if problem.where else []
        parts += [f"Try: {markdown(problem.try_)}\n"] if problem.try_ else []
    parts.append("| point | | score |\n| --- | --- | --- |")
    for point in verdict.points:
        name = markdown(f"P{point.number} {point.title}")
        parts.append(f"| {name} | {_WORDS[point.status]} | {point.score} of {point.max_score} |")
    for point in verdict.points:
        if point.status == "lost":
            parts.append(f"\n**P{point.number}** {markdown(point.message)}\n")
            parts += [f"- expected {markdown(point.expected)}"] if point.expected is not None else []
            parts += [f"- got {markdown(point.got)}"] if point.got is not None else []
    parts.append(f"\nSeed {markdown(verdict.seed)}, submission {markdown(verdict.hashes.submission or 'not taken in')}.\n")
    return "\n".join(parts)


def fitting(text: str, taken: int) -> str:
    """Return as much of a summary as GitHub takes when the file already has `taken` bytes."""
    room = MOST_SUMMARY - taken - 200
    data = text.encode()
    if len(data) <= room:
        return text
    cut = data[: max(room, 0)].decode(errors="ignore").rpartition("\n")[0]
    return f"{cut}\n\nThe rest did not fit; result.json has all of it.\n" if cut else ""


def _code(text: str) -> str:
    return plain(text, 200).replace("`", "'").replace("\n", " ")
