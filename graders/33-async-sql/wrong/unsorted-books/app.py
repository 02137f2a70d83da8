import os
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from models import Account, Author, Book
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

engine = create_async_engine(
    os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///library.db"), pool_size=5, max_overflow=0
)
# What was loaded stays readable after a commit: reading it again would be IO that nobody awaits.
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)

app = FastAPI()


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int


class ShownBook(Shown):
    title: str


class ShownAuthor(Shown):
    name: str


class AuthorWithBooks(ShownAuthor):
    books: list[ShownBook]


class BookWithAuthor(ShownBook):
    author: ShownAuthor


class NewBook(BaseModel):
    title: str
    author_id: int


class Transfer(BaseModel):
    src: int
    dst: int
    amount: int = Field(gt=0)


class Balances(BaseModel):
    src: int
    dst: int


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


Database = Annotated[AsyncSession, Depends(get_session)]


@app.get("/ping")
def ping() -> dict[str, bool]:
    return {"pong": True}


@app.get("/authors", response_model=list[AuthorWithBooks])
async def list_authors(session: Database) -> Sequence[Author]:
    return (await session.scalars(select(Author).order_by(Author.id).options(selectinload(Author.books)))).all()


@app.post("/books", status_code=201, response_model=BookWithAuthor)
async def add_book(body: NewBook, session: Database) -> Book:
    author = await session.get(Author, body.author_id)
    if author is None:
        raise HTTPException(404)
    book = Book(title=body.title, author=author)
    session.add(book)
    await session.commit()
    return book


async def change_balance(session: AsyncSession, account_id: int, difference: int) -> None:
    """Change a balance where it is, in the database, unless it would get below zero."""
    changed = await session.execute(
        update(Account)
        .where(Account.id == account_id, Account.balance + difference >= 0)
        .values(balance=Account.balance + difference)
    )
    if changed.rowcount == 0:
        raise HTTPException(409)


@app.post("/transfers")
async def transfer(body: Transfer, session: Database) -> Balances:
    found = select(Account.id, Account.balance).where(Account.id.in_([body.src, body.dst]))
    if len((await session.execute(found)).all()) < len({body.src, body.dst}):
        raise HTTPException(404)
    await change_balance(session, body.src, -body.amount)
    await change_balance(session, body.dst, body.amount)
    balances = {row.id: row.balance for row in await session.execute(found)}
    await session.commit()
    return Balances(src=balances[body.src], dst=balances[body.dst])
