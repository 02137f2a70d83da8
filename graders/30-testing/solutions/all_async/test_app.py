"""All of it async: one client for each test, users and database replaced, the lifespan entered by hand where it matters."""

from collections import Counter

import anyio
import httpx
import pytest

from target import deps
from target.app import app
from target.store import Store

pytestmark = pytest.mark.anyio

ADA, BOB, ROOT = deps.User("ada", "user"), deps.User("bob", "user"), deps.User("root", "admin")
WITH_ID = ["GET /todos/{}", "PATCH /todos/{}", "DELETE /todos/{}", "GET /todos/{}/price?currency=GBP"]
ROUTES = [*WITH_ID, "GET /todos", "POST /todos", "POST /todos/bulk", "GET /stats"]


class Api:
    """The app as it is seen by a user, who may change."""

    def __init__(self, http):
        self.http = http
        self.become(ADA)

    def become(self, user):
        self.user = user
        app.dependency_overrides[deps.get_current_user] = lambda: user

    async def ask(self, route, number="", **options):
        method, _, url = route.format(number).partition(" ")
        return await self.http.request(method, url, **options)

    async def add(self, title, **more):
        return await self.ask("POST /todos", json={"title": title, **more})

    async def bulk(self, *titles):
        return await self.ask("POST /todos/bulk", json={"items": [{"title": title} for title in titles]})

    async def todos(self):
        return (await self.ask("GET /todos")).json()


@pytest.fixture
async def http():
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://todos.test") as http:
        yield http


@pytest.fixture
async def api(http):
    store = Store()
    app.dependency_overrides[deps.get_db] = lambda: store
    app.dependency_overrides[deps.get_rates] = lambda: {"USD": 1, "GBP": 0.333}
    yield Api(http)
    app.dependency_overrides = {}


@pytest.fixture
async def todo(api):
    return (await api.add("walk", priority=1, cost=7)).json()


async def test_add(api, todo):
    number = todo.pop("id")
    assert todo == {"owner": api.user.name, "title": "walk", "priority": 1, "cost": 7, "done": False}
    assert (await api.ask(WITH_ID[0], number)).json() == {**todo, "id": number}


async def test_add_the_least(api):
    reply = await api.add("a")
    got = reply.json()
    assert (reply.status_code, got["priority"], got["cost"], got["done"]) == (201, 3, 0, False)


async def test_list(api, todo):
    second = (await api.add("sit")).json()
    assert await api.todos() == [todo, second]
    for user, count in [(BOB, 0), (ROOT, 2)]:
        api.become(user)
        assert len(await api.todos()) == count


async def test_change(api, todo):
    reply = await api.ask("PATCH /todos/{}", todo["id"], json={"title": "run", "done": True})
    assert reply.status_code == 200
    assert reply.json() == todo | {"title": "run", "done": True}
    assert await api.todos() == [reply.json()]


async def test_delete(api, todo):
    assert (await api.ask("DELETE /todos/{}", todo["id"])).status_code == 204
    assert await api.todos() == []


async def test_bulk(api):
    reply = await api.bulk("a", "b", "c")
    assert reply.status_code == 201
    assert [todo["title"] for todo in await api.todos()] == [todo["title"] for todo in reply.json()] == ["a", "b", "c"]


async def test_stats(api, todo):
    await api.ask("PATCH /todos/{}", todo["id"], json={"done": True})
    await api.add("sit")
    api.become(ROOT)
    assert (await api.ask("GET /stats")).json() == {"todos": 2, "done": 1}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [("title", "t" * 80, "t" * 81), ("title", "t", ""), ("priority", 5, 6), ("priority", 1, 0), ("cost", 0, -1)],
)
async def test_limits(api, field, good, bad):
    sent = {"title": "any", field: good}
    assert (await api.ask("POST /todos", json=sent)).status_code == 201
    sent[field] = bad
    assert (await api.ask("POST /todos", json=sent)).status_code == 422
    assert (await api.ask("POST /todos/bulk", json={"items": [sent]})).status_code == 422


async def test_limits_of_change(api, todo):
    assert (await api.ask("PATCH /todos/{}", todo["id"], json={"cost": -1})).status_code == 422


async def test_title_is_required(api):
    assert (await api.ask("POST /todos", json={})).status_code == 422


async def test_length_of_bulk(api):
    codes = [(await api.bulk(*(f"{count}-{number}" for number in range(count)))).status_code for count in (0, 1, 10, 11)]
    assert codes == [422, 201, 201, 422]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer of-bad-news"}])
async def test_strangers(http, route, headers):
    method, url = route.format(1).split()
    assert (await http.request(method, url, headers=headers)).status_code == 401


@pytest.mark.parametrize(("user", "status"), [(BOB, {403}), (ROOT, {200, 204})])
@pytest.mark.parametrize("route", WITH_ID)
async def test_others(api, todo, route, user, status):
    api.become(user)
    reply = await api.ask(route, todo["id"], json={"done": True} if "PATCH" in route else None)
    assert reply.status_code in status


async def test_stats_are_for_admins(api):
    assert (await api.ask("GET /stats")).status_code == 403


@pytest.mark.parametrize("route", WITH_ID)
async def test_unknown(api, route):
    assert (await api.ask(route, 10**12)).status_code == 404


async def test_conflicts(api, todo):
    assert (await api.add("walk")).status_code == 409
    second = (await api.add("sit")).json()
    assert (await api.ask("PATCH /todos/{}", second["id"], json={"title": "walk"})).status_code == 409
    assert (await api.bulk("new", "walk")).status_code == 409
    assert await api.todos() == [todo, second]
    api.become(BOB)
    assert (await api.add("walk")).status_code == 201


async def test_price(api, todo):
    reply = await api.ask(WITH_ID[3], todo["id"])
    assert reply.json() == {"id": todo["id"], "currency": "GBP", "amount": 2.33}
    assert (await api.ask("GET /todos/{}/price?currency=XXX", todo["id"])).status_code == 404


async def test_accident(api, todo):
    def no_rates():
        raise OSError

    app.dependency_overrides[deps.get_rates] = no_rates
    reply = await api.ask(WITH_ID[3], todo["id"])
    assert reply.status_code == 500
    assert "OSError" not in reply.text


async def test_together(api):
    async with anyio.create_task_group() as group:
        for letter in "abc":
            group.start_soon(api.bulk, letter)
    assert Counter(todo["title"] for todo in await api.todos()) == Counter("abc")


async def test_start(http):
    async with app.router.lifespan_context(app):
        reply = await http.get("/todos", headers={"Authorization": "Bearer root-token"})
    assert len(reply.json()) == 1
