"""The app of the WebSocket tests: honest routes, routes that refuse, and routes that wait, flood or break the protocol."""

import asyncio
import os
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

app = FastAPI()
state = {"gone": [], "ended": 0}
rooms = {}


def get_name():
    return "real"


@app.get("/state")
def show():
    return {**state, "pid": os.getpid()}


@app.websocket("/ws/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            state["gone"].append([message["code"], message.get("reason")])
            await asyncio.sleep(0.05)
            state["ended"] += 1
            return
        kind = "text" if message.get("text") is not None else "bytes"
        await socket.send({"type": "websocket.send", kind: message[kind]})


@app.websocket("/ws/double")
async def double(socket: WebSocket):
    await socket.accept()
    while True:
        await socket.send_json({"twice": 2 * (await socket.receive_json())["n"]})


@app.websocket("/ws/chat")
async def chat(socket: WebSocket):
    headers = [(b"X-Room", b"one"), (b"set-cookie", b"k=v")]
    await socket.accept(subprotocol=socket.scope["subprotocols"][-1], headers=headers)
    await socket.close()


@app.websocket("/ws/unoffered")
async def unoffered(socket: WebSocket):
    await socket.accept(subprotocol="mine")


@app.websocket("/ws/rooms/{room}")
async def join(socket: WebSocket, room: str):
    await socket.accept()
    members = rooms.setdefault(room, [])
    members.append(socket)
    try:
        while True:
            text = await socket.receive_text()
            for member in members:
                await member.send_text(text)
    except WebSocketDisconnect:
        members.remove(socket)


@app.websocket("/ws/seen")
async def seen(socket: WebSocket, q: str = ""):
    await socket.accept()
    await socket.send_json(
        {
            "q": q,
            "token": socket.headers.get("x-token"),
            "cookie": socket.cookies.get("who"),
            "root": socket.scope["root_path"],
            "client": socket.client.host,
            "host": socket.headers["host"],
            "engine": [name for name in socket.headers if "gradewright" in name or "extensions" in name],
        }
    )
    await socket.close()


@app.websocket("/ws/named")
async def named(socket: WebSocket, name: Annotated[str, Depends(get_name)]):
    await socket.accept()
    await socket.send_text(name)
    await socket.close(4001, "that was all")


@app.websocket("/ws/refused")
async def refused(socket: WebSocket):
    await socket.close(4403, "not you")


@app.websocket("/ws/unauthorized")
async def unauthorized(socket: WebSocket):
    raise HTTPException(401, "who are you", {"WWW-Authenticate": "Bearer"})


@app.websocket("/ws/full")
async def full(socket: WebSocket):
    await socket.send_denial_response(JSONResponse({"full": True}, 503, {"retry-after": "7"}))


@app.websocket("/ws/boom")
async def boom(socket: WebSocket):
    await socket.accept()
    raise ValueError(await socket.receive_text())


@app.websocket("/ws/boom-before")
async def boom_before(socket: WebSocket):
    raise ValueError("before accept")


@app.websocket("/ws/never")
async def never(socket: WebSocket):
    await asyncio.sleep(60)


@app.websocket("/ws/deaf")
async def deaf(socket: WebSocket):
    await socket.accept()
    await asyncio.sleep(60)


@app.websocket("/ws/flood")
async def flood(socket: WebSocket, size: int):
    await socket.accept()
    while True:
        await socket.send_bytes(b"x" * size)
        await asyncio.sleep(0)


@app.websocket("/ws/exit")
async def leave(socket: WebSocket):
    await socket.accept()
    os._exit(3)


RAW = {
    "masked": b"\x81\x81\0\0\0\0a",
    "opcode": b"\x83\x00",
    "reserved": b"\xc1\x01a",
    "utf8": b"\x81\x01\xff",
    "huge": b"\x82\x7f" + (1 << 40).to_bytes(8, "big"),
    "pings": b"\x89\x00" * 20_000,
    "fragments": b"\x01\x00" + b"\x00\x00" * 20_000,
    "ping": b"\x89\x02hi\x81\x05after",
    "deep": None,
}


@app.websocket("/ws/raw/{kind}")
async def raw(socket: WebSocket, kind: str):
    await socket.accept()
    if RAW[kind] is None:
        await socket.send_text("[" * 200_000)
    else:
        protocol(socket).transport.write(RAW[kind])
    await asyncio.sleep(0.05)
    await socket.receive()


def protocol(socket):
    import gc

    for item in gc.get_objects():
        if type(item).__name__ == "WebSocketsSansIOProtocol" and item.scope["path"] == socket.scope["path"]:
            return item
    return None
