"""Writes docs/ablation.md: every defence with what it stops and the test that notices its absence; every attack with its tests.

Run it as `python -m tests.ablation.table` after a change to tests/ablation/defences/ or tests/ablation/attacks.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
TARGET = TESTS.parent / "docs" / "ablation.md"
#: Fields of a defence; `needs`, `also_off` and `assume` may be missing.
FIELDS = {"name", "layer", "stops", "file", "old", "new", "test", "needs", "also_off", "assume"}

HEAD = """\
# What each defence is good for

No part of the sandbox, and none of the grader's own caution, is here for decoration. For each defence below the program is
copied, this one defence is taken out of the copy's source, and the test on the right, which passes otherwise, fails; an honest
solution is graded as before. *Behind* names other defences that hold the same attempt up, so that both must go before it
succeeds: these are second walls on purpose.

This page is made by `python -m tests.ablation.table`; `python -m pytest -m ablation tests/ablation` proves it.
"""
MIDDLE = """
# What is tried, and where

Every row of the threat list, and the tests that try it. `tests/hostile` grades each attempt behind bubblewrap in the profile
`screen` and without it in the profile `kata`, and looks each time at the verdict, its message, the time it took, and at what
stands around the submission: a canary file, servers, a message queue, another process of the same user.
"""


def load() -> list[dict[str, Any]]:
    """Return all defences in the order of the table."""
    files = sorted((HERE / "defences").glob("*.toml"))
    return [entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["defence"]]


def load_attacks() -> list[dict[str, Any]]:
    return list(tomllib.loads((HERE / "attacks.toml").read_text(encoding="utf-8"))["attack"])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _defences() -> Iterator[str]:
    layer = ""
    for entry in load():
        if entry["layer"] != layer:
            layer = entry["layer"]
            yield from ("", f"## {layer}", "", _row("defence", "stops", "behind", "test"), "| --- | --- | --- | --- |")
        name = entry["name"] + (f" ({entry['needs']})" if entry.get("needs") else "")
        tests = "<br>".join(f"`{test.removeprefix('hostile/')}`" for test in entry["test"])
        yield _row(name, entry["stops"], ", ".join(entry.get("also_off", [])) or "–", tests)


def _attacks() -> Iterator[str]:
    yield from ("", _row("group", "attempt", "must", "tests"), "| --- | --- | --- | --- |")
    for attack in load_attacks():
        tests = "<br>".join(f"`{test}`" for test in attack["tests"])
        yield _row(attack["group"], attack["attempt"], attack["must"], tests)


def render() -> str:
    """Return the whole page."""
    return HEAD + "\n".join(_defences()) + "\n" + MIDDLE + "\n".join(_attacks()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
