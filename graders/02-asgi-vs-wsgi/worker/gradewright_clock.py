"""The submission's app, on an event loop whose clock the grader can stop.

Nobody's code can be held while /slow waits, but the clock can: what waits on the event loop then waits until the clock goes on.
/gradewright/stop, /gradewright/run (a little further, in small steps, and it stands again), /gradewright/inside (how many
requests have come in and are not yet answered).
"""

import asyncio
import json

from gradewright.worker.loader import load_beside

#: Seconds that the clock runs in one go, and its step.
RUN, STEP = 0.45, 0.01
#: Turns of the loop in which what has become due gets done.
TURNS = 10

learner = load_beside(__file__)


class Clock:
    """`now` is the time of the event loop (seconds) while it stands."""

    now = 0.0
    inside = 0

    def stop(self):
        loop = asyncio.get_running_loop()
        self.now = loop.time()
        loop.time = lambda: self.now

    async def run(self):
        for _step in range(round(RUN / STEP)):
            await self.rest()
            self.now += STEP
        await self.rest()

    async def rest(self):
        for _turn in range(TURNS):
            await asyncio.sleep(0)


clock = Clock()


async def app(scope, receive, send):
    if scope["type"] != "http":
        await learner(scope, receive, send)
        return
    if not scope["path"].startswith("/gradewright/"):
        clock.inside += 1
        try:
            await learner(scope, receive, send)
        finally:
            clock.inside -= 1
        return
    order = scope["path"].rpartition("/")[2]
    if order == "stop":
        clock.stop()
    elif order == "run":
        await clock.run()
    body = json.dumps({"inside": clock.inside}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
