"""The section on similar pairs, in the cohort's report and in the page of `grade similar`: figures and names, no source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from gradewright.cohort.similarity.record import Similarity

View: TypeAlias = dict[str, Any]

#: Pairs that a page lists, and names of a group; the CSV has all.
LISTED, NAMED = 200, 40


def similar_pairs(found: Similarity, label: Callable[[str], str]) -> View:
    """Return what the section on similar pairs shows; `label` is how a submission is called."""
    listed = found.pairs[:LISTED]
    return {
        "exercise": found.exercise,
        "compared": found.compared,
        "submissions": found.submissions,
        "all_pairs": found.all_pairs,
        "count": len(found.pairs),
        "more": len(found.pairs) - len(listed),
        "solutions": found.solutions,
        "independent": len(found.independent),
        "lowest": figure(found.independent[0]) if found.independent else "",
        "highest": figure(found.independent[-1]) if found.independent else "",
        "limit": figure(found.limit),
        "strip": _strip(found),
        "pairs": [
            {"first": label(pair.first), "second": label(pair.second), "overlap": figure(pair.overlap), "lines": pair.lines}
            for pair in listed
        ],
        "not_compared": _reasons(found, label),
    }


def figure(share: float) -> str:
    """Return a share with two places, as .74; what is not 1 is not printed as 1."""
    return "1" if share >= 1 else f"{min(share, 0.99):.2f}"[1:]


def _strip(found: Similarity) -> View:
    """Return places on the scale, in percent of its width."""
    shown = found.pairs[:60]
    return {
        "from": f"{100 * found.independent[0]:.1f}%" if found.independent else "",
        "width": f"{max(0.5, 100 * (found.independent[-1] - found.independent[0])):.1f}%" if found.independent else "",
        "middle": f"{50 * (found.independent[0] + found.independent[-1]):.1f}%" if found.independent else "",
        "limit": f"{100 * found.limit:.1f}%",
        "pairs": [f"{100 * pair.overlap:.1f}%" for pair in shown],
        "said": ", ".join(figure(pair.overlap) for pair in shown[:12]),
    }


def _reasons(found: Similarity, label: Callable[[str], str]) -> list[View]:
    groups: dict[str, list[str]] = {}
    for one in found.not_compared:
        groups.setdefault(one.why, []).append(label(one.submission))
    return [
        {"why": why, "count": len(names), "names": sorted(names)[:NAMED]}
        for why, names in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    ]
