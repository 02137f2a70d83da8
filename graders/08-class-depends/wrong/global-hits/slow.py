"""Something that takes a moment. Call it as it is; while grading, another one takes its place."""

import asyncio


async def tick():
    """Wait a moment."""
    await asyncio.sleep(0.05)
