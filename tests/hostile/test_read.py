"""A submission finds neither the suite nor anything else that is not its own, and can send nothing out."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.hostile

FILES = """
def read(path):
    return lambda: open(path, "rb").read(2000)
for name, path in {
    "canary": "@CANARY@", "suite": "@SUITE@", "plugin": "@PACKAGE@/suite/plugin.py", "session": "@PACKAGE@/session/grade.py",
    "shadow": "/etc/shadow", "key": os.path.expanduser("~root/.ssh/id_rsa"), "bashrc": "/root/.bashrc",
}.items():
    probe(f"open {name}", read(path))
for name, path in {
    "suite": os.path.dirname("@SUITE@"), "exercise": os.path.dirname(os.path.dirname("@SUITE@")), "folder": "@FOLDER@",
    "package": "@PACKAGE@", "root": "/root", "temporary": "@FOLDER@/t",
}.items():
    probe(f"list {name}", lambda path=path: os.listdir(path))
probe("O_PATH and openat", lambda: os.read(os.open("app.py", os.O_RDONLY,
      dir_fd=os.open(os.path.dirname("@SUITE@"), os.O_PATH)), 10))
os.symlink("@SUITE@", "link_to_suite.py")
probe("symlink to the suite", read("link_to_suite.py"))
os.symlink("@CANARY@", os.path.join(os.environ["TMPDIR"], "link"))
probe("symlink to the canary", read(os.path.join(os.environ["TMPDIR"], "link")))
probe("hard link to the suite", lambda: os.link("@SUITE@", "hard.py"))
probe("hard link to the canary", lambda: os.link("@CANARY@", "hard.txt"))
probe("import the suite", lambda: __import__("gradewright.suite.plugin"))
probe("import the session", lambda: __import__("gradewright.session"))
probe("sqlite attach", lambda: __import__("sqlite3").connect("file:@CANARY@?mode=ro", uri=True).execute("select 1 from x"))
probe("mmap", lambda: __import__("mmap").mmap(os.open("@CANARY@", os.O_RDONLY), 0, prot=1))
"""

PROC = """
def read(path):
    return lambda: open(path, "rb").read(2000)
parent = os.getppid()
# Not itself and its threads: in a namespace of its own they may well be the next after its parent.
own = {os.getpid(), *(thread.native_id for thread in threading.enumerate())}
for pid in {*range(parent - 1, parent + 5), 1} - own:
    for name in ("mem", "environ", "cmdline", "maps", "status"):
        probe(f"/proc/{pid - parent:+}/{name}", read(f"/proc/{pid}/{name}"))
    for name in ("root", "cwd", "fd"):
        probe(f"/proc/{pid - parent:+}/{name}/", lambda pid=pid, name=name: os.listdir(f"/proc/{pid}/{name}"))
probe("/proc", lambda: os.listdir("/proc"))
probe("root of itself", read("/proc/self/root/@CANARY@"))
probe("/sys", lambda: os.listdir("/sys"))
probe("/dev/mem", read("/dev/mem"))
probe("/dev/kmsg", read("/dev/kmsg"))
"""

NETWORK = """
def _is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
def send(family, kind, address, protocol=0):
    def run():
        sock = socket.socket(family, kind, protocol)
        if kind == socket.SOCK_DGRAM:
            return sock.sendto(b"suite", address)
        sock.connect(address)
        return sock.send(b"suite")
    return run
probe("TCP", send(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", @PORT@)))
probe("TCP 6", send(socket.AF_INET6, socket.SOCK_STREAM, ("::1", @PORT@)))
probe("UDP", send(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", @UDP@)))
probe("raw", send(socket.AF_INET, socket.SOCK_RAW, ("127.0.0.1", 0), 1))
probe("vsock", send(40, socket.SOCK_STREAM, (2, 22)))
probe("netlink", lambda: socket.socket(16, socket.SOCK_RAW, 0))
probe("packet", lambda: socket.socket(17, socket.SOCK_RAW, 3))
probe("alg", lambda: socket.socket(38, socket.SOCK_SEQPACKET, 0))
probe("bluetooth", lambda: socket.socket(31, socket.SOCK_RAW, 1))
probe("unix by path", send(socket.AF_UNIX, socket.SOCK_STREAM, "@FOLDER@/server.sock"))
probe("unix abstract", send(socket.AF_UNIX, socket.SOCK_STREAM, "\\0@TOKEN@"))
probe("unix datagram", send(socket.AF_UNIX, socket.SOCK_DGRAM, "\\0@TOKEN@"))
def from_pair(kind, address):
    def run():
        one, _two = socket.socketpair(socket.AF_UNIX, kind)
        return one.sendmsg([b"suite"], [], 0, address)
    return run
probe("datagram pair", from_pair(socket.SOCK_DGRAM, "\\0@TOKEN@"))
probe("stream pair", from_pair(socket.SOCK_STREAM, "\\0@TOKEN@"))
probe("inet pair", lambda: socket.socketpair(socket.AF_INET))
probe("DNS", lambda: socket.getaddrinfo("example.com", 80))
probe("connect an inherited socket", lambda: [socket.socket(fileno=os.dup(n)).connect("@FOLDER@/server.sock")
      for n in range(3, 20) if _is_socket(n)][0])
probe("bind", lambda: socket.socket().bind(("127.0.0.1", 0)))
"""

#: What a denial may look like. ENOENT: bubblewrap does not even mount it. The names in small letters are Python's wrappings.
DENIED = {
    "EACCES", "EPERM", "ENOENT", "ENOSYS", "EXDEV", "ENOTDIR", "ModuleNotFoundError", "OperationalError", "gaierror",
    "EISCONN", "EOPNOTSUPP",
}  # fmt: skip
CONTROL = "probe('control', lambda: open('app.py').read(4))\n"
CASES = {name: {"add": source + CONTROL} for name, source in (("files", FILES), ("proc", PROC), ("network", NETWORK))}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_every_attempt_is_denied_and_grading_goes_on(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    probes = outcome.probes
    assert probes.pop("control") == ["got", "'from'"]
    assert len(probes) >= 18
    assert {name: met for name, met in probes.items() if isinstance(met, list) or met not in DENIED} == {}


INSIDE = """
wanted = ["test_" + "refused_request_is_not_counted", "test_" + "overridden_guard_lets_all_in", "canary" + "-"]
planted = ["planted " + wanted[0]]
gc.unfreeze()
def search():
    found, seen = [], set()
    for held in gc.get_objects():
        for value in (held, *gc.get_referents(held)):
            if isinstance(value, (str, bytes, bytearray)) and id(value) not in seen:
                seen.add(id(value))
                text = value if isinstance(value, str) else bytes(value).decode("latin-1")
                if any(word in text for word in wanted) and text not in wanted and "wanted = " not in text:
                    found.append(text[:80].replace("_", " "))
    return found, len(seen) > 10_000
def descriptors():
    kinds = []
    for number in range(3, 1024):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        kinds.append({stat.S_IFSOCK: "socket", stat.S_IFREG: "file", stat.S_IFDIR: "folder"}.get(stat.S_IFMT(mode), hex(mode)))
        if stat.S_ISREG(mode):
            probe("the file among them", lambda: os.pread(number, 100, 0))
    return sorted(kinds)
trusted = ("pytest", "_pytest", "httpx", "gradewright.s", "gradewright.client", "gradewright.worker_control")
probe("strings", search)
running = [frame.f_code.co_filename for frame in sys._current_frames().values()]
probe("frames", lambda: sorted(name for name in running if "/suite/" in name))
probe("modules", lambda: sorted(name for name in sys.modules if name.startswith(trusted) and name != "gradewright.sandbox"
      and not name.startswith("gradewright.sandbox.")))
probe("environment", lambda: sorted(os.environ))
probe("descriptors", descriptors)
probe("arguments", lambda: sys.argv)
"""


@pytest.mark.parametrize("case", [{"add": INSIDE}], ids=["inside its own process"])
def test_nothing_secret_is_in_the_process(outcome: Any) -> None:
    assert (outcome.state, outcome.score) == ("graded", 11)
    met = outcome.probes
    # The search finds what was planted for it, and nothing else.
    assert met["strings"] == ["got", "(['planted test refused request is not counted'], True)"]
    assert met["frames"] == met["modules"] == ["got", "[]"]
    assert met["environment"] == ["got", "['HOME', 'LANG', 'PATH', 'PYTHONUNBUFFERED', 'TMPDIR']"]
    # The listening socket, the control socket, and the file for crash dumps, which is empty.
    assert met["descriptors"] == ["got", "['file', 'socket', 'socket']"]
    assert met["the file among them"] == ["got", "b''"]
    assert met["arguments"] == ["got", "['uvicorn', 'app:app']"]
