import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def get_token(authorization: Annotated[str | None, Header()] = None) -> str:
    if authorization is None or not authorization.startswith("Bearer "):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return authorization.removeprefix("Bearer ")


def get_trace_id() -> str:
    return secrets.token_hex()


Token = Annotated[str, Depends(get_token)]
TraceId = Annotated[str, Depends(get_trace_id)]


def get_user(token: Token) -> dict[str, str]:
    return {"name": token, "trace": get_trace_id()}


def get_nonce() -> str:
    return secrets.token_hex()


@app.get("/me")
def me(user: Annotated[dict[str, str], Depends(get_user)], trace_id: TraceId) -> dict[str, str]:
    return {"name": user["name"], "user_trace": user["trace"], "trace": trace_id}


@app.get("/pair")
def pair(
    first: Annotated[str, Depends(get_nonce)],
    second: Annotated[str, Depends(get_nonce, use_cache=False)],
) -> dict[str, str]:
    return {"first": first, "second": second}


@app.get("/open")
def open_to_all() -> dict[str, bool]:
    return {"open": True}
