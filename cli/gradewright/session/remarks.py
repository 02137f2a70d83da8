"""What a person should know about a submission besides its grade: names it shadows, and source for a reviewer to look at."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from gradewright.model import Flag


def flags(sources: dict[str, str]) -> Iterator[Flag]:
    """Yield what a reviewer should look at: source that reads or writes the override table."""
    for name, text in sorted(sources.items()):
        if not name.endswith(".py"):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if "dependency_overrides" in line:
                message = "The source reads or writes dependency_overrides, which the grader uses to replace dependencies."
                yield Flag(kind="dependency_overrides", message=message, where=f"{name}:{number}")
                break


def shadows(files: tuple[str, ...]) -> list[str]:
    """Return a note for each top-level file that has the name of a module the real one of which was used."""
    used = {"fastapi", "starlette", "pydantic", "uvicorn", "anyio", *sys.stdlib_module_names}
    names = {file.partition("/")[0].removesuffix(".py") for file in files if file.endswith(".py")}
    return [
        f"{name} in your folder has the name of an installed module; the installed one was used"
        for name in sorted(names & used)
    ]
