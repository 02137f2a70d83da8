from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

from sessions import get_repo, get_session, transaction

app = FastAPI()


@app.get("/rows")
async def read_rows(session=Depends(get_session)):
    return dict(rows=[*session.rows()])


@app.post("/rows", status_code=201)
async def add_row(value: int, session=Depends(transaction, scope="function")):
    session.add(value)
    return dict(value=value)


@app.post("/conflict")
async def conflict(value: int, session=Depends(transaction, scope="function")):
    session.add(value)
    raise HTTPException(status_code=409, detail="conflict")


@app.post("/crash")
async def crash(value: int, session=Depends(transaction, scope="function")):
    session.add(value)
    raise RuntimeError


@app.get("/stream", response_class=StreamingResponse)
async def stream(session=Depends(get_session)):
    async def lines():
        for row in session.rows():
            yield str(row) + "\n"

    return StreamingResponse(lines(), headers={"content-type": "text/plain; charset=utf-8"})


@app.get("/count", dependencies=[Depends(get_session)])
async def count(repo=Depends(get_repo)):
    return dict(count=repo.count())
