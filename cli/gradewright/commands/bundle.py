"""`grade bundle`: the zip that a candidate gets."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import UsageError

if TYPE_CHECKING:
    from gradewright.cohort.screen import Screen

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("exercises", nargs=-1)
@click.option("-o", "--out", "target", type=FILE, required=True, help="Write the zip here.")
@click.option("--screen", "screen_path", type=FILE, help="Take the exercises, weights and minutes from this screen.toml.")
@pack_option
@pass_context
def bundle(context: Context, /, exercises: tuple[str, ...], target: Path, screen_path: Path | None) -> None:
    """Put briefs, starters, requirements.txt and a smoke check of EXERCISES into a zip; refuse if anything hidden would go in.

    For example: grade bundle 07-depends -o kata.zip
    """
    from gradewright.cohort import bundle as bundles
    from gradewright.cohort import screen as screens

    if bool(exercises) == (screen_path is not None):
        raise UsageError("Name exercises or a screen, one of both.", hint="grade bundle 07-depends -o kata.zip")
    wanted = screens.read(screen_path) if screen_path is not None else screens.of(exercises)
    context.add_packs(wanted.packs)
    catalogue = context.catalogue()
    screen = screens.resolve(wanted, catalogue)
    content = bundles.build(catalogue, screen)
    _write(target, content)
    context.out(f"{target}  {len(content)} bytes, sha256:{hashlib.sha256(content).hexdigest()}")
    context.out("  when the answers are there:")
    for each in screen.exercises:
        context.out(f"  {batch_command(screen, each.exercise)}{context.pack_words}")


def batch_command(screen: Screen, slug: str) -> str:
    """Return the command that grades what comes back, as the screen says."""
    seed = "" if screen.seed == "own" else f" --seed {screen.seed}"
    return f"grade batch subs/{slug} -e {slug} -o out/{slug} --profile {screen.profile} --audience {screen.audience}{seed}"


def _write(path: Path, content: bytes) -> None:
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise UsageError(f"{path} could not be written: {error.strerror}.", hint="name another file with -o") from None
