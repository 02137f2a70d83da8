"""`grade similar` on the catalogue: what it reports wrongly about independent solutions, and which disguised copies it finds.

Leave-one-exercise-out: the usual overlap and the reach are fitted to all other exercises, and a pair of independent solutions
is judged with a calibration that this pair is left out of. A copy is compared with its original while the other solutions count
as published. Wrong solutions are most often one solution with something changed, so they count as copies that were worked on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import copies, pairs
from gradewright.cohort.similarity import overlaps
from gradewright.cohort.similarity.material import solutions, sources
from gradewright.cohort.similarity.overlaps import Overlap, average, independent, left, overlap
from gradewright.cohort.similarity.prints import Fingerprinter, values
from gradewright.cohort.similarity.tokens import Vocabulary, read
from gradewright.content.catalogue import slugs_in
from gradewright.content.root import ContentRoot, find_root

ALARMS_TARGET, FOUND_TARGET = 0.02, 0.95
#: The share of the other exercises' independent pairs that may lie above the limit when it is fitted.
BEYOND = 0.01


@dataclass(frozen=True, slots=True)
class Measured:
    """One exercise: overlaps of independent solutions, of copies by what was done to them, and of wrong solutions with theirs.

    `silent` counts the independent pairs and the copies of which too little is left to be judged.
    """

    slug: str
    honest: tuple[float, ...]
    copies: tuple[tuple[str, float], ...]
    changed: tuple[float, ...]
    silent: tuple[int, int]


def measure(seeds: int) -> dict[str, Any]:
    """Return the figures over all exercises with at least two solutions, with `seeds` copies of each kind and solution."""
    root = find_root(str(pairs.REPOSITORY))
    printer = Fingerprinter()
    found = [_exercise(root, slug, printer, seeds) for slug in slugs_in(root)]
    found = [one for one in found if one is not None and one.honest]
    alarms = judged = changed = changed_found = 0
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for one in found:
        usual, reach = fit([other for other in found if other is not one])
        for place, share in enumerate(one.honest):
            alarms += share >= _limit([*one.honest[:place], *one.honest[place + 1 :]], usual, reach)
            judged += 1
        limit = _limit(one.honest, usual, reach)
        for kind, share in one.copies:
            by_kind[kind].append(share >= limit)
        changed += len(one.changed)
        changed_found += sum(share >= limit for share in one.changed)
    hits = [hit for some in by_kind.values() for hit in some]
    usual, reach = fit(found)
    return {
        "name": "similarity",
        "exercises": len(found),
        "independent_pairs": judged,
        "false_alarms": alarms,
        "false_alarm_rate": alarms / judged,
        "copies": len(hits),
        "found": sum(hits) / len(hits),
        **{f"found {kind}": sum(some) / len(some) for kind, some in sorted(by_kind.items())},
        "wrong_solutions": changed,
        "wrong_solutions_found": changed_found / changed if changed else 0.0,
        "silent_pairs": sum(one.silent[0] for one in found),
        "silent_copies": sum(one.silent[1] for one in found),
        "usual_fitted": usual,
        "usual": overlaps.USUAL,
        "reach_fitted": reach,
        "reach": overlaps.REACH,
        "met": alarms / judged <= ALARMS_TARGET and sum(hits) / len(hits) >= FOUND_TARGET,
    }


def fit(exercises: Sequence[Measured]) -> tuple[float, float]:
    """Return the usual overlap and the reach that these exercises call for."""
    every = [share for one in exercises for share in one.honest]
    usual = sum(every) / len(every)
    reaches = []
    for one in exercises:
        for place, share in enumerate(one.honest):
            mean = average([*one.honest[:place], *one.honest[place + 1 :]], usual)
            reaches.append((share - mean) / (1 - mean))
    reaches.sort()
    at = (len(reaches) - 1) * (1 - BEYOND)
    low = int(at)
    high = min(low + 1, len(reaches) - 1)
    return usual, reaches[low] + (reaches[high] - reaches[low]) * (at - low)


def _limit(honest: Sequence[float], usual: float, reach: float) -> float:
    mean = average(honest, usual)
    return mean + reach * (1 - mean)


def _exercise(root: ContentRoot, slug: str, printer: Fingerprinter, seeds: int) -> Measured | None:
    provided = sources(root.provided(slug))
    handed_out = [sources(root.starter(slug)), provided]
    brief = (root.exercise(slug) / "README.md").read_text(encoding="utf-8")
    vocabulary = Vocabulary.of([brief, *(text for files in handed_out for text in files.values())])
    given = [printer.take(read(files, vocabulary)) for files in handed_out]
    own = solutions(root, slug, vocabulary, printer)
    if len(own) < 2:
        return None
    honest = [compared for _one, _other, compared in independent(list(own.values()), given)]
    made: list[tuple[str, Overlap]] = []
    for name, original in own.items():
        rest = values([*given, *(prints for other, prints in own.items() if other != name)])
        texts = {file: text for file, text in sources(root.solutions(slug) / name).items() if file not in provided}
        for kind in copies.KINDS:
            for seed in range(seeds):
                copy = copies.disguise(texts, kind, vocabulary.names, f"{slug} {name} {kind} {seed}")
                prints = printer.take(read(copy, vocabulary))
                made.append((kind, overlap(left(original, rest), left(prints, rest))))
    changed = []
    for folder in sorted(root.wrong(slug).iterdir()) if root.wrong(slug).is_dir() else ():
        texts = {file: text for file, text in sources(folder).items() if file not in provided}
        prints = printer.take(read(texts, vocabulary))
        # Whose change it is nobody wrote down: the solution that it shares most with.
        shares = []
        for name, original in own.items():
            rest = values([*given, *(other for label, other in own.items() if label != name)])
            shares.append(overlap(left(original, rest), left(prints, rest)))
        nearest = max(shares, key=lambda compared: compared.share)
        changed += [nearest.share] if nearest.enough else []
    return Measured(
        slug,
        tuple(compared.share for compared in honest if compared.enough),
        tuple((kind, compared.share) for kind, compared in made if compared.enough),
        tuple(changed),
        (sum(not compared.enough for compared in honest), sum(not compared.enough for _kind, compared in made)),
    )
