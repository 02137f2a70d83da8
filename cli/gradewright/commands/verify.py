"""`grade verify`: grades a submission again as its result.json says, and tells whether the verdict agrees."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import EXIT_BELOW, EXIT_OK, BadInput, GraderFault, Rejected

if TYPE_CHECKING:
    from gradewright.cohort.verification import Difference
    from gradewright.model import Verdict
    from gradewright.session.options import GradeOptions


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("submission", type=click.Path(path_type=Path))
@click.option("--profile", type=click.Choice(["kata", "screen"]), help="Another profile than the recorded one.")
@click.option("--python", metavar="FILE", help="Run the app with this Python, as the recorded grade did.")
@pack_option
@pass_context
def verify(context: Context, /, result: Path, submission: Path, profile: str | None, python: str | None) -> int:
    """Grade SUBMISSION again with the seed, profile, engine, limits and app of RESULT, and compare. Exit 0: it agrees. 1: not.

    For example: grade verify out/ada/result.json subs/ada
    """
    from gradewright.cohort import verification
    from gradewright.cohort.folder import read_verdict

    # Whoever hands in the record may hand in a folder with exercises of its own, too.
    context.only_trusted_roots = True
    if python is not None and not Path(python).is_file():
        raise BadInput(f"{python} is not a Python.", hint="--python FOLDER/.venv/bin/python")
    if not submission.exists():
        raise BadInput(f"{submission} does not exist.", hint="name what was graded: a folder, an archive or a Python file")
    recorded = read_verdict(result)
    with context.waiting(f"grading {recorded.exercise} again"):
        now = _grade(context, recorded, submission, verification.options(recorded, profile), python or "")
    if now.state == "grader_error" and recorded.state != "grader_error":
        raise GraderFault(f"It could not be graded again: {now.problem.message if now.problem else ''}", hint="grade doctor")
    differences = verification.compare(recorded, now)
    agrees = not any(each.decides for each in differences)
    if context.json:
        told = {
            "format": "gradewright/verification/v1",
            "agrees": agrees,
            "exercise": recorded.exercise,
            "seed": recorded.seed,
            "differences": [asdict(each) for each in differences],
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _tell(context, recorded, differences, agrees=agrees)
    return EXIT_OK if agrees else EXIT_BELOW


def _grade(context: Context, recorded: Verdict, submission: Path, options: GradeOptions, python: str) -> Verdict:
    from gradewright.model import Problem
    from gradewright.session.archives import arrive
    from gradewright.session.grade import without_running
    from gradewright.session.steady import SteadyGrader

    exercise = context.catalogue().load(recorded.exercise)
    root = context.root_of(exercise)
    grader = SteadyGrader(root, exercise, options, python=python)
    try:
        with tempfile.TemporaryDirectory(prefix="gw-in-", ignore_cleanup_errors=True) as scratch:
            suite = root.suite(exercise.slug)
            if submission.is_dir() and _hash(suite, submission, Path(scratch)) == recorded.hashes.submission:
                return grader.grade(submission)
            # A batch looks for the submission inside of what came, so that is where its hash is found.
            path, _notes = arrive(submission, Path(scratch))
            return grader.grade(path)
    except (BadInput, Rejected) as refusal:
        problem = Problem(kind="rejected", title="Refused before it ran", message=str(refusal), try_=refusal.hint)
        return without_running(root, exercise, options, "rejected", problem)
    finally:
        grader.close()


def _hash(suite: Path, folder: Path, scratch: Path) -> str:
    from gradewright.session.intake import take_in

    target = scratch / "as-it-is"
    target.mkdir()
    return take_in(folder, target, hidden=[suite]).digest


def _tell(context: Context, recorded: Verdict, differences: tuple[Difference, ...], *, agrees: bool) -> None:
    word = "AGREES" if agrees else "DIFFERS"
    state, score = recorded.state.replace("_", " "), f"{recorded.score} of {recorded.max_score}"
    context.out(f"{word}  " + _line(f"{recorded.exercise}, seed {recorded.seed}: recorded {score} ({state})"), bold=True)
    for each in differences:
        kind = "" if each.decides else "   (may explain a difference, is none)"
        context.out("  " + _line(f"{each.what}: recorded {each.recorded}, now {each.now}{kind}"))


def _line(text: str) -> str:
    """Return one line: the record may come from the person it is about, and must not write lines of its own."""
    from gradewright.reports.wording import escape_unseen

    return escape_unseen(" ".join(text.split()))[:400]
