"""Serves the app with a real uvicorn on the socket the grader handed over, and answers the grader's commands."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import threading
from types import FrameType
from typing import Any

# Not from the package itself: that brings a command line along which no worker needs.
from uvicorn.config import Config
from uvicorn.server import Server as UvicornServer

from gradewright.protocol import Message
from gradewright.worker import introspect
from gradewright.worker.awaiting import frames_of
from gradewright.worker.edge import Edge
from gradewright.worker.link import Link
from gradewright.worker.overrides import Overrides
from gradewright.worker.problem import describe_frames
from gradewright.worker.sqllog import SqlLog
from gradewright.worker.tracebacks import shorten_logged

try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as HttpProtocol
except ImportError:  # the submission's own Python has uvicorn without its faster parser
    from uvicorn.protocols.http.h11_impl import H11Protocol as HttpProtocol  # type: ignore[assignment]


class Server(UvicornServer):
    """uvicorn, told to stop by an event instead of a flag it polls every 100 ms, and reporting when it is ready."""

    def __init__(self, config: Config, link: Link) -> None:
        super().__init__(config)
        self._link = link
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._link.send({"event": "ready"})

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            try:
                # on_tick refreshes the Date header: once a second is what uvicorn does.
                await asyncio.wait_for(self._wake.wait(), 1.0)
            except TimeoutError:
                continue

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    def where(self) -> dict[str, Any]:
        """Return the learner's frames of the main thread and of each task, so that a hang can be named."""
        main = sys._current_frames().get(threading.main_thread().ident or 0)
        tasks = []
        if self._loop is not None:
            for task in asyncio.all_tasks(self._loop):
                frames = frames_of(task)
                if frames:
                    tasks.append(frames)
        return {"main": describe_frames(main), "tasks": tasks[:20]}


def _websocket(*args: Any, **kwargs: Any) -> asyncio.Protocol:
    """Import the WebSocket protocol on the first upgrade: most exercises never need it."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    return WebSocketsSansIOProtocol(*args, **kwargs)


def configure() -> Config:
    """Return uvicorn's settings, and set its loggers up. Called before the app is imported, as uvicorn does itself: what an app
    does to logging while it is imported must last."""
    config = Config(
        _no_app,
        loop="asyncio",
        http=HttpProtocol,
        ws=_websocket,  # type: ignore[arg-type]
        use_colors=False,
        proxy_headers=False,
        interface="asgi3",
    )
    shorten_logged()
    return config


async def _no_app(*_args: Any) -> None:
    """Stand where the app will be."""


def run(app: Any, listen: socket.socket, link: Link, config: Config) -> None:
    """Serve `app` on `listen` until SIGTERM or until the grader goes away.

    Raises SystemExit as uvicorn does when startup fails; the problem has been sent by then.
    """
    edge = Edge(app, link)
    overrides = Overrides(app)
    config.app = edge
    server = Server(config, link)
    link.commands.update(_commands(app, server, overrides))
    gc.unfreeze()
    try:
        asyncio.run(server.serve(sockets=[listen]))
    except SystemExit:
        facts = edge.startup_error or {"exception": "", "message": "the app refused to start", "frames": []}
        link.send({"event": "problem", "kind": "startup_failed", **facts})
        raise


def _commands(app: Any, server: Server, overrides: Overrides) -> dict[str, Any]:
    def with_app(function: Any) -> Any:
        return lambda _message: function(app)

    sql = SqlLog()

    def override(message: Message) -> Any:
        return overrides.set(str(message["name"]), message["double"])

    def restore(message: Message) -> Any:
        return overrides.restore(int(message["token"]))

    return {
        "override": override,
        "restore": restore,
        "calls": lambda message: overrides.calls(int(message["token"])),
        "routes": with_app(introspect.routes),
        "openapi": with_app(introspect.openapi),
        "sql_start": lambda _message: sql.start(),
        "sql_stop": lambda _message: sql.stop(),
        "where": lambda _message: server.where(),
    }
