import asyncio
import contextlib
from typing import Annotated, Any

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect, WebSocketException, status

import bus
import tokens

MAX_SOCKETS = 5


class Manager:
    """The sockets of this instance by room, and one subscription for each room that has any."""

    def __init__(self) -> None:
        self.rooms: dict[str, list[WebSocket]] = {}
        self.relays: dict[str, asyncio.Task[None]] = {}

    def count(self, room: str) -> int:
        return len(self.rooms.get(room, []))

    def join(self, room: str, websocket: WebSocket) -> bool:
        if self.count(room) >= MAX_SOCKETS:
            return False
        self.rooms.setdefault(room, []).append(websocket)
        if room not in self.relays:
            self.relays[room] = asyncio.create_task(self.relay(room))
        return True

    def leave(self, room: str, websocket: WebSocket) -> None:
        self.rooms[room].remove(websocket)
        if not self.rooms[room]:
            del self.rooms[room]
            self.relays.pop(room).cancel()

    async def relay(self, room: str) -> None:
        async for message in bus.subscribe(room):
            await self.broadcast(room, message)

    async def broadcast(self, room: str, message: dict[str, Any]) -> None:
        for websocket in list(self.rooms.get(room, [])):
            # One that has just gone is taken out by its own handler.
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await websocket.send_json(message)


app = FastAPI()
manager = Manager()


def get_ws_user(token: str = "") -> str:
    name = tokens.lookup(token)
    if name is None:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
    return name


@app.websocket("/ws/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(f"echo:{await websocket.receive_text()}")
    await websocket.close()


@app.websocket("/ws/rooms/{room}")
async def enter(websocket: WebSocket, room: str, name: Annotated[str, Depends(get_ws_user)]) -> None:
    await websocket.accept()
    if not manager.join(room, websocket):
        await websocket.close(status.WS_1013_TRY_AGAIN_LATER)
        return
    try:
        while True:
            frame = await websocket.receive_json()
            await bus.publish(room, {"from": name, "text": frame["text"]})
    except WebSocketDisconnect:
        pass
    finally:
        manager.leave(room, websocket)


@app.get("/rooms/{room}")
async def count(room: str) -> dict[str, int]:
    return {"count": manager.count(room)}
