"""Fingerprints of a submission, by diffinite: every run of a few tokens inside of a logical line, and every logical line.

Winnowing would keep a sample of them; exercises are small, so all are kept. Runs that cross from one line to the next are left
out: whoever moves lines about changes those and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gradewright.cohort.similarity.tokens import Line
from gradewright.errors import UsageError

#: Tokens in a run. docs/adr/0007-similarity.md has the figures for others.
RUN = 5
#: Tokens that a line has at least, to count as a whole.
SHORTEST = 3

Hashes = Callable[[Sequence[str], int], list[int]]


@dataclass(frozen=True, slots=True)
class Prints:
    """Fingerprints, each with the places in `lines` where it occurs: `runs` and `wholes`."""

    lines: tuple[Line, ...]
    runs: dict[int, tuple[int, ...]]
    wholes: dict[int, tuple[int, ...]]


def _library() -> Hashes:
    try:
        from diffinite.fingerprint import rolling_hash
    except ImportError as error:
        raise UsageError(
            f"Comparing submissions needs a package that is not installed: {error.name or error}.",
            hint="pip install 'gradewright[similar]'",
        ) from None
    hashes: Hashes = rolling_hash
    return hashes


@dataclass(frozen=True, slots=True)
class Fingerprinter:
    """Makes fingerprints that can be compared with one another. Raises UsageError where diffinite is not installed."""

    _hashes: Hashes = field(default_factory=_library)

    def take(self, lines: Sequence[Line]) -> Prints:
        """Return the fingerprints of a submission's lines."""
        runs: dict[int, list[int]] = {}
        wholes: dict[int, list[int]] = {}
        for place, line in enumerate(lines):
            # Both ends of a line count as tokens, and a short line is filled up to the length of a run.
            tokens = ["start", *line.tokens, *["end"] * max(1, RUN - 1 - len(line.tokens))]
            for value in dict.fromkeys(self._hashes(tokens, RUN)):
                runs.setdefault(value, []).append(place)
            if len(line.tokens) >= SHORTEST:
                whole = self._hashes(line.tokens, len(line.tokens))
                wholes.setdefault(whole[0], []).append(place)
        return Prints(
            tuple(lines),
            {value: tuple(places) for value, places in runs.items()},
            {value: tuple(places) for value, places in wholes.items()},
        )


def values(prints: Iterable[Prints]) -> tuple[frozenset[int], frozenset[int]]:
    """Return all runs and all whole lines of these."""
    found = list(prints)
    runs = frozenset(value for one in found for value in one.runs)
    return runs, frozenset(value for one in found for value in one.wholes)
