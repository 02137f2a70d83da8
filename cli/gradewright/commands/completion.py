"""`grade completion`, and what can stand in the place of an exercise or a point."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context
from gradewright.errors import BadInput, GradewrightError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SHELLS = ("bash", "zsh", "fish")
#: zsh has its completions only where somebody has asked for them, which a plain .zshrc does not.
ZSH_START = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print the completion script for SHELL: bash, zsh or fish. Without SHELL, for the one you use.

    \b
    For example: grade completion bash >> ~/.bashrc
                 grade completion zsh >> ~/.zshrc
                 grade completion fish > ~/.config/fish/completions/grade.fish
    """
    from click.shell_completion import get_completion_class

    name = shell or Path(os.environ.get("SHELL", "")).name
    made = get_completion_class(name) if name in SHELLS else None
    if made is None:
        raise BadInput("It is not known which shell you use.", hint=f"grade completion {'|'.join(SHELLS)}")
    found = made(ctx.find_root().command, {}, "grade", "_GRADE_COMPLETE")
    script = found.source_template % found.source_vars()
    if name == "zsh":
        first, _line_feed, rest = script.partition("\n")  # `#compdef grade` has to stay the first line
        script = f"{first}\n{ZSH_START}\n{rest}"
    click.echo(script)


def exercise(ctx: click.Context, _parameter: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Return the exercises that begin with what was typed so far."""
    from click.shell_completion import CompletionItem

    try:
        catalogue = ctx.ensure_object(Context).catalogue()
        return [CompletionItem(slug) for slug in catalogue.slugs() if slug.startswith(incomplete)]
    except GradewrightError:
        return []


def point(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the points of the exercise that was typed before, as P1, P2, …"""
    from click.shell_completion import CompletionItem

    try:
        found = ctx.ensure_object(Context).catalogue().load(ctx.params.get("exercise") or "")
    except GradewrightError:
        return []
    numbered = ((f"P{number}", each.title) for number, each in enumerate(found.points, start=1))
    return [CompletionItem(name, help=title) for name, title in numbered if name.startswith(incomplete.upper())]
