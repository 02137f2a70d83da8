"""Why a request got no usable reply. All of these are the submission's doing and lose the point that asked.

RequestFailed
├── ServerDied    the process ended, or refused the connection
├── TimedOut      no reply, or no end of the call, within the limit
├── BadReply      what came back is not HTTP, or is larger than any answer needs to be
├── WebSocketDenied      the handshake was refused
└── WebSocketDisconnect  the server closed the socket
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from gradewright.client.exchange import Exchange


class RequestFailed(Exception):
    """A request without a usable reply. `frames` are the learner's frames that led here, if the worker could tell.

    `wanted` is what the test hoped for, in words; `exchange` is the one that failed, where it need not be the last one.
    """

    wanted = "a reply"
    exchange: Exchange | None = None

    def __init__(self, message: str, frames: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.frames = frames or []


class ServerDied(RequestFailed):
    """The server process ended."""


class TimedOut(RequestFailed):
    """The total time of one call was exceeded."""


class BadReply(RequestFailed):
    """The reply broke HTTP or a cap."""


class WebSocketDenied(RequestFailed):
    """The handshake was refused with a plain HTTP reply.

    `code` and `reason` are those of a close before the handshake, as the worker reports them: on the wire it is a 403.
    """

    wanted = "an accepted WebSocket"

    def __init__(
        self, reply: httpx.Response, code: int | None, reason: str, frames: list[dict[str, Any]] | None = None
    ) -> None:
        closed = f" (close code {code}{': ' + reason if reason else ''})" if code is not None else ""
        super().__init__(f"the handshake was refused with status {reply.status_code}{closed}", frames)
        self.reply = reply
        self.code = code
        self.reason = reason

    @property
    def status(self) -> int:
        return self.reply.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.reply.headers

    @property
    def body(self) -> bytes:
        return self.reply.content

    def json(self) -> Any:
        """Return the body as JSON. Raises ValueError or RecursionError."""
        return self.reply.json()


class WebSocketDisconnect(RequestFailed):
    """The server closed the socket. Code 1006 stands for a connection that ended without a close frame."""

    wanted = "an open WebSocket"

    def __init__(self, code: int, reason: str = "", error: str = "", frames: list[dict[str, Any]] | None = None) -> None:
        text = "the connection ended without a close frame" if code == 1006 else f"the server closed with code {code}"
        super().__init__(": ".join(part for part in (text, reason, error and f"the handler raised {error}") if part), frames)
        self.code = code
        self.reason = reason
