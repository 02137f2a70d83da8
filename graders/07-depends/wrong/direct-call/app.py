from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query

app = FastAPI()
runs = 0


def get_region() -> str:
    return "eu"


def paging(
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> dict[str, int]:
    return {"skip": skip, "limit": limit}


def verify_token(x_token: Annotated[str | None, Header()] = None) -> None:
    if x_token != "let-me-in":
        raise HTTPException(401, "invalid token")


Region = Annotated[str, Depends(get_region)]
Page = Annotated[dict[str, int], Depends(paging)]


@app.get("/items")
def list_items(page: Page) -> dict[str, object]:
    return {"region": get_region(), **page}


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
