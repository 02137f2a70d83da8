from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

import resources

app = FastAPI()


def get_session() -> Iterator[resources.Session]:
    session = resources.open_session()
    try:
        yield session
    except Exception:
        session.rollback()
    finally:
        session.close()


Session = Annotated[resources.Session, Depends(get_session)]


def get_repo(session: Session) -> resources.Repo:
    return resources.Repo(session)


@app.get("/rows")
def read_rows(session: Session):
    return {"rows": list(session.rows())}


@app.post("/rows", status_code=201)
def add_row(value: int, session: Session):
    session.add(value)
    session.commit()
    return {"value": value}


@app.post("/conflict")
def conflict(value: int, session: Session):
    session.add(value)
    raise HTTPException(409)


@app.post("/crash")
def crash(value: int, session: Session):
    session.add(value)
    raise RuntimeError("crash")


@app.get("/stream")
def stream(session: Session):
    return StreamingResponse((f"{row}\n" for row in session.rows()), media_type="text/plain")


@app.get("/count")
def count(session: Session, repo: Annotated[resources.Repo, Depends(get_repo)]):
    return {"count": repo.count()}
