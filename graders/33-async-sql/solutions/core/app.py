import os
from contextlib import asynccontextmanager
from itertools import groupby

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from models import Account, Author, Book
from pydantic import BaseModel, PositiveInt
from sqlalchemy import event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine


@asynccontextmanager
async def lifespan(app):
    engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=5, max_overflow=0)

    # The driver would begin a transaction only with the first change; this one begins it at once, and locks the database.
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection, _record):
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    app.state.engine = engine
    yield
    await engine.dispose()


async def get_session(request: Request):
    session = AsyncSession(request.app.state.engine)
    try:
        yield session
    finally:
        await session.close()


@asynccontextmanager
async def writing(session):
    """A transaction that nobody else can write in the middle of."""
    async with session.begin():
        await session.connection(execution_options={"writes": True})
        yield


router = APIRouter()


class BookIn(BaseModel):
    title: str
    author_id: int


class TransferIn(BaseModel):
    src: int
    dst: int
    amount: PositiveInt


@router.get("/authors")
async def authors(session: AsyncSession = Depends(get_session)):
    query = select(Author.id, Author.name, Book.id, Book.title)
    rows = await session.execute(query.outerjoin_from(Author, Book).order_by(Author.id, Book.id))
    return [
        {
            "id": author_id,
            "name": name,
            "books": [{"id": book_id, "title": title} for *_author, book_id, title in group if book_id is not None],
        }
        for (author_id, name), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


@router.post("/books", status_code=201)
async def new_book(book: BookIn, session: AsyncSession = Depends(get_session)):
    async with writing(session):
        author = (await session.execute(select(Author.id, Author.name).where(Author.id == book.author_id))).one_or_none()
        if author is None:
            raise HTTPException(404, "no such author")
        book_id = await session.scalar(insert(Book).values(book.model_dump()).returning(Book.id))
    return {"id": book_id, "title": book.title, "author": {"id": author.id, "name": author.name}}


@router.post("/transfers")
async def move(order: TransferIn, session: AsyncSession = Depends(get_session)):
    async with writing(session):
        rows = await session.execute(select(Account.id, Account.balance).where(Account.id.in_((order.src, order.dst))))
        balances = {row.id: row.balance for row in rows}
        if order.src not in balances or order.dst not in balances:
            raise HTTPException(404, "no such account")
        if balances[order.src] < order.amount:
            raise HTTPException(409, "not enough")
        for account, amount in ((order.src, -order.amount), (order.dst, order.amount)):
            balances[account] += amount
            await session.execute(update(Account).where(Account.id == account).values(balance=balances[account]))
    return {"src": balances[order.src], "dst": balances[order.dst]}


app = FastAPI(lifespan=lifespan)
app.include_router(router)


@app.get("/ping")
def ping():
    return {"pong": True}
