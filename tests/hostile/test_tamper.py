"""A submission reaches no other process and changes nothing outside its own folders; no part of it outlives the grade."""

from __future__ import annotations

import platform
from typing import Any

import pytest

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="system calls are named by their x86_64 numbers"),
]

#: The kernel answers "done" even if it refused the signal to every single process: the bystanders tell.
KILL_ALL = "import os, signal\nfor number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):\n    os.kill(-1, number)\n"
CONTROL = "probe('control', lambda: open('app.py').read(4))\n"

PROCESSES = """
parent = os.getppid()
near = [pid for pid in range(max(2, parent - 3), parent + 8) if not 0 <= pid - os.getpid() < 5]  # not its own threads
for pid in near:
    for number in (0, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        probe(f"kill {pid - parent:+} {number}", lambda: os.kill(pid, number))
    probe(f"tgkill {pid - parent:+}", lambda: call(234, pid, pid, 9))
    probe(f"tkill {pid - parent:+}", lambda: call(200, pid, 9))
    probe(f"sigqueue {pid - parent:+}", lambda: call(129, pid, 9, ctypes.create_string_buffer(128)))
    probe(f"killpg {pid - parent:+}", lambda: os.killpg(pid, 9))
    probe(f"ptrace attach {pid - parent:+}", lambda: call(101, 16, pid, 0, 0))
    probe(f"ptrace seize {pid - parent:+}", lambda: call(101, 0x4206, pid, 0, 0))
    probe(f"pidfd_open {pid - parent:+}", lambda: call(434, pid, 0))
    probe(f"prlimit {pid - parent:+}", lambda: call(302, pid, 7, ctypes.create_string_buffer(16), 0))
    probe(f"affinity {pid - parent:+}", lambda: os.sched_setaffinity(pid, {0}))
    probe(f"nice {pid - parent:+}", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    probe(f"ioprio {pid - parent:+}", lambda: call(251, 1, pid, 0x6000))
    probe(f"scheduler {pid - parent:+}", lambda: call(144, pid, 5, ctypes.create_string_buffer(8)))
    probe(f"getpgid move {pid - parent:+}", lambda: os.setpgid(0, pid))
probe("init", lambda: os.kill(1, signal.SIGKILL))
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
own = ctypes.create_string_buffer(64)
here, there = Vector(ctypes.addressof(own), 64), Vector(0x400000, 64)
probe("process_vm_readv", lambda: call(310, parent, ctypes.byref(here), 1, ctypes.byref(there), 1, 0))
probe("process_vm_writev", lambda: call(311, parent, ctypes.byref(here), 1, ctypes.byref(there), 1, 0))
probe("process_madvise", lambda: call(440, 3, ctypes.byref(here), 1, 21, 0))
probe("kcmp", lambda: call(312, os.getpid(), parent, 0, 3, 3))
probe("owner of a pipe", lambda: __import__("fcntl").fcntl(os.pipe()[0], 8, parent))
probe("lease on a package", lambda: __import__("fcntl").fcntl(os.open(socket.__file__, os.O_RDONLY), 1024, 1))
probe("nice of the user", lambda: os.setpriority(os.PRIO_USER, 0, 19))
"""

KERNEL = """
HIGH = 1 << 32
probe("fork", os.fork)
probe("vfork", lambda: call(58))
probe("clone", lambda: call(56, 17, 0, 0, 0, 0))
probe("clone3", lambda: call(435, ctypes.create_string_buffer(88), 88))
probe("execve", lambda: os.execv("/bin/true", ["true"]))
probe("execveat", lambda: call(322, -100, ctypes.c_char_p(b"/bin/true"), 0, 0, 0))
probe("system", lambda: (lambda code: code if code != -1 and code != 32512 else os.strerror(5) and 1 / 0)(os.system("true")))
probe("memfd_create", lambda: os.memfd_create("program"))
probe("memfd_secret", lambda: call(447, 0))
probe("io_uring_setup", lambda: call(425, 8, ctypes.create_string_buffer(120)))
probe("io_uring_enter", lambda: call(426, 3, 1, 0, 0, 0, 0))
probe("bpf", lambda: call(321, 0, ctypes.create_string_buffer(128), 128))
probe("perf_event_open", lambda: call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0))
probe("userfaultfd", lambda: call(323, 0))
probe("keyctl", lambda: call(250, 0, -3, 0))
probe("add_key", lambda: call(248, ctypes.c_char_p(b"user"), ctypes.c_char_p(b"x"), ctypes.c_char_p(b"y"), 1, -3))
probe("shmget", lambda: call(29, 1234, 4096, 0o1666))
probe("msgget", lambda: call(68, 1234, 0o1666))
probe("semget", lambda: call(64, 1234, 1, 0o1666))
probe("mq_open", lambda: call(240, ctypes.c_char_p(b"/x"), 0o102, 0o666, 0))
place = ctypes.byref(ctypes.c_int())
probe("name_to_handle_at", lambda: call(303, -100, ctypes.c_char_p(b"@SUITE@"), ctypes.create_string_buffer(200), place, 0))
probe("open_by_handle_at", lambda: call(304, 3, ctypes.create_string_buffer(200), 0))
probe("unshare user", lambda: call(272, 0x10000000))
probe("unshare mount", lambda: call(272, 0x20000))
probe("setns", lambda: call(308, 3, 0))
probe("mount", lambda: call(165, ctypes.c_char_p(b"/"), ctypes.c_char_p(b"/tmp"), 0, 4096, 0))
probe("fsopen", lambda: call(430, ctypes.c_char_p(b"tmpfs"), 0))
probe("open_tree", lambda: call(428, -100, ctypes.c_char_p(b"/"), 0))
probe("pivot_root", lambda: call(155, ctypes.c_char_p(b"/"), ctypes.c_char_p(b"/")))
probe("chroot", lambda: os.chroot("."))
probe("setuid", lambda: os.setresuid(0, 0, 0))
probe("setgid", lambda: os.setresgid(0, 0, 0))
probe("capset", lambda: call(126, ctypes.create_string_buffer(8), ctypes.create_string_buffer(24)))
probe("personality", lambda: call(135, 0x0040000))
probe("mknod", lambda: os.mknod("device", stat.S_IFCHR | 0o666, os.makedev(1, 1)))
probe("a FIFO by mknod", lambda: os.mkfifo("fifo"))
probe("setsid", os.setsid)
probe("setpgid", lambda: os.setpgid(0, 0))
probe("hostname", lambda: socket.sethostname("x"))
probe("clock", lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
probe("inotify", lambda: call(294, 0))
probe("fanotify", lambda: call(300, 0, 0))
probe("reboot", lambda: call(169, 0, 0, 0, 0))
probe("swapon", lambda: call(167, ctypes.c_char_p(b"/x"), 0))
probe("init_module", lambda: call(175, 0, 0, ctypes.c_char_p(b"")))
probe("syslog", lambda: call(103, 3, ctypes.create_string_buffer(100), 100))
for name, option in (("pdeathsig", 1), ("pdeathsig with a high bit", HIGH + 1), ("ptracer", 0x59616D61), ("subreaper", 36)):
    probe(f"prctl {name}", lambda: call(157, option, 0, 0, 0, 0))
character = ctypes.create_string_buffer(b"x")
commands = {"TIOCSTI": 0x5412, "TIOCSTI with a high bit": HIGH + 0x5412, "TIOCLINUX": 0x541C, "TIOCSCTTY": 0x540E}
for name, command in commands.items():
    for descriptor in (0, 1, 2):
        probe(f"{name} on {descriptor}", lambda: call(16, descriptor, command, character))
probe("terminal", lambda: os.open("/dev/tty", os.O_RDWR))
probe("ptmx", lambda: os.open("/dev/ptmx", os.O_RDWR))
probe("rlimit up", lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_AS, (-1, -1)))
"""

#: Attempts at files outside. What they return is not the question (some are answered "done" and do nothing): the canary, the
#: suite and their folder must be as before, which every test of this folder checks.
METADATA = """
for name, path in (("canary", "@CANARY@"), ("suite", "@SUITE@"), ("folder", "@FOLDER@")):
    probe(f"chmod {name}", lambda: os.chmod(path, 0o000))
    probe(f"utime {name}", lambda: os.utime(path, (1, 1)))
    probe(f"chown {name}", lambda: os.chown(path, 65534, 65534))
    probe(f"setxattr {name}", lambda: os.setxattr(path, "user.x", b"y"))
    probe(f"lchown {name}", lambda: os.lchown(path, 65534, 65534))
    named = ctypes.c_char_p(path.encode())
    probe(f"file_setattr {name}", lambda: call(469, -100, named, ctypes.create_string_buffer(32), 32, 0))
"""

WRITES = """
import fastapi, site, sysconfig
packages = os.path.dirname(os.path.dirname(fastapi.__file__))
standard = sysconfig.get_paths()["stdlib"]
def write(path, mode="w"):
    return lambda: open(path, mode).write("import os\\n")
for folder in (packages, standard, site.getusersitepackages(), "/usr/lib/python3/dist-packages"):
    probe(f"pth in {folder}", write(f"{folder}/evil.pth"))
    probe(f"sitecustomize in {folder}", write(f"{folder}/sitecustomize.py"))
probe("fastapi", write(fastapi.__file__, "a"))
probe("fastapi replaced", lambda: os.rename("app.py", fastapi.__file__))
for name, path in (("canary", "@CANARY@"), ("suite", "@SUITE@"), ("plugin", "@PACKAGE@/suite/plugin.py")):
    probe(f"write {name}", write(path))
    probe(f"append {name}", write(path, "a"))
    probe(f"truncate {name}", lambda: os.truncate(path, 0))
    probe(f"open with O_TRUNC {name}", lambda: os.open(path, os.O_RDONLY | os.O_TRUNC))
    probe(f"unlink {name}", lambda: os.unlink(path))
    probe(f"rename {name}", lambda: os.rename(path, path + ".gone"))
    probe(f"exchange {name}", lambda: call(316, -100, ctypes.c_char_p(path.encode()), -100, ctypes.c_char_p(b"app.py"), 2))
for folder in ("@FOLDER@", "@FOLDER@/t", "@FOLDER@/outside", "/tmp/..", "/root", "/home", "/var/tmp", "/dev/shm", "/etc"):
    probe(f"file in {folder}", write(f"{folder}/evil-@TOKEN@.txt"))
    probe(f"folder in {folder}", lambda: os.mkdir(f"{folder}/evil-@TOKEN@"))
    probe(f"socket in {folder}", lambda: socket.socket(socket.AF_UNIX).bind(f"{folder}/evil-@TOKEN@.sock"))
probe("write through a link", lambda: (os.symlink("@CANARY@", "link"), open("link", "w"))[1])
probe("rename out", lambda: os.rename("app.py", "@FOLDER@/app.py"))
probe("device", write("/dev/sda"))
"""

DENIED = {
    "EACCES", "EPERM", "ENOENT", "ENOSYS", "EXDEV", "ENOTDIR", "ESRCH", "EROFS", "ENXIO", "ENODEV", "EBADF",
    "ZeroDivisionError", "ValueError",
}  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"add": source + CONTROL}, id=name)
        for name, source in (("processes", PROCESSES), ("kernel", KERNEL), ("writes", WRITES))
    ],
)
def test_every_attempt_is_denied_and_grading_goes_on(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    probes = outcome.probes
    assert probes.pop("control") == ["got", "'from'"]
    assert len(probes) > 40
    assert {name: met for name, met in probes.items() if isinstance(met, list) or met not in DENIED} == {}


@pytest.mark.parametrize("case", [{"add": METADATA + CONTROL}], ids=["metadata"])
def test_rights_owners_times_and_attributes_outside_stay_as_they_are(outcome: Any) -> None:
    # It also shuts its own folder, so its own second start may fail: that costs it points, and nobody else anything.
    assert outcome.state == "graded"
    assert len(outcome.probes) == 19


@pytest.mark.parametrize("case", [{"add": KILL_ALL}], ids=["kill(-1)"])
def test_signals_to_all_processes_reach_none(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)


STAYING: dict[str, str] = {
    "thread that ignores signals": """
import ctypes, signal, threading, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU, signal.SIGUSR1):
    signal.signal(number, signal.SIG_IGN)
ctypes.CDLL(None).syscall(157, (1 << 32) + 1, 0, 0, 0, 0)
def stay():
    while True:
        time.sleep(0.01)
for _ in range(5):
    threading.Thread(target=stay).start()
""",
    "exit handler that never ends": """
import atexit, signal, time
atexit.register(lambda: time.sleep(1000))
signal.signal(signal.SIGTERM, lambda *_: time.sleep(1000))
""",
    "closes every descriptor but its own": """
import os, threading, time
def stay():
    time.sleep(0.2)
    for number in range(3, 40):
        try:
            if number != os.dup(number):
                pass
        except OSError:
            pass
    time.sleep(1000)
threading.Thread(target=stay).start()
""",
}


@pytest.mark.parametrize("case", [pytest.param({"add": source}, id=name) for name, source in STAYING.items()])
def test_nothing_outlives_the_grade(outcome: Any) -> None:
    # That no process and no file is left is checked for every outcome.
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert outcome.seconds < 30


HANGS_UP = """
import os, socket, stat, threading, time
def stay():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.close(number)
        except OSError:
            pass
    while True:
        time.sleep(0.01)
"""


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"add": HANGS_UP + "stay()\n"}, id="at import"),
        pytest.param({"add": HANGS_UP, "users": "def list_users(page: Page):\n    stay()\n"}, id="in a handler"),
    ],
)
def test_hanging_up_on_the_grader_is_the_submissions_own_loss(outcome: Any) -> None:
    assert outcome.state in ("graded", "ungradable")
    assert outcome.score < 11
    assert outcome.seconds < 60


#: mov eax, 20; int 0x80; ret and mov eax, 0x40000027; syscall; ret
FOREIGN = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write({code})
ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""


@pytest.mark.parametrize(
    "case", [{"add": FOREIGN.format(code=r'b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"')}], ids=["system call of another architecture"]
)
def test_system_calls_of_another_architecture_end_the_process(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("ungradable", 0)
    assert "signal 31" in outcome.problem["message"]
