"""One grade from a path to a verdict."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradewright import __version__
from gradewright.content.root import PARTS, ContentRoot, package_folder
from gradewright.errors import ContentError, Rejected
from gradewright.model import Exercise, Hashes, Layer, Output, PointResult, Problem, Verdict
from gradewright.reports.diff import compare
from gradewright.scoring import not_run, score_points
from gradewright.session.intake import Submission, hash_tree, take_in
from gradewright.session.lane import Lane
from gradewright.session.options import GradeOptions, check_seed, new_seed
from gradewright.session.problems import Explainer
from gradewright.session.processes import ChildFailed, Engine, OutOfTime
from gradewright.session.quoting import Quoter
from gradewright.session.records import Records
from gradewright.session.remarks import flags, shadows

#: Without these a stranger's code is not run at all.
SCREEN_LAYERS = ("landlock", "seccomp", "bubblewrap", "no_new_privs")

#: How a note begins that only the author of a suite gets.
RAISED = "the suite raised at"


def grade(
    engine: Engine | Lane,
    root: ContentRoot,
    exercise: Exercise,
    path: Path,
    options: GradeOptions,
    *,
    meanwhile: Callable[[], object] | None = None,
) -> Verdict:
    """Grade the submission at `path` and return the verdict, whatever happens to it.

    `meanwhile` is called once while the suite runs, for work that would otherwise come after it. Raises BadInput when `path`
    cannot be a submission; every failure of the submission or the grader is in the verdict.
    """
    started = time.monotonic()
    run = _Grade(engine, root, exercise, options, started)
    run.meanwhile = meanwhile
    try:
        engine.prepare()
        return run.run(path, Path(engine.work))
    except ChildFailed as failure:
        return run.failed(f"{failure}\n{failure.detail}".strip())
    except Rejected as refusal:
        problem = Problem(kind="rejected", title="Refused before it ran", message=str(refusal), try_=refusal.hint)
        return run.verdict("rejected", not_run(exercise, "The submission was refused before it ran."), problem=problem)


def without_running(root: ContentRoot, exercise: Exercise, options: GradeOptions, state: str, problem: Problem) -> Verdict:
    """Return the verdict of a submission that never got as far as a grade."""
    run = _Grade(None, root, exercise, options, time.monotonic())
    return run.verdict(state, not_run(exercise, problem.title + "."), problem=problem)


class _Grade:
    """The state of one grade while it runs."""

    def __init__(
        self, engine: Engine | Lane | None, root: ContentRoot, exercise: Exercise, options: GradeOptions, started: float
    ) -> None:
        self._engine = engine
        self._root = root
        self._exercise = exercise
        self._options = options
        self._started = started
        self._seed = check_seed(options.seed) if options.seed else new_seed()
        self._seconds: dict[str, float] = {}
        self._submission: Submission | None = None
        self._suite_hash = ""
        self._records = Records()
        self.meanwhile: Callable[[], object] | None = None

    def run(self, path: Path, work: Path) -> Verdict:
        root = self._root
        slug = self._exercise.slug
        self._submission = take_in(path, work / "pristine", hidden=[root.suite(slug)])
        provided = root.provided(slug)
        if provided.is_dir():
            # The grader's own modules win over the copies that came with the starter.
            shutil.copytree(
                provided,
                work / "pristine",
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
            for module in provided.rglob("*.py"):
                name = module.relative_to(provided).as_posix()
                # A project that keeps its package in src/ has its copies there.
                if (copy := f"src/{name}") in self._submission.files:
                    shutil.copyfile(module, work / "pristine" / copy)
                # Frames in the grader's modules must not be quoted with the lines of the learner's copies.
                for each in (name, copy):
                    self._submission.sources.pop(each, None)
        suite = root.suite(slug)
        if not suite.is_dir():
            raise ContentError(f"{slug} has no suite at {suite}")
        front = self._exercise.front.partition(":")[0]
        if front and not root.provides(slug, front):
            # Otherwise the learner would be told that a module of theirs is missing.
            raise ContentError(f"{slug} has the front {front}, and no such module in {provided}", hint="see exercise.toml")
        self._seconds["intake"] = time.monotonic() - self._started
        order = self._order(work, suite)
        try:
            assert self._engine is not None
            records = self._engine.run(order, self._options.total_limit, self.meanwhile)
        except OutOfTime as late:
            self._records = Records.sort(late.args[0])
            return self._out_of_time(suite)
        except ChildFailed as failure:
            return self.failed(f"{failure}\n{failure.detail}".strip(), suite)
        self._records = Records.sort(records)
        self._suite_hash = hash_tree(suite)
        return self._judge()

    def _order(self, work: Path, suite: Path) -> dict[str, Any]:
        exercise, options = self._exercise, self._options
        package = package_folder()
        # The installation's own record lists the suites by name.
        records = [str(found) for found in package.parent.glob("gradewright-*.dist-info")]
        # Not the whole root: a checkout may hold the very environment that the app runs in.
        content = [str(self._root.path / part) for part in PARTS]
        hidden = [str(package), *content, *records, *self._root.beside]
        wanted = options.app or (exercise.app if exercise.app != "app:app" else None)
        return {
            "suite": str(suite),
            "seed": self._seed,
            "points": [point.id for point in exercise.points],
            "until_lost": options.until_lost,
            "first": list(options.first),
            "required_layers": list(SCREEN_LAYERS) if options.profile == "screen" else [],
            "sockets": str(work / "sockets"),
            "launch": {
                "root": str(work / "submission"),
                "scratch": str(work / "scratch"),
                "app": wanted,
                "front": exercise.front or None,
                "start_limit": options.start_limit,
                "request_limit": options.request_limit,
            },
            "configure": {
                "hidden": hidden,
                "farm": str(work / "farm"),
                "preload": list(exercise.preload),
                "services": [grant for grant in exercise.grants if grant in ("upstream", "redis")],
                "folders": {name: str(work / name) for name in ("pristine", "submission", "scratch")},
                "policy": {
                    "writable": [str(work / "submission"), str(work / "scratch")],
                    "grants": list(exercise.grants),
                    "limits": dict(exercise.limits),
                    "profile": options.profile,
                },
            },
        }

    # From records to a verdict

    def _judge(self) -> Verdict:
        done, exercise = self._records.done, self._exercise
        if done.get("fault"):
            return self.failed(str(done["fault"]))
        if done.get("problem"):
            return self._ungradable(done["problem"])
        if not self._records.tests:
            return self.failed("the suite has no tests")
        outcomes, cut = self._records.outcomes, ""
        if len(outcomes) < len(self._records.tests):
            if not (self._options.until_lost and any(outcome["status"] == "failed" for outcome in outcomes.values())):
                return self.failed("the suite ended before all of its tests had run")
            cut = "The grade ended at the first check that failed, as was asked for."
        return self.verdict("graded", self._points(exercise, cut))

    def _points(self, exercise: Exercise, why: str) -> tuple[PointResult, ...]:
        quoter = self._quoter()

        def difference(expected: str, got: str) -> tuple[Any, Any, str]:
            found = compare(expected, got)
            return found.expected, found.got, found.note

        return score_points(
            exercise,
            self._records.tests,
            self._records.outcomes,
            compare=difference,
            read_exchange=quoter.exchange,
            why_not_run=why,
        )

    def _quoter(self) -> Quoter:
        return Quoter(self._submission.sources if self._submission else {})

    def _ungradable(self, facts: dict[str, Any]) -> Verdict:
        files = self._submission.files if self._submission else ()
        problem = Explainer(self._quoter(), files, self._exercise.slug).explain(facts)
        over_limit = facts.get("exception") == "MemoryError" or (facts.get("ending") or {}).get("signal") == 24
        why = "The app did not start, so nothing was judged here."
        return self.verdict("limit" if over_limit else "ungradable", not_run(self._exercise, why), problem=problem)

    def _out_of_time(self, suite: Path) -> Verdict:
        self._suite_hash = hash_tree(suite)
        limit = self._options.total_limit
        message = f"The whole grade took longer than {limit:g} s; the points below marked as not run were not judged."
        problem = Problem(kind="time_limit", title=f"The grade did not end within {limit:g} s", message=message)
        if not self._records.tests:
            return self.verdict("limit", not_run(self._exercise, message), problem=problem)
        return self.verdict(
            "limit",
            self._points(self._exercise, "The time limit of the grade was reached first."),
            problem=problem,
        )

    def failed(self, message: str, suite: Path | None = None) -> Verdict:
        if suite is not None:
            self._suite_hash = hash_tree(suite)
        problem = Problem(
            kind="grader_error",
            title="The grader failed, not the submission",
            message=message[:4000],
            try_="grade doctor",
        )
        why = "The grader failed, so nothing was judged here."
        return self.verdict("grader_error", not_run(self._exercise, why), problem=problem)

    def verdict(self, state: str, points: tuple[PointResult, ...], *, problem: Problem | None = None) -> Verdict:
        """Put the record together. Only a grade that judged something has a score above 0."""
        exercise, records, options = self._exercise, self._records, self._options
        layers = [Layer(**layer) for layer in records.configured.get("layers", [])]
        self._seconds["total"] = time.monotonic() - self._started
        output = records.done.get("output")
        return Verdict(
            exercise=exercise.slug,
            title=exercise.title,
            level=exercise.level,
            minutes=exercise.minutes,
            state=state,  # type: ignore[arg-type]
            score=sum(point.score for point in points),
            max_score=exercise.max_score,
            seed=self._seed,
            profile=options.profile,
            engine=options.engine,
            limits={"start": options.start_limit, "request": options.request_limit, "total": options.total_limit},
            asked_app=options.app or "",
            grants=exercise.grants,
            layers=tuple(layer.name for layer in layers if layer.held),
            isolation=tuple(layers),
            points=points,
            problem=problem,
            notes=self._notes(),
            flags=tuple(flags(self._submission.sources)) if self._submission else (),
            output=Output(**output) if output else Output(),
            app=str(records.done.get("app", "")),
            hashes=Hashes(submission=self._submission.digest if self._submission else "", suite=self._suite_hash),
            versions={"gradewright": __version__, **records.configured.get("versions", {})},
            created=dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds={name: round(value, 3) for name, value in self._seconds.items()},
        )

    def _notes(self) -> tuple[str, ...]:
        notes = [str(note) for note in self._records.done.get("notes", [])]
        if self._submission:
            notes += [f"{skipped}, so it was left out" for skipped in self._submission.skipped[:10]]
            notes += shadows(self._submission.files)
        if self._options.for_author:
            notes += [f"{RAISED} {outcome['raised']}" for outcome in self._records.outcomes.values() if "raised" in outcome]
        return tuple(notes)
