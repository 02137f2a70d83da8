import anyio
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel


class Done(BaseModel):
    ok: bool = True


router = APIRouter()


@router.get("/slow")
async def wait_a_little() -> Done:
    for _part in range(3):
        await anyio.sleep(0.1)
    return Done()


app = FastAPI()
app.include_router(router)
