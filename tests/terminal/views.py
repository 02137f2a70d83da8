"""How the states look where: widths, pipes, poor encodings, no colour. `python -m tests.terminal` writes the goldens anew."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
GOLDENS = Path(__file__).with_name("goldens")
#: Name → columns of the terminal (None: a pipe) and what the environment adds.
VIEWS: dict[str, tuple[int | None, dict[str, str]]] = {
    "tty-60": (60, {"NO_COLOR": "1"}),
    "tty-80": (80, {"NO_COLOR": "1"}),
    "tty-120": (120, {"NO_COLOR": "1"}),
    "tty-colour": (100, {}),
    "tty-dumb-ascii": (80, {"NO_COLOR": "1", "PYTHONIOENCODING": "ascii"}),
    "pipe": (None, {}),
    "pipe-forced-colour": (None, {"FORCE_COLOR": "1"}),
    "pipe-latin-1": (None, {"PYTHONIOENCODING": "iso8859-1"}),
}
COMMAND = [sys.executable, "-m", "tests.terminal.states"]


def show(name: str) -> str:
    """Return what a view shows; escape sequences are written as ␛."""
    columns, more = VIEWS[name]
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
    env = {**kept, "PYTHONPATH": str(REPOSITORY), **more}
    if columns is None:
        done = subprocess.run(COMMAND, cwd=REPOSITORY, env=env, capture_output=True, check=True)
        data = done.stdout
    else:
        data = _in_terminal(columns, env)
    text = data.decode("latin-1" if "8859" in more.get("PYTHONIOENCODING", "") else "utf-8")
    return text.replace("\r\n", "\n").replace("\x1b", "␛")


def _in_terminal(columns: int, env: dict[str, str]) -> bytes:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(COMMAND, cwd=REPOSITORY, env=env, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        data = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            data += piece
        os.close(master)
        assert process.wait() == 0, data
    return data
