"""Every error a user can meet, each with its exit code and what to try next.

GradewrightError
├── UsageError               exit 2: the command line asks for something that does not exist
│   ├── UnknownExercise
│   ├── UnknownPoint
│   └── BadInput
├── Rejected                 exit 3: the submission was refused before it ran
└── GraderFault              exit 4: the grader or the exercise is at fault, never the submission
    └── ContentError
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

EXIT_OK = 0
EXIT_BELOW = 1
EXIT_USAGE = 2
EXIT_UNGRADABLE = 3
EXIT_FAULT = 4
EXIT_LIMIT = 5
EXIT_INTERRUPTED = 130


class GradewrightError(Exception):
    """Base of all. `hint` is one sentence or command that says what to try."""

    exit_code = EXIT_FAULT

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(GradewrightError):
    """The command line, or a file named on it, cannot be used as it is."""

    exit_code = EXIT_USAGE


class UnknownExercise(UsageError):
    """No exercise or command has this name."""


class UnknownPoint(UsageError):
    """The exercise has no point with this id or number."""


class BadInput(UsageError):
    """A value has the wrong form: a seed, a path, an `--app`."""


class Rejected(GradewrightError):
    """The submission was refused at intake: nothing of it ran."""

    exit_code = EXIT_UNGRADABLE


class GraderFault(GradewrightError):
    """The grader failed. The submission was not judged."""


class ContentError(GraderFault):
    """An exercise on disk is incomplete or contradicts itself."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest of `known`, or "" when nothing is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else ""
