"""What crosses between an app and its upstream. Apart from the server, so that suites without one do not import it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """A request that the app sent to the upstream; `connection` is the number of the connection that it came on."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float
    connection: int = 0

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class UpstreamReply:
    """What the upstream answers; `delay` is in seconds, `chunks` follow the body one by one with `delay` before each."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    chunks: tuple[bytes, ...] = ()

    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()
