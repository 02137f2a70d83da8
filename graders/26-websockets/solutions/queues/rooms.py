"""Each client has a queue of what it is to receive, and three tasks: one fills it from the bus, one sends it, one listens."""

import asyncio
import json
from collections import Counter
from typing import NoReturn

from fastapi import APIRouter, Depends, HTTPException, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

import bus
import tokens

router = APIRouter(prefix="/ws")
members = Counter()


async def get_ws_user(token: str | None = Query(default=None)):
    name = tokens.lookup(token) if token else None
    if not name:
        raise HTTPException(status_code=403)
    return name


@router.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text("echo:" + text)


def read(frame):
    """Return the frame's text; raise ValueError when it has none of the right length."""
    data = json.loads(frame)
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= 500:
        raise ValueError("send a JSON object with a text of 1 to 500 characters")
    return text


async def subscribe(room, outgoing):
    async for message in bus.subscribe(room):
        outgoing.put_nowait(message)


async def write(socket, outgoing) -> NoReturn:
    while True:
        await socket.send_json(await outgoing.get())


async def listen(socket, room, name, outgoing) -> NoReturn:
    while True:
        frame = await socket.receive_text()
        try:
            text = read(frame)
        except ValueError as error:
            outgoing.put_nowait({"error": str(error)})
        else:
            await bus.publish(room, {"from": name, "text": text})


@router.websocket("/rooms/{room}")
async def room(socket: WebSocket, room: str, name=Depends(get_ws_user)):
    await socket.accept()
    if members[room] == 5:
        await socket.close(code=1013, reason="the room is full")
        return
    members[room] += 1
    outgoing = asyncio.Queue()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(subscribe(room, outgoing))
            tasks.create_task(write(socket, outgoing))
            tasks.create_task(listen(socket, room, name, outgoing))
    except* WebSocketDisconnect:
        pass
    finally:
        members[room] -= 1
