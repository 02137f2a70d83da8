"""Rights a worker gives up for good: capabilities, new privileges, and outliving its parent."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilitySet(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    if _libc().prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero):
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")


def die_with_parent(expected_parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies, and die now if that has already happened."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != expected_parent:
        os.kill(os.getpid(), signal.SIGKILL)


def no_new_privileges() -> None:
    """No exec below this process can gain rights (set-uid bits, file capabilities, root's own)."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Empty all capability sets. Root without capabilities is an ordinary owner of its own files."""
    if os.geteuid() != 0:
        return
    header = _CapabilityHeader(version=_CAPABILITY_VERSION_3, pid=0)
    empty = (_CapabilitySet * 2)()
    if _libc().capset(ctypes.byref(header), ctypes.byref(empty)):
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")
