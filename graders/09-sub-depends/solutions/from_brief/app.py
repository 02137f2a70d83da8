import uuid

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


class BearerToken:
    """A dependency that is an object: what follows the scheme in Authorization."""

    def __init__(self, scheme: str):
        self.prefix = scheme + " "

    def __call__(self, authorization: str = Header(default="")) -> str:
        if not authorization.startswith(self.prefix):
            raise HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": "Bearer"})
        return authorization.removeprefix(self.prefix)


get_token = BearerToken("Bearer")


def get_trace_id():
    return uuid.uuid4().hex


def get_user(token=Depends(get_token), trace=Depends(get_trace_id)):
    return {"name": token, "trace": trace}


def get_nonce():
    return uuid.uuid4().hex


@app.get("/me")
def me(user=Depends(get_user), trace=Depends(get_trace_id)):
    return {"name": user["name"], "user_trace": user["trace"], "trace": trace}


@app.get("/pair")
def pair(first=Depends(get_nonce, use_cache=False), second=Depends(get_nonce, use_cache=False)):
    return {"first": first, "second": second}


@app.get("/open")
def open_to_all():
    return {"open": True}
