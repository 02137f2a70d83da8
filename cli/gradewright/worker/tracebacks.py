"""Tracebacks in the app's log with the learner's frames only: forty frames of the stack below say nothing to them."""

from __future__ import annotations

import logging
import traceback
import warnings
from typing import Any

from uvicorn.logging import DefaultFormatter

from gradewright.worker.problem import relative, submission_root


def shortened(error: BaseException) -> str:
    """Return the traceback of `error` and its causes; files are named as the learner knows them."""
    told = traceback.TracebackException.from_exception(error)
    _shorten(told)
    return "".join(told.format()).replace(submission_root() + "/", "").rstrip("\n")


def _shorten(told: traceback.TracebackException) -> None:
    kept = [
        traceback.FrameSummary(name, frame.lineno, frame.name, line=frame.line)
        for frame in told.stack
        if (name := relative(frame.filename)) is not None
    ]
    told.stack = traceback.StackSummary.from_list(kept)
    for inner in (told.__cause__, told.__context__, *(getattr(told, "exceptions", None) or ())):
        if inner is not None:
            _shorten(inner)


class Formatter(DefaultFormatter):
    """uvicorn's own format, with short tracebacks."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is the logging module's
        return shortened(ei[1]) if ei[1] is not None else super().formatException(ei)


def _format_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,  # noqa: ARG001 - the name is part of the hook
) -> str:
    name = relative(filename)
    place = f"{name}:{lineno}: " if name is not None else ""
    return f"{place}{category.__name__}: {message}\n"


def shorten_logged() -> None:
    """Make uvicorn's loggers, once they are configured, write short tracebacks, and warnings name the learner's files only."""
    warnings.formatwarning = _format_warning
    for handler in logging.getLogger("uvicorn").handlers:
        handler.setFormatter(Formatter("%(levelprefix)s %(message)s", use_colors=False))
