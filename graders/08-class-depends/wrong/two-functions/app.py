from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query

import slow


class Paging:
    def __init__(
        self,
        page: Annotated[int, Query(ge=1)] = 1,
        size: Annotated[int, Query(ge=1, le=50)] = 20,
    ) -> None:
        self.page = page
        self.size = size
        self.offset = (page - 1) * size


class PlanChecker:
    def __init__(self, plan: str) -> None:
        self.plan = plan


def need_pro(x_plan: Annotated[str | None, Header()] = None) -> None:
    if x_plan != "pro":
        raise HTTPException(403)


def need_team(x_plan: Annotated[str | None, Header()] = None) -> None:
    if x_plan != "team":
        raise HTTPException(403)


class Hits:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> "Hits":
        return self

    def bump(self) -> None:
        self.count += 1


hits = Hits()

PageOf = Annotated[Paging, Depends()]
SharedHits = Annotated[Hits, Depends(hits)]

app = FastAPI()


def shown(paging: Paging) -> dict[str, int]:
    return {"page": paging.page, "size": paging.size, "offset": paging.offset}


@app.get("/books")
async def list_books(paging: PageOf) -> dict[str, int]:
    return shown(paging)


@app.get("/authors")
async def list_authors(paging: PageOf) -> dict[str, int]:
    await slow.tick()
    return shown(paging)


@app.get("/reports", dependencies=[Depends(need_pro)])
async def show_reports(counter: SharedHits) -> dict[str, bool]:
    counter.bump()
    return {"ok": True}


@app.get("/exports", dependencies=[Depends(need_team)])
async def show_exports() -> dict[str, bool]:
    return {"ok": True}


@app.get("/hits")
async def show_hits(counter: SharedHits) -> dict[str, int]:
    return {"hits": counter.count}
