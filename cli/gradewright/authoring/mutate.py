"""Grades mechanical mutants of the reference solutions: a suite that gives one of them everything has a hole."""

from __future__ import annotations

import queue
import random
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from gradewright.authoring.fixed import read_fixed
from gradewright.authoring.free import read_free
from gradewright.authoring.mutants import Mutant, difference, mutants_of
from gradewright.authoring.waivers import Waiver, changed_lines, read_waivers, unused
from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError
from gradewright.model import Verdict

#: Share of the mutants that a suite must kill without any waiver, and share that may be waived. Equivalent mutants are usually
#: a few per cent of what such operators make, so a suite below 90 % has holes.
KILLED_SHARE = 0.90
WAIVED_SHARE = 0.05


class GradeFolder(Protocol):
    """Grades one folder, the points of `first` before the others; each is used by one thread at a time."""

    def __call__(self, path: Path, /, *, first: Sequence[str] = ()) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One mutant of one file of one solution."""

    solution: Path
    file: str
    mutant: Mutant
    diff: str

    @property
    def place(self) -> str:
        return f"solutions/{self.solution.name}/{self.file}:{self.mutant.line}"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that still earned everything; `reason` is its waiver's, or empty."""

    job: Job
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        job = self.job
        return {"place": job.place, "operator": job.mutant.operator, "diff": job.diff, "waived": self.reason or None}


@dataclass(slots=True)
class MutationResult:
    """What became of an exercise's mutants. `made` counts all there are, `total` those that were graded and are faults.

    `free` counts those that change what the brief leaves open. They are no faults, and a suite that kills one is wrong.
    """

    exercise: str
    made: int = 0
    total: int = 0
    killed: int = 0
    free: int = 0
    survivors: list[Survivor] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.killed / self.total if self.total else 1.0

    @property
    def ok(self) -> bool:
        return not self.problems and self.share >= KILLED_SHARE

    @property
    def open(self) -> list[Survivor]:
        """The survivors that no waiver explains."""
        return [survivor for survivor in self.survivors if not survivor.reason]

    def to_json(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "ok": self.ok,
            "made": self.made,
            "total": self.total,
            "killed": self.killed,
            "free": self.free,
            "survivors": [survivor.to_json() for survivor in self.survivors],
            "problems": self.problems,
        }


def mutate_exercise(
    root: ContentRoot, slug: str, lanes: Sequence[GradeFolder], *, sample: int = 0, seed: int = 0
) -> MutationResult:
    """Grade the mutants of each solution of `slug`, one on each of `lanes` at a time; with `sample`, that many drawn by `seed`.

    A mutant that does not import, or runs into a limit, is killed. Raises ContentError for waivers that cannot be read.
    """
    result = MutationResult(slug)
    waivers = read_waivers(root, slug)
    solutions = solutions_of(root, slug)
    jobs = list(jobs_of(root, slug))
    result.made = len(jobs)
    if sample and sample < len(jobs):
        jobs = random.Random(seed).sample(jobs, sample)  # noqa: S311 - which mutants to try is no secret
    used: set[Waiver] = set()
    with _Lanes(lanes) as pool:
        for solution, verdict in zip(solutions, pool.grade_all(solutions), strict=True):
            if not earns_everything(verdict):
                result.problems.append(f"solution {solution.name} is {verdict.state} with {verdict.score} under these limits")
        if result.problems:
            return result
        for job, verdict in zip(jobs, pool.grade_mutants(jobs), strict=True):
            if verdict.state == "grader_error":
                why = verdict.problem.message if verdict.problem else ""
                result.problems.append(f"{job.place} was not judged: {why}")
                continue
            if job.mutant.free:
                result.free += 1
                if not earns_everything(verdict):
                    what = ", ".join(_lost(verdict)) or verdict.state
                    changed = " / ".join(changed_lines(job.diff))
                    result.problems.append(f"{job.place} changes what the brief leaves free, and loses {what}: {changed}")
                continue
            result.total += 1
            if not earns_everything(verdict):
                result.killed += 1
                continue
            waiver = waivers.waives(job.diff)
            used.update({waiver} if waiver else set())
            result.survivors.append(Survivor(job, waiver.reason if waiver else ""))
    if len(jobs) == result.made:
        result.problems += unused(waivers.mutants, used)
    waived = len(result.survivors) - len(result.open)
    if waived > WAIVED_SHARE * result.total and not sample:
        result.problems.append(f"{waived} of {result.total} mutants are waived; at most {WAIVED_SHARE:.0%} may be")
    result.survivors.sort(key=lambda survivor: (survivor.job.solution.name, survivor.job.file, survivor.job.mutant.line))
    return result


def solutions_of(root: ContentRoot, slug: str) -> list[Path]:
    """Return the folders of the reference solutions. Raises ContentError when there are none."""
    folder = root.solutions(slug)
    found = sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__") if folder.is_dir() else []
    if not found:
        # A wheel has no solutions; without this everything would seem to hold.
        raise ContentError(f"{slug} has no solutions at {folder}", hint="run it in a checkout, or name one with --root")
    return found


def earns_everything(verdict: Verdict) -> bool:
    """Return whether every point was judged and won."""
    return verdict.state == "graded" and verdict.score == verdict.max_score


def _lost(verdict: Verdict) -> list[str]:
    """Return the ids of the points that were lost."""
    return [point.id for point in verdict.points if point.status == "lost"]


def jobs_of(root: ContentRoot, slug: str) -> Iterator[Job]:
    """Yield every mutant of every solution. The same file with the same change beside the same files is yielded once.

    A solution's own tests, in its folder `tests`, are left alone. They are paid for what they notice together, and one that
    notices less is no fault of the app. Raises ContentError.
    """
    fixed, free = read_fixed(root, slug), read_free(root, slug)
    seen: set[tuple[object, ...]] = set()
    for solution in solutions_of(root, slug):
        texts = own_modules(root, slug, solution)
        for name, text in texts.items():
            if name.startswith("tests/"):
                continue
            beside = tuple(sorted((other, found) for other, found in texts.items() if other != name))
            for mutant in mutants_of(text, fixed, free):
                key = (name, mutant.text, beside)
                if key not in seen:
                    seen.add(key)
                    yield Job(solution, name, mutant, difference(text, mutant.text, name))


def own_modules(root: ContentRoot, slug: str, solution: Path) -> dict[str, str]:
    """Return the modules that a solution's author wrote: file name → text.

    Not what the exercise provides: a twin replaces it, or the brief says to leave it alone and the starter has the same.
    """
    found = {}
    for path in sorted(solution.rglob("*.py")):
        name = path.relative_to(solution).as_posix()
        if "__pycache__" in name or (root.provided(slug) / name).exists():
            continue
        text = path.read_text(encoding="utf-8")
        start = root.starter(slug) / name
        if not (start.is_file() and start.read_text(encoding="utf-8") == text):
            found[name] = text
    return found


class _Likely:
    """The points that mutants have lost, the last one first: a mutant often loses the point that its neighbour has lost."""

    def __init__(self) -> None:
        self._points: list[str] = []
        self._lock = threading.Lock()

    def points(self) -> list[str]:
        with self._lock:
            return list(self._points)

    def note(self, verdict: Verdict) -> None:
        lost = _lost(verdict)
        if lost:
            with self._lock:
                self._points = [*lost, *(point for point in self._points if point not in lost)]


class _Lanes:
    """Spreads folders over the lanes; every mutant is graded in a copy of its solution that is gone afterwards."""

    def __init__(self, lanes: Sequence[GradeFolder]) -> None:
        self._likely = _Likely()
        self._free: queue.SimpleQueue[GradeFolder] = queue.SimpleQueue()
        for lane in lanes:
            self._free.put(lane)
        self._pool = ThreadPoolExecutor(max_workers=len(lanes))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def grade_all(self, folders: list[Path]) -> Iterator[Verdict]:
        return self._pool.map(self._grade, folders)

    def grade_mutants(self, jobs: list[Job]) -> Iterator[Verdict]:
        return self._pool.map(self._grade_mutant, jobs)

    def _grade_mutant(self, job: Job) -> Verdict:
        verdict = self._grade_with(job.solution, {job.file: job.mutant.text})
        # An overloaded machine can fail a grade; a fault that comes back is the grader's own.
        return verdict if verdict.state != "grader_error" else self._grade_with(job.solution, {job.file: job.mutant.text})

    def _grade_with(self, solution: Path, changed: dict[str, str]) -> Verdict:
        with changed_copy(solution, changed) as folder:
            return self._grade(Path(folder))

    def _grade(self, folder: Path) -> Verdict:
        lane = self._free.get()
        try:
            verdict = lane(folder, first=self._likely.points())
        finally:
            self._free.put(lane)
        self._likely.note(verdict)
        return verdict


class changed_copy(tempfile.TemporaryDirectory[str]):  # noqa: N801 - used as a function, like its base
    """A folder with a copy of `solution` in which the files `changed` have another text."""

    def __init__(self, solution: Path, changed: dict[str, str]) -> None:
        super().__init__(prefix="gradewright-mutant-")
        shutil.copytree(solution, self.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in changed.items():
            (Path(self.name) / name).write_text(text, encoding="utf-8")
