"""`grade` alone: progress, and what to do next."""

from __future__ import annotations

import json

import click

from gradewright.commands import store
from gradewright.commands.context import Context


def overview(context: Context) -> None:
    """Print how far this folder's exercises are and the next command to type."""
    exercises = context.catalogue().all()
    finished, following = 0, None
    for exercise in exercises:
        if store.is_finished(exercise):
            finished += 1
        elif following is None:
            following = exercise
    if context.json:
        next_slug = following.slug if following else None
        click.echo(json.dumps({"finished": finished, "exercises": len(exercises), "next": next_slug}))
        return
    context.out(f"{finished} of {len(exercises)} exercises finished here.")
    if following is None:
        context.out("All of them have full marks. grade list shows them; grade --help shows what else there is.")
        return
    done = store.progress(following.slug)
    verb = "start" if done is None else "grade"
    command = f"grade start {following.slug}" if done is None else f"grade {following.slug}"
    context.out(f"Next: {following.slug}, {following.title} ({following.level}, {following.minutes} min)")
    context.out(f"  {verb:<6} {command}")
    context.out(f"  brief  grade brief {following.slug}")
