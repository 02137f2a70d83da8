"""Exceptions and stacks of learner code as plain facts: what was raised, and which of the learner's lines led there.

The grader treats all of it as hearsay: it looks the lines up in its own copy of the submission.
"""

from __future__ import annotations

import functools
import os
import re
import traceback
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Any

MAX_TEXT = 2000
MAX_FRAMES = 20

Frame = dict[str, Any]


@functools.cache
def submission_root() -> str:
    """Return the submission's folder: the working directory when a worker first asks, before the submission can change it."""
    return os.path.realpath(os.getcwd())


def relative(filename: str) -> str | None:
    """Return `filename` relative to the submission, or None for a file outside it."""
    if not os.path.isabs(filename):
        return None  # "<string>", "<frozen importlib>": no file at all
    root = submission_root()
    real = os.path.realpath(filename)
    return real[len(root) + 1 :] if real.startswith(root + os.sep) else None


def describe_code(entries: Iterable[tuple[str, int, str]]) -> list[Frame]:
    frames = []
    for filename, line, function in entries:
        name = relative(filename)
        if name is not None:
            frames.append({"file": name, "line": line, "function": function})
    return frames[-MAX_FRAMES:]


def describe_frames(frame: FrameType | None) -> list[Frame]:
    """Return the learner's frames of a running stack, outermost first."""
    return describe_code((entry.filename, entry.lineno or 0, entry.name) for entry in traceback.extract_stack(frame, limit=200))


def describe_traceback(trace: TracebackType | None) -> list[Frame]:
    """Return the learner's frames of a traceback, outermost first. Sources are not read here."""
    entries: list[tuple[str, int, str]] = []
    while trace is not None and len(entries) < 1000:
        code = trace.tb_frame.f_code
        entries.append((code.co_filename, trace.tb_lineno or 0, code.co_name))
        trace = trace.tb_next
    return describe_code(entries)


def describe(error: BaseException) -> dict[str, Any]:
    """Return `exception` (its class name), `message`, `frames`, and what the class adds (a syntax error's place)."""
    facts: dict[str, Any] = {
        "exception": type(error).__name__[:200],
        "message": safe_text(error),
        "frames": describe_traceback(error.__traceback__),
    }
    if isinstance(error, SyntaxError):
        name = relative(error.filename) if error.filename else None
        facts["syntax"] = {"file": name, "line": error.lineno, "column": error.offset}
        facts["message"] = str(error.msg)[:MAX_TEXT]
    if isinstance(error, ImportError):
        # Python adds the whole path of the module that lacks the name.
        facts["message"] = re.sub(r" \(/[^()]*\)$", "", facts["message"])
    if isinstance(error, ModuleNotFoundError):
        facts["missing"] = str(error.name)[:200]
    if isinstance(error, BaseExceptionGroup) and error.exceptions:
        facts["frames"] = facts["frames"] or describe_traceback(error.exceptions[0].__traceback__)
    return facts


def safe_text(error: BaseException) -> str:
    """Return str(error), capped; an exception whose __str__ raises must not hide the first one."""
    try:
        # Python's own texts name files with their whole path; the copy's place means nothing to its author.
        return str(error)[: 2 * MAX_TEXT].replace(submission_root() + os.sep, "")[:MAX_TEXT]
    except Exception as second:
        return f"<its text could not be read: {type(second).__name__}>"
