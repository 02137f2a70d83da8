"""The worker's end of the control socket, when learner code runs in places nobody chose: the garbage collector calls a
finalizer on whatever thread it is at, and a finalizer may call a twin."""

import gc
import socket
import threading

import pytest

from gradewright.protocol import Channel
from gradewright.worker import twins
from gradewright.worker.link import Link


class Garbage:
    """A cycle that calls a twin when it is collected."""

    def __init__(self, found):
        self.me, self.found = self, found

    def __del__(self):
        self.found.append(twins.call("service.close"))


class Collects(dict):
    """A value that runs the collector while it is being encoded."""

    def items(self):
        gc.collect()
        return super().items()


@pytest.fixture
def grader():
    """The grader's end of a link, whose commands are answered; nothing is collected but where a test says so."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    link = Link(theirs)
    ended = threading.Event()
    link.real_exit = lambda _code: ended.set()
    answers = twins.Twins(link.send, link.wait_for)
    twins.connect(answers)
    link.commands["twin"] = answers.answer
    link.commands["collect"] = lambda _message: gc.collect() and "collected"
    link.commands["plain"] = lambda _message: "plain"
    gc.collect()
    gc.disable()
    link.start_commands()
    channel = Channel(ours)
    channel.link = link
    yield channel
    gc.enable()
    ours.close()
    assert ended.wait(5)
    theirs.close()


def answer(grader, call, value):
    grader.send({"op": "twin", "id_of_call": call["id"], "value": value})


def test_a_finalizer_on_the_control_thread_gets_its_answer(grader):
    found = []
    Garbage(found)
    grader.send({"op": "collect", "id": 1})
    call, _fds = grader.receive()
    assert call["name"] == "service.close"
    # The thread that waits for this answer is the one that reads it, and others' messages come first.
    grader.send({"op": "plain", "id": 2})
    assert grader.receive()[0] == {"reply": 2, "value": "plain"}
    answer(grader, call, "closed")
    assert grader.receive()[0] == {"reply": 1, "value": "collected"}
    assert found == ["closed"]


def test_a_finalizer_in_the_middle_of_sending_sends_its_own_message_first(grader):
    found = []
    Garbage(found)
    sender = threading.Thread(target=grader.link.send, args=({"event": "outer", "value": Collects(a=1)},), daemon=True)
    sender.start()
    call, _fds = grader.receive()
    assert call["name"] == "service.close"
    answer(grader, call, "closed")
    assert grader.receive()[0] == {"event": "outer", "value": {"a": 1}}
    sender.join(5)
    assert found == ["closed"]


def test_a_message_taken_while_another_was_awaited_is_not_read_twice(grader):
    replies = []
    for number in range(100):
        found = []
        Garbage(found)
        grader.send({"op": "collect", "id": f"collect {number}"})
        grader.send({"op": "plain", "id": f"plain {number}", "padding": "x" * (number * 37)})
        call, _fds = grader.receive()
        answer(grader, call, number)
        replies += [grader.receive()[0]["reply"] for _reply in range(2)]
        assert found == [number]
    assert replies == [name for number in range(100) for name in (f"plain {number}", f"collect {number}")]
