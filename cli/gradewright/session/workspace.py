"""The private folder of one grade. Few imports: it is made before anything else of a grade."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

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
    import shutil

    if sys.version_info >= (3, 12):
        shutil.rmtree(path, onexc=_retry_writable)
    else:
        shutil.rmtree(path, onerror=_retry_writable)


def _retry_writable(_function: Any, path: str, _error: Any) -> None:
    """A submission may take its own rights away from a folder; give them back to delete it. Links are not followed."""
    import shutil

    with contextlib.suppress(OSError):
        for folder in (os.path.dirname(path), path):
            if os.path.isdir(folder) and not os.path.islink(folder):
                os.chmod(folder, 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
