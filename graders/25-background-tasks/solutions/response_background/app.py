"""Coroutines, and responses; one has a background of its own, which has to take the dependency's tasks along."""

import logging

from fastapi import BackgroundTasks, Body, Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from starlette.background import BackgroundTask

import jobs
import mailer

app = FastAPI()
log = logging.getLogger("signup")
welcome: set[str] = set()


async def audit(request: Request, background: BackgroundTasks) -> BackgroundTasks:
    background.add_task(mailer.audit, request.scope["path"])
    return background


async def send_welcome(email: str) -> None:
    try:
        await run_in_threadpool(mailer.send, email)
    except mailer.MailFailed:
        log.exception("no mail to %s", email)


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.post("/signup")
async def sign_up(email: str = Body(embed=True, min_length=1), audited: BackgroundTasks = Depends(audit)):
    if email in welcome:
        return Response(status_code=409)
    welcome.add(email)
    tasks = BackgroundTasks([BackgroundTask(send_welcome, email), *audited.tasks])
    return JSONResponse({"status": "accepted"}, status_code=202, background=tasks)


@app.post("/payments", dependencies=[Depends(audit)])
async def pay(amount: int = Body(embed=True, gt=0)):
    job_id = await run_in_threadpool(jobs.enqueue, "payment", {"amount": amount})
    return JSONResponse({"job_id": job_id}, status_code=202)
