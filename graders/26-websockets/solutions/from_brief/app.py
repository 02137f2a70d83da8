from contextlib import suppress
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketException, status

import rooms
import tokens

app = FastAPI()


async def get_ws_user(token: str | None = None) -> str:
    name = None if token is None else tokens.lookup(token)
    if name is None:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
    return name


@app.websocket("/ws/echo")
async def echo(websocket: WebSocket):
    with suppress(*rooms.GONE):
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(f"echo:{text}")


@app.websocket("/ws/rooms/{room}")
async def join(websocket: WebSocket, room: str, name: Annotated[str, Depends(get_ws_user)]):
    await rooms.visit(room, websocket, name)


@app.get("/rooms/{room}")
async def count(room: str):
    return {"count": rooms.count(room)}
