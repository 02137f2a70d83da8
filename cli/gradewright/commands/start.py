"""`grade start`: the starter and the brief, here."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pass_context
from gradewright.errors import ContentError, UsageError

if TYPE_CHECKING:
    from gradewright.content.root import ContentRoot
    from gradewright.model import Exercise


@click.command()
@click.argument("exercise")
@click.argument("folder", required=False)
@pass_context
def start(context: Context, exercise: str, folder: str | None) -> None:
    """Put the starter of EXERCISE and its brief into FOLDER (default ./EXERCISE). Nothing is overwritten."""
    record = context.catalogue().load(exercise)
    target = Path(folder) if folder else Path(record.slug)
    if target.exists():
        raise UsageError(f"{target} is already there; it was left as it is.", hint=f"grade {record.slug} grades it")
    put_starter(context, context.root(), record, target)
    context.out(f"Read {target / 'README.md'}, write {target / 'app.py'}, then: grade {record.slug}")


def put_starter(context: Context, root: ContentRoot, exercise: Exercise, target: Path) -> None:
    """Copy the starter and the brief to `target`, which must not exist."""
    source = root.starter(exercise.slug)
    if not source.is_dir():
        raise ContentError(f"{exercise.slug} has no starter at {source}")
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        shutil.copyfile(root.exercise(exercise.slug) / "README.md", target / "README.md")
    except OSError as error:
        raise UsageError(f"{target} could not be written: {error.strerror}.", hint="go to a folder of your own") from None
    context.progress(f"Nothing was started yet: put the starter and the brief of {exercise.slug} in {target}/")
