"""seccomp: which system calls a worker may make. An allow list; everything else answers ENOSYS or EPERM.

The list is what CPython, asyncio, SQLite and the C libraries under FastAPI use. Library: pyseccomp over libseccomp
(docs/adr/0004). Source of the numbers and flags: Linux UAPI headers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from typing import Any

from gradewright.sandbox import grants
from gradewright.sandbox.libraries import found_by_soname

CLONE_THREAD = 0x00010000
CLONE_NAMESPACES = 0x7E020000
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_TYPE_MASK = 0xF
SOCK_STREAM, SOCK_SEQPACKET = 1, 5
IPPROTO_DEFAULT, IPPROTO_TCP = 0, 6
MSG_FASTOPEN = 0x20000000
FICLONE = 0x40049409
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2

_FILES = """
access chdir close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchdir
fdatasync fgetxattr flistxattr flock fstat fstatfs fsync ftruncate getcwd getdents getdents64 getxattr lgetxattr link
linkat listxattr llistxattr lseek lstat mkdir mkdirat newfstatat open openat openat2 pipe pipe2 pread64 preadv
preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv rename renameat renameat2 rmdir sendfile splice
stat statfs statx symlink symlinkat sync_file_range tee truncate umask unlink unlinkat write writev
""".split()
_MEMORY = "brk madvise membarrier mincore mlock mmap mprotect mremap msync munlock munmap pkey_alloc pkey_free".split()
_PROCESS = """
arch_prctl capget exit exit_group futex futex_waitv get_robust_list getcpu getegid geteuid getgid getgroups getpgid getpgrp
getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid restart_syscall rseq
rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler sched_yield set_robust_list set_tid_address
setrlimit sigaltstack sysinfo times uname wait4 waitid
""".split()
_TIME = """
alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime
""".split()
_EVENTS = """
epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 poll
ppoll pselect6 select signalfd signalfd4
""".split()
_SOCKETS = "accept accept4 getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg setsockopt shutdown".split()
_SIGNALS = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo".split()

# Calls that are allowed for these commands only. Named one by one, because what is left out is not harmless: TIOCSTI types
# into a terminal, PR_SET_PDEATHSIG outlives the grader, F_SETOWN sends signals, F_SETLEASE blocks other readers of a file.
_COMMANDS = {
    # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX
    "ioctl": (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451),
    # GET_PDEATHSIG GET_DUMPABLE SET_DUMPABLE SET_NAME GET_NAME GET_SECCOMP CAPBSET_READ SET_NO_NEW_PRIVS GET_NO_NEW_PRIVS
    # SET_VMA (glibc and CPython name their memory with it)
    "prctl": (2, 3, 4, 15, 16, 21, 23, 38, 39, 0x53564D41),
    # DUPFD GETFD SETFD GETFL SETFL GETLK SETLK SETLKW OFD_GETLK OFD_SETLK OFD_SETLKW DUPFD_CLOEXEC SETPIPE_SZ GETPIPE_SZ
    # ADD_SEALS GET_SEALS
    "fcntl": (*range(8), 36, 37, 38, 1030, 1031, 1032, 1033, 1034),
}

#: Refused with EPERM, so that a learner reads "Operation not permitted" and not "Function not implemented".
_REFUSED = """
fork vfork memfd_create execve execveat socket connect bind ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd
pidfd_send_signal mount umount2 unshare setns chroot pivot_root setuid setgid setreuid setregid setresuid setresgid setgroups
capset sethostname mknod mknodat
""".split()

#: Refused unless a grant starts processes.
_STARTING = ("fork", "vfork", "execve", "execveat")

# Landlock does not cover these: without another wall they would reach any file of the same user. Answering "done" and
# doing nothing keeps honest code running (shutil.copy and Path.touch end in them) and protects every file.
_METADATA = """
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr fsetxattr
removexattr lremovexattr fremovexattr
""".split()


class Unavailable(Exception):
    """This machine cannot install a filter; the text says why."""


class Filter:
    """A compiled filter.

    `signals_scoped` says that another layer already confines signals to the worker itself, `private_mounts` that no
    file outside its scratch folders is writable for anybody in its namespace.
    """

    def __init__(self, allowed: frozenset[str], *, signals_scoped: bool, private_mounts: bool) -> None:
        self._library = _load_library()
        self._grants = allowed
        self._signals_scoped = signals_scoped
        self._private_mounts = private_mounts
        processes = "processes by grant" if grants.starts_processes(allowed) else "no fork, no exec"
        network = "TCP by grant" if grants.connects(allowed) or grants.listens(allowed) else "no new sockets"
        self.detail = f"{processes}, {network}"
        # Compiled here, once; only a filter that names the worker's own pid must wait until there is one.
        self._program = self._compile() if signals_scoped else None

    def _compile(self) -> bytes:
        library = self._library
        rules = library.SyscallFilter(library.ERRNO(errno.ENOSYS))
        # The library's default ends one thread only, and a process without its main thread looks like one that hangs.
        rules.set_attr(library.Attr.ACT_BADARCH, library.KILL_PROCESS)
        equal, masked, arg = library.EQ, library.MASKED_EQ, library.Arg

        def add(action: int, names: Iterable[str], *conditions: Any) -> None:
            for name in names:
                try:
                    rules.add_rule(action, name, *conditions)
                except (OSError, ValueError):
                    # Not every architecture has every call (open, time, …): what does not exist needs no rule.
                    continue

        allow, refuse = library.ALLOW, library.ERRNO(errno.EPERM)
        for names in (_FILES, _MEMORY, _PROCESS, _TIME, _EVENTS, _SOCKETS):
            add(allow, names)
        starting = grants.starts_processes(self._grants)
        opened = self._open_network(add, allow)
        add(refuse, [name for name in _REFUSED if name not in opened and not (starting and name in _STARTING)])
        if starting:
            # What may be executed is Landlock's to say. clone3 stays ENOSYS: its flags cannot be looked at.
            add(allow, _STARTING)
            add(allow, ["clone"], arg(0, masked, CLONE_NAMESPACES, 0))
        # Where scratch is the only writable mount there is nothing to protect, and the calls may do what they say.
        add(allow if self._private_mounts else library.ERRNO(0), _METADATA)
        add(allow, ["clone"], arg(0, masked, CLONE_THREAD, CLONE_THREAD))
        if not starting:
            add(refuse, ["clone"], arg(0, masked, CLONE_THREAD, 0))
        for kind in (SOCK_STREAM, SOCK_SEQPACKET):
            # Datagram pairs could still name another address in sendmsg; stream pairs cannot.
            add(allow, ["socketpair"], arg(0, equal, AF_UNIX), arg(1, masked, SOCK_TYPE_MASK, kind))
        add(allow, ["sendto"], arg(4, equal, 0))
        # Fast open connects while it sends, which Landlock's ports do not cover.
        add(allow, ["sendmsg"], arg(2, masked, MSG_FASTOPEN, 0))
        for call, commands in _COMMANDS.items():
            position = 0 if call == "prctl" else 1
            for command in commands:
                # The kernel reads 32 bits of the command; whoever compares 64 can be passed by with a high bit set.
                add(allow, [call], arg(position, masked, 0xFFFFFFFF, command))
        # "Not supported here" makes shutil and pathlib copy the ordinary way.
        add(library.ERRNO(errno.EOPNOTSUPP), ["ioctl"], arg(1, masked, 0xFFFFFFFF, FICLONE))
        add(allow, ["prlimit64", "sched_setaffinity"], arg(0, equal, 0))
        add(allow, ["setpriority"], arg(0, equal, 0), arg(1, equal, 0))
        if self._signals_scoped:
            add(allow, _SIGNALS)
        else:
            add(allow, _SIGNALS, arg(0, equal, os.getpid()))
        descriptor = os.memfd_create("seccomp")
        with os.fdopen(descriptor, "w+b") as file:
            rules.export_bpf(file)
            file.seek(0)
            return file.read()

    def _open_network(self, add: Any, allow: int) -> set[str]:
        """Allow TCP sockets where a grant needs them, and return the calls that are open now. Ports are Landlock's to say."""
        listens, connects = grants.listens(self._grants), grants.connects(self._grants)
        if not listens and not connects:
            return set()
        arg, equal, masked = self._library.Arg, self._library.EQ, self._library.MASKED_EQ
        for family in (AF_INET, AF_INET6) if listens else (AF_INET,):
            for protocol in (IPPROTO_DEFAULT, IPPROTO_TCP):
                # Multipath TCP, SCTP and SMC are streams, too, and Landlock's ports are those of TCP alone.
                kind = arg(1, masked, SOCK_TYPE_MASK, SOCK_STREAM)
                add(allow, ["socket"], arg(0, equal, family), kind, arg(2, masked, 0xFFFFFFFF, protocol))
        opened = {"socket"} | ({"bind"} if listens else set()) | ({"connect"} if connects else set())
        add(allow, opened - {"socket"})
        return opened

    def enter(self) -> None:
        """Install the filter on this thread. Call it before any other thread exists."""
        _install(self._program or self._compile())


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _install(program: bytes) -> None:
    packed = _Program(len(program) // 8, program)
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(ctypes.c_int(PR_SET_SECCOMP), ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(packed), zero, zero):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _load_library() -> Any:
    if sys.platform != "linux":
        raise Unavailable("only on Linux")
    try:
        with found_by_soname():
            import pyseccomp
    except ImportError:
        raise Unavailable("the package pyseccomp is not installed") from None
    except (OSError, RuntimeError):
        raise Unavailable("the library libseccomp2 is not installed (Debian and Ubuntu: apt install libseccomp2)") from None
    return pyseccomp
