"""Control messages between the grader, the zygote and the workers: length-prefixed JSON over Unix stream sockets.

Standard library only: the zygote imports this before anything else, and so does the grader's child. A message is a JSON
object behind a 4-byte big-endian length. What arrives is parsed and checked for shape and size, never executed, since a
worker's end of the socket is in the hands of the submission.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator, Sequence
from typing import Any

Message = dict[str, Any]

#: Largest message in bytes. An OpenAPI document of a few hundred routes is below 1 MiB.
MAX_MESSAGE = 4 * 1024 * 1024
#: Most file descriptors one message may carry.
MAX_FDS = 8

_HEADER = struct.Struct(">I")
#: Bytes before the body.
HEADER_SIZE = _HEADER.size


class ProtocolError(Exception):
    """What arrived is not a message: too large, not JSON, or not a JSON object."""


def pack(message: Message) -> bytes:
    """Return `message` as bytes: 4-byte length, then UTF-8 JSON."""
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > MAX_MESSAGE:
        raise ProtocolError(f"message of {len(body)} bytes, at most {MAX_MESSAGE} are allowed")
    return _HEADER.pack(len(body)) + body


def unpack(body: bytes) -> Message:
    """Return the message that these bytes of JSON are. Raises ProtocolError on anything but a JSON object."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {type(error).__name__}") from None
    if not isinstance(message, dict):
        raise ProtocolError("a message must be a JSON object")
    return message


def length_of(header: bytes | bytearray) -> int:
    """Return how many bytes of body follow this header. Raises ProtocolError when that is more than MAX_MESSAGE."""
    length: int = _HEADER.unpack_from(header)[0]
    if length > MAX_MESSAGE:
        raise ProtocolError(f"message of {length} bytes announced, at most {MAX_MESSAGE} are allowed")
    return length


class Decoder:
    """Turns a byte stream into messages. Feed it what arrived; iterate over what is complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield each message that `data` completes. Raises ProtocolError on anything else."""
        self._buffer += data
        while len(self._buffer) >= HEADER_SIZE:
            end = HEADER_SIZE + length_of(self._buffer)
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[HEADER_SIZE:end])
            del self._buffer[:end]
            yield unpack(body)


class Channel:
    """One end of a control socket, blocking, for a single reader. Writers must not share it without a lock."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._decoder = Decoder()
        self._ready: list[Message] = []
        self._fds: list[int] = []

    def send(self, message: Message, fds: Sequence[int] = ()) -> None:
        """Send `message`; `fds` travel with its first byte, and the message says how many they are."""
        data = pack({**message, "fds": len(fds)} if fds else message)
        if fds:
            sent = socket.send_fds(self.sock, [data], list(fds))
            data = data[sent:]
        if data:
            self.sock.sendall(data)

    def receive(self) -> tuple[Message, list[int]]:
        """Return the next message and the descriptors that came with it. Raises EOFError when the peer is gone.

        One read may bring several messages, and the descriptors of the last of them: each message takes as many as it
        announces. Poll on `fileno` only while `pending` is False.
        """
        while not self._ready:
            data, new, _flags, _address = socket.recv_fds(self.sock, 65536, MAX_FDS)
            self._fds += new
            if not data:
                raise EOFError("the other end of the control socket is closed")
            self._ready += self._decoder.feed(data)
        message = self._ready.pop(0)
        announced = message.pop("fds", 0)
        count = announced if isinstance(announced, int) else 0
        fds, self._fds = self._fds[:count], self._fds[count:]
        return message, fds

    @property
    def pending(self) -> bool:
        """Whether a message that has been read already waits to be returned."""
        return bool(self._ready)

    def fileno(self) -> int:
        return self.sock.fileno()

    def close(self) -> None:
        self.sock.close()
