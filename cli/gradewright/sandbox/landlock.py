"""Landlock: which files a worker may open, and whom it may signal or reach through an abstract socket.

Landlock only allows; it cannot carve an exception out of an allowed folder. So the caller passes folders that contain
nothing hidden (see `paths.around`). Library: landlockpy (docs/adr/0004).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from stat import S_ISDIR
from typing import Any

from gradewright.sandbox.libraries import found_by_soname


class Unavailable(Exception):
    """This machine cannot enforce Landlock; the text says why."""


class Domain:
    """A ruleset, built once in the zygote and entered by each worker that is forked for the same submission.

    Raises Unavailable when the kernel or the library is missing. Paths that do not exist are passed over.
    """

    def __init__(
        self,
        readable: Iterable[str],
        writable: Iterable[str],
        *,
        executable: Iterable[str] = (),
        connect: Iterable[int] = (),
        listen: Iterable[int] = (),
    ) -> None:
        try:
            import landlockpy
        except ImportError:
            raise Unavailable("the package landlockpy is not installed") from None
        with found_by_soname():
            version = landlockpy.abi_version()
        if version == 0:
            raise Unavailable("this kernel has no Landlock (Linux 5.13 and newer have it)")
        fs = landlockpy.AccessFS
        scope = landlockpy.Scope
        self.scopes_signals = version >= 6
        self.detail = "files outside the exercise" + (", signals and abstract sockets" if self.scopes_signals else "")
        self._ruleset: Any = landlockpy.Ruleset(scoped=scope.ABSTRACT_UNIX_SOCKET | scope.SIGNAL)
        self._read_file = fs.READ_FILE
        self._read_dir = fs.READ_FILE | fs.READ_DIR
        devices = fs.MAKE_CHAR | fs.MAKE_BLOCK | fs.MAKE_SOCK | fs.EXECUTE | fs.IOCTL_DEV
        self._write_dir = landlockpy.fs_for_abi(version) & ~devices
        for path in readable:
            self._allow(path, self._read_file, self._read_dir)
        net = landlockpy.AccessNet
        if version >= 4:
            for port in connect:
                self._ruleset.allow_port(port, net.CONNECT_TCP)
            for port in listen:
                self._ruleset.allow_port(port, net.BIND_TCP)
        for path in executable:
            self._allow(path, self._read_file | fs.EXECUTE, self._read_dir | fs.EXECUTE)
        for path in ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"):
            self._allow(path, fs.READ_FILE | fs.WRITE_FILE, fs.NONE)
        for path in writable:
            self._allow(path, fs.NONE, self._write_dir)

    def _allow(self, path: str, for_file: Any, for_folder: Any) -> None:
        try:
            is_folder = S_ISDIR(os.stat(path).st_mode)
            self._ruleset.allow_path(path, for_folder if is_folder else for_file)
        except FileNotFoundError:
            return

    def enter(self) -> None:
        """Enforce the rules on this process and all it starts."""
        self._ruleset.restrict()
