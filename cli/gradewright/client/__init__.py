"""The HTTP client of the suites: httpx on a worker's Unix socket, shaped like Starlette's TestClient, with every reply capped.

It settles: a call returns once the app's whole ASGI call has ended, background tasks and cleanup included.
"""

from gradewright.client.client import Client
from gradewright.client.failures import (
    BadReply,
    RequestFailed,
    ServerDied,
    TimedOut,
    WebSocketDenied,
    WebSocketDisconnect,
)

__all__ = ["BadReply", "Client", "RequestFailed", "ServerDied", "TimedOut", "WebSocketDenied", "WebSocketDisconnect"]
