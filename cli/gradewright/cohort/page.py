"""The cohort's report: what stands in the page. Figures are as graded; changes by hand stand beside them, never in them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from gradewright.cohort import items
from gradewright.cohort.adjustments import Adjustment
from gradewright.cohort.folder import Candidate, Cohort
from gradewright.cohort.pseudonyms import Pseudonyms
from gradewright.cohort.similarity.record import Similarity
from gradewright.cohort.similarity.section import similar_pairs
from gradewright.cohort.table import ordered
from gradewright.reports.pages import fill

View: TypeAlias = dict[str, Any]  # what the template reads; a name that is not there is an error

FAILURES = 8  # messages listed; after these come failures of single candidates
WIDTH, LOWEST = 92, -0.5  # of the small scales in the table of points: pixels, and where the one of r begins
BASE, TOP = 248, 28  # of the histogram's bars, in pixels from above
LABELS = 14  # figures below the histogram, at most
_FLAGS = {"hard": "hard, p < .20", "easy": "easy, p > .80", "weak": "weak, r < .20", "reversed": "reversed, r < 0"}
_ENDS = {"limit": "timed out", "ungradable": "ungradable", "rejected": "refused", "grader_error": "grader failed"}


def render(
    cohort: Cohort,
    names: Pseudonyms,
    adjustments: tuple[Adjustment, ...],
    target: Path,
    csv_name: str = "",
    alike: Similarity | None = None,
) -> str:
    """Return the page. `target` is where it will lie: the links to the reports are relative to it."""
    graded = cohort.graded
    scores = [candidate.score for candidate in graded]
    rows = [candidate.scores for candidate in graded]
    weights = [point.weight for point in cohort.points]
    analysed = items.analyse(rows, weights)
    return fill(
        "cohort.html",
        cohort=cohort,
        anonymous=names.anonymous,
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        csv_name=csv_name,
        counts=Counter(candidate.state for candidate in cohort.candidates),
        median=_figure(items.quantile(scores, 0.5)) if scores else "",
        quartiles=[_figure(items.quantile(scores, share)) for share in (0.25, 0.75)] if scores else [],
        record=_record(cohort.candidates),
        bars=_bars(scores, cohort.max_score),
        items=[_item(point, item) for point, item in zip(cohort.points, analysed, strict=True)],
        reliability=_reliability(rows, weights),
        enough=items.ENOUGH,
        rows=[_row(cohort.candidates[place], names, adjustments, target) for place in ordered(cohort, names)],
        won=[sum(score == most for score in column) for column, most in zip(_columns(rows, weights), weights, strict=True)],
        failures=_failures(cohort, names),
        unscored=_unscored(cohort, names, target),
        adjustments=_adjusted(adjustments, names),
        left_out=_left_out(cohort, names),
        alike=similar_pairs(alike, names.label) if alike is not None else None,
    )


def _columns(rows: list[tuple[int | None, ...]], weights: list[int]) -> list[tuple[int | None, ...]]:
    return list(zip(*rows, strict=True)) or [() for _weight in weights]


def _figure(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def share(value: float | None, limits: Iterable[float] = ()) -> str:
    """Return a figure between -1 and 1 with two places, three where two would print it as the limit that it is beyond."""
    if value is None:
        return "–"
    beyond = any(value != limit and abs(value - limit) < 0.005 for limit in limits)
    text = f"{abs(value):.{3 if beyond else 2}f}"
    sign = "\N{MINUS SIGN}" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0.") else text)


def _record(candidates: tuple[Candidate, ...]) -> View:
    ran = [candidate for candidate in candidates if candidate.held[1]] or list(candidates)
    least = min(ran, key=lambda candidate: candidate.held[0])
    seeds = {candidate.seed for candidate in candidates}
    suites = sorted({candidate.suite for candidate in candidates if candidate.suite})
    return {
        "seed": candidates[0].seed if len(seeds) == 1 and len(candidates) > 1 else "",
        "suites": suites,
        "profiles": sorted({candidate.profile for candidate in candidates}),
        "held": least.held if least.held[1] else None,
        "versions": dict(max(candidates, key=lambda candidate: len(candidate.versions)).versions),
        "mixed": len({candidate.versions for candidate in candidates if len(candidate.versions) > 1}) > 1,
    }


def _bars(scores: list[int], most: int) -> list[View]:
    counts = Counter(scores)
    highest = max(counts.values(), default=1)
    slot = 100 / (most + 1)
    step = -(-(most + 1) // LABELS)
    bars = []
    for score in range(most + 1):
        height = round((BASE - TOP) * counts[score] / highest)
        bars.append(
            {
                "score": score,
                "count": counts[score],
                "middle": f"{slot * (score + 0.5):.2f}%",
                "x": f"{slot * (score + 0.08):.2f}%",
                "width": f"{slot * 0.84:.2f}%",
                "y": BASE - height,
                "height": height,
                "labelled": score % step == 0,
            }
        )
    return bars


def _item(point: Any, item: items.Item) -> View:
    def at(value: float) -> str:
        return f"{WIDTH * (value - LOWEST) / (1 - LOWEST):.1f}"

    p, r = item.difficulty, item.discrimination
    return {
        "point": point,
        "n": item.n,
        "p": share(p, (items.HARD, items.EASY)),
        "p_at": None if p is None else f"{WIDTH * p:.1f}",
        "p_bad": p is not None and not items.HARD <= p <= items.EASY,
        "r": share(r, (items.WEAK, 0.0)),
        "r_at": None if r is None else at(max(r, LOWEST)),
        "r_bad": r is not None and r < items.WEAK,
        "flags": [_FLAGS[flag] for flag in item.flags],
    }


def _reliability(rows: list[tuple[int | None, ...]], weights: list[int]) -> View:
    found = items.reliability(rows, weights)
    return {"name": found.name, "n": found.n, "value": None if found.value is None else share(found.value)}


def _row(candidate: Candidate, names: Pseudonyms, adjustments: tuple[Adjustment, ...], target: Path) -> View:
    change = sum(each.delta for each in adjustments if each.candidate is candidate)
    changed = any(each.candidate is candidate for each in adjustments)
    return {
        "label": names.label(candidate.name),
        "link": _link(candidate, names, target),
        "cells": [_cell(score) for score in candidate.scores],
        "score": candidate.score if candidate.state == "graded" else None,
        "end": _ENDS.get(candidate.state, ""),
        "change": f"{change:+d}".replace("-", "\N{MINUS SIGN}") if changed else "",
    }


def _cell(score: int | None) -> tuple[str, str, str]:
    """Return class, sign and word."""
    if score is None:
        return "idle", "–", "not run"
    return ("won", "✔", "won") if score else ("lost", "✘", "lost")


def _link(candidate: Candidate, names: Pseudonyms, target: Path) -> str:
    """Return the way from the page to a report. None leads out of a page with pseudonyms: the folder is a name."""
    if candidate.report is None or names.anonymous:
        return ""
    return quote(os.path.relpath(candidate.report, target.parent).replace(os.sep, "/"))


def _failures(cohort: Cohort, names: Pseudonyms) -> list[View]:
    found: Counter[tuple[int, str]] = Counter()
    lost: Counter[int] = Counter()
    for candidate in cohort.graded:
        for index, message in enumerate(candidate.messages):
            if candidate.scores[index] is not None and message:
                found[index, message] += 1
                lost[index] += 1
    shown = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))[:FAILURES]
    return [
        {
            "number": cohort.points[index].number,
            "count": count,
            "lost": lost[index],
            "message": names.veil(message if len(message) <= 300 else f"{message[:300]}…"),
        }
        for (index, message), count in shown
    ]


def _unscored(cohort: Cohort, names: Pseudonyms, target: Path) -> list[View]:
    """Return those without a score, by cause, the commonest first: it often is one missing package."""
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in cohort.candidates:
        if candidate.state != "graded":
            groups.setdefault((_ENDS[candidate.state], candidate.problem), []).append(candidate)
    return [
        {
            "end": end,
            "title": names.veil(title[:300]),
            "who": sorted((names.label(each.name), _link(each, names, target)) for each in those),
        }
        for (end, title), those in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    ]


def _left_out(cohort: Cohort, names: Pseudonyms) -> list[str]:
    """Return what could not be read; its names have no pseudonyms, so a page without names only counts it."""
    if not names.anonymous:
        return list(cohort.left_out)
    return [f"{len(cohort.left_out)} that could not be read"] if cohort.left_out else []


def _adjusted(adjustments: tuple[Adjustment, ...], names: Pseudonyms) -> list[View]:
    now: dict[str, int] = {}
    views = []
    for each in adjustments:
        name = each.candidate.name
        before = now.get(name, each.candidate.score)
        now[name] = before + each.delta
        views.append(
            {
                "label": names.label(name),
                "number": each.point.number,
                "delta": f"{each.delta:+d}".replace("-", "\N{MINUS SIGN}"),
                "before": before,
                "after": now[name],
                "reason": names.veil(each.reason),
                "by": each.who + (f", {each.when}" if each.when else ""),
            }
        )
    return views
