"""Starts the engine before anything heavy is imported, then hands over to Click."""

from __future__ import annotations

import sys
from collections.abc import Sequence

#: First words that are not an exercise to grade. Kept here so that the engine can start before Click is imported; a test
#: compares it with the commands that exist.
OTHER_COMMANDS = frozenset(
    {
        "start",
        "list",
        "brief",
        "hint",
        "explain",
        "doctor",
        "author",
        "batch",
        "cohort",
        "similar",
        "report",
        "export",
        "interview",
        "completion",
        "verify",
        "bundle",
        "next",
        "watch",
    }
)


def will_grade(arguments: Sequence[str]) -> bool:
    """Return whether these arguments look like a grade. A wrong guess costs a process that is killed again."""
    words = _words(arguments)
    if not words or words[0] in OTHER_COMMANDS:
        return False
    return not {"--help", "-h", "--version"}.intersection(arguments)


def _words(arguments: Sequence[str]) -> list[str]:
    """Return what is neither an option nor the value of a global one."""
    valued = ("--root", "--pack", "--color")
    pairs = zip(("", *arguments), arguments, strict=False)
    return [word for before, word in pairs if not word.startswith("-") and before not in valued]


def option(arguments: Sequence[str], name: str) -> str:
    """Return the value of an option that the engine needs before Click has looked at the command line, or ""."""
    return next(iter(options(arguments, name)), "")


def options(arguments: Sequence[str], name: str) -> list[str]:
    """Return the values of an option that may be there several times."""
    found = []
    for number, word in enumerate(arguments):
        if word == name and number + 1 < len(arguments):
            found.append(arguments[number + 1])
        elif word.startswith(f"{name}="):
            found.append(word.partition("=")[2])
    return found


def run(arguments: Sequence[str]) -> int:
    """Run the command line with `arguments` (without the program's name) and return the exit code."""
    early = None
    if will_grade(arguments) and sys.platform != "win32":
        # The zygote takes longest to warm up, so it starts before even the rest of the engine is imported.
        from gradewright.session import workspace
        from gradewright.worker_control.spawn import start_zygote

        work = workspace.create()
        early = work, start_zygote(work, option(arguments, "--python"), option(arguments, "--engine"))
    from gradewright.commands.cli import invoke

    engine = None
    if early is not None:
        # Only now, since the suite's process is ready long before the zygote: started at once, it would be the third on two
        # cores, and the zygote, for which everything waits, would be warm a tenth later.
        from gradewright.session.processes import Engine

        engine = Engine.start(early=early)
    try:
        return invoke(list(arguments), engine)
    finally:
        if engine is not None:
            engine.close()
