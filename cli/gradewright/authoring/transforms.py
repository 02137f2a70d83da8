"""Other styles of the reference solutions: whatever is as right as they are must earn as much.

A transform is a pure function: a module's text → its text in another style, or None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradewright.authoring import handlers, renames, reorders
from gradewright.authoring.fixed import Fixed, names_used, read_fixed
from gradewright.authoring.mutate import changed_copy, earns_everything, own_modules, solutions_of
from gradewright.authoring.waivers import read_waivers
from gradewright.content.root import ContentRoot
from gradewright.model import Verdict

Transform = Callable[[str, Fixed], str | None]

TRANSFORMS: dict[str, Transform] = {
    "async-to-def": handlers.async_to_def,
    "def-to-async": handlers.def_to_async,
    "annotated-to-default": handlers.annotated_to_default,
    "default-to-annotated": handlers.default_to_annotated,
    "other-texts": handlers.other_texts,
    "rename-locals": renames.rename_locals,
    "rename-internals": renames.rename_internals,
    "reorder-fields": reorders.reorder_fields,
    "reorder-routes": reorders.reorder_routes,
}


@dataclass(frozen=True, slots=True)
class Restyled:
    """A solution in another style, and how it was graded. `lost` has the points that it lost and why."""

    solution: str
    transform: str
    ok: bool
    state: str
    lost: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "solution": self.solution,
            "transform": self.transform,
            "ok": self.ok,
            "state": self.state,
            "lost": list(self.lost),
        }


@dataclass(slots=True)
class TransformsResult:
    """How the solutions of one exercise fared in other styles; `waived` names what its waivers.toml leaves out."""

    exercise: str
    restyled: list[Restyled] = field(default_factory=list)
    waived: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems and all(found.ok for found in self.restyled)

    def to_json(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "ok": self.ok,
            "restyled": [found.to_json() for found in self.restyled],
            "waived": self.waived,
            "problems": self.problems,
        }


def transform_exercise(root: ContentRoot, slug: str, grade: Callable[[Path], Verdict]) -> TransformsResult:
    """Grade every solution of `slug` in every other style that is legal for it. Raises ContentError."""
    result = TransformsResult(slug)
    waived = dict(read_waivers(root, slug).transforms)
    result.problems += [f"waivers.toml: there is no transform {name}" for name in waived if name not in TRANSFORMS]
    for solution in solutions_of(root, slug):
        verdict = grade(solution)
        if not earns_everything(verdict):
            result.problems.append(f"solution {solution.name} is {verdict.state} with {verdict.score} as it is")
    needed: set[str] = set()
    for solution, name, changed in restyle(root, slug):
        if name in waived:
            needed.add(name)
            continue
        with changed_copy(solution, changed) as folder:
            verdict = grade(Path(folder))
        lost = tuple(f"{point.id}: {point.message}" for point in verdict.points if point.status == "lost")
        if verdict.problem:
            lost = (verdict.problem.message, *lost)
        result.restyled.append(Restyled(solution.name, name, earns_everything(verdict), verdict.state, lost))
    result.waived = sorted(needed)
    result.problems += [
        f"waivers.toml: {name} applies to no solution" for name in waived if name in TRANSFORMS and name not in needed
    ]
    return result


def restyle(root: ContentRoot, slug: str) -> Iterator[tuple[Path, str, dict[str, str]]]:
    """Yield each solution with the name of a transform and the files that it changes: name → new text."""
    fixed = read_fixed(root, slug)
    for solution in solutions_of(root, slug):
        texts = own_modules(root, slug, solution)
        # What another module of the solution uses must keep its name.
        outside = {path: names_used(path) for path in [*solution.rglob("*.py"), *root.provided(slug).rglob("*.py")]}
        for name, transform in TRANSFORMS.items():
            changed = {}
            for file, text in texts.items():
                others = set().union(*(found for path, found in outside.items() if path != solution / file))
                new = transform(text, fixed.and_names(others))
                if new is not None and new != text:
                    changed[file] = new
            if changed:
                yield solution, name, changed
