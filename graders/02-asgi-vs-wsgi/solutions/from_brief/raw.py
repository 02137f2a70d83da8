"""An ASGI app without a framework: run it with `uvicorn raw:raw --reload`."""


async def raw(scope, receive, send):
    kind = scope["type"]
    if kind == "http":
        await handle_http(scope, receive, send)
    elif kind == "websocket":
        await handle_websocket(receive, send)
    elif kind == "lifespan":
        await handle_lifespan(receive, send)
    else:
        raise NotImplementedError(f"unknown scope type {kind!r}")


async def respond(send, status, body, content_type, extra_headers=()):
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                *extra_headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def read_body(receive):
    """The whole body, or None if the client left before it was complete."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def handle_http(scope, receive, send):
    method = scope["method"]
    if method == "GET":
        await respond(send, 200, f"raw:{scope['path']}".encode(), b"text/plain; charset=utf-8")
    elif method == "POST":
        body = await read_body(receive)
        if body is not None:
            await respond(send, 200, body, b"application/octet-stream")
    else:
        await respond(send, 405, b"", b"text/plain", [(b"allow", b"GET, POST")])


async def handle_websocket(receive, send):
    try:
        while True:
            message = await receive()
            if message["type"] == "websocket.connect":
                await send({"type": "websocket.accept"})
            elif message["type"] == "websocket.receive":
                text = message.get("text")
                if text is not None:
                    await send({"type": "websocket.send", "text": f"raw:{text}"})
            elif message["type"] == "websocket.disconnect":
                return
    except OSError:
        # The client vanished between our receive and our send.
        return


async def handle_lifespan(receive, send):
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
