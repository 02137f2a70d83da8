from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

from deps import get_repo, get_session

app = FastAPI(title="Sessions")


@app.get("/rows")
def read_rows(session=Depends(get_session)):
    return {"rows": list(session.rows())}


@app.post("/rows", status_code=201)
def add_row(value: int, session=Depends(get_session)):
    session.add(value)
    session.commit()  # in here, so that a failure still decides the status
    return {"value": value}


@app.post("/conflict")
def conflict(value: int, session=Depends(get_session)):
    session.add(value)
    raise HTTPException(status_code=409, detail="conflict")


@app.post("/crash")
def crash(value: int, session=Depends(get_session)):
    session.add(value)
    raise RuntimeError("crash")


@app.get("/stream")
def stream(session=Depends(get_session)):
    # A plain generator: Starlette takes each row in the thread pool, and the dependency ends after the response.
    lines = (f"{row}\n" for row in session.rows())
    return StreamingResponse(lines, media_type="text/plain")


@app.get("/count")
def count(session=Depends(get_session), repo=Depends(get_repo)):
    return {"count": repo.count()}
