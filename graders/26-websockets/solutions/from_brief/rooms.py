"""Who is in which room of this instance, and what a member hears and says."""

import asyncio
import json
from contextlib import aclosing, suppress

from fastapi import WebSocket, WebSocketDisconnect

import bus

PLACES = 5
GONE = (WebSocketDisconnect, RuntimeError)  # what Starlette raises when the socket cannot be written to any more

_members: dict[str, set[WebSocket]] = {}


def count(room: str) -> int:
    return len(_members.get(room, ()))


def enter(room: str, websocket: WebSocket) -> bool:
    """Take a place, if there is one. Awaits nothing, so nobody gets in between."""
    if count(room) >= PLACES:
        return False
    _members.setdefault(room, set()).add(websocket)
    return True


def leave(room: str, websocket: WebSocket) -> None:
    _members[room].discard(websocket)
    if not _members[room]:
        del _members[room]


def parse(frame: str | None) -> str | None:
    """Return the text of a frame, or None for junk."""
    try:
        data = json.loads(frame or "")
    except (ValueError, RecursionError):
        return None
    text = data.get("text") if isinstance(data, dict) else None
    return text if isinstance(text, str) and 1 <= len(text) <= 500 else None


async def hear(room: str, websocket: WebSocket, accepted: asyncio.Event) -> None:
    async with aclosing(bus.subscribe(room)) as messages:
        async for message in messages:
            await accepted.wait()
            try:
                await websocket.send_text(json.dumps(message))
            except GONE:
                return  # the loop in say() sees the end, too, after what the client sent before it


async def say(room: str, websocket: WebSocket, name: str) -> None:
    while True:
        frame = await websocket.receive()
        if frame["type"] == "websocket.disconnect":
            return
        text = parse(frame.get("text"))
        if text is None:
            with suppress(*GONE):
                await websocket.send_text(json.dumps({"error": "malformed frame"}))
        else:
            await bus.publish(room, {"from": name, "text": text})


async def visit(room: str, websocket: WebSocket, name: str) -> None:
    """From the handshake to the end of the socket."""
    if not enter(room, websocket):
        with suppress(*GONE):
            await websocket.accept()
            await websocket.close(1013)
        return
    accepted = asyncio.Event()
    hearing = asyncio.create_task(hear(room, websocket, accepted))
    try:
        await asyncio.sleep(0)  # the task starts, and with it the subscription: before the client can speak
        await websocket.accept()
        accepted.set()
        await say(room, websocket, name)
    finally:
        leave(room, websocket)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
