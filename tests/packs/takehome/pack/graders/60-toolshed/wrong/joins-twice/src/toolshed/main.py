import hashlib
import os
import secrets
import time
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

import jwt
from fastapi import Body, FastAPI, Form, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Column, Date, ForeignKey, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.exc import IntegrityError

SECRET = os.environ.get("TOOLSHED_SECRET", "change-me-change-me-change-me-change")
DAYS = int(os.environ.get("TOOLSHED_LOAN_DAYS", "14"))
engine = create_engine("sqlite:///" + os.environ.get("TOOLSHED_DATABASE", "toolshed.db"))
meta = MetaData()
members = Table(
    "members", meta, Column("id", Integer, primary_key=True), Column("email", String), Column("secret", String)
)
tools = Table("tools", meta, Column("id", Integer, primary_key=True), Column("name", String))
loans = Table(
    "loans",
    meta,
    Column("id", Integer, primary_key=True),
    Column("tool_id", ForeignKey("tools.id"), unique=True),
    Column("email", String),
    Column("due", Date),
)


@asynccontextmanager
async def lifespan(_app):
    meta.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)


class Joining(BaseModel):
    email: str
    password: str = Field(min_length=8)


def hashed(password, salt):
    return salt + hashlib.scrypt(password.encode(), salt=salt.encode(), n=2**12, r=8, p=1).hex()


def who(authorization):
    try:
        claims = jwt.decode((authorization or "").removeprefix("Bearer "), SECRET, ["HS256"], {"require": ["exp"]})
    except jwt.PyJWTError:
        raise HTTPException(401)
    with engine.begin() as db:
        if db.execute(select(members).where(members.c.email == claims.get("sub"))).first() is None:
            raise HTTPException(401)
    return claims["sub"]


@app.post("/members", status_code=201)
def join(joining: Joining):
    if "@" not in joining.email:
        raise HTTPException(422)
    try:
        with engine.begin() as db:
            row = {"email": joining.email, "secret": hashed(joining.password, secrets.token_hex(16))}
            (number,) = db.execute(insert(members).values(row)).inserted_primary_key
    except IntegrityError:
        raise HTTPException(409)
    return {"id": number, "email": joining.email}


@app.post("/token")
def log_in(username: str = Form(), password: str = Form()):
    with engine.begin() as db:
        known = db.execute(select(members.c.secret).where(members.c.email == username)).scalar()
    if known is None or hashed(password, known[:32]) != known:
        raise HTTPException(401)
    token = jwt.encode({"sub": username, "exp": int(time.time()) + 1800}, SECRET, "HS256")
    return {"access_token": token, "token_type": "bearer"}


@app.get("/tools")
def list_tools():
    with engine.begin() as db:
        lent = set(db.execute(select(loans.c.tool_id)).scalars())
        rows = db.execute(select(tools).order_by(tools.c.name)).all()
    return [{"id": row.id, "name": row.name, "available": row.id not in lent} for row in rows]


@app.post("/tools", status_code=201)
def add_tool(name: str = Body(embed=True), authorization: str | None = Header(None)):
    who(authorization)
    with engine.begin() as db:
        (number,) = db.execute(insert(tools).values(name=name)).inserted_primary_key
    return {"id": number, "name": name, "available": True}


def shown(row):
    return {"id": row.id, "tool_id": row.tool_id, "due": row.due.isoformat()}


@app.post("/loans", status_code=201)
def borrow(tool_id: int = Body(embed=True), authorization: str | None = Header(None)):
    me = who(authorization)
    due = datetime.now(timezone.utc).date() + timedelta(days=DAYS)
    try:
        with engine.begin() as db:
            if db.execute(select(tools).where(tools.c.id == tool_id)).first() is None:
                raise HTTPException(404)
            (number,) = db.execute(insert(loans).values(tool_id=tool_id, email=me, due=due)).inserted_primary_key
    except IntegrityError:
        raise HTTPException(409)
    return {"id": number, "tool_id": tool_id, "due": due.isoformat()}


@app.get("/loans")
def my_loans(authorization: str | None = Header(None)):
    me = who(authorization)
    with engine.begin() as db:
        return [shown(row) for row in db.execute(select(loans).where(loans.c.email == me))]


@app.delete("/loans/{number}", status_code=204)
def bring_back(number: int, authorization: str | None = Header(None)):
    me = who(authorization)
    with engine.begin() as db:
        row = db.execute(select(loans).where(loans.c.id == number)).first()
        if row is None:
            raise HTTPException(404)
        if row.email != me:
            raise HTTPException(403)
        db.execute(loans.delete().where(loans.c.id == number))
