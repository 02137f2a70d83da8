"""One small attempt per wall, at something that stands beside the test: what each layer is there for.

Other files try everything at once; here a single missing rule fails a test (tests/ablation removes them one by one), and an
attempt that succeeds harms nothing but the canaries of this test.
"""

from __future__ import annotations

import os
import platform
from typing import Any

import pytest

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="system calls are named by their x86_64 numbers"),
]

DENIED = {
    "EACCES", "EPERM", "ENOENT", "ENOSYS", "EXDEV", "ESRCH", "EROFS", "EISCONN", "EOPNOTSUPP", "EMFILE", "EFBIG", "ENOMEM",
    "ENODEV", "ENXIO", "EPROTONOSUPPORT", "ENETUNREACH", "ECONNREFUSED", "ValueError", "ModuleNotFoundError",
}  # fmt: skip

#: What an app may not do, whatever its exercise grants: one expression each.
ATTEMPTS: dict[str, str] = {
    # files
    "read": "open('@CANARY@').read()",
    "list": "os.listdir('@FOLDER@')",
    "read the suite": "open('@SUITE@').read()",
    "read its own package's source": "open('@PACKAGE@/session/grade.py').read(10)",
    "append": "open('@CANARY@', 'a').write('x')",
    "make a file": "open('@FOLDER@/made', 'w')",
    "make a device": "os.mknod('device', stat.S_IFCHR | 0o600, os.makedev(1, 3))",
    "write the pristine copy": "open('../pristine/app.py', 'a')",
    "write into packages": "open(os.path.dirname(os.path.dirname(__import__('gradewright').__file__)) + '/x.pth', 'w')",
    "write into the system": "(open('/usr/evil-@TOKEN@', 'w'), os.unlink('/usr/evil-@TOKEN@'))",
    "read accounts": "len(open('/etc/shadow', 'rb').read())",
    "flags of a file": "call(16, os.open('app.py', os.O_RDONLY), 0x40086602, ctypes.byref(ctypes.c_long(0x40)))",
    "lease": "call(72, os.open(os.__file__, os.O_RDONLY), 1024, 0)",
    # processes
    "signal": "os.kill(@PID@, signal.SIGKILL)",
    "owner of a pipe's signals": "call(72, socket.socketpair()[0].fileno(), 8, @PID@)",
    "priority": "os.setpriority(os.PRIO_PROCESS, @PID@, 19)",
    "limit": "call(302, @PID@, 4, (ctypes.c_ulong * 2)(0, 0), 0)",
    "processors": "os.sched_setaffinity(@PID@, {0})",
    "trace": "call(101, 0x4206, @PID@, 0, 0)",
    "fork": "os.fork() or os._exit(0)",
    "program": "os.execv('/bin/true', ['true'])",
    "memory file": "os.memfd_create('x')",
    "outlive its parent": "call(157, 1, 0, 0, 0, 0)",
    "user namespace": "call(272, 0x10000000)",
    "other user": "os.setresuid(65534, 65534, 65534)",
    # the outside
    "unix by path": "socket.socket(socket.AF_UNIX).connect('@FOLDER@/server.sock')",
    "unix abstract": "socket.socket(socket.AF_UNIX).connect('\\0@TOKEN@')",
    "datagram from a pair": "socket.socketpair(1, socket.SOCK_DGRAM)[0].sendmsg([b'x'], [], 0, '@FOLDER@/datagrams.sock')",
    "UDP": "udp()",
    "message queue": "call(68, @QUEUE@, 0)",
    "shared memory": "(lambda number: call(31, number, 0, 0))(call(29, 0, 4096, 0o1600))",
    # limits
    "memory": "len(__import__('mmap').mmap(-1, 3 << 30))",
    "open files": "dup_often()",
    "file of 17 MiB": "os.ftruncate(os.open('large', os.O_RDWR | os.O_CREAT), 17 << 20)",
    "core dumps": "__import__('resource').setrlimit(4, (1 << 20, 1 << 20))",
    "more open files": "__import__('resource').setrlimit(7, (10_000, 10_000))",
    "own file without rights": "os.open(os.close(os.open('shut', os.O_CREAT | os.O_WRONLY, 0)) or 'shut', os.O_RDONLY)",
}  # fmt: skip


HELPERS = """
def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("127.0.0.1", @UDP@))
    return sock.send(b"x")
def dup_often():
    made = []
    try:
        for _number in range(300):
            made.append(os.dup(1))
    finally:
        for number in made:
            os.close(number)
"""


def case(expression: str, *grants: str, prepare: str = "", **more: Any) -> dict[str, Any]:
    return {"add": f"{HELPERS}{prepare}\nprobe('it', lambda: {expression})\n", "grants": grants, **more}


@pytest.mark.parametrize("case", [{}], ids=["honest"])
def test_honest_solution_is_graded(outcome: Any) -> None:
    """What all that is refused here is measured against."""
    assert (outcome.state, outcome.score, outcome.code) == ("graded", 11, 0)


@pytest.mark.parametrize("case", [pytest.param(case(text), id=name) for name, text in ATTEMPTS.items()])
def test_wall_stands(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert isinstance(outcome.probes["it"], str)
    assert outcome.probes["it"] in DENIED


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case("os.chmod('@CANARY@', 0)"), id="mode"),
        pytest.param(case("os.utime('@CANARY@', (1, 1))"), id="times"),
        pytest.param(case("os.setxattr('@CANARY@', 'user.x', b'y')"), id="attributes"),
    ],
)
def test_rights_and_times_outside_stay(outcome: Any) -> None:
    """That the canary is as before is checked for every outcome; the call itself may say that it is done."""
    assert (outcome.state, outcome.score) == ("graded", 11)


SEEN = {
    "what was typed": ("os.read(0, 100)", "b''"),
    "its environment": (
        "[name for name in os.environ if name not in ('HOME', 'LANG', 'PATH', 'PYTHONPATH', 'TMPDIR')]",
        "['PYTHONUNBUFFERED']",
    ),
    "mode of a new file": ("oct(os.fstat(os.open('new', os.O_CREAT | os.O_WRONLY, 0o666)).st_mode & 0o77)", "'0o0'"),
    "other modules than Python's own": ("__import__('wave').__file__.endswith('submission/wave.py')", "False"),
    "its own modules": ("__import__('flask').__file__.endswith('submission/flask.py')", "True"),
    "descriptors": ("[n for n in range(3, 99) if _open(n)][3:]", "[]"),
}
OPEN = """
def _open(number):
    try:
        return os.fstat(number)
    except OSError:
        return None
"""
#: What the loader left in memory: the arguments and the environment that this process's ancestor was started with.
MEMORY = """
def started_with():
    place = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "program_invocation_name").value
    found = []
    while text := ctypes.string_at(place):
        found.append(text.decode(errors="replace"))
        place += len(text) + 1
    return [text.partition("=")[0] for text in found if "=" in text and text[:1].isupper()]
"""


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        *(
            pytest.param(
                case(text, prepare=OPEN, files={"wave.py": "", "flask.py": ""} if "module" in name else {}), wanted, id=name
            )
            for name, (text, wanted) in SEEN.items()
        ),
        pytest.param(
            case("sorted(set(started_with()) - {'LC_CTYPE', 'PWD', 'OLDPWD', 'SHLVL'})", prepare=MEMORY),
            "['LANG', 'MALLOC_ARENA_MAX', 'PATH']",
            id="environment in memory",
        ),
    ],
)
def test_app_sees_no_more_than_this(outcome: Any, wanted: str) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert outcome.probes["it"] == ["got", wanted]


IN_NAMESPACES = {
    "host's name": (f"os.uname().nodename == {platform.node()!r}", "False"),
    "host's devices": ("os.path.exists('/dev/kmsg')", "False"),
    "host's users' files": ("os.path.exists('@CANARY@')", "False"),
    "host's processes": ("os.getpid() < 1000 and not os.path.exists('/proc/@PID@')", "True"),
}


@pytest.mark.parametrize(
    ("case", "wanted"), [pytest.param(case(text), wanted, id=name) for name, (text, wanted) in IN_NAMESPACES.items()]
)
def test_namespaces_show_nothing_of_the_host(outcome: Any, wanted: str, walls: str) -> None:
    if walls != "bubblewrap":
        pytest.skip("there are no namespaces without bubblewrap, and the list of layers says so")
    assert outcome.probes["it"] == ["got", wanted]


@pytest.mark.parametrize("case", [case("fill('/tmp', 8)", prepare="""
def fill(folder, files):
    for number in range(files):
        with open(f"{folder}/evil-@TOKEN@-{number}", "wb") as file:
            file.write(b"x" * (12 << 20))
        if number > 6:
            for number in range(files):
                os.unlink(f"{folder}/evil-@TOKEN@-{number}")
""")], ids=["temporary folder"])  # fmt: skip
def test_temporary_folder_of_the_system_cannot_be_filled(outcome: Any) -> None:
    assert isinstance(outcome.probes["it"], str)
    assert outcome.probes["it"] in DENIED | {"ENOSPC"}


THREADS = """
def start():
    threading.stack_size(64 << 10)
    gate, count = threading.Event(), 0
    try:
        for count in range(600):
            threading.Thread(target=gate.wait, daemon=True).start()
    except RuntimeError:
        pass
    gate.set()
    return count < 420
"""


@pytest.mark.parametrize("case", [case("start()", prepare=THREADS)], ids=["600 threads"])
def test_tasks_are_counted_where_they_can_be(outcome: Any, walls: str) -> None:
    release = [int(part) for part in os.uname().release.split(".")[:2] if part.isdigit()]
    if walls != "bubblewrap" or (os.geteuid() == 0 and release < [6, 14]):
        pytest.skip("tasks of one submission cannot be counted here")
    assert outcome.probes["it"] == ["got", "True"]


@pytest.mark.parametrize("case", [case("oct(os.stat('..').st_mode & 0o77)")], ids=["folder of the grade"])
def test_folder_of_a_grade_is_closed_to_other_users(outcome: Any, walls: str) -> None:
    if walls != "bubblewrap":  # there it is another folder
        assert outcome.probes["it"] == ["got", "'0o0'"]


SPIN = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass\n"


@pytest.mark.parametrize(
    "case", [{"add": SPIN, "limits": {"CPU": 2}, "args": ("--start-limit", "15", "--total-limit", "20")}], ids=["spins"]
)
def test_processor_time_of_an_exercise_is_limited(outcome: Any) -> None:
    assert (outcome.state, outcome.problem.get("kind")) in (("ungradable", "ended_at_start"), ("limit", "ended_at_start"))
