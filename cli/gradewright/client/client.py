"""The `client` fixture: an httpx.Client whose calls settle and whose exchanges are recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

# httpx's command line pulls in click, rich and pygments, which a grader never uses: 40 ms of every cold start.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402

from gradewright.client.exchange import Exchange  # noqa: E402
from gradewright.client.transport import Transport  # noqa: E402
from gradewright.worker_control.app import AppHandle  # noqa: E402

if TYPE_CHECKING:
    from gradewright.client.websocket import WebSocketSession


class _Cookies(httpx.Cookies):
    """httpx's jar, but it looks only at replies that set a cookie: for the others that was a seventh of a request's time."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)


class Client(httpx.Client):
    """httpx.Client on the learner's app. Raises RequestFailed where no usable reply came.

    `record` receives each Exchange as it starts. Every request method takes `settle=False` to return with the reply, before
    background tasks and cleanup have ended; `settle(reply)` then waits for them.
    """

    def __init__(self, app: AppHandle, record: Callable[[Exchange], None], *, root_path: str = "", **options: Any) -> None:
        self.app = app
        self._record = record
        self._root_path = root_path
        options.setdefault("base_url", "http://testserver")
        options.setdefault("follow_redirects", True)
        headers = {"user-agent": "testclient", "accept-encoding": "identity", **options.pop("headers", {})}
        # No SSL context and no environment: 25 ms per client, and a proxy variable must not redirect a grade.
        super().__init__(transport=Transport(app, record), headers=headers, trust_env=False, timeout=None, **options)
        self._cookies = _Cookies(self._cookies)

    def request(self, method: str, url: Any, *, settle: bool = True, **options: Any) -> httpx.Response:
        extensions = {**(options.pop("extensions", None) or {}), "settle": settle}
        if self._root_path:
            extensions["root_path"] = self._root_path
        return super().request(method, url, extensions=extensions, **options)

    def get(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def options(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("OPTIONS", url, **options)

    def head(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("HEAD", url, **options)

    def post(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def put(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("PUT", url, **options)

    def patch(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("PATCH", url, **options)

    def delete(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("DELETE", url, **options)

    def settle(self, reply: httpx.Response) -> None:
        """Wait until the call behind `reply`, sent with `settle=False`, has ended."""
        reply.extensions["call"].settle()

    def websocket_connect(
        self,
        url: Any,
        subprotocols: Sequence[str] | None = None,
        *,
        timeout: float | None = None,
        settle: bool = True,
        **options: Any,
    ) -> WebSocketSession:
        """Return a WebSocket, which connects when its `with` block begins.

        `timeout` (seconds, default: the app's request limit) bounds each wait on it; `options` are build_request's (`headers`,
        `params`, `cookies`). With `settle=False` the block's end does not wait for the end of the app's handler.
        """
        # Most suites never open one; with the parser behind it this costs 8 ms.
        from gradewright.client.websocket import WebSocketSession

        request = self.build_request("GET", url, **options)
        session = WebSocketSession(self.app, request, self._record, subprotocols, self.cookies, timeout=timeout, settle=settle)
        session.root_path = self._root_path
        return session
