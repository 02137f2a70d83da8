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


TraceId = Annotated[str, Depends(get_trace_id)]


def get_user(token: str, trace_id: str) -> dict[str, str]:
    return {"name": token, "trace": trace_id}


def get_nonce() -> str:
    return secrets.token_hex()


@app.get("/me")
def me(trace_id: TraceId, authorization: Annotated[str | None, Header()] = None) -> dict[str, str]:
    token = get_token(authorization)
    user = get_user(token, trace_id)
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
