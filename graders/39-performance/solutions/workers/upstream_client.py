"""The upstream behind a class: one httpx2 client, calls with a deadline, workers for many, one flight for what is shared."""

import asyncio
import time

import httpx2


class UpstreamError(Exception):
    def __init__(self, status: int):
        self.status = status


class Upstream:
    def __init__(self, url: str):
        self._client = httpx2.AsyncClient(base_url=url)
        self._flights: dict[str, tuple[float, asyncio.Task]] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def call(self, path: str, **headers: str):
        try:
            reply = await asyncio.wait_for(self._client.get(path, headers=headers), 1)
        except TimeoutError as error:
            raise UpstreamError(504) from error
        except httpx2.HTTPError as error:
            raise UpstreamError(502) from error
        if reply.status_code != 200:
            raise UpstreamError(502)
        return reply.json()

    async def shared(self, path: str, seconds: float):
        """The answer of a call that began less than `seconds` ago, by whomever."""
        began, flight = self._flights.get(path, (float("-inf"), None))
        failed = flight is not None and flight.done() and flight.exception()
        if flight is None or failed or time.monotonic() - began >= seconds:
            flight = asyncio.create_task(self.call(path))
            self._flights[path] = (time.monotonic(), flight)
        return await asyncio.shield(flight)

    async def many(self, paths: list[str], workers: int) -> list:
        results = [None] * len(paths)
        numbered = iter(enumerate(paths))
        failures: list[UpstreamError] = []

        async def work():
            for number, path in numbered:
                if failures:
                    return
                try:
                    results[number] = await self.call(path)
                except UpstreamError as error:
                    failures.append(error)

        async with asyncio.TaskGroup() as group:
            for _worker in range(workers):
                group.create_task(work())
        if failures:
            raise failures[0]
        return results
