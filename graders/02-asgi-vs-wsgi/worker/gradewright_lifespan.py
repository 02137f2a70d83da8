"""Plays a server's part in raw's lifespan, and answers every request with what happened, in order.

What should happen is not known here.
"""

import asyncio
import json

from raw import raw

#: Seconds that raw may take for each answer.
PATIENCE = 3.0


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = json.dumps(await play()).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def play():
    """Tell raw to start and to stop; return [who, what] of everything that was said, and how the call ended."""
    story = []
    spoken = asyncio.Event()
    told = asyncio.Queue()

    async def send(message):
        story.append(["raw", str(message["type"])[:100]])
        spoken.set()

    async def run():
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        try:
            await raw(scope, told.get, send)
        except Exception as error:  # noqa: BLE001 - whatever it raises is part of the story
            story.append(["raised", f"{type(error).__name__}: {error}"[:500]])
        else:
            story.append(["returned", ""])
        spoken.set()

    task = asyncio.create_task(run())
    for word in ("lifespan.startup", "lifespan.shutdown"):
        if task.done():
            break
        spoken.clear()
        story.append(["server", word])
        told.put_nowait({"type": word})
        try:
            await asyncio.wait_for(spoken.wait(), PATIENCE)
        except TimeoutError:
            story.append(["silent", ""])
            break
        # Time for more than was asked.
        for _turn in range(20):
            await asyncio.sleep(0)
    task.cancel()
    return story
