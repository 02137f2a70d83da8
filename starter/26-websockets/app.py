"""26-websockets: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 26-websockets`."""

from fastapi import FastAPI, HTTPException, WebSocket

import bus  # noqa: F401 - TODO: await bus.publish(room, msg), async for msg in bus.subscribe(room)
import tokens  # noqa: F401 - TODO: tokens.lookup(token)

app = FastAPI()


def get_ws_user():
    """Return the name of the token's owner, or refuse the handshake."""
    # TODO: no route depends on this yet


@app.websocket("/ws/echo")
async def echo(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()  # TODO


@app.websocket("/ws/rooms/{room}")
async def join(websocket: WebSocket, room: str):
    await websocket.accept()
    await websocket.close()  # TODO


@app.get("/rooms/{room}")
async def count(room: str):
    raise HTTPException(501)  # TODO
