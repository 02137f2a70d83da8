"""The way to a Dask scheduler, and what to say when it is not there or no longer."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from gradewright.errors import GraderFault, UsageError

#: Seconds to reach the scheduler, and until it has a worker.
CONNECT = 15.0


def require() -> None:
    """Raise UsageError where Dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"--engine dask needs a package that is not installed: {error.name or error}.",
            hint="pip install 'gradewright[cluster]', here and on each worker",
        ) from None


def connect(scheduler: str) -> Any:
    """Return a Dask client. Raises GraderFault where no scheduler answers."""
    from distributed import Client

    # A lost scheduler is told in one sentence of ours; Dask would print its tracebacks beside it.
    for name in ("distributed", "distributed.client", "distributed.core", "tornado", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", message="Sending large graph")
    try:
        return Client(scheduler, timeout=CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        raise GraderFault(
            f"There is no Dask scheduler at {scheduler}: {str(error)[:200] or type(error).__name__}.",
            hint="dask scheduler starts one and prints its address, such as tcp://10.0.0.5:8786",
        ) from None


def lost(scheduler: str, why: str) -> GraderFault:
    """Return the error for a cluster that went away."""
    return GraderFault(
        f"The cluster at {scheduler} was lost: {why[:200] or 'the connection ended'}. The results so far are kept.",
        hint="the same command with --resume does the rest, on this cluster or another",
    )
