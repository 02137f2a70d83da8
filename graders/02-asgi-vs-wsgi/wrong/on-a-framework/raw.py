from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


async def raw(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await send({"type": "lifespan.shutdown.complete"})
                return
    elif scope["type"] == "http":
        request = Request(scope, receive)
        if request.method == "GET":
            response = PlainTextResponse(f"raw:{scope['path']}")
        elif request.method == "POST":
            response = Response(await request.body())
        else:
            response = Response(status_code=405)
        await response(scope, receive, send)
    elif scope["type"] == "websocket":
        while True:
            message = await receive()
            if message["type"] == "websocket.connect":
                await send({"type": "websocket.accept"})
            elif message["type"] == "websocket.disconnect":
                return
            elif message.get("text") is not None:
                await send({"type": "websocket.send", "text": f"raw:{message['text']}"})
