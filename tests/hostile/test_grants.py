"""A grant gives what it says and not a hand's breadth more, to an app that asks for the rest."""

from __future__ import annotations

import platform
from typing import Any

import pytest

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="system calls are named by their x86_64 numbers"),
]

DENIED = {"EACCES", "EPERM", "ENOENT", "ENOSYS", "EPROTONOSUPPORT", "EFBIG", "ENETUNREACH", "EOPNOTSUPP", "EINVAL", "EISCONN"}

CLONE = """
def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("127.0.0.1", @UDP@))
    return sock.send(b"x")
def clone(flags):
    pid = call(56, flags | 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "cloned"
def in_child(function):
    pid = os.fork()
    if pid == 0:
        try:
            function()
        except OSError as error:
            os._exit(error.errno)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        raise OSError(code, "in a child")
def own_program():
    target = os.open("own", os.O_CREAT | os.O_WRONLY, 0o755)
    with open(sys.executable, "rb") as source, open(target, "wb") as own:
        own.write(source.read(15 << 20))
    pid = os.fork()
    if pid == 0:
        try:
            os.execv("own", ["own", "-c", "pass"])
        except OSError as error:
            os._exit(error.errno)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code in (errno.EACCES, errno.EPERM):
        raise OSError(code, "exec")
    return code
def program(path):
    pid = os.fork()
    if pid == 0:
        try:
            os.execv(path, [path])
        except OSError as error:
            os._exit(error.errno)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == errno.EACCES:
        raise OSError(code, "exec")
    return code
def tcp(protocol):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)
    sock.settimeout(2)
    sock.connect(("127.0.0.1", @PORT@))
FAST_OPEN = 0x20000000
def fast_open(name):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(2)
    if name == "sendto":
        return sock.sendto(b"x", FAST_OPEN, ("127.0.0.1", @PORT@))
    return sock.sendmsg([b"x"], [], FAST_OPEN, ("127.0.0.1", @PORT@))
"""
UPSTREAM = {
    "UDP": "udp()",
    "TCP to another port": "tcp(0)",
    "multipath TCP to another port": "tcp(262)",
    "SCTP": "tcp(132)",
    "SMC": "tcp(256)",
    "fast open by sendto": "fast_open('sendto')",
    "fast open by sendmsg": "fast_open('sendmsg')",
    "path of another server": "socket.socketpair()[0].connect('@FOLDER@/server.sock') or socket.socket(1).connect('x')",
    "listening": "socket.socket().bind(('127.0.0.1', 0))",
    "fork": "os.fork() or os._exit(0)",
}
ATTEMPTS: dict[str, dict[str, str]] = {
    "processes": {
        "a program": "program('/usr/bin/env')",
        "a program of its own": "own_program()",
        "namespaces": "clone(0x10000000)",
        "connect": "tcp(0)",
        "own session": "in_child(os.setsid)",
    },
    "exec": {"a program of its own": "own_program()", "namespaces": "clone(0x10000000)", "connect": "tcp(0)"},
    "big_files": {"2 GiB": "os.ftruncate(os.open('big', os.O_RDWR | os.O_CREAT), 2 << 30)", "connect": "tcp(0)"},
    "tcp_listen": {
        "another port": "socket.socket().bind(('127.0.0.1', 0))",
        "connect": "tcp(0)",
        "fork": "os.fork() or os._exit(0)",
        "UDP": UPSTREAM["UDP"],
    },
    "tcp_probe": {"TCP to another port": "tcp(0)", "listening": UPSTREAM["listening"], "UDP": UPSTREAM["UDP"]},
    "upstream": UPSTREAM,
    "redis": {"TCP to another port": "tcp(0)", "listening": UPSTREAM["listening"]},
    "pytest": {"fork": "os.fork() or os._exit(0)", "connect": "tcp(0)"},
}


def case(grant: str, expression: str) -> dict[str, Any]:
    return {"add": f"{CLONE}\nprobe('it', lambda: {expression})\n", "grants": [grant]}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case(grant, text), id=f"{grant}: {name}")
        for grant, attempts in ATTEMPTS.items()
        for name, text in attempts.items()
    ],
)
def test_grant_gives_no_more_than_it_says(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert isinstance(outcome.probes["it"], str)
    assert outcome.probes["it"] in DENIED
    assert outcome.seconds < 40


PRIVILEGES = "call(157, 39, 0, 0, 0, 0)"


@pytest.mark.parametrize("case", [case("exec", PRIVILEGES)], ids=["exec"])
def test_started_programs_gain_no_rights(outcome: Any) -> None:
    """A set-user-id program on the PATH may be executed under the grant; it must run with the app's rights."""
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert outcome.probes["it"] == ["got", "1"]


@pytest.mark.parametrize("case", [case("processes", "clone(0)")], ids=["processes"])
def test_what_is_granted_works(outcome: Any) -> None:
    """Else the refusals above would prove nothing."""
    assert (outcome.state, outcome.score) == ("graded", 11)
    assert outcome.probes["it"] == ["got", "'cloned'"]
