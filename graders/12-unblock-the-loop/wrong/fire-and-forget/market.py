"""Prices from far away, so all of it takes a while. Call it as it is; while grading, another one takes its place.

Each function exists twice: one blocks the thread that calls it, the one that ends in _async is awaited and blocks nothing.
"""

import asyncio
import time

DELAY = 0.3
LINES = ("open 100", "noon 104", "close 102")


def quote(sym):
    """Return the price of a symbol. Blocks its thread for 0.3 s."""
    time.sleep(DELAY)
    return 100 + len(sym)


async def quote_async(sym):
    """Return the price of a symbol. Waits 0.3 s without blocking anything."""
    await asyncio.sleep(DELAY)
    return 100 + len(sym)


def rate():
    """Return today's rate. Blocks its thread for 0.3 s."""
    time.sleep(DELAY)
    return 1.25


async def rate_async():
    """Return today's rate. Waits 0.3 s without blocking anything."""
    await asyncio.sleep(DELAY)
    return 1.25


def report():
    """Yield the report's lines, without line ends. Blocks its thread for 0.3 s before each."""
    for line in LINES:
        time.sleep(DELAY)
        yield line


async def report_async():
    """Yield the report's lines, without line ends. Waits 0.3 s before each without blocking anything."""
    for line in LINES:
        await asyncio.sleep(DELAY)
        yield line
