"""Resource limits of one worker (setrlimit). Values are bytes, seconds or counts, as the kernel takes them."""

from __future__ import annotations

import resource
from collections.abc import Mapping

#: Measured to carry every reference solution while stopping bombs in well under a second.
DEFAULTS: dict[str, int] = {
    "AS": 1 << 30,
    "CPU": 20,
    "NOFILE": 256,
    "FSIZE": 16 << 20,
    "CORE": 0,
}
#: Threads and processes together, where they can be counted for a submission alone.
TASKS = 128
# RLIMIT_NPROC is not set by default: it counts every process of the user, and a desktop with eighty of them would leave none
# for threads.


def enter(overrides: Mapping[str, int]) -> None:
    """Apply the defaults with `overrides` on top; the hard limit follows, so they cannot be raised again."""
    for name, value in {**DEFAULTS, **overrides}.items():
        which = getattr(resource, f"RLIMIT_{name}", None)
        if which is None:
            continue
        _soft, hard = resource.getrlimit(which)
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # The CPU limit sends SIGXCPU at the soft value and SIGKILL at the hard one: a second apart is enough to report.
        ceiling = wanted + 1 if name == "CPU" and hard == resource.RLIM_INFINITY else wanted
        resource.setrlimit(which, (wanted, ceiling))


def describe(overrides: Mapping[str, int]) -> str:
    """Return the limits in words, for the report's record."""
    values = {**DEFAULTS, **overrides}
    memory, file = values["AS"] >> 20, values["FSIZE"] >> 20
    return f"{memory} MiB, {values['CPU']} s CPU, {values['NOFILE']} files open, {file} MiB a file"
