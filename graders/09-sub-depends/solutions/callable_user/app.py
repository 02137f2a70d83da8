from fastapi import Depends, FastAPI

from graph import get_nonce, get_trace_id, get_user

app = FastAPI()


@app.get("/me")
async def me(trace=Depends(get_trace_id), user=Depends(get_user)):
    return {"name": user["name"], "user_trace": user["trace"], "trace": trace}


@app.get("/pair")
async def pair(first=Depends(get_nonce, use_cache=False), second=Depends(get_nonce, use_cache=False)):
    return dict(first=first, second=second)


@app.get("/open")
async def open_to_all():
    return {"open": True}
