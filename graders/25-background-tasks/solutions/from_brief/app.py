import logging
from typing import Annotated

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

import jobs
import mailer

logger = logging.getLogger(__name__)

app = FastAPI()

signed_up: set[str] = set()

# Slow work has threads of its own: FastAPI's pool (40 threads) stays free for requests, and audits do not wait for mails.
mail_threads = CapacityLimiter(40)
audit_threads = CapacityLimiter(40)


class SignUp(BaseModel):
    email: Annotated[str, Field(min_length=1)]


class Payment(BaseModel):
    amount: Annotated[int, Field(gt=0, strict=True)]


@app.exception_handler(RequestValidationError)
async def refuse(_request: Request, error: RequestValidationError):
    # FastAPI's own handler repeats the input, and fails when that is NaN, which Python's JSON parser lets in.
    return JSONResponse({"detail": [{key: problem[key] for key in ("type", "loc", "msg")} for problem in error.errors()]}, 422)


async def send_mail(email: str):
    try:
        await anyio.to_thread.run_sync(mailer.send, email, limiter=mail_threads)
    except Exception:
        # Caught here, as an error would end the background tasks that come after this one.
        logger.exception("The welcome mail was not sent")


async def write_audit(path: str):
    await anyio.to_thread.run_sync(mailer.audit, path, limiter=audit_threads)


async def audit(request: Request, tasks: BackgroundTasks):
    """Schedule mailer.audit(path) for after the response."""
    tasks.add_task(write_audit, request.url.path)


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.post("/signup", status_code=202, dependencies=[Depends(audit)])
async def sign_up(body: SignUp, tasks: BackgroundTasks):
    if body.email in signed_up:
        raise HTTPException(409, "This e-mail is signed up already")
    signed_up.add(body.email)
    tasks.add_task(send_mail, body.email)
    return {"status": "accepted"}


@app.post("/payments", status_code=202, dependencies=[Depends(audit)])
def pay(body: Payment):
    # Not a background task: once the client has its 202, the job must be safe.
    return {"job_id": jobs.enqueue("payment", {"amount": body.amount})}
