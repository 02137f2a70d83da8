from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

import resources

app = FastAPI()


@contextmanager
def own_session() -> Iterator[resources.Session]:
    session = resources.open_session()
    try:
        yield session
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


def get_session() -> Iterator[resources.Session]:
    with own_session() as session:
        yield session


Session = Annotated[resources.Session, Depends(get_session)]


def get_repo(session: Session) -> resources.Repo:
    return resources.Repo(session)


@app.get("/rows")
def read_rows():
    with own_session() as session:
        return {"rows": list(session.rows())}


@app.post("/rows", status_code=201)
def add_row(value: int):
    with own_session() as session:
        session.add(value)
        session.commit()
    return {"value": value}


@app.post("/conflict")
def conflict(value: int):
    with own_session() as session:
        session.add(value)
        raise HTTPException(409)


@app.post("/crash")
def crash(value: int):
    with own_session() as session:
        session.add(value)
        raise RuntimeError("crash")


@app.get("/stream")
def stream():
    def lines():
        with own_session() as session:
            for row in session.rows():
                yield f"{row}\n"

    return StreamingResponse(lines(), media_type="text/plain")


@app.get("/count")
def count():
    with own_session() as session:
        return {"count": resources.Repo(session).count()}
