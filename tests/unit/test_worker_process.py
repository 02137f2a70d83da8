"""What the grader hears of a worker arrives on two sockets: the worker's own words and the zygote's word of its end."""

import os
import socket
from collections.abc import Callable

import pytest

from gradewright.protocol import pack
from gradewright.worker_control.process import WorkerProcess


class IdlePump:
    """Watches nothing: the test says when a descriptor is read."""

    def add(self, descriptor: int, callback: Callable[[], bool]) -> None:
        self.last = callback


@pytest.fixture
def worker_and_its_end(tmp_path):
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    worker = WorkerProcess(1, str(tmp_path / "1.sock"), ours, reading, os.open(os.devnull, os.O_RDWR), IdlePump())
    yield worker, theirs
    worker.close()
    theirs.close()
    os.close(writing)


def test_problem_reported_just_before_the_end_is_not_lost(worker_and_its_end):
    worker, theirs = worker_and_its_end
    theirs.sendall(pack({"event": "problem", "kind": "import_error", "exception": "ImportError", "message": "no module"}))
    theirs.close()
    worker.on_exit({"code": 0})
    assert worker.ending == {"code": 0}
    assert worker.problem is not None
    assert worker.problem["kind"] == "import_error"


def test_end_is_known_though_a_grandchild_keeps_the_socket_open(worker_and_its_end):
    worker, _theirs = worker_and_its_end
    worker.on_exit({"signal": 9})
    assert worker.dead
    assert worker.problem is None
