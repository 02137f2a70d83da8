"""The mail is on its way, on a bare thread, before anybody has looked whether the e-mail is new."""

from threading import Lock, Thread
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

import jobs
import mailer

app = FastAPI()
signed_up: set[str] = set()
lock = Lock()


class SignUp(BaseModel):
    email: Annotated[str, Field(min_length=1)]


class Payment(BaseModel):
    amount: Annotated[int, Field(gt=0)]


def audit(request: Request, tasks: BackgroundTasks) -> None:
    tasks.add_task(mailer.audit, request.url.path)


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.post("/signup", status_code=202, dependencies=[Depends(audit)])
def sign_up(body: SignUp):
    Thread(target=mailer.send, args=(body.email,)).start()
    with lock:
        if body.email in signed_up:
            raise HTTPException(409, "this e-mail is signed up already")
        signed_up.add(body.email)
    return {"status": "accepted"}


@app.post("/payments", status_code=202, dependencies=[Depends(audit)])
def pay(body: Payment):
    return {"job_id": jobs.enqueue("payment", {"amount": body.amount})}
