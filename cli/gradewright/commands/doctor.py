"""`grade doctor`: which isolation layers hold here, and what to do about those that do not."""

from __future__ import annotations

import json
import platform
import sys

import click

from gradewright import __version__
from gradewright.commands.context import Context, pass_context
from gradewright.errors import EXIT_OK

REMEDIES = {
    "landlock": "a Linux kernel from 5.13 on with Landlock among its security modules (/sys/kernel/security/lsm)",
    "bubblewrap": (
        "install bubblewrap (Debian, Ubuntu: apt install bubblewrap); where it is installed and refused, allow user "
        "namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 24.04 and newer), "
        "sysctl -w kernel.unprivileged_userns_clone=1 (older Debian), or run the container with them allowed"
    ),
    "seccomp": "install libseccomp2 (Debian, Ubuntu: apt install libseccomp2; Fedora: dnf install libseccomp)",
}


@click.command()
@pass_context
def doctor(context: Context) -> int:
    """Say what this machine gives: versions, isolation layers, and what is missing."""
    from gradewright.sandbox import probe
    from gradewright.worker_control import bubblewrap

    layers = probe(bubblewrap=bubblewrap.works())
    safe = all(layer.held for layer in layers if layer.name in ("landlock", "seccomp"))
    if context.json:
        click.echo(json.dumps({"safe": safe, "layers": [layer.to_message() for layer in layers]}, indent=2))
        return EXIT_OK
    context.out(f"gradewright {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}")
    for layer in layers:
        context.out(f"  {'holds ' if layer.held else 'absent'}  {layer.name:<13} {layer.detail}")
        if not layer.held and layer.name in REMEDIES:
            context.out(f"          to have it    {REMEDIES[layer.name]}")
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
