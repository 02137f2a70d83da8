"""The table of isolation layers: which hold on this machine, what is lost without one, and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradewright.commands.context import Context
from gradewright.errors import GraderFault

if TYPE_CHECKING:
    from gradewright.sandbox import Layer

#: Without these a stranger's code is not run.
NEEDED = ("landlock", "seccomp", "no_new_privs", "bubblewrap")
LOST = {
    "landlock": "a submission could read and change your files, and signal your programs",
    "seccomp": "a submission could start processes, open connections and change file modes",
    "rlimits": "a submission could use all memory, all files and the CPU for ever",
    "no_new_privs": "a submission could gain rights through a set-user-ID program",
    "pdeathsig": "a submission could go on running when the grader is killed",
    "bubblewrap": "a submission sees the machine's processes and network, and the sum of its files is not limited",
    "capabilities": "a submission graded by root would have root's rights",
}
REMEDIES = {
    "landlock": "a Linux kernel from 5.13 on with Landlock among its security modules (/sys/kernel/security/lsm)",
    "bubblewrap": (
        "install bubblewrap (Debian, Ubuntu: apt install bubblewrap); where it is installed and refused, allow user "
        "namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 24.04 and newer), "
        "sysctl -w kernel.unprivileged_userns_clone=1 (older Debian), or run the container with them allowed"
    ),
    "seccomp": "install libseccomp2 (Debian, Ubuntu: apt install libseccomp2; Fedora: dnf install libseccomp)",
}


def probe() -> list[Layer]:
    """Return the layers as they stand on this machine, by trying them."""
    from gradewright.sandbox import probe as layers
    from gradewright.worker_control import bubblewrap

    return layers(bubblewrap=bubblewrap.works())


def table(layers: list[Layer]) -> list[str]:
    """Return the table's lines."""
    lines = []
    for layer in layers:
        lines.append(f"  {'holds ' if layer.held else 'absent'}  {layer.name:<13} {layer.detail}")
        if not layer.held:
            lines.append(f"          without it    {LOST[layer.name]}")
            if layer.name in REMEDIES:
                lines.append(f"          to have it    {REMEDIES[layer.name]}")
    return lines


def require_screen(context: Context) -> None:
    """Return if strangers' code may run here; else print the table and raise GraderFault: nothing was run."""
    layers = probe()
    held = {layer.name for layer in layers if layer.held}
    missing = [name for name in NEEDED if name not in held]
    if missing:
        for line in table(layers):
            context.out(line)
        raise GraderFault(
            f"The profile screen is not possible on this machine, so nothing was run: {', '.join(missing)} absent.",
            hint="grade doctor, or --profile kata for code of people you know",
        )
