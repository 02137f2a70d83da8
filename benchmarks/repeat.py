"""Repeats: the same submission many times while every core is kept busy; not one verdict may change.

Not a timing: it counts different outcomes. Solutions and wrong solutions take turns, each compared with its own first verdict;
points that a wrong solution may lose (its wrong.toml says why) are not compared, as in `grade author check --repeat`.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

from gradewright.authoring.repeat import load as busy_cores
from gradewright.authoring.repeat import outcome
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import find_root
from gradewright.session.grade import grade
from gradewright.session.options import GradeOptions
from gradewright.session.processes import Engine

HERE = Path(__file__).resolve().parent


def measure(name: str, times: int, load: int | None = None) -> dict[str, Any]:
    """Grade an exercise's solutions and wrong solutions in turn, `times` grades in all, beside `load` busy processes."""
    root = find_root(str(HERE.parent))
    exercise = Catalogue(root).load(name)
    folders = sorted(
        path for part in ("solutions", "wrong") for path in (root.solutions(exercise.slug).parent / part).iterdir()
    )
    busy = load or os.cpu_count() or 2
    seen: dict[str, Counter[tuple[Any, ...]]] = {folder.name: Counter() for folder in folders}
    changed: list[str] = []
    with busy_cores(busy):
        for number in range(times):
            folder = folders[number % len(folders)]
            engine = Engine.start()
            try:
                verdict = grade(engine, root, exercise, folder, GradeOptions())
            finally:
                engine.close()
            found = tuple(outcome(folder, verdict).values())
            if seen[folder.name] and found not in seen[folder.name]:
                lost = "; ".join(
                    f"{point.id}: {point.message} {point.got}" for point in verdict.points if point.status == "lost"
                )
                changed.append(f"{folder.name}, seed {verdict.seed}: {verdict.state} {lost} {verdict.problem or ''}")
            seen[folder.name][found] += 1
    return {"exercise": exercise.slug, "grades": times, "submissions": len(folders), "busy": busy, "changed": changed}


def describe(result: dict[str, Any]) -> str:
    """Return the figures as text."""
    first = (
        f"{result['grades']} grades of {result['submissions']} submissions to {result['exercise']} beside "
        f"{result['busy']} busy processes: {len(result['changed'])} verdicts changed"
    )
    return "\n".join([first, *result["changed"]])
