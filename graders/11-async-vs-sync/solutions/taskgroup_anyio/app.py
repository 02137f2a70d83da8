from anyio import to_process
from fastapi import FastAPI

import fetching
import upstream

app = FastAPI()
app.include_router(fetching.router)


@app.get("/cpu/{n}")
async def cpu(n: int):
    return await to_process.run_sync(upstream.crunch, n)


@app.get("/ping")
def ping():
    return {"pong": True}
