"""The routes of the todo API."""

from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from target.deps import User, database, get_current_user, get_db, get_rates
from target.store import Missing, Store, Taken

Title = Annotated[str, Field(min_length=1, max_length=80)]
Priority = Annotated[int, Field(ge=1, le=5)]
Cost = Annotated[int, Field(ge=0)]


class NewTodo(BaseModel):
    title: Title
    priority: Priority = 3
    cost: Cost = 0


class Changes(BaseModel):
    title: Title | None = None
    priority: Priority | None = None
    cost: Cost | None = None
    done: bool | None = None


class Bulk(BaseModel):
    items: Annotated[list[NewTodo], Field(min_length=1, max_length=10)]


Db = Annotated[Store, Depends(get_db)]
Me = Annotated[User, Depends(get_current_user)]


@asynccontextmanager
async def lifespan(_app):
    database.clear()
    database.add("root", [{"title": "Read the brief", "priority": 3, "cost": 0}])
    yield


app = FastAPI(title="Todos", lifespan=lifespan)


@app.exception_handler(Missing)
def missing(_request, _error):
    return JSONResponse({"detail": "No such todo"}, 404)


@app.exception_handler(Taken)
def taken(_request, _error):
    return JSONResponse({"detail": "You have a todo with this title"}, 409)


@app.exception_handler(Exception)
def unexpected(_request, _error):
    return JSONResponse({"detail": "Something went wrong"}, 500)


def allowed_todo(todo_id: int, me: Me, db: Db):
    """Return the todo, if it is mine or I am an admin."""
    todo = db.get(todo_id)
    if todo["owner"] != me.name and me.role != "admin":
        raise HTTPException(403, "Not your todo")
    return todo


Allowed = Annotated[dict, Depends(allowed_todo)]


@app.post("/todos", status_code=201)
async def create(new: NewTodo, me: Me, db: Db):
    return db.add(me.name, [new.model_dump()])[0]


@app.post("/todos/bulk", status_code=201)
async def create_many(bulk: Bulk, me: Me, db: Db):
    return db.add(me.name, [item.model_dump() for item in bulk.items])


@app.get("/todos")
async def list_todos(me: Me, db: Db):
    return [todo for todo in db.all() if todo["owner"] == me.name or me.role == "admin"]


@app.get("/todos/{todo_id}")
async def read(todo: Allowed):
    return todo


@app.patch("/todos/{todo_id}")
async def change(todo: Allowed, changes: Changes, db: Db):
    return db.change(todo["id"], changes.model_dump(exclude_unset=True))


@app.delete("/todos/{todo_id}", status_code=204)
async def remove(todo: Allowed, db: Db):
    db.remove(todo["id"])


@app.get("/todos/{todo_id}/price")
async def price(
    todo: Allowed,
    currency: str,
    rates: Annotated[dict[str, float], Depends(get_rates)],
):
    if currency not in rates:
        raise HTTPException(404, "No rate for this currency")
    return {"id": todo["id"], "currency": currency, "amount": round(todo["cost"] * rates[currency], 2)}


@app.get("/stats")
async def stats(me: Me, db: Db):
    if me.role != "admin":
        raise HTTPException(403, "For admins only")
    todos = db.all()
    return {"todos": len(todos), "done": sum(todo["done"] for todo in todos)}
