"""Empties a folder that a submission wrote into: its folders may be as deep, as many and as unwelcoming as it likes.

Standard library only: the zygote uses it as well as the grader.
"""

from __future__ import annotations

import contextlib
import os

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def empty(path: str) -> None:
    """Remove everything in `path`; links are removed, not followed. Entries that cannot be removed stay.

    Folders inside folders are first moved up to `path`, so that no depth needs recursion, a descriptor for each level, or a
    path that is too long for the kernel. Nothing else may write below `path` meanwhile.
    """
    root = os.open(path, _FOLDER)
    prefix, count = f".gone-{os.urandom(8).hex()}-", 0
    try:
        pending = [name for name in os.listdir(root) if not _unlink(name, root)]
        while pending:
            name = pending.pop()
            with contextlib.suppress(OSError):
                os.chmod(name, 0o700, dir_fd=root)
                folder = os.open(name, _FOLDER, dir_fd=root)
                try:
                    for child in os.listdir(folder):
                        if not _unlink(child, folder):
                            count += 1
                            moved = f"{prefix}{count}"
                            os.chmod(child, 0o700, dir_fd=folder)
                            os.rename(child, moved, src_dir_fd=folder, dst_dir_fd=root)
                            pending.append(moved)
                finally:
                    os.close(folder)
                os.rmdir(name, dir_fd=root)
    finally:
        os.close(root)


def _unlink(name: str, folder: int) -> bool:
    """Remove an entry that is not a folder; return False for a folder."""
    try:
        os.unlink(name, dir_fd=folder)
    except (IsADirectoryError, PermissionError):
        # Linux says EISDIR, other systems EPERM; a folder without write permission says EACCES for all it holds.
        return False
    except OSError:
        return True
    return True
