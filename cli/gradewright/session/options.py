"""What a person can set for one grade."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gradewright.errors import BadInput


@dataclass(frozen=True, slots=True)
class GradeOptions:
    """What a person can set for one grade. Limits are in seconds; `seed` is 32 hex digits or None for a fresh one.

    `for_author` adds a note for each test that ended with an exception of its own: nobody else sees lines of a suite.
    `until_lost` ends a grade at the first check that fails: who only asks whether everything is earned knows then. The points
    whose ids are in `first` have their turn before the others, for who knows where a fault is likely.
    """

    seed: str | None = None
    app: str | None = None
    profile: Literal["kata", "screen"] = "kata"
    engine: str = "zygote"
    start_limit: float = 10.0
    request_limit: float = 5.0
    total_limit: float = 60.0
    for_author: bool = False
    until_lost: bool = False
    first: tuple[str, ...] = ()

    def with_seed(self, seed: str) -> GradeOptions:
        return replace(self, seed=seed)

    def beginning_with(self, points: Sequence[str]) -> GradeOptions:
        return replace(self, first=tuple(points))


def new_seed() -> str:
    """Return a fresh 128-bit seed as 32 hex digits."""
    return secrets.token_hex(16)


def check_seed(text: str) -> str:
    """Return a seed in its canonical form. Raises BadInput."""
    wanted = text.strip().lower()
    if len(wanted) != 32 or any(letter not in "0123456789abcdef" for letter in wanted):
        raise BadInput(f"{text!r} is not a seed.", hint="a seed is 32 hex digits, as printed by an earlier grade")
    return wanted
