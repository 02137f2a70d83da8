"""The service that your app asks, slow as services are. Call it as it is; while grading, another one takes its place."""

import asyncio
import os
import time

DELAY = 0.2


def fetch_sync(key):
    """Return {"key", "value"}. Blocks its thread for 0.2 s."""
    time.sleep(DELAY)
    return {"key": key, "value": f"value of {key}"}


async def fetch_async(key):
    """Return {"key", "value"}. Waits 0.2 s without blocking anything."""
    await asyncio.sleep(DELAY)
    return {"key": key, "value": f"value of {key}"}


def crunch(n):
    """Return {"value", "pid"}: a number worked out from the integer n, and the process that did it. About a second of CPU."""
    value = n
    for _round in range(10_000_000):
        value = (value * 1_103_515_245 + 12_345) % 2**31
    return {"value": value, "pid": os.getpid()}
