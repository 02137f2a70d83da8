"""Calls to the upstream: one client for the whole app, a deadline for each call, and failures as our clients shall see them."""

import asyncio
import os

import httpx
from fastapi import HTTPException

LONGEST_CALL = 1.0  # seconds, from sending to the last byte


def new_client() -> httpx.AsyncClient:
    # httpx's own timeouts are for each step; the deadline below is for all of them together.
    return httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"], timeout=None, trust_env=False)


async def fetch(client: httpx.AsyncClient, path: str, headers: list[tuple[bytes, bytes]] | None = None) -> bytes:
    """Return the body of an answer. Raises HTTPException 504 when it is late, 502 when it cannot be had."""
    try:
        async with asyncio.timeout(LONGEST_CALL):
            reply = await client.get(path, headers=headers)
    except TimeoutError:
        raise HTTPException(504, "the upstream takes too long") from None
    except httpx.HTTPError:
        raise HTTPException(502, "the upstream cannot be reached") from None
    if reply.status_code != 200:
        raise HTTPException(502, "the upstream has failed")
    return reply.content
