"""The grader's own channels under the conditions that hangs create: a worker is killed and the next one started at once."""

from __future__ import annotations

import os
import socket

from gradewright.protocol import Channel


def test_descriptors_belong_to_the_message_that_announces_them() -> None:
    """Ending a worker and starting the next are two messages that may arrive in one read."""
    ours, theirs = socket.socketpair()
    sender, receiver = Channel(ours), Channel(theirs)
    read, write = os.pipe()
    sender.send({"op": "signal", "id": 1})
    sender.send({"op": "fork", "id": 2}, [write])
    assert receiver.receive() == ({"op": "signal", "id": 1}, [])
    assert receiver.pending, "nothing will announce the second message again"
    message, fds = receiver.receive()
    assert (message, len(fds), receiver.pending) == ({"op": "fork", "id": 2}, 1, False)
    os.write(fds[0], b"x")
    assert os.read(read, 1) == b"x"
    for descriptor in (read, write, *fds):
        os.close(descriptor)
    sender.close()
    receiver.close()
