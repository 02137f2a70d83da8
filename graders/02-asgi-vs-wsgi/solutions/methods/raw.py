from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from bodies import pieces

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Raw:
    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        handler = getattr(self, f"on_{scope['type']}", None)
        if handler is None:
            raise RuntimeError(f"no handler for {scope['type']}")
        await handler(scope, receive, send)

    async def on_lifespan(self, scope: Message, receive: Receive, send: Send) -> None:
        for event in ("startup", "shutdown"):
            message = await receive()
            assert message["type"] == f"lifespan.{event}"
            await send({"type": f"lifespan.{event}.complete"})

    async def on_http(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await self.respond(send, HTTPStatus.OK, one(b"raw:", scope["path"].encode()))
        elif scope["method"] == "POST":
            # Sent back as it arrives: a body of any size passes through.
            await self.respond(send, HTTPStatus.OK, pieces(receive), kind=b"application/octet-stream")
        else:
            await self.respond(send, HTTPStatus.METHOD_NOT_ALLOWED, one())

    async def respond(
        self, send: Send, status: HTTPStatus, body: AsyncIterator[bytes], kind: bytes = b"text/plain"
    ) -> None:
        await send({"type": "http.response.start", "status": status.value, "headers": [[b"content-type", kind]]})
        async for piece in body:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def on_websocket(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            if message.get("text") is not None:
                await send({"type": "websocket.send", "text": "raw:" + message["text"]})


async def one(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


raw = Raw()
