"""A WebSocket's bytes: sent and received at once, parsed without I/O, capped in everything a hostile server may send.

Reading goes on while something is being sent, so an app that sends before it receives cannot deadlock a test.
"""

from __future__ import annotations

import collections
import math
import select
import socket
from collections.abc import Callable, Sequence
from typing import Any

from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from gradewright.client import wire
from gradewright.client.failures import BadReply

#: Bytes of one message, fragments together.
MAX_MESSAGE = 1 << 20
#: Bytes of all that one socket receives.
MAX_RECEIVED = 16 << 20
#: Messages waiting to be read; also pings, pongs and fragments in all: an empty one is two bytes and costs us far more.
MAX_UNREAD = 10_000
#: Characters of the transcript's beginning, and lines of its end.
KEEP_HEAD, KEEP_TAIL, KEEP_LINE = 3000, 8, 200

Message = dict[str, Any]


class Transcript:
    """Who sent what, one line a message: the first ones and the last ones."""

    def __init__(self) -> None:
        self._head: list[str] = []
        self._room = KEEP_HEAD
        self._tail: collections.deque[str] = collections.deque(maxlen=KEEP_TAIL)
        self._later = 0

    def add(self, arrow: str, data: str | bytes) -> None:
        text = data if isinstance(data, str) else f"<{len(data)} bytes> {data[:64].hex(' ')}"
        line = f"{arrow} {text[:KEEP_LINE]}{'…' if len(text) > KEEP_LINE else ''}".replace("\r", "\\r").replace("\n", "\\n")
        if not self._later and len(line) <= self._room:
            self._room -= len(line)
            self._head.append(line)
        else:
            self._later += 1
            self._tail.append(line)

    def text(self) -> str:
        left_out = self._later - len(self._tail)
        return "\n".join([*self._head, *([f"… ({left_out} more)"] if left_out else []), *self._tail])


class Connection:
    """A connected socket and its parser. Not for use from two threads at once.

    `answer` is the reply to the handshake; `messages` are ASGI messages not read yet; `closed` is the close message that ends
    them. After a cap or the protocol was broken, every use raises the same BadReply.
    """

    def __init__(self, sock: socket.socket, subprotocols: Sequence[str] | None) -> None:
        # No extensions: a compressed megabyte would be a gigabyte here.
        offered = [Subprotocol(name) for name in subprotocols] if subprotocols else None
        self._protocol = ClientProtocol(parse_uri("ws://testserver/"), subprotocols=offered, max_size=MAX_MESSAGE)
        self._sock = sock
        sock.setblocking(False)
        self._out = bytearray()
        self._parts = bytearray()
        self._kind = Opcode.BINARY
        self._received = 0
        self._small = 0
        self._broken: BadReply | None = None
        self.ended = False
        self.answer: Response | None = None
        self.messages: collections.deque[Message] = collections.deque()
        self.closed: Message | None = None
        self.transcript = Transcript()

    @property
    def key(self) -> str:
        """The handshake's Sec-WebSocket-Key."""
        return self._protocol.key

    @property
    def subprotocol(self) -> str | None:
        return self._protocol.subprotocol

    @property
    def open(self) -> bool:
        """Whether messages may be sent."""
        return self._protocol.state is State.OPEN and not self.ended and self._broken is None

    @property
    def handshake_error(self) -> Exception | None:
        """Why the handshake failed; a refusal with a proper HTTP reply is one of the reasons."""
        return self._protocol.handshake_exc

    # Sending

    def write(self, data: bytes) -> None:
        """Queue raw bytes, for the handshake."""
        self._out += data

    def send(self, data: str | bytes) -> None:
        """Queue one message."""
        self.transcript.add("→", data)
        if isinstance(data, str):
            self._protocol.send_text(data.encode())
        else:
            self._protocol.send_binary(data)
        self._collect()

    def send_close(self, code: int, reason: str) -> None:
        """Queue a close frame. Raises websockets' ProtocolError for a code that may not be sent."""
        self.transcript.add("→", f"close {code} {reason}".rstrip())
        self._protocol.send_close(code, reason)
        self._collect()

    # Moving bytes

    def pump(self, deadline: float, until: Callable[[], bool]) -> None:
        """Send what is queued and receive, until `until()` or the end of the connection.

        `deadline` is in monotonic seconds. Raises DeadlinePassed, BadReply or OSError.
        """
        self._check()
        while (self._out or not until()) and not self.ended:
            self._step(wire.remaining(deadline))

    def drain(self, deadline: float) -> None:
        """Receive what has arrived already, without waiting for more. Raises as `pump` does."""
        self._check()
        while not self.ended and self._step(0.0):
            wire.remaining(deadline)

    def drop(self) -> None:
        """Close the socket without a close frame; what is unread stays readable."""
        self.ended = True
        self.closed = self.closed or _close_message(1006, "")
        self._sock.close()

    def _check(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _step(self, wait: float) -> bool:
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | (select.POLLOUT if self._out else 0))
        ready = poll.poll(math.ceil(wait * 1000))
        for _descriptor, events in ready:
            if events & select.POLLOUT:
                self._write()
            if events & ~select.POLLOUT:
                self._read()
        return bool(ready)

    def _write(self) -> None:
        try:
            del self._out[: self._sock.send(self._out)]
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            # The server is gone; what it sent before that is still to be read.
            self._out.clear()

    def _read(self) -> None:
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self._received += len(data)
        if self._received > MAX_RECEIVED:
            self._break(f"the server sent more than {MAX_RECEIVED >> 20} MiB on one WebSocket")
        if data:
            self._protocol.receive_data(data)
        else:
            self.ended = True
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self.answer = event
            elif isinstance(event, Frame):
                self._on_frame(event)
        self._collect()
        error = self._protocol.parser_exc
        if isinstance(error, PayloadTooBig):
            self._break(f"the server sent a message larger than {MAX_MESSAGE >> 20} MiB")
        if error is not None and not isinstance(error, EOFError):
            self._break(f"the server broke the WebSocket protocol: {str(error)[:200]}")
        if len(self.messages) > MAX_UNREAD or self._small > MAX_UNREAD:
            self._break(f"the server sent more than {MAX_UNREAD} messages that nobody asked for")
        if self.ended:
            self.closed = self.closed or _close_message(1006, "")

    def _on_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            close = self._protocol.close_rcvd
            assert close is not None
            self.closed = _close_message(int(close.code), close.reason)
            # An echo of our own close is the protocol's, not the app's.
            if self._protocol.close_rcvd_then_sent or close != self._protocol.close_sent:
                self.transcript.add("←", f"close {int(close.code)} {close.reason}".rstrip())
            return
        if frame.opcode in (Opcode.PING, Opcode.PONG) or not frame.fin:
            self._small += 1
        if frame.opcode in (Opcode.PING, Opcode.PONG):
            return
        if frame.opcode is not Opcode.CONT:
            self._kind = frame.opcode
        self._parts += frame.data
        if not frame.fin:
            return
        data, self._parts = bytes(self._parts), bytearray()
        if self._kind is Opcode.BINARY:
            self.messages.append({"type": "websocket.send", "bytes": data})
            self.transcript.add("←", data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._break("the server sent a text message that is not UTF-8")
        self.messages.append({"type": "websocket.send", "text": text})
        self.transcript.add("←", text)

    def _collect(self) -> None:
        self._out += b"".join(self._protocol.data_to_send())

    def _break(self, why: str) -> Any:
        self._broken = BadReply(why)
        self.drop()
        raise self._broken


def _close_message(code: int, reason: str) -> Message:
    return {"type": "websocket.close", "code": code, "reason": reason}
