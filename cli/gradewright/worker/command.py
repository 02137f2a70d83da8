"""Runs a server of the learner's own (gunicorn, a container's entry point) instead of importing an app.

It listens on TCP inside the sandbox. A relay, a process of ours beside it, carries connections from the grader's Unix socket
to it and tells the grader when it first answers.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time

from gradewright.protocol import Channel
from gradewright.relay import relay

POLL = 0.02
START_LIMIT = 30.0
#: Seconds for what a command has said just before its end.
LAST_WORDS = 1.0


def execute(argv: list[str], port: int) -> None:
    """Replace this process, which is behind its walls by now, by the command; PORT is `port`, unless that is 0."""
    if port:
        os.environ["PORT"] = str(port)
    os.environ["PATH"] = os.pathsep.join((os.path.join(sys.prefix, "bin"), os.environ.get("PATH", "")))
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - behind the walls, what may be executed is decided there
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        os._exit(127)


def serve_relay(listen: int, control: int, port: int) -> None:
    """Relay connections to 127.0.0.1:`port`; say `ready` once it accepts. SIGTERM says that the command has ended."""
    signal.signal(signal.SIGTERM, _end)
    halves: list[threading.Event] = []
    try:
        _accept(listen, control, port, halves)
    finally:
        deadline = time.monotonic() + LAST_WORDS
        for half in halves:
            half.wait(max(0.0, deadline - time.monotonic()))


def _end(_number: int, _frame: object) -> None:
    raise SystemExit


def _accept(listen: int, control: int, port: int, halves: list[threading.Event]) -> None:
    channel = Channel(socket.socket(fileno=control))
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(POLL)
            continue
        channel.send({"event": "ready"})
        break
    listener = socket.socket(fileno=listen)
    while True:
        client, _address = listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            client.close()
            continue
        server.settimeout(None)
        halves[:] = [half for half in halves if not half.is_set()]
        halves.append(relay(client, server))
