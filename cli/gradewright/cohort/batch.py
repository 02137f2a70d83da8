"""Grades a folder of submissions in lanes. Whatever happens to one of them, the others get their results."""

from __future__ import annotations

import hashlib
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gradewright import __version__
from gradewright.cohort import results
from gradewright.cohort.arrivals import Arrival
from gradewright.cohort.results import Entry
from gradewright.content.root import ContentRoot
from gradewright.errors import BadInput, Rejected
from gradewright.model import Exercise, Problem, Verdict
from gradewright.session import archives
from gradewright.session.grade import without_running
from gradewright.session.intake import hash_tree
from gradewright.session.lane import Cancelled
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch needs to know. `audience` is None where no report is wanted."""

    root: ContentRoot
    exercise: Exercise
    options: GradeOptions
    out: Path
    lanes: int = 2
    python: str = ""
    audience: Literal["learner", "candidate", "reviewer"] | None = "reviewer"

    def key(self) -> dict[str, str]:
        """Return what every result depends on besides the submission, part by part."""
        exercise, options = self.exercise, self.options
        limits = f"{options.start_limit:g} {options.request_limit:g} {options.total_limit:g} {sorted(exercise.limits.items())}"
        points = hashlib.sha256(exercise.model_dump_json().encode()).hexdigest()
        provided = self.root.provided(exercise.slug)
        return {
            "exercise": f"{exercise.slug} {points}",
            "suite": hash_tree(self.root.suite(exercise.slug)),
            "provided modules": hash_tree(provided) if provided.is_dir() else "",
            "program": __version__,
            "profile": options.profile,
            "engine": options.engine,
            "limits": limits,
            "app": options.app or "",
            "seed": options.seed or "",
            "environment": _environment(self.python),
        }


def _environment(python: str) -> str:
    from importlib import metadata

    if python:
        return str(Path(python).resolve())
    return " ".join(f"{name} {metadata.version(name)}" for name in ("fastapi", "starlette", "pydantic", "uvicorn"))


@dataclass(slots=True)
class Batch:
    """A batch under way. `run` yields each entry as it is done; `stop`, from anywhere, ends it early."""

    plan: Plan
    _graders: list[SteadyGrader] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, arrivals: list[tuple[Arrival, dict[str, str]]]) -> Iterator[Entry | BaseException]:
        """Grade each arrival, with the key its result is kept under. Yields in the order in which they finish.

        An exception that is yielded is the machine's (no space left, an interrupted write): the batch has stopped.
        """
        todo: queue.SimpleQueue[tuple[Arrival, dict[str, str]]] = queue.SimpleQueue()
        for arrival in arrivals:
            todo.put(arrival)
        done: queue.SimpleQueue[Entry | BaseException | None] = queue.SimpleQueue()
        lanes = min(self.plan.lanes, len(arrivals))
        threads = [threading.Thread(target=self._lane, args=(todo, done), daemon=True) for _lane in range(lanes)]
        for thread in threads:
            thread.start()
        ended = 0
        while ended < len(threads):
            entry = done.get()
            if entry is None:
                ended += 1
            else:
                yield entry

    def stop(self) -> None:
        """End all lanes: what they are grading gets no result."""
        self._stopped.set()
        with self._lock:
            for grader in self._graders:
                grader.cancel()

    def _lane(
        self,
        todo: queue.SimpleQueue[tuple[Arrival, dict[str, str]]],
        done: queue.SimpleQueue[Entry | BaseException | None],
    ) -> None:
        plan = self.plan
        grader = SteadyGrader(plan.root, plan.exercise, plan.options, python=plan.python)
        with self._lock:
            self._graders.append(grader)
        try:
            while not self._stopped.is_set():
                arrival, key = todo.get_nowait()
                verdict, page = self._grade(grader, arrival)
                done.put(results.save(plan.out, arrival, key, verdict, page))
        except (queue.Empty, Cancelled):
            pass
        except BaseException as error:  # noqa: BLE001 - told to the person by the thread that prints
            self._stopped.set()
            done.put(error)
        finally:
            grader.close()
            done.put(None)

    def _grade(self, grader: SteadyGrader, arrival: Arrival) -> tuple[Verdict, str | None]:
        """Grade one submission; a failure of ours becomes its result, too."""
        plan = self.plan
        notes: tuple[str, ...] = ()
        try:
            with tempfile.TemporaryDirectory(prefix="gw-in-", ignore_cleanup_errors=True) as scratch:
                path, left_out = archives.arrive(arrival.gather(Path(scratch)), Path(scratch))
                verdict = grader.grade(path)
                notes = tuple(f"{note}, so it was left out" for note in left_out)
        except Cancelled:
            raise
        except (BadInput, Rejected) as refusal:
            verdict = refused(plan, refusal)
        except Exception as error:  # noqa: BLE001 - one hang, crash or bug must not lose the batch
            verdict = failed(plan, error)
        return finish(plan, verdict, notes)


def refused(plan: Plan, refusal: BadInput | Rejected) -> Verdict:
    """Return the verdict on a submission of which nothing ran."""
    problem = Problem(kind="rejected", title="Refused before it ran", message=str(refusal), try_=refusal.hint)
    return without_running(plan.root, plan.exercise, plan.options, "rejected", problem)


def failed(plan: Plan, error: BaseException) -> Verdict:
    """Return the verdict where the grader failed."""
    text = f"{type(error).__name__}: {error}"[:2000]
    problem = Problem(kind="grader_error", title="The grader failed, not the submission", message=text, try_="grade doctor")
    return without_running(plan.root, plan.exercise, plan.options, "grader_error", problem)


def finish(plan: Plan, verdict: Verdict, notes: tuple[str, ...]) -> tuple[Verdict, str | None]:
    """Return the verdict with what its intake left out, and its page where one is wanted."""
    verdict = verdict.model_copy(update={"notes": (*notes, *verdict.notes)})
    if plan.audience is None:
        return verdict, None
    from gradewright.reports.html import render

    return verdict, render(verdict, plan.exercise, audience=plan.audience)


def intake_report(entries: list[Entry], left_out: tuple[str, ...]) -> str:
    """Return, in Markdown, what kept submissions from being graded, grouped by cause: it often is one missing package."""
    lines = ["# Intake", ""]
    groups: dict[str, list[str]] = {}
    for entry in entries:
        problem = entry.verdict.get("problem")
        if problem:
            groups.setdefault(_cause(problem), []).append(entry.arrival.name)
    for cause, names in sorted(groups.items(), key=lambda group: -len(group[1])):
        lines += [f"## {cause} ({len(names)})", "", *(f"- {name}" for name in sorted(names)), ""]
    if left_out:
        lines += ["## Left out", "", *(f"- {text}" for text in left_out), ""]
    return "\n".join(lines if groups or left_out else [*lines, "Every submission could be graded.", ""])


def _cause(problem: dict[str, str]) -> str:
    if problem.get("exception", "").startswith("ModuleNotFoundError"):
        return problem["title"].replace("The module", "Missing package").removesuffix(" is not there")
    return f"{problem.get('kind', 'problem')}: {problem.get('title', '')}".strip(": ")


def each(entries: Iterator[Entry | BaseException], on_entry: Callable[[Entry], None]) -> list[Entry]:
    """Collect entries, telling each; raise what a lane raised once the other lanes have ended."""
    found: list[Entry] = []
    failure: BaseException | None = None
    for entry in entries:
        if isinstance(entry, BaseException):
            failure = failure or entry
        else:
            found.append(entry)
            on_entry(entry)
    if failure is not None:
        raise failure
    return found
