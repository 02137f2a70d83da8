"""An httpx transport over a worker's Unix socket."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import httpx

from gradewright.client import wire
from gradewright.client.exchange import Exchange, shown_body, shown_headers
from gradewright.client.failures import BadReply, RequestFailed, ServerDied, TimedOut
from gradewright.worker_control import hearsay
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.process import WorkerDied, WorkerProcess

HEADER = "x-gradewright"
#: Seconds for the news of a process's end, which come on another socket than the end of its reply.
DEATH_NOTICE = 0.3


class Transport(httpx.BaseTransport):
    """Sends each request on a connection of its own to the app's current worker, and records the exchange.

    Extensions read from a request: `settle` (bool, default True), `limit` (seconds), `root_path`.
    """

    def __init__(self, app: AppHandle, record: Any) -> None:
        self._app = app
        self._record = record

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _new_exchange(request, self._app)
        self._record(exchange)
        call = _Call(
            self._app,
            exchange,
            float(request.extensions.get("limit", self._app.launch.request_limit)),
        )
        with call.failures():
            reply = call.send(request)
        stream = _Body(call, reply, settle=bool(request.extensions.get("settle", True)) and not self._app.current.command)
        headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in reply.getheaders()]
        return httpx.Response(
            reply.status,
            headers=headers,
            stream=stream,
            extensions={
                "exchange": exchange,
                "call": call,
                "reason_phrase": reply.reason.encode("latin-1", "replace"),
            },
        )


def _new_exchange(request: httpx.Request, app: AppHandle) -> Exchange:
    target = request.url.raw_path.decode("ascii", "replace")
    headers = [(name, value) for name, value in request.headers.multi_items()]
    body = None
    if isinstance(request.stream, httpx.ByteStream):
        content = request.read()
        body = shown_body(content) if content else None
    return Exchange(
        method=request.method,
        target=target,
        headers=shown_headers(headers),
        body=body,
        overrides=[override.sentence for override in app.overrides],
    )


class _Call:
    """One request on one connection, from connect to settle."""

    def __init__(self, app: AppHandle, exchange: Exchange, limit: float) -> None:
        self.app = app
        self.worker: WorkerProcess = app.wait_ready()
        self.number = self.worker.new_call()
        self.exchange = exchange
        self.limit = limit
        self.started = time.monotonic()
        self.deadline = self.started + limit
        self._sock: Any = None
        self._kept = bytearray()

    def send(self, request: httpx.Request) -> http.client.HTTPResponse:
        self._sock = wire.connect(self.worker.path, self.deadline)
        order: dict[str, Any] = {"id": self.number}
        if request.extensions.get("root_path"):
            order["root_path"] = request.extensions["root_path"]
        if (request.url.scheme, request.url.host) != ("http", "testserver"):
            order["origin"] = [request.url.scheme, request.url.host, request.url.port]
        lines = [f"{request.method} {request.url.raw_path.decode('ascii')} HTTP/1.1"]
        lines += [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in request.headers.raw]
        lines += [f"{HEADER}: {json.dumps(order)}", "", ""]
        try:
            wire.send(self._sock, "\r\n".join(lines).encode("latin-1"), self.deadline)
            self._send_body(request)
        except (BrokenPipeError, ConnectionResetError):
            # The app may refuse a body it has not read and close; its answer is then waiting to be read.
            pass
        reply = http.client.HTTPResponse(wire.GuardedSocket(self._sock, self.deadline), method=request.method)  # type: ignore[arg-type]
        reply.begin()
        self.exchange.status = reply.status
        self.exchange.content_type = reply.headers.get("content-type", "")
        # All of them: a second header or a list would still make httpx decode, and 200 KB become 200 MB.
        encodings = ",".join(reply.headers.get_all("content-encoding", [])).lower().split(",")
        if encoded := [name.strip() for name in encodings if name.strip() not in ("", "identity")]:
            raise BadReply(f"the reply is encoded with {encoded[0][:40]!r}, though the request accepts only identity")
        return reply

    def _send_body(self, request: httpx.Request) -> None:
        chunked = "chunked" in request.headers.get("transfer-encoding", "").lower()
        assert isinstance(request.stream, httpx.SyncByteStream)
        for chunk in request.stream:
            if not chunk:
                continue
            data = b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk
            wire.send(self._sock, data, self.deadline)
        if chunked:
            wire.send(self._sock, b"0\r\n\r\n", self.deadline)

    def keep(self, chunk: bytes) -> None:
        self._kept += chunk[: 8192 - len(self._kept)] if len(self._kept) < 8192 else b""
        self.exchange.reply = shown_body(bytes(self._kept))

    def settle(self) -> None:
        """Wait until the ASGI call has ended; note the exception it ended with, if any."""
        with self.failures():
            message = self.worker.wait_settled(self.number, self.deadline)
            self.exchange.seconds = time.monotonic() - self.started
            if message is None:
                raise wire.DeadlinePassed
            self.exchange.error, self.exchange.frames = hearsay.ended_with(message.get("error"))
            self.close_code = message.get("close")

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def failures(self) -> _Failures:
        return _Failures(self)

    def fail(self, failure: RequestFailed) -> RequestFailed:
        """Note a failure in the exchange and return it."""
        self.close()
        self.exchange.held = False
        self.exchange.seconds = time.monotonic() - self.started
        self.exchange.error = self.exchange.error or str(failure)
        self.exchange.frames = self.exchange.frames or failure.frames
        return failure


class _Failures:
    """Translates what can go wrong on the wire into the client's own errors, most specific first."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        call = self._call
        if error is None:
            return
        if isinstance(error, RequestFailed):
            raise call.fail(error) from None
        if isinstance(error, wire.DeadlinePassed):
            raise call.fail(_timed_out(call)) from None
        if isinstance(error, wire.ReplyTooLarge):
            raise call.fail(BadReply(f"the reply is larger than {wire.MAX_REPLY >> 20} MiB")) from None
        if isinstance(error, WorkerDied):
            raise call.fail(ServerDied(f"the server died: {error}", error.frames)) from None
        if isinstance(error, OSError | http.client.HTTPException):
            if call.worker.wait_dead(DEATH_NOTICE) or isinstance(error, ConnectionRefusedError):
                died = call.worker.died()
                raise call.fail(ServerDied(f"the server died: {died}", died.frames)) from None
            what = type(error).__name__ if not str(error) else f"{type(error).__name__}: {str(error)[:300]}"
            raise call.fail(BadReply(f"the reply is not complete HTTP ({what})")) from None


def _timed_out(call: _Call) -> TimedOut:
    where = call.app.where()
    frames: list[dict[str, Any]] = where["frames"] or next(iter(where["tasks"]), [])
    if call.exchange.status is not None:
        text = (
            f"the reply came, but the call did not end within {call.limit:g} s: a background task or cleanup is still running"
        )
    elif where["frames"]:
        text = f"no reply within {call.limit:g} s: the event loop is blocked"
    else:
        text = f"no reply within {call.limit:g} s"
    return TimedOut(text, frames)


class _Body(httpx.SyncByteStream):
    """The reply's body, read as it arrives; closing it waits for the call to settle."""

    def __init__(self, call: _Call, reply: http.client.HTTPResponse, *, settle: bool) -> None:
        self._call = call
        self._reply = reply
        self._settle = settle
        self._finished = False

    def __iter__(self) -> Iterator[bytes]:
        with self._call.failures():
            while chunk := self._reply.read1(65536):
                self._call.keep(chunk)
                yield chunk
            if self._reply.length:
                # read1 ends quietly when the connection does; a promised Content-Length must be kept.
                raise http.client.IncompleteRead(b"", self._reply.length)
        self._finished = True

    def close(self) -> None:
        try:
            if self._settle and self._finished:
                self._call.settle()
        finally:
            self._call.close()
