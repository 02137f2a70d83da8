import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from models import Account, Author, Book
from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

engine = create_async_engine(
    os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///library.db"),
    pool_size=5,
    max_overflow=0,
    pool_timeout=60,
    connect_args={"timeout": 30},
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI(title="Library")


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_session)]


class NewBook(BaseModel):
    title: str
    author_id: int


class Transfer(BaseModel):
    src: int
    dst: int
    amount: Annotated[int, Field(gt=0)]


@app.get("/ping")
async def ping():
    return {"pong": True}


@app.get("/authors")
async def list_authors(db: Db):
    authors = await db.scalars(select(Author).options(selectinload(Author.books)).order_by(Author.id))
    return [
        {
            "id": author.id,
            "name": author.name,
            "books": [
                {"id": book.id, "title": book.title} for book in sorted(author.books, key=lambda book: book.id)
            ],
        }
        for author in authors
    ]


@app.post("/books", status_code=201)
async def add_book(new: NewBook, db: Db):
    author = await db.get(Author, new.author_id)
    if author is None:
        raise HTTPException(404, "No such author")
    shown = {"id": author.id, "name": author.name}
    book = Book(title=new.title, author_id=new.author_id)
    db.add(book)
    await db.flush()
    answer = {"id": book.id, "title": book.title, "author": shown}
    await db.commit()
    return answer


@app.post("/transfers")
async def transfer(order: Transfer, db: Db):
    # The first statement is a write, so SQLite's lock is ours before anything is read.
    await db.execute(update(Account).where(Account.id == order.src).values(balance=Account.balance))
    rows = await db.execute(select(Account.id, Account.balance).where(Account.id.in_([order.src, order.dst])))
    balances = {account: balance for account, balance in rows}
    if order.src not in balances or order.dst not in balances:
        raise HTTPException(404, "No such account")
    if balances[order.src] < order.amount:
        raise HTTPException(409, "Not enough")
    if order.src != order.dst:
        balances[order.src] -= order.amount
        balances[order.dst] += order.amount
        for account in (order.src, order.dst):
            await db.execute(update(Account).where(Account.id == account).values(balance=balances[account]))
    await db.commit()
    return {"src": balances[order.src], "dst": balances[order.dst]}
