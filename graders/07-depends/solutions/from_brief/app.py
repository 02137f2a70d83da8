from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from dependencies import get_region, paging, verify_token

app = FastAPI()
app.state.runs = 0

admin = APIRouter(prefix="/admin", dependencies=[Depends(verify_token)])

Region = Annotated[str, Depends(get_region)]
Paging = Annotated[dict, Depends(paging)]


@app.get("/items")
async def list_items(region: Region, page: Paging):
    return {"region": region, **page}


@app.get("/users")
async def list_users(page: Paging):
    return page


@admin.get("/stats")
async def admin_stats():
    app.state.runs += 1
    return {"ok": True}


@app.get("/audit")
async def audit():
    return {"runs": app.state.runs}


app.include_router(admin)
