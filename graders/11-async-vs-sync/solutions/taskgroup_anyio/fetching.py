import asyncio

import upstream
from fastapi import APIRouter

router = APIRouter()


def in_pool(key):
    return upstream.fetch_sync(key)


async def awaited(key):
    return await upstream.fetch_async(key)


async def in_thread(key):
    return await asyncio.to_thread(upstream.fetch_sync, key)


async def together(a, b):
    async with asyncio.TaskGroup() as group:
        tasks = {"a": group.create_task(awaited(a)), "b": group.create_task(awaited(b))}
    return {name: task.result() for name, task in tasks.items()}


for path, handler in (("/sync/{key}", in_pool), ("/async/{key}", awaited), ("/legacy/{key}", in_thread), ("/both/{a}/{b}", together)):
    router.add_api_route(path, handler)
