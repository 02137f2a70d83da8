"""Control messages: framing, size limits, and what hostile bytes lead to."""

import json
import os
import socket
import struct

import pytest

from gradewright.protocol import MAX_MESSAGE, Channel, Decoder, ProtocolError, pack


def test_a_message_survives_the_round_trip_in_any_slicing():
    message = {"op": "fork", "text": "é\n", "n": [1, None, True]}
    data = pack(message) + pack({"second": 2})
    for size in (1, 3, 7, len(data)):
        decoder = Decoder()
        found = [item for start in range(0, len(data), size) for item in decoder.feed(data[start : start + size])]
        assert found == [message, {"second": 2}]


@pytest.mark.parametrize(
    "body",
    [b"[1]", b"7", b"null", b"not json", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000],
    ids=["list", "number", "null", "text", "bytes", "deep-list", "deep-object"],
)
def test_what_is_not_an_object_is_refused(body):
    with pytest.raises(ProtocolError):
        list(Decoder().feed(struct.pack(">I", len(body)) + body))


def test_an_announced_size_over_the_limit_is_refused_before_it_arrives():
    with pytest.raises(ProtocolError, match="announced"):
        list(Decoder().feed(struct.pack(">I", MAX_MESSAGE + 1)))


def test_a_message_over_the_limit_is_not_sent():
    with pytest.raises(ProtocolError):
        pack({"text": "x" * (MAX_MESSAGE + 1)})


def test_descriptors_travel_with_their_message():
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    with ours, theirs:
        Channel(ours).send({"op": "fork"}, [write])
        message, fds = Channel(theirs).receive()
        assert message == {"op": "fork"}
        assert len(fds) == 1
        os.write(fds[0], b"through")
        assert os.read(read, 10) == b"through"
        for descriptor in (read, write, *fds):
            os.close(descriptor)


def test_a_closed_peer_is_the_end_of_the_stream():
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(struct.pack(">I", 100) + json.dumps({"half": 1}).encode())
        theirs.shutdown(socket.SHUT_WR)
        with ours, pytest.raises(EOFError):
            Channel(ours).receive()
