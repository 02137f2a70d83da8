"""What is wrong with a suite, said to its author: the file, the line, and the name that was meant. Imported only then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradewright.errors import did_you_mean

#: The fixtures that a suite gets; those that pytest itself brings are not meant for one.
FIXTURES = ("app", "client", "expect", "new_client", "nonce", "redis", "upstream")


def place(error: BaseException, suite: Path) -> str:
    """Return the last line of the suite that an exception came through, as `file:line`, or ""."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(suite):
        return f"{Path(error.filename).relative_to(suite)}:{error.lineno}"
    found = ""
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(suite):
            found = f"{file.relative_to(suite)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def raised(error: BaseException, suite: Path) -> str:
    """Return where and what a test raised that no check raised. A bare assert has nothing to say to a learner."""
    text = f"{type(error).__name__}: {str(error)[:200]}".rstrip(": ")
    hint = "; use expect: it says what was expected and what came" if isinstance(error, AssertionError) else ""
    return f"{place(error, suite)}: {text}{hint}"


def collection(error: BaseException, suite: Path) -> str:
    """Return why a file of the suite could not be imported."""
    # pytest wraps what an import raised.
    cause = error.__cause__ if isinstance(error, pytest.Collector.CollectError) and error.__cause__ else error
    text = cause.msg if isinstance(cause, SyntaxError) else str(cause)
    unknown = re.match(r"cannot import name '(\w+)' from 'gradewright\.suite'", text)
    if unknown:
        import gradewright.suite

        text = f"gradewright.suite has no {unknown[1]}; {did_you_mean(unknown[1], gradewright.suite.__all__)}"
    return f"{place(cause, suite) or 'the suite'}: {type(cause).__name__}: {text}".rstrip("; ")[:1000]


def fixture(name: str) -> str:
    """Return what is wrong with a test that asks for a fixture which does not exist."""
    hint = did_you_mean(name, FIXTURES) or f"there are {', '.join(FIXTURES)}, and those in the suite's conftest.py"
    return f"there is no fixture {name!r}; {hint}"


def point(name: str | None, known: Sequence[str]) -> str:
    """Return what is wrong with a test's point."""
    if name is None:
        return f'belongs to no point: @point("{known[0]}") above it ties it to one'
    hint = did_you_mean(name, known) or f"it has {', '.join(known)}"
    return f"belongs to the point {name!r}, which exercise.toml does not have; {hint}"
