import asyncio

from fastapi import FastAPI

app = FastAPI()
turn = asyncio.Lock()


@app.get("/slow")
async def slow():
    async with turn:
        await asyncio.sleep(0.3)
    return {"ok": True}
