"""Where the C libraries of the sandbox are, without asking the programs that `ctypes.util` would start to find out."""

from __future__ import annotations

import contextlib
import ctypes.util
from collections.abc import Iterator

SONAMES: dict[str, str | None] = {"c": None, "seccomp": "libseccomp.so.2"}


@contextlib.contextmanager
def found_by_soname() -> Iterator[None]:
    """Let the loader find libc and libseccomp by their sonames for the length of the block.

    `ctypes.util.find_library` runs ldconfig, and gcc when that fails: 10 to 20 ms a grade, and neither need be installed.
    """
    original = ctypes.util.find_library
    ctypes.util.find_library = lambda name: SONAMES[name] if name in SONAMES else original(name)
    try:
        yield
    finally:
        ctypes.util.find_library = original
