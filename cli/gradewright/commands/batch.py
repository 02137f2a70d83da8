"""`grade batch`: a folder of submissions, each with its own result."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_OK, BadInput

if TYPE_CHECKING:
    from gradewright.cohort.arrivals import Arrival, Arrivals
    from gradewright.cohort.batch import Batch, Plan
    from gradewright.cohort.cluster.batch import ClusterBatch
    from gradewright.cohort.results import Entry


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("-e", "--exercise", required=True, help="What they were asked to do.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="Folder for the results.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Grades at a time (one a core).")
@click.option(
    "--engine",
    "where",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Grade on this machine, or on a Dask cluster (gradewright[cluster]).",
)
@click.option("--scheduler", metavar="URL", help="The Dask scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--resume", is_flag=True, help="Keep results that are still right, grade the rest.")
@click.option("--roster", type=click.Path(path_type=Path), help="CSV with who the submissions belong to.")
@click.option(
    "--profile",
    type=click.Choice(["kata", "screen"]),
    default="screen",
    show_default=True,
    help="screen runs strangers' code only behind every layer; kata where this machine has not all of them.",
)
@click.option("--app", "app_name", metavar="MODULE:NAME", help="Where the app is, if not app:app.")
@click.option("--seed", metavar="HEX", help="The same inputs for everybody; without it each grade draws its own.")
@click.option("--python", metavar="FILE", help="Run the apps with this Python.")
@click.option(
    "--audience",
    type=click.Choice(["learner", "candidate", "reviewer"]),
    default="reviewer",
    show_default=True,
    help="Who reads the reports.",
)
@click.option("--no-report", is_flag=True, help="Write verdicts only, no HTML.")
@click.option(
    "--start-limit", type=click.FloatRange(min=0.1), default=10.0, metavar="SECONDS", help="For an app to start (10)."
)
@click.option("--request-limit", type=click.FloatRange(min=0.1), default=5.0, metavar="SECONDS", help="For each request (5).")
@click.option("--total-limit", type=click.FloatRange(min=0.5), default=60.0, metavar="SECONDS", help="For each grade (60).")
@pack_option
@pass_context
def batch(context: Context, /, submissions: Path, **options: Any) -> int:
    """Grade every submission in SUBMISSIONS: folders, zips, tar.gz, git clones, single files, or one archive of them all.

    For example: grade batch subs/ -e 07-depends -o out/
    """
    from gradewright.cohort import arrivals
    from gradewright.commands.grading import default_engine
    from gradewright.session.options import GradeOptions

    # A candidate's folder may hold a content root of its own.
    context.only_trusted_roots = True
    exercise = context.catalogue().load(options["exercise"])
    _check_engine(options)
    if options["profile"] == "screen" and options["where"] == "local":
        from gradewright.commands.layers import require_screen

        require_screen(context)
    if options["python"] is not None and not Path(options["python"]).is_file():
        raise BadInput(f"{options['python']} is not a Python.", hint="--python FOLDER/.venv/bin/python")
    from gradewright.cohort.batch import Plan
    from gradewright.session.options import check_seed

    choices = GradeOptions(
        seed=check_seed(options["seed"]) if options["seed"] else None,
        app=options["app_name"],
        profile=options["profile"],
        engine=default_engine(),
        start_limit=options["start_limit"],
        request_limit=options["request_limit"],
        total_limit=options["total_limit"],
    )
    plan = Plan(
        root=context.root_of(exercise),
        exercise=exercise,
        options=choices,
        out=options["out"],
        lanes=options["jobs"] or os.cpu_count() or 1,
        python=options["python"] or "",
        audience=None if options["no_report"] else options["audience"],
    )
    with tempfile.TemporaryDirectory(prefix="gw-cohort-", ignore_cleanup_errors=True) as scratch:
        found = arrivals.find(submissions, Path(scratch))
        return _grade_all(context, plan, found, options)


def _check_engine(options: dict[str, Any]) -> None:
    """Raise BadInput for options that contradict the engine."""
    if options["where"] == "local":
        if options["scheduler"]:
            raise BadInput("--scheduler is for --engine dask.", hint="add --engine dask")
        return
    if not options["scheduler"]:
        raise BadInput("--engine dask needs the address of a scheduler.", hint="--scheduler tcp://10.0.0.5:8786")
    for name, told in (("jobs", "-j"), ("python", "--python")):
        if options[name]:
            raise BadInput(f"{told} is for this machine's lanes.", hint="dask worker --nthreads says how many a worker has")


def _engine(plan: Plan, options: dict[str, Any]) -> Batch | ClusterBatch:
    if options["where"] == "dask":
        from gradewright.cohort.cluster.client import require

        require()
        from gradewright.cohort.cluster.batch import ClusterBatch

        return ClusterBatch(plan, options["scheduler"])
    from gradewright.cohort.batch import Batch

    return Batch(plan)


def _grade_all(context: Context, plan: Plan, found: Arrivals, options: dict[str, Any]) -> int:
    from gradewright.cohort import batch as engine
    from gradewright.cohort import results

    rows, unmatched = _roster(options["roster"], found)
    shared = plan.key()
    before = {arrival.name: results.load(plan.out, arrival) for arrival in found.found}
    kept: list[Entry] = []
    todo: list[tuple[Arrival, dict[str, str]]] = []
    for arrival in found.found:
        key = {"submission": results.source_hash(arrival), **shared}
        earlier = before[arrival.name]
        if options["resume"] and earlier is not None and results.still_good(earlier, key):
            kept.append(earlier)
        else:
            todo.append((arrival, key))
    if kept:
        context.progress(f"{len(kept)} results are kept, {len(todo)} submissions are graded")
    running = _engine(plan, options)
    try:
        with _Progress(context, len(todo)) as progress:
            fresh = engine.each(running.run(todo), progress.step) if todo else []
    except KeyboardInterrupt:
        running.stop()
        context.progress(f"Stopped. What is done is in {plan.out}; the same command with --resume does the rest.")
        return EXIT_INTERRUPTED
    entries = sorted([*kept, *fresh], key=lambda entry: entry.arrival.name.casefold())
    for entry in entries:
        entry.row = rows.get(entry.arrival.name, {})
    points = [point.id for point in plan.exercise.points]
    results.write(plan.out / "summary.csv", results.summary(entries, points))
    results.write(plan.out / "intake.md", engine.intake_report(entries, (*found.left_out, *unmatched)))
    changes = [
        text
        for entry in fresh
        if (earlier := before[entry.arrival.name]) is not None and (text := results.describe_change(earlier, entry))
    ]
    _tell(context, plan, entries, changes, len(found.left_out) + len(unmatched))
    return EXIT_FAULT if any(entry.verdict["state"] == "grader_error" for entry in entries) else EXIT_OK


def _roster(path: Path | None, found: Arrivals) -> tuple[dict[str, dict[str, str]], list[str]]:
    if path is None:
        return {}, []
    from gradewright.cohort import roster

    read = roster.read(path, found.found)
    missing = [f"{arrival.name} is not in the roster" for arrival in found.found if arrival.name not in read.rows]
    return read.rows, [*(f"{name} is in the roster, but sent nothing" for name in read.unknown), *missing]


def _tell(context: Context, plan: Plan, entries: list[Entry], changes: list[str], remarks: int) -> None:
    states: dict[str, int] = {}
    for entry in entries:
        states[entry.verdict["state"]] = states.get(entry.verdict["state"], 0) + 1
    most = plan.exercise.max_score
    full = sum(1 for entry in entries if entry.verdict["state"] == "graded" and entry.verdict["score"] == most)
    counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(states.items()))
    context.out(f"{plan.exercise.slug}: {len(entries)} submissions, {counts}; {full} with all {most} points")
    for text in changes:
        context.out(f"  changed  {text}")
    if remarks or len(states) > (1 if "graded" in states else 0):
        context.out(f"  not graded, and why   {plan.out / 'intake.md'}")
    context.out(f"  summary  {plan.out / 'summary.csv'}")


class _Progress:
    """A bar with rate and ETA on a terminal; elsewhere a line now and then."""

    def __init__(self, context: Context, total: int) -> None:
        self._context = context
        self._total = total
        self._done = 0
        self._started = time.monotonic()
        self._live = sys.stderr.isatty() and not context.quiet and total > 0
        self._bar: Any = click.progressbar(
            length=total, label="grading", show_pos=True, file=sys.stderr, item_show_func=lambda name: name or ""
        )
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        if self._live:
            self._bar.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        if self._live:
            self._bar.__exit__(*details)

    def step(self, entry: Entry) -> None:
        self._done += 1
        now = time.monotonic()
        rate = self._done / max(now - self._started, 1e-6)
        if self._live:
            self._bar.update(1, f"{rate:.1f}/s  {entry.arrival.name[:24]}")
        elif now - self._told >= 10 or self._done == self._total:
            self._told = now
            left = (self._total - self._done) / rate
            self._context.progress(f"{self._done} of {self._total} graded, {rate:.1f} a second, about {left:.0f} s left")
