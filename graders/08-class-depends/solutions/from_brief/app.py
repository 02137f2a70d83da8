"""Classes, configured instances and one shared instance as dependencies."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query

import slow

app = FastAPI()


@dataclass
class Paging:
    """The page that a request asks for."""

    page: Annotated[int, Query(ge=1)] = 1
    size: Annotated[int, Query(ge=1, le=50)] = 20

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


class PlanChecker:
    """Lets only customers of one plan through."""

    def __init__(self, plan: str):
        self.plan = plan

    def __call__(self, x_plan: Annotated[str | None, Header()] = None) -> str:
        if x_plan != self.plan:
            raise HTTPException(status_code=403, detail=f"this needs the plan {self.plan!r}")
        return x_plan


class Hits:
    """A counter that all requests share."""

    def __init__(self):
        self.count = 0

    async def __call__(self):
        return self


need_pro = PlanChecker("pro")
need_team = PlanChecker("team")
hits = Hits()

PageDep = Annotated[Paging, Depends(Paging)]
HitsDep = Annotated[Hits, Depends(hits)]


def describe(paging: Paging) -> dict[str, int]:
    return {"page": paging.page, "size": paging.size, "offset": paging.offset}


@app.get("/books")
async def list_books(paging: PageDep):
    return describe(paging)


@app.get("/authors")
async def list_authors(paging: PageDep):
    await slow.tick()
    return describe(paging)


@app.get("/reports", dependencies=[Depends(need_pro)])
async def show_reports(counter: HitsDep):
    # Runs on the event loop and awaits nothing, so no increment is lost.
    counter.count += 1
    return {"ok": True}


@app.get("/exports", dependencies=[Depends(need_team)])
async def show_exports():
    return {"ok": True}


@app.get("/hits")
async def show_hits(counter: HitsDep):
    return {"hits": counter.count}
