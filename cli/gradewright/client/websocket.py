"""WebSockets of the suites' client, shaped like Starlette's WebSocketTestSession, over the worker's Unix socket.

That nothing was sent is proved by order, not by waiting: send a message that the app answers on the same socket, receive the
answer, then look at `pending()`.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Literal, NoReturn, Self

import httpx

from gradewright.client import wire
from gradewright.client.exchange import Exchange, shown_body, shown_headers
from gradewright.client.failures import BadReply, RequestFailed, WebSocketDenied, WebSocketDisconnect
from gradewright.client.frames import Connection, Message
from gradewright.client.socketcall import SocketCall
from gradewright.client.transport import DEATH_NOTICE, HEADER
from gradewright.worker_control.app import AppHandle

#: Seconds that the end of a block waits for the handler when a test has failed already.
LAST_WAIT = 1.0
_HANDSHAKE = frozenset(
    {"connection", "upgrade", "date", "server", "sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions"}
)


class WebSocketSession:
    """One WebSocket; connects when its `with` block begins, and at its end waits until the app's handler has ended.

    Everything that waits takes `timeout`, the seconds it may last in all. All methods raise RequestFailed: TimedOut, BadReply
    when the server breaks the protocol or a cap, ServerDied, and WebSocketDisconnect once the server has closed.
    `headers` are those of the handshake's reply.
    """

    def __init__(
        self,
        app: AppHandle,
        request: httpx.Request,
        record: Callable[[Exchange], None],
        subprotocols: Sequence[str] | None,
        cookies: httpx.Cookies,
        *,
        timeout: float | None = None,
        settle: bool = True,
    ) -> None:
        self._app = app
        self._request = request
        self._record = record
        self._subprotocols = list(subprotocols) if subprotocols else None
        self._cookies = cookies
        self._limit = app.launch.request_limit if timeout is None else timeout
        self._settle = settle
        self._call: SocketCall
        self._connection: Connection
        self.root_path = ""
        self.headers = httpx.Headers()
        self.exchange = Exchange(method="WS", target=request.url.raw_path.decode("ascii", "replace"))
        #: Lets a session stand where a check takes a reply, to mark its exchange.
        self.extensions = {"exchange": self.exchange}

    # The handshake

    def __enter__(self) -> Self:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._request.headers.raw]
        if self._subprotocols:
            headers.append(("sec-websocket-protocol", ", ".join(self._subprotocols)))
        self.exchange.headers = shown_headers(headers)
        self.exchange.overrides = [override.sentence for override in self._app.overrides]
        self._record(self.exchange)
        self._call = SocketCall(self._app, self.exchange)
        deadline = self._call.started + self._limit
        with self._call.failures(f"the handshake was not answered within {self._limit:g} s"):
            self._connection = self._call.connect(self._subprotocols, deadline)
            try:
                self._shake_hands(headers, deadline)
            except BaseException:
                self._connection.drop()
                raise
        return self

    def _shake_hands(self, headers: list[tuple[str, str]], deadline: float) -> None:
        connection = self._connection
        order: dict[str, Any] = {"id": self._call.number}
        if self.root_path:
            order["root_path"] = self.root_path
        lines = [f"GET {self.exchange.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() != "connection"]
        lines += ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"]
        lines += [f"sec-websocket-key: {connection.key}", f"{HEADER}: {json.dumps(order)}", "", ""]
        connection.write("\r\n".join(lines).encode("latin-1"))
        connection.pump(deadline, lambda: connection.answer is not None or connection.handshake_error is not None)
        answer, error = connection.answer, connection.handshake_error
        if answer is None:
            self._call.check_alive()
            raise BadReply(f"the handshake was not answered with complete HTTP ({str(error or 'the connection ended')[:200]})")
        self.exchange.status = answer.status_code
        self.headers = httpx.Headers(
            [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers.raw_items()]
        )
        self.exchange.content_type = self.headers.get("content-type", "")
        if error is None:
            self._keep_cookies(httpx.Response(101, headers=self.headers))
        elif answer.status_code < 200:
            raise BadReply(f"the handshake was answered with status {answer.status_code}, but wrongly: {str(error)[:200]}")
        else:
            self._denied(bytes(answer.body), deadline)

    def _denied(self, body: bytes, deadline: float) -> NoReturn:
        assert self.exchange.status is not None
        self.exchange.reply = shown_body(body)
        if self.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise BadReply("the refusal is encoded, though the request accepts only identity")
        if self._settle:
            with self._call.failures(f"the handshake was refused, but the handler did not end within {self._limit:g} s"):
                self._call.settle(deadline)
        reply = httpx.Response(self.exchange.status, headers=self.headers, content=body, extensions=self.extensions)
        self._keep_cookies(reply)
        code, reason = self._call.app_close or (None, "")
        if code is not None and not body:
            self.exchange.reply = f"← refused with close {code} {reason}".rstrip()
        raise WebSocketDenied(reply, code, reason, self.exchange.frames)

    def _keep_cookies(self, reply: httpx.Response) -> None:
        reply.request = self._request
        self._cookies.extract_cookies(reply)

    @property
    def accepted_subprotocol(self) -> str | None:
        return self._connection.subprotocol

    @property
    def extra_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that the app added when it accepted, names in lower case."""
        return [(name.lower(), value) for name, value in self.headers.raw if name.lower().decode() not in _HANDSHAKE]

    @property
    def error(self) -> str:
        """The exception that the handler ended with, as text; "" without one, or before it has ended. Self-reported."""
        return self._call.error

    @property
    def app_close(self) -> tuple[int, str] | None:
        """Code and reason of the close that the app sent, known once its handler has ended. Self-reported."""
        return self._call.app_close

    # Sending

    def send_text(self, data: str, timeout: float | None = None) -> None:
        self._send(data, timeout)

    def send_bytes(self, data: bytes, timeout: float | None = None) -> None:
        self._send(data, timeout)

    def send_json(self, data: Any, mode: Literal["text", "binary"] = "text", timeout: float | None = None) -> None:
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        self._send(text if mode == "text" else text.encode(), timeout)

    def _send(self, data: str | bytes, timeout: float | None) -> None:
        limit = self._limit if timeout is None else timeout
        with self._call.failures(f"the app did not take a message within {limit:g} s: nothing reads the socket"):
            deadline = time.monotonic() + limit
            self._connection.drain(deadline)
            if not self._connection.open:
                self._disconnected()
            self._connection.send(data)
            self._connection.pump(deadline, lambda: True)

    # Receiving

    def receive(self, timeout: float | None = None) -> Message:
        """Return the next message as the app sent it: {"type": "websocket.send", "text" | "bytes": …} or websocket.close."""
        limit = self._limit if timeout is None else timeout
        connection = self._connection
        with self._call.failures(f"no message within {limit:g} s"):
            if not connection.messages:
                connection.pump(time.monotonic() + limit, lambda: bool(connection.messages) or connection.closed is not None)
            return connection.messages.popleft() if connection.messages else self._closed()

    def receive_text(self, timeout: float | None = None) -> str:
        return str(self._receive("text", timeout))

    def receive_bytes(self, timeout: float | None = None) -> bytes:
        return bytes(self._receive("bytes", timeout))

    def receive_json(self, mode: Literal["text", "binary"] = "text", timeout: float | None = None) -> Any:
        """Return the next message's JSON value. Raises BadReply where it is none."""
        data = self._receive("text" if mode == "text" else "bytes", timeout)
        with self._call.failures():
            try:
                return json.loads(data)
            except RecursionError:
                raise BadReply("the message is JSON nested too deeply to be read") from None
            except ValueError as error:
                raise BadReply(f"the message is not JSON: {str(error)[:200]}") from None

    def _receive(self, kind: Literal["text", "bytes"], timeout: float | None) -> Any:
        message = self.receive(timeout)
        with self._call.failures():
            if message["type"] == "websocket.close":
                self._disconnected()
            if kind not in message:
                raise BadReply(
                    "a binary message came, not a text one" if kind == "text" else "a text message came, not a binary one"
                )
            return message[kind]

    def pending(self) -> list[Message]:
        """Return the messages that have arrived already, without waiting; they stay to be received."""
        with self._call.failures(f"the server was still sending after {self._limit:g} s"):
            self._connection.drain(time.monotonic() + self._limit)
            return list(self._connection.messages)

    def _closed(self) -> Message:
        closed = self._connection.closed or {"type": "websocket.close", "code": 1006, "reason": ""}
        if closed["code"] == 1006 and not self._call.left:
            self._call.settle_soon()
        return closed

    def _disconnected(self) -> NoReturn:
        closed = self._closed()
        raise WebSocketDisconnect(closed["code"], closed["reason"], self.exchange.error, self.exchange.frames)

    # The end

    def close(self, code: int = 1000, reason: str | None = None, *, settle: bool = True, timeout: float | None = None) -> None:
        """Close, and wait until the app's handler has ended. Closing twice, or after the server, only waits."""
        limit = self._limit if timeout is None else timeout
        deadline = time.monotonic() + limit
        with self._call.failures(f"the handler did not end within {limit:g} s of the socket's end"):
            self._call.left = True
            if self._connection.open:
                self._connection.send_close(code, reason or "")
            if settle:
                if not self._connection.ended:
                    self._connection.pump(deadline, lambda: False)
                self._call.settle(deadline)
            elif not self._connection.ended:
                with contextlib.suppress(wire.DeadlinePassed):
                    self._connection.pump(min(deadline, time.monotonic() + DEATH_NOTICE), lambda: False)

    def abort(self, *, settle: bool = True, timeout: float | None = None) -> None:
        """End the connection without a close frame, as a lost network does, and wait until the app's handler has ended."""
        limit = self._limit if timeout is None else timeout
        with self._call.failures(f"the handler did not end within {limit:g} s of the lost connection"):
            self._call.left = True
            self._connection.transcript.add("→", "(connection lost)")
            self._connection.drop()
            if settle:
                self._call.settle(time.monotonic() + limit)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self.close(settle=self._settle)
            else:
                # What the test raised is the story; the end of the handler may add its frames to it.
                with contextlib.suppress(RequestFailed):
                    self.close(settle=self._settle, timeout=min(LAST_WAIT, self._limit))
        finally:
            self._connection.drop()
