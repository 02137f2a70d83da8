"""The private folder of one grade. Few imports: it is made before anything else of a grade."""

from __future__ import annotations

import contextlib
import os

#: pristine: the submission as taken in · submission, scratch: what the app may write · farm: links to packages · sockets
PARTS = ("pristine", "submission", "scratch", "sockets", "farm")
#: A Unix socket's path is limited to 107 bytes; a deep TMPDIR must not use them up.
MAX_TEMPORARY = 70


def create() -> str:
    """Create the folder with its parts, each for its owner alone, and return its path."""
    base = next((path for name in ("TMPDIR", "TEMP", "TMP") if os.path.isdir(path := os.environ.get(name, ""))), "/tmp")  # noqa: S108
    base = os.path.realpath(base)
    if len(base) > MAX_TEMPORARY:
        base = "/tmp"  # noqa: S108
    path = os.path.join(base, f"gw-{os.urandom(8).hex()}")
    os.mkdir(path, 0o700)
    for name in PARTS:
        os.mkdir(os.path.join(path, name), 0o700)
    return path


def remove(path: str) -> None:
    """Remove the folder, whatever a submission left in it."""
    from gradewright.emptying import empty

    empty(path)
    with contextlib.suppress(OSError):
        os.rmdir(path)
