"""Waiting for what should happen soon. Not for proofs about time: these are made by rendezvous."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds that something which should happen may take on a busy machine.
PATIENCE = 3.0


def wait_until(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Return whether it holds, soon."""
    until = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.01)
    return bool(found)
