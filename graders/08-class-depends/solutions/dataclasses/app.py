from fastapi import APIRouter, Depends, FastAPI

import slow
from dependencies import Hits, Paging, hits, need_pro, need_team

lists = APIRouter()
pro = APIRouter(dependencies=[Depends(need_pro)])


@lists.get("/books")
def list_books(paging=Depends(Paging)):
    return dict(page=paging.page, size=paging.size, offset=paging.offset)


@lists.get("/authors")
async def list_authors(paging: Paging = Depends(Paging)):
    await slow.tick()
    return dict(page=paging.page, size=paging.size, offset=paging.offset)


@pro.get("/reports")
def show_reports(counter: Hits = Depends(hits)):
    with counter.lock:
        counter.count += 1
    return {"ok": True}


app = FastAPI()
app.include_router(lists)
app.include_router(pro)


@app.get("/exports")
def show_exports(_plan: str = Depends(need_team)):
    return {"ok": True}


@app.get("/hits")
def show_hits(counter: Hits = Depends(hits)):
    return {"hits": counter.count}
