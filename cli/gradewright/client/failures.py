"""Why a request got no usable reply. All of these are the submission's doing and lose the point that asked.

RequestFailed
├── ServerDied    the process ended, or refused the connection
├── TimedOut      no reply, or no end of the call, within the limit
└── BadReply      what came back is not HTTP, or is larger than any answer needs to be
"""

from __future__ import annotations

from typing import Any


class RequestFailed(Exception):
    """A request without a usable reply. `frames` are the learner's frames that led here, if the worker could tell."""

    def __init__(self, message: str, frames: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.frames = frames or []


class ServerDied(RequestFailed):
    """The server process ended."""


class TimedOut(RequestFailed):
    """The total time of one call was exceeded."""


class BadReply(RequestFailed):
    """The reply broke HTTP or a cap."""
