"""Services that the grader runs for an app: an HTTP upstream it controls, and Redis.

The app reaches them over loopback. The listener was opened inside the app's network namespace and handed to the grader, so the
connections are accepted here, outside the sandbox: what the app asked for is observed, not reported by it.
"""

from __future__ import annotations

import contextlib
import http.server
import itertools
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from gradewright.relay import relay
from gradewright.worker_control.upstream import UpstreamReply, UpstreamRequest

MAX_BODY = 8 << 20
MAX_REQUESTS = 10_000
#: Bytes of all requests that are remembered, bodies and headers: they lie in the grader's memory.
MAX_REMEMBERED = 64 << 20
#: Bytes that an app may send to Redis between two resets, and what a real one may keep of them.
MAX_SENT = 256 << 20
#: Keys of Redis that a suite is shown.
MAX_KEYS = 10_000
REDIS_MEMORY = "256mb"


class Upstream:
    """A small HTTP server on a listener, answered by `answer`; `requests` are those that arrived, `peak` most at a time.

    `connections` says how many the app has open now.
    """

    def __init__(self, listener: socket.socket, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.answer: Callable[[UpstreamRequest], UpstreamReply] = lambda _request: UpstreamReply(404, {"detail": "not served"})
        self.requests: list[UpstreamRequest] = []
        self.in_flight = 0
        self.peak = 0
        self.connections = 0
        self._connected = 0
        self._remembered = 0
        self._changed = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        self._server = _Server(self, listener)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def reset(self) -> None:
        """Forget requests and the answer; release what is held. The client's next test starts clean."""
        self.answer = lambda _request: UpstreamReply(404, {"detail": "not served"})
        with self._changed:
            self.requests.clear()
            self._remembered = 0
            self.peak = self.in_flight
        self._gate.set()

    @contextlib.contextmanager
    def hold(self) -> Iterator[Upstream]:
        """Leave requests unanswered inside the block (or until `release`)."""
        self._gate.clear()
        try:
            yield self
        finally:
            self._gate.set()

    def release(self) -> None:
        self._gate.set()

    def wait_in_flight(self, count: int, seconds: float = 4.0) -> bool:
        """Return whether `count` requests were being served at the same time within `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: self.in_flight >= count, timeout=seconds)

    def wait_closed(self, seconds: float = 4.0) -> bool:
        """Return whether the app had no connection open any more within `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.connections, timeout=seconds)

    @contextlib.contextmanager
    def connected(self) -> Iterator[int]:
        """Count a connection for as long as the block lasts; yield its number."""
        with self._changed:
            self.connections += 1
            self._connected += 1
            number = self._connected
        try:
            yield number
        finally:
            with self._changed:
                self.connections -= 1
                self._changed.notify_all()

    def serve(self, request: UpstreamRequest) -> UpstreamReply:
        """Answer one request, on a thread of its own."""
        with self._changed:
            self._remembered += len(request.body) + sum(map(len, (*request.headers, *request.headers.values(), request.target)))
            if len(self.requests) < MAX_REQUESTS and self._remembered <= MAX_REMEMBERED:
                self.requests.append(request)
            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
            self._changed.notify_all()
        try:
            reply = self.answer(request)
            self._gate.wait()
            if reply.delay:
                time.sleep(reply.delay)
            return reply
        finally:
            with self._changed:
                self.in_flight -= 1
                self._changed.notify_all()


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, upstream: Upstream, listener: socket.socket) -> None:
        self.upstream = upstream
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

    def handle_error(self, _request: Any, _address: Any) -> None:
        """A client that goes away is the app's affair, and not worth a traceback."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    #: Head and body are sent one after the other: with Nagle's algorithm on the way, a body waits for 40 ms.
    disable_nagle_algorithm = True
    number = 0

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        with server.upstream.connected() as self.number:
            super().handle()

    def handle_any(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        size = min(int(self.headers.get("content-length") or 0), MAX_BODY)
        body = self.rfile.read(size) if size > 0 else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = server.upstream.serve(UpstreamRequest(self.command, self.path, headers, body, time.monotonic(), self.number))
        payload = reply.payload()
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(payload) + sum(map(len, reply.chunks))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)
            for chunk in reply.chunks:
                time.sleep(reply.delay)
                self.wfile.write(chunk)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

    def log_message(self, *_args: Any) -> None:
        """Say nothing: the grader's child has no reader."""


class Redis:
    """A Redis server of this grade, behind a relay on a listener. `real` says whether it is redis-server itself.

    Without redis-server on the machine an embedded one (fakeredis) serves, which knows the commands the exercises need.
    """

    def __init__(self, listener: socket.socket, port: int) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._folder = tempfile.mkdtemp(prefix="gw-redis-")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._sent = 0
        self._place: dict[str, Any] = {}
        program = shutil.which("redis-server")
        self.real = program is not None
        connect = self._start_real(program) if program is not None else self._start_embedded()
        self._connect = connect
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _start_real(self, program: str) -> Callable[[], socket.socket]:
        path = f"{self._folder}/redis.sock"
        self._place = {"unix_socket_path": path}
        words = [program, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", self._folder]
        words += ["--maxmemory", REDIS_MEMORY]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def connect() -> socket.socket:
            client = socket.socket(socket.AF_UNIX)
            client.connect(path)
            return client

        _retry(connect).close()
        return connect

    def _start_embedded(self) -> Callable[[], socket.socket]:
        import fakeredis

        server = fakeredis.TcpFakeServer(("127.0.0.1", 0), server_type="redis")
        server.RequestHandlerClass = _like_redis(server.RequestHandlerClass)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = server.server_address
        self._place = {"host": str(address[0]), "port": int(address[1])}
        return lambda: socket.create_connection((str(address[0]), int(address[1])))

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = self._connect()
            except OSError:
                return
            relay(client, server, self._may_send)

    def _may_send(self, count: int) -> bool:
        with self._lock:
            self._sent += count
            return self._sent <= MAX_SENT

    def flush(self) -> None:
        """Empty the database."""
        with self._lock:
            self._sent = 0
        with self._connect() as client:
            client.sendall(b"*1\r\n$8\r\nFLUSHALL\r\n")
            client.recv(64)

    def keys(self) -> dict[str, float | None]:
        """Return the keys that are there, each with the seconds until it expires, None if it never does."""
        import redis

        with redis.Redis(**self._place, socket_timeout=5.0) as client:
            names = list(itertools.islice(client.scan_iter(count=1000), MAX_KEYS))
            left = {name: client.pttl(name) for name in names}
        # -2: it has expired meanwhile.
        return {name.decode(errors="replace"): None if ms == -1 else ms / 1000 for name, ms in left.items() if ms != -2}

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _like_redis(handler: Any) -> Any:
    """Return fakeredis' handler of a connection with two habits of the real server."""

    class Handler(handler):  # type: ignore[misc]
        #: Replies to a pipeline are sent one by one: with Nagle's algorithm on the way, all but the first wait for 40 ms.
        disable_nagle_algorithm = True

        def setup(self) -> None:
            """Answer a command that failed with its error; fakeredis would hang up after it (NOSCRIPT, for instance)."""
            import redis

            super().setup()
            read = self.current_client.read_response

            def read_reply(*arguments: Any, **options: Any) -> Any:
                try:
                    return read(*arguments, **options)
                except redis.ResponseError as error:
                    return error

            self.current_client.read_response = read_reply

    return Handler


def _retry(connect: Callable[[], socket.socket], seconds: float = 10.0) -> socket.socket:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return connect()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
