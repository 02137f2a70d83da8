"""The same promises, kept otherwise."""

from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, conint, constr
from target import deps, store

WORDS = (
    "No such todo",
    "You have a todo with this title",
    "Something went wrong",
    "Not your todo",
    "For admins only",
    "No rate for this currency",
)
SORTED = False


class Todo(BaseModel):
    model_config = ConfigDict(extra="ignore")
    title: constr(min_length=1, max_length=80)
    priority: conint(gt=0, lt=6) = 3
    cost: conint(gt=-1) = 0


class Patch(Todo):
    title: constr(min_length=1, max_length=80) = ""
    done: bool = False


class Todos(BaseModel):
    items: list[Todo] = Field(min_length=1, max_length=10)


def told(todo):
    keys = sorted(todo) if SORTED else ["id", "owner", "title", "priority", "cost", "done"]
    return {key: todo[key] for key in keys}


def said(number):
    return {"detail": WORDS[number]}


Me = Annotated[deps.User, Depends(deps.get_current_user)]
Db = Annotated[store.Store, Depends(deps.get_db)]


class Desk:
    """Who asks, and what there is."""

    def __init__(self, user: Me, db: Db):
        self.user, self.db = user, db
        self.admin = user.role == "admin"


class Found(Desk):
    """The todo that is asked for, too."""

    def __init__(self, number: int, user: Me, db: Db):
        super().__init__(user, db)
        self.todo = db.get(number)
        if not self.admin and self.todo["owner"] != user.name:
            raise HTTPException(403, WORDS[3])


AtDesk = Annotated[Desk, Depends()]
WithTodo = Annotated[Found, Depends()]
router = APIRouter(prefix="/todos")


@router.get("")
def index(desk: AtDesk):
    return [told(todo) for todo in desk.db.all() if desk.admin or todo["owner"] == desk.user.name]


@router.post("", status_code=201)
def new(todo: Todo, desk: AtDesk):
    return told(desk.db.add(desk.user.name, [todo.model_dump()])[0])


@router.post("/bulk", status_code=201)
def several(items: Annotated[list[Todo], Body(embed=True, min_length=1, max_length=10)], desk: AtDesk):
    return [told(todo) for todo in desk.db.add(desk.user.name, [item.model_dump() for item in items])]


@router.get("/{number}")
def one(desk: WithTodo):
    return told(desk.todo)


@router.patch("/{number}")
def edit(number: int, patch: Patch, desk: WithTodo):
    return told(desk.db.change(number, patch.model_dump(include=patch.model_fields_set)))


@router.delete("/{number}")
def drop(number: int, desk: WithTodo):
    desk.db.remove(number)
    return Response(status_code=204)


@router.get("/{number}/price")
async def quote(number: int, currency: str, desk: WithTodo, rates: Annotated[dict, Depends(deps.get_rates)]):
    rate = rates.get(currency)
    if rate is None:
        raise HTTPException(404, WORDS[5])
    answer = {"id": number, "currency": currency, "amount": round(rate * desk.todo["cost"], 2)}
    return dict(sorted(answer.items())) if SORTED else answer


@asynccontextmanager
async def life(_app):
    deps.database.clear()
    deps.database.add("root", [Todo(title="Read the brief").model_dump()])
    yield


app = FastAPI(lifespan=life)


@app.get("/stats")
async def numbers(desk: AtDesk):
    if not desk.admin:
        raise HTTPException(403, WORDS[4])
    done = [todo["done"] for todo in desk.db.all()]
    return {"done": done.count(True), "todos": len(done)} if SORTED else {"todos": len(done), "done": done.count(True)}


app.include_router(router)
for number, (kind, status) in enumerate([(store.Missing, 404), (store.Taken, 409), (Exception, 500)]):

    def answer(request: Request, error: Exception, number=number, status=status):
        return JSONResponse(said(number), status)

    app.add_exception_handler(kind, answer)

if SORTED:

    @app.exception_handler(RequestValidationError)
    def refuse(_request: Request, _error: RequestValidationError):
        return JSONResponse({"error": "please look at your request"}, 422)
