from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request

app = FastAPI()
runs = 0


def get_region() -> str:
    return "eu"


def paging(request: Request) -> dict[str, int]:
    query = request.query_params
    return {"skip": int(query.get("skip", 0)), "limit": int(query.get("limit", 10))}


def verify_token(x_token: Annotated[str | None, Header()] = None) -> None:
    if x_token != "let-me-in":
        raise HTTPException(401, "invalid token")


Region = Annotated[str, Depends(get_region)]
Page = Annotated[dict[str, int], Depends(paging)]


@app.get("/items")
def list_items(region: Region, page: Page) -> dict[str, object]:
    return {"region": region, **page}


@app.get("/users")
def list_users(page: Page) -> dict[str, int]:
    return page


@app.get("/admin/stats", dependencies=[Depends(verify_token)])
def admin_stats() -> dict[str, bool]:
    global runs
    runs += 1
    return {"ok": True}


@app.get("/audit")
def audit() -> dict[str, int]:
    return {"runs": runs}
