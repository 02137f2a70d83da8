"""WebSockets of the suites' client, shaped like Starlette's WebSocketTestSession, over the worker's Unix socket.

That nothing was sent is proved by order, not by waiting: send a message that the app answers on the same socket, receive the
answer, then look at `pending()`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Literal, NoReturn, Self

import httpx

from gradewright.client import wire
from gradewright.client.exchange import Exchange, shown_body, shown_headers
from gradewright.client.failures import (
    BadReply,
    RequestFailed,
    ServerDied,
    TimedOut,
    WebSocketDenied,
    WebSocketDisconnect,
)
from gradewright.client.frames import Connection, Message
from gradewright.client.transport import DEATH_NOTICE, HEADER
from gradewright.worker_control import hearsay
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.process import WorkerDied, WorkerProcess

#: Numbers of the calls that are WebSockets: apart from every client's requests, since both may be under way at once.
_CALLS = itertools.count(1 << 32)
#: Seconds that the end of a block waits for the handler when a test has failed already.
LAST_WAIT = 1.0
_HANDSHAKE = frozenset(
    {"connection", "upgrade", "date", "server", "sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions"}
)


class WebSocketSession:
    """One WebSocket; connects when its `with` block begins, and at its end waits until the app's handler has ended.

    Everything that waits takes `timeout`, the seconds it may last in all. All methods raise RequestFailed: TimedOut, BadReply
    when the server breaks the protocol or a cap, ServerDied, and WebSocketDisconnect once the server has closed.
    `error` is the exception that the handler ended with, as text; `app_close` the last close that the app sent (self-reported).
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
        self._number = next(_CALLS)
        self._started = 0.0
        self._settled = False
        self._left = False
        self._worker: WorkerProcess
        self._connection: Connection
        self.root_path = ""
        self.headers = httpx.Headers()
        self.error = ""
        self.app_close: tuple[int, str] | None = None
        self.exchange = Exchange(method="WS", target=request.url.raw_path.decode("ascii", "replace"))
        #: Lets a session stand where a check takes a reply, to mark its exchange.
        self.extensions = {"exchange": self.exchange}

    # The handshake

    def __enter__(self) -> Self:
        self._worker = self._app.wait_ready()
        headers = list(self._request.headers.multi_items())
        if self._subprotocols:
            headers.append(("sec-websocket-protocol", ", ".join(self._subprotocols)))
        self.exchange.headers = shown_headers(headers)
        self.exchange.overrides = [override.sentence for override in self._app.overrides]
        self._record(self.exchange)
        self._started = time.monotonic()
        deadline = self._started + self._limit
        with self._failures(f"the handshake was not answered within {self._limit:g} s"):
            self._worker.expect_call(self._number)
            self._connection = Connection(wire.connect(self._worker.path, deadline), self._subprotocols)
            try:
                self._shake_hands(headers, deadline)
            except BaseException:
                self._connection.drop()
                raise
        return self

    def _shake_hands(self, headers: list[tuple[str, str]], deadline: float) -> None:
        connection = self._connection
        order: dict[str, Any] = {"id": self._number}
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
            self._ended_early(
                f"the handshake was not answered with complete HTTP ({str(error or 'the connection ended')[:200]})"
            )
        self.exchange.status = answer.status_code
        self.headers = httpx.Headers(list(answer.headers.raw_items()))
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
            self._wait_settled(deadline)
        self._settled = True
        reply = httpx.Response(self.exchange.status, headers=self.headers, content=body, extensions=self.extensions)
        self._keep_cookies(reply)
        code, reason = self.app_close or (None, "")
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
        with self._failures(f"the app did not take a message within {limit:g} s: nothing reads the socket"):
            self._connection.drain(time.monotonic() + limit)
            if not self._connection.open:
                self._disconnected()
            self._connection.send(data)
            self._connection.pump(time.monotonic() + limit, lambda: True)

    # Receiving

    def receive(self, timeout: float | None = None) -> Message:
        """Return the next message as the app sent it: {"type": "websocket.send", "text" | "bytes": …} or websocket.close."""
        limit = self._limit if timeout is None else timeout
        connection = self._connection
        with self._failures(f"no message within {limit:g} s"):
            if not connection.messages and connection.closed is None:
                connection.pump(time.monotonic() + limit, lambda: bool(connection.messages) or connection.closed is not None)
            if connection.messages:
                return connection.messages.popleft()
            assert connection.closed is not None
            if connection.closed["code"] == 1006 and not self._left:
                self._look_why()
            return connection.closed

    def receive_text(self, timeout: float | None = None) -> str:
        return str(self._receive("text", timeout))

    def receive_bytes(self, timeout: float | None = None) -> bytes:
        return bytes(self._receive("bytes", timeout))

    def receive_json(self, mode: Literal["text", "binary"] = "text", timeout: float | None = None) -> Any:
        """Return the next message's JSON value. Raises BadReply where it is none."""
        data = self._receive("text" if mode == "text" else "bytes", timeout)
        with self._failures():
            try:
                return json.loads(data)
            except RecursionError:
                raise BadReply("the message is JSON nested too deeply to be read") from None
            except ValueError as error:
                raise BadReply(f"the message is not JSON: {str(error)[:200]}") from None

    def _receive(self, kind: Literal["text", "bytes"], timeout: float | None) -> Any:
        message = self.receive(timeout)
        with self._failures():
            if message["type"] == "websocket.close":
                self._disconnected()
            if kind not in message:
                raise BadReply(
                    "a binary message came, not a text one" if kind == "text" else "a text message came, not a binary one"
                )
            return message[kind]

    def pending(self) -> list[Message]:
        """Return the messages that have arrived already, without waiting; they stay to be received."""
        with self._failures(f"the server was still sending after {self._limit:g} s"):
            self._connection.drain(time.monotonic() + self._limit)
            return list(self._connection.messages)

    def _disconnected(self) -> NoReturn:
        closed = self._connection.closed or {"code": 1006, "reason": ""}
        raise WebSocketDisconnect(closed["code"], closed["reason"], self.exchange.error, self.exchange.frames)

    # The end

    def close(self, code: int = 1000, reason: str | None = None, *, settle: bool = True, timeout: float | None = None) -> None:
        """Close, and wait until the app's handler has ended. Closing twice, or after the server, only waits."""
        limit = self._limit if timeout is None else timeout
        deadline = time.monotonic() + limit
        with self._failures(f"the handler did not end within {limit:g} s of the socket's end"):
            self._left = True
            if self._connection.open:
                self._connection.send_close(code, reason or "")
            if settle:
                self._connection.pump(deadline, lambda: False)
                self._wait_settled(deadline)
            else:
                with contextlib.suppress(wire.DeadlinePassed):
                    self._connection.pump(min(deadline, time.monotonic() + DEATH_NOTICE), lambda: False)

    def abort(self, *, settle: bool = True, timeout: float | None = None) -> None:
        """End the connection without a close frame, as a lost network does, and wait until the app's handler has ended."""
        limit = self._limit if timeout is None else timeout
        with self._failures(f"the handler did not end within {limit:g} s of the lost connection"):
            self._left = True
            self._connection.transcript.add("→", "(connection lost)")
            self._connection.drop()
            if settle:
                self._wait_settled(time.monotonic() + limit)

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

    def _wait_settled(self, deadline: float) -> None:
        """Raises DeadlinePassed or WorkerDied."""
        if self._settled:
            return
        message = self._worker.wait_settled(self._number, deadline)
        if message is None:
            raise wire.DeadlinePassed
        self._settled = True
        self.error, frames = hearsay.ended_with(message.get("error"))
        # A handler that leaves the client's own disconnect uncaught is no cause of anything that a test sees.
        if not (self._left and self.error.startswith("WebSocketDisconnect")):
            self.exchange.error, self.exchange.frames = self.error, frames
        close = message.get("close")
        if isinstance(close, dict) and type(close.get("code")) is int and 0 <= close["code"] < 1 << 16:
            self.app_close = close["code"], hearsay.text(close.get("reason"), 200)

    def _look_why(self) -> None:
        """Learn what ended a connection without a close frame, if that is known soon. Raises WorkerDied."""
        with contextlib.suppress(wire.DeadlinePassed):
            self._wait_settled(time.monotonic() + DEATH_NOTICE)

    def _ended_early(self, what: str) -> NoReturn:
        if self._worker.wait_dead(DEATH_NOTICE):
            raise self._worker.died()
        raise BadReply(what)

    # Failures

    @contextlib.contextmanager
    def _failures(self, late: str = "") -> Iterator[None]:
        """Translate what can go wrong on the wire, tie it to this exchange, and keep the transcript up to date."""
        try:
            yield
        except RequestFailed as failure:
            failure.exchange = self.exchange
            raise
        except wire.DeadlinePassed:
            raise self._mine(self._timed_out(late)) from None
        except WorkerDied as died:
            raise self._mine(ServerDied(f"the server died: {died}", died.frames)) from None
        except OSError as error:
            if self._worker.wait_dead(DEATH_NOTICE) or isinstance(error, ConnectionRefusedError):
                died = self._worker.died()
                raise self._mine(ServerDied(f"the server died: {died}", died.frames)) from None
            raise self._mine(BadReply(f"the connection failed ({type(error).__name__}: {str(error)[:300]})")) from None
        finally:
            self.exchange.seconds = time.monotonic() - self._started
            if self.exchange.status == 101:
                self.exchange.reply = self._connection.transcript.text()

    def _mine(self, failure: RequestFailed) -> RequestFailed:
        failure.exchange = self.exchange
        return failure

    def _timed_out(self, late: str) -> TimedOut:
        where = self._app.where()
        frames: list[dict[str, Any]] = where["frames"] or next(iter(where["tasks"]), [])
        return TimedOut(f"{late}: the event loop is blocked" if where["frames"] else late, frames)
