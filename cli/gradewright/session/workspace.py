"""The private folder of one grade."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: A Unix socket's path is limited to 107 bytes; a deep TMPDIR must not use them up.
MAX_TEMPORARY = 70


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """Create the private folder of one grade, and remove it whatever the submission left in it.

    It has the folders pristine, submission, scratch, sockets and farm, each for its owner alone.
    """
    base = tempfile.gettempdir()
    path = Path(os.path.realpath(tempfile.mkdtemp(prefix="gw-", dir=base if len(base) <= MAX_TEMPORARY else "/tmp")))  # noqa: S108
    for name in ("pristine", "submission", "scratch", "sockets", "farm"):
        (path / name).mkdir(mode=0o700)
    try:
        yield path
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    if sys.version_info >= (3, 12):
        shutil.rmtree(path, onexc=_retry_writable)
    else:
        shutil.rmtree(path, onerror=_retry_writable)


def _retry_writable(_function: Any, path: str, _error: Any) -> None:
    """A submission may take its own rights away from a folder; give them back to delete it. Links are not followed."""
    with contextlib.suppress(OSError):
        parent = os.path.dirname(path)
        for folder in (parent, path):
            if stat.S_ISDIR(os.lstat(folder).st_mode):
                os.chmod(folder, 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
