"""`grade author new`: the skeleton of an exercise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import UsageError

if TYPE_CHECKING:
    from gradewright.content.root import ContentRoot


@click.command()
@click.argument("slug")
@pack_option
@pass_context
def new(context: Context, slug: str) -> None:
    """Write the skeleton of the exercise SLUG (two digits and a name) into a pack, which is made if it is not there.

    For example: grade author new 01-orders --pack acme
    """
    from gradewright.authoring import new as skeleton
    from gradewright.authoring.files import unfilled

    root = _target(context, slug)
    written = skeleton.write(root, slug)
    context.progress(f"{len(written)} files of {slug} are in {_shown(root.path)}. Fill in the four places that are marked:")
    for line in unfilled(root, slug):
        context.out(f"  {line}")
    words = context.pack_words or (f" --root {context.root_option}" if context.root_option else "")
    context.out(f"Then prove it: grade author check {slug}{words}")


def _target(context: Context, slug: str) -> ContentRoot:
    """Return where the exercise goes: the named pack, or the content root that this folder is in."""
    from gradewright.authoring.new import open_or_make_pack

    if len(context.packs) > 1:
        raise UsageError("A new exercise goes into one pack.", hint=f"grade author new {slug} --pack {context.packs[-1]}")
    if context.packs:
        return open_or_make_pack(Path(context.packs[0]).expanduser())
    root = context.root()
    if root.origin == "packaged":
        raise UsageError("Say which pack it goes into.", hint=f"grade author new {slug} --pack acme makes the folder acme")
    return root


def _shown(path: Path) -> str:
    here = Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}/"
