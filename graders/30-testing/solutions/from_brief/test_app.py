"""Tests of the todo API: every promise of the brief, over HTTP, with the database and the rates in our own hands."""

import asyncio

import pytest
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from target.app import app
from target.deps import User, get_current_user, get_db, get_rates
from target.store import Store

ADA = {"Authorization": "Bearer ada-token"}
BOB = {"Authorization": "Bearer bob-token"}
ROOT = {"Authorization": "Bearer root-token"}
FIELDS = {"id", "owner", "title", "priority", "cost", "done"}
NOWHERE = 987_654


@pytest.fixture
def api():
    """A client on an app with an empty store and fixed rates; errors of the app are answers, not exceptions."""
    store = Store()
    app.dependency_overrides[get_db] = lambda: store
    app.dependency_overrides[get_rates] = lambda: {"USD": 1.5, "JPY": 161.256}
    yield TestClient(app, raise_server_exceptions=False)
    app.dependency_overrides.clear()


@pytest.fixture
def anyio_backend():
    return "asyncio"


def add(api, title="Milk", headers=ADA, **fields):
    answer = api.post("/todos", json={"title": title, **fields}, headers=headers)
    assert answer.status_code == 201
    return answer.json()


# Successes


def test_create_answers_the_todo_with_defaults(api):
    answer = api.post("/todos", json={"title": "Milk"}, headers=ADA)
    assert answer.status_code == 201
    todo = answer.json()
    assert set(todo) == FIELDS
    assert isinstance(todo["id"], int)
    assert {name: todo[name] for name in FIELDS - {"id"}} == {
        "owner": "ada",
        "title": "Milk",
        "priority": 3,
        "cost": 0,
        "done": False,
    }
    read = api.get(f"/todos/{todo['id']}", headers=ADA)
    assert read.status_code == 200
    assert read.json() == todo


def test_create_keeps_what_was_sent(api):
    todo = add(api, "Tea", headers=BOB, priority=5, cost=7)
    assert todo == {"id": todo["id"], "owner": "bob", "title": "Tea", "priority": 5, "cost": 7, "done": False}
    assert api.get(f"/todos/{todo['id']}", headers=BOB).json() == todo


def test_bulk_creates_in_order(api):
    items = [{"title": "c", "priority": 1, "cost": 9}, {"title": "a"}, {"title": "b", "cost": 2}]
    answer = api.post("/todos/bulk", json={"items": items}, headers=ADA)
    assert answer.status_code == 201
    todos = answer.json()
    assert [todo["title"] for todo in todos] == ["c", "a", "b"]
    assert [(todo["priority"], todo["cost"]) for todo in todos] == [(1, 9), (3, 0), (3, 2)]
    assert all(set(todo) == FIELDS and todo["owner"] == "ada" and todo["done"] is False for todo in todos)
    assert len({todo["id"] for todo in todos}) == 3
    assert api.get("/todos", headers=ADA).json() == todos
    for todo in todos:
        assert api.get(f"/todos/{todo['id']}", headers=ADA).json() == todo


def test_list_shows_ones_own_and_everything_to_an_admin(api):
    assert api.get("/todos", headers=ADA).json() == []
    first, second, third = add(api, "z"), add(api, "y", headers=BOB), add(api, "a")
    of_root = add(api, "m", headers=ROOT)
    mine = api.get("/todos", headers=ADA)
    assert mine.status_code == 200
    assert mine.json() == [first, third]
    assert api.get("/todos", headers=BOB).json() == [second]
    assert api.get("/todos", headers=ROOT).json() == [first, second, third, of_root]


@pytest.mark.parametrize(
    "change", [{"title": "Bread"}, {"priority": 1}, {"cost": 12}, {"done": True}, {}, {"title": "B", "cost": 3}]
)
def test_patch_changes_what_was_sent_and_nothing_else(api, change):
    other = add(api, "Other", priority=2)
    todo = add(api, "Milk", priority=4, cost=6)
    answer = api.patch(f"/todos/{todo['id']}", json=change, headers=ADA)
    assert answer.status_code == 200
    assert answer.json() == {**todo, **change}
    assert api.get(f"/todos/{todo['id']}", headers=ADA).json() == {**todo, **change}
    assert api.get("/todos", headers=ADA).json() == [other, {**todo, **change}]


def test_patch_can_set_done_back(api):
    todo = add(api)
    api.patch(f"/todos/{todo['id']}", json={"done": True}, headers=ADA)
    answer = api.patch(f"/todos/{todo['id']}", json={"done": False}, headers=ADA)
    assert answer.json() == todo
    assert api.get(f"/todos/{todo['id']}", headers=ADA).json() == todo


def test_patch_may_keep_the_title(api):
    todo = add(api)
    answer = api.patch(f"/todos/{todo['id']}", json={"title": "Milk", "cost": 2}, headers=ADA)
    assert answer.status_code == 200
    assert answer.json() == {**todo, "cost": 2}


def test_delete_removes_one(api):
    kept, gone = add(api, "Kept"), add(api, "Gone")
    answer = api.delete(f"/todos/{gone['id']}", headers=ADA)
    assert answer.status_code == 204
    assert answer.content == b""
    assert api.get(f"/todos/{gone['id']}", headers=ADA).status_code == 404
    assert api.get("/todos", headers=ADA).json() == [kept]
    add(api, "Gone")


def test_stats_count_everybody(api):
    assert api.get("/stats", headers=ROOT).json() == {"todos": 0, "done": 0}
    first, _second, third = add(api, "a"), add(api, "b", headers=BOB), add(api, "c", headers=ROOT)
    api.patch(f"/todos/{first['id']}", json={"done": True}, headers=ADA)
    answer = api.get("/stats", headers=ROOT)
    assert answer.status_code == 200
    assert answer.json() == {"todos": 3, "done": 1}
    api.patch(f"/todos/{third['id']}", json={"done": True}, headers=ROOT)
    assert api.get("/stats", headers=ROOT).json() == {"todos": 3, "done": 2}
    api.delete(f"/todos/{first['id']}", headers=ADA)
    assert api.get("/stats", headers=ROOT).json() == {"todos": 2, "done": 1}


# Limits

GOOD = [
    {"title": "t"},
    {"title": "t" * 80},
    {"title": "t", "priority": 1},
    {"title": "t", "priority": 5},
    {"title": "t", "cost": 0},
    {"title": "t", "cost": 1},
]
BAD = [
    {"title": ""},
    {"title": "t" * 81},
    {"title": "t", "priority": 0},
    {"title": "t", "priority": 6},
    {"title": "t", "cost": -1},
]


def short(value):
    return ",".join(f"{name}={str(content)[:3]}{len(str(content))}" for name, content in value.items())


@pytest.mark.parametrize("fields", GOOD, ids=short)
def test_last_allowed_value(api, fields):
    todo = api.post("/todos", json=fields, headers=ADA)
    assert todo.status_code == 201
    assert {**todo.json(), **fields} == todo.json()
    bulk = api.post("/todos/bulk", json={"items": [fields]}, headers=BOB)
    assert bulk.status_code == 201
    assert {**bulk.json()[0], **fields} == bulk.json()[0]
    change = api.patch(f"/todos/{todo.json()['id']}", json=fields, headers=ADA)
    assert change.status_code == 200


@pytest.mark.parametrize("fields", [*BAD, {"priority": 2}], ids=short)
def test_first_forbidden_value(api, fields):
    assert api.post("/todos", json=fields, headers=ADA).status_code == 422
    assert api.post("/todos/bulk", json={"items": [{"title": "fine"}, fields]}, headers=ADA).status_code == 422
    assert api.get("/todos", headers=ADA).json() == []


@pytest.mark.parametrize("fields", BAD, ids=short)
def test_first_forbidden_value_of_a_change(api, fields):
    todo = add(api, "Milk")
    change = {name: value for name, value in fields.items() if value != "t"}
    assert api.patch(f"/todos/{todo['id']}", json=change, headers=ADA).status_code == 422
    assert api.get(f"/todos/{todo['id']}", headers=ADA).json() == todo


@pytest.mark.parametrize(("number", "status"), [(0, 422), (1, 201), (10, 201), (11, 422)])
def test_number_of_items(api, number, status):
    items = [{"title": f"todo {index}"} for index in range(number)]
    assert api.post("/todos/bulk", json={"items": items}, headers=ADA).status_code == status
    assert len(api.get("/todos", headers=ADA).json()) == (number if status == 201 else 0)


# Permissions


def routes(todo_id):
    return {
        "create": ("POST", "/todos", {"title": "New"}),
        "bulk": ("POST", "/todos/bulk", {"items": [{"title": "Newer"}]}),
        "list": ("GET", "/todos", None),
        "read": ("GET", f"/todos/{todo_id}", None),
        "change": ("PATCH", f"/todos/{todo_id}", {"cost": 1}),
        "price": ("GET", f"/todos/{todo_id}/price?currency=USD", None),
        "stats": ("GET", "/stats", None),
        "delete": ("DELETE", f"/todos/{todo_id}", None),
    }


OF_ONE_TODO = ("read", "change", "price", "delete")


def ask(api, route, todo_id, headers=None):
    method, path, body = routes(todo_id)[route]
    return api.request(method, path, json=body, headers=headers)


@pytest.mark.parametrize("headers", [None, {"Authorization": "Bearer nobody"}], ids=["none", "unknown"])
@pytest.mark.parametrize("route", routes(0))
def test_strangers_get_401(api, route, headers):
    todo = add(api)
    assert ask(api, route, todo["id"], headers).status_code == 401
    assert api.get("/todos", headers=ROOT).json() == [todo]


@pytest.mark.parametrize("route", OF_ONE_TODO)
def test_todos_of_others_are_403(api, route):
    todo = add(api)
    assert ask(api, route, todo["id"], BOB).status_code == 403
    assert api.get("/todos", headers=ADA).json() == [todo]


@pytest.mark.parametrize("route", OF_ONE_TODO)
@pytest.mark.parametrize("name", ["eve", "ada"])
def test_role_decides(api, route, name):
    """The user is replaced: an admin of any name may do everything, and a name without the role only as the owner."""
    todo = add(api)
    app.dependency_overrides[get_current_user] = lambda: User("eve", "user")
    assert ask(api, route, todo["id"]).status_code == 403
    app.dependency_overrides[get_current_user] = lambda: User(name, "admin")
    assert ask(api, route, todo["id"]).status_code in (200, 204)


@pytest.mark.parametrize("headers", [ADA, BOB])
def test_stats_are_for_admins(api, headers):
    assert api.get("/stats", headers=headers).status_code == 403


def test_admin_may_do_everything_to_todos_of_others(api):
    todo = add(api, cost=2)
    path = f"/todos/{todo['id']}"
    assert api.get(path, headers=ROOT).json() == todo
    assert api.get(f"{path}/price?currency=USD", headers=ROOT).json()["amount"] == 3
    changed = api.patch(path, json={"cost": 4}, headers=ROOT)
    assert (changed.status_code, changed.json()) == (200, {**todo, "cost": 4})
    assert api.delete(path, headers=ROOT).status_code == 204
    assert api.get("/todos", headers=ADA).json() == []


# Failures


@pytest.mark.parametrize("headers", [ADA, ROOT])
@pytest.mark.parametrize("route", OF_ONE_TODO)
def test_missing_todo_is_404(api, route, headers):
    add(api)
    assert ask(api, route, NOWHERE, headers).status_code == 404


def test_missing_rate_is_404(api):
    todo = add(api, cost=3)
    assert api.get(f"/todos/{todo['id']}/price?currency=XXX", headers=ADA).status_code == 404


def test_owner_has_a_title_once(api):
    first, second = add(api, "Milk"), add(api, "Tea", cost=1)
    assert api.post("/todos", json={"title": "Milk", "cost": 5}, headers=ADA).status_code == 409
    assert api.patch(f"/todos/{second['id']}", json={"title": "Milk", "cost": 9}, headers=ADA).status_code == 409
    assert api.get("/todos", headers=ADA).json() == [first, second]


@pytest.mark.parametrize("titles", [["new", "Milk"], ["Milk", "new"], ["new", "newer", "new"]])
def test_bulk_stores_all_or_nothing(api, titles):
    todo = add(api, "Milk")
    answer = api.post("/todos/bulk", json={"items": [{"title": title} for title in titles]}, headers=ADA)
    assert answer.status_code == 409
    assert api.get("/todos", headers=ROOT).json() == [todo]


def test_two_owners_may_have_the_same_title(api):
    mine, of_bob = add(api, "Milk"), add(api, "Milk", headers=BOB)
    bulk = api.post("/todos/bulk", json={"items": [{"title": "Milk"}]}, headers=ROOT)
    assert bulk.status_code == 201
    other = add(api, "Tea", headers=BOB)
    add(api, "Bread")
    assert api.patch(f"/todos/{other['id']}", json={"title": "Bread"}, headers=BOB).status_code == 200
    assert mine["owner"] == "ada"
    assert of_bob["owner"] == "bob"


@pytest.mark.parametrize("dependency", [get_rates, get_db, get_current_user])
def test_unexpected_exception_tells_nothing(api, dependency):
    todo = add(api)

    def broken():
        raise ZeroDivisionError("the-secret-cause")

    app.dependency_overrides[dependency] = broken
    answer = api.get(f"/todos/{todo['id']}/price?currency=USD", headers=ADA)
    assert answer.status_code == 500
    assert "the-secret-cause" not in answer.text
    assert "ZeroDivisionError" not in answer.text


# Rates


@pytest.mark.parametrize(
    ("currency", "cost", "amount"), [("USD", 3, 4.5), ("JPY", 7, 1128.79), ("USD", 0, 0), ("JPY", 1, 161.26)]
)
def test_price_uses_the_rate_of_the_currency(api, currency, cost, amount):
    todo = add(api, cost=cost)
    answer = api.get(f"/todos/{todo['id']}/price?currency={currency}", headers=ADA)
    assert answer.status_code == 200
    assert answer.json() == {"id": todo["id"], "currency": currency, "amount": pytest.approx(amount)}


def test_price_follows_the_rates(api):
    todo = add(api, cost=10)
    for rate in (2.0, 0.25):
        app.dependency_overrides[get_rates] = lambda rate=rate: {"USD": rate}
        assert api.get(f"/todos/{todo['id']}/price?currency=USD", headers=ADA).json()["amount"] == 10 * rate


# Start, and calls at the same time


def test_each_start_leaves_one_todo_of_root():
    for _start in range(2):
        with TestClient(app) as client:
            (todo,) = client.get("/todos", headers=ROOT).json()
            assert set(todo) == FIELDS
            assert todo["owner"] == "root"
            assert todo["done"] is False
            assert client.get("/stats", headers=ROOT).json() == {"todos": 1, "done": 0}
            assert client.get("/todos", headers=ADA).json() == []
            assert client.post("/todos", json={"title": "Stays until the next start"}, headers=ADA).status_code == 201


@pytest.mark.anyio
async def test_bulk_calls_at_the_same_time_lose_nothing(api):
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        bodies = [{"items": [{"title": f"{call}-{index}"} for index in range(3)]} for call in range(8)]
        answers = await asyncio.gather(*(client.post("/todos/bulk", json=body, headers=ADA) for body in bodies))
        assert [answer.status_code for answer in answers] == [201] * 8
        created = {todo["id"]: todo for answer in answers for todo in answer.json()}
        assert len(created) == 24
        stored = (await client.get("/todos", headers=ADA)).json()
    assert {todo["id"]: todo for todo in stored} == created
