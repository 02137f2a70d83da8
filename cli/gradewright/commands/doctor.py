"""`grade doctor`: which isolation layers hold here, and what to do about those that do not."""

from __future__ import annotations

import json
import platform
import sys

import click

from gradewright import __version__
from gradewright.commands.context import Context, pass_context
from gradewright.commands.layers import probe, table
from gradewright.errors import EXIT_OK


@click.command()
@pass_context
def doctor(context: Context) -> int:
    """Say what this machine gives: versions, isolation layers, and what is missing.

    For example: grade doctor
    """
    layers = probe()
    safe = all(layer.held for layer in layers if layer.name in ("landlock", "seccomp"))
    if context.json:
        click.echo(json.dumps({"safe": safe, "layers": [layer.to_message() for layer in layers]}, indent=2))
        return EXIT_OK
    context.out(f"gradewright {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}")
    for line in table(layers):
        context.out(line)
    screen = safe and all(layer.held for layer in layers if layer.name == "bubblewrap")
    if safe:
        context.out("kata      ready: your own code runs behind these layers")
    else:
        context.out("kata      works, but without these layers it does not protect you from the code it runs")
    if screen:
        context.out("screen    ready: --profile screen runs strangers' code behind all layers")
    else:
        context.out("screen    not possible here: --profile screen refuses to run anything")
    if sys.platform != "linux":
        context.out("strangers' code belongs into a Linux machine or container")
    return EXIT_OK
