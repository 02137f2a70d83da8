"""Keeps a record of who did what, on a slow disk. Call it as it is; while grading, another one takes its place."""

import asyncio
import time

DELAY = 0.3


def write(line):
    """Write a line. Blocks its thread for 0.3 s."""
    time.sleep(DELAY)
    print("audit:", line)


async def write_async(line):
    """Write a line. Waits 0.3 s without blocking anything."""
    await asyncio.sleep(DELAY)
    print("audit:", line)
