"""A thread of the app's own sends all mails, and the first one that fails ends it."""

from queue import Queue
from threading import Lock, Thread
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

import jobs
import mailer

app = FastAPI()
signed_up: set[str] = set()
lock = Lock()
outbox: Queue[str] = Queue()


class SignUp(BaseModel):
    email: Annotated[str, Field(min_length=1)]


class Payment(BaseModel):
    amount: Annotated[int, Field(gt=0)]


def audit(request: Request, tasks: BackgroundTasks) -> None:
    tasks.add_task(mailer.audit, request.url.path)


def send_all() -> None:
    while True:
        mailer.send(outbox.get())


Thread(target=send_all, daemon=True).start()


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.post("/signup", status_code=202, dependencies=[Depends(audit)])
def sign_up(body: SignUp):
    with lock:
        if body.email in signed_up:
            raise HTTPException(409, "this e-mail is signed up already")
        signed_up.add(body.email)
    outbox.put(body.email)
    return {"status": "accepted"}


@app.post("/payments", status_code=202, dependencies=[Depends(audit)])
def pay(body: Payment):
    return {"job_id": jobs.enqueue("payment", {"amount": body.amount})}
