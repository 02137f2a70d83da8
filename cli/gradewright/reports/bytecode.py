"""Compiled templates, kept beside their sources as Python keeps compiled modules: compiling them costs a tenth of a grade."""

from __future__ import annotations

import contextlib
import os
import sys
from hashlib import sha256
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache


class Bytecode(BytecodeCache):
    """Keeps a file a template in `folder`. One that is missing, unreadable or of another source is as good as none.

    `made_by` is the module whose settings decide how a template is compiled: when it changes, all are compiled anew.
    """

    def __init__(self, folder: Path, *, made_by: Path) -> None:
        self._folder = folder
        self._tag = f"{sys.implementation.cache_tag}-{sha256(made_by.read_bytes()).hexdigest()[:8]}"

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{self._tag}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket from its file. Jinja compares what is there with the template's own source."""
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the bucket's file by renaming: others may read it meanwhile. Where the folder is not ours, nothing is kept."""
        if sys.dont_write_bytecode or bucket.code is None:
            return
        path = self._path(bucket)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            with unfinished.open("wb") as file:
                bucket.write_bytecode(file)
            unfinished.replace(path)
