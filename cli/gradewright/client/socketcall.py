"""The app's side of one WebSocket as the grader knows it: its exchange, how its handler ended, why waiting for it failed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from gradewright.client import wire
from gradewright.client.exchange import Exchange
from gradewright.client.failures import BadReply, RequestFailed, ServerDied, TimedOut
from gradewright.client.frames import Connection
from gradewright.client.transport import DEATH_NOTICE
from gradewright.worker_control import hearsay
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.process import WorkerDied


class SocketCall:
    """One ASGI call of type "websocket", from connect to settle. Raises StartFailed when the app does not serve.

    `error` and `app_close` are self-reported: the exception that the handler ended with, as text, and the last close it sent.
    `left` says that the client ended the connection.
    """

    def __init__(self, app: AppHandle, exchange: Exchange) -> None:
        self.app = app
        self.exchange = exchange
        self.worker = app.wait_ready()
        self.number = self.worker.new_call()
        self.started = time.monotonic()
        self.left = False
        self.settled = False
        self.error = ""
        self.app_close: tuple[int, str] | None = None
        self.connection: Connection | None = None

    def connect(self, subprotocols: list[str] | None, deadline: float) -> Connection:
        """Open the connection; the handshake is not yet sent. Raises DeadlinePassed or OSError."""
        self.connection = Connection(wire.connect(self.worker.path, deadline), subprotocols)
        return self.connection

    def settle(self, deadline: float) -> None:
        """Wait until the handler has ended. Raises DeadlinePassed or WorkerDied."""
        if self.settled:
            return
        message = self.worker.wait_settled(self.number, deadline)
        if message is None:
            raise wire.DeadlinePassed
        self.settled = True
        self.error, frames = hearsay.ended_with(message.get("error"))
        # A handler that leaves the client's own disconnect uncaught is no cause of anything that a test sees.
        if not (self.left and self.error.startswith("WebSocketDisconnect")):
            self.exchange.error, self.exchange.frames = self.error, frames
        close = message.get("close")
        if isinstance(close, dict) and type(close.get("code")) is int and 0 <= close["code"] < 1 << 16:
            self.app_close = close["code"], hearsay.text(close.get("reason"), 200)

    def settle_soon(self) -> None:
        """Learn what ended a connection without a close frame, if that is known in a moment. Raises WorkerDied."""
        with contextlib.suppress(wire.DeadlinePassed):
            self.settle(time.monotonic() + DEATH_NOTICE)

    def check_alive(self) -> None:
        """Raises WorkerDied, after a moment for the news."""
        if self.worker.wait_dead(DEATH_NOTICE):
            raise self.worker.died()

    @contextlib.contextmanager
    def failures(self, late: str = "") -> Iterator[None]:
        """Translate what can go wrong on the wire, tie it to this exchange, and keep the transcript up to date.

        `late` says what did not come in time.
        """
        try:
            yield
        except RequestFailed as failure:
            self._mine(failure)
            raise
        except wire.DeadlinePassed:
            raise self._mine(self._timed_out(late)) from None
        except WorkerDied as died:
            raise self._mine(_server_died(died)) from None
        except OSError as error:
            if self.worker.wait_dead(DEATH_NOTICE) or isinstance(error, ConnectionRefusedError):
                raise self._mine(_server_died(self.worker.died())) from None
            raise self._mine(BadReply(f"the connection failed ({type(error).__name__}: {str(error)[:300]})")) from None
        finally:
            self.exchange.seconds = time.monotonic() - self.started
            if self.exchange.status == 101 and self.connection is not None:
                self.exchange.reply = self.connection.transcript.text()

    def _mine(self, failure: RequestFailed) -> RequestFailed:
        failure.exchange = self.exchange
        return failure

    def _timed_out(self, late: str) -> TimedOut:
        where = self.app.where()
        # Nobody can tell which of several waiting handlers is this one's; where all wait in the same place, that is an answer.
        stacks: list[list[dict[str, Any]]] = where["tasks"]
        same = bool(stacks) and all(stack == stacks[0] for stack in stacks)
        frames: list[dict[str, Any]] = where["frames"] or (stacks[0] if same else [])
        return TimedOut(f"{late}: the event loop is blocked" if where["frames"] else late, frames)


def _server_died(died: WorkerDied) -> ServerDied:
    return ServerDied(f"the server died: {died}", died.frames)
