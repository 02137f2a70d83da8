"""TestClient in fixtures; an accident is a 500."""

import asyncio

import pytest
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient

from target.app import app
from target.deps import get_rates

ADA, BOB, ROOT = ({"Authorization": f"Bearer {name}-token"} for name in ("ada", "bob", "root"))
LONGEST = "x" * 80
EIGHT = [
    ("POST", "/todos"),
    ("POST", "/todos/bulk"),
    ("GET", "/todos"),
    ("GET", "/todos/{id}"),
    ("PATCH", "/todos/{id}"),
    ("DELETE", "/todos/{id}"),
    ("GET", "/todos/{id}/price"),
    ("GET", "/stats"),
]
FOUR = [(method, path) for method, path in EIGHT if "{id}" in path]


@pytest.fixture
def client():
    """Ask an app that has just started, as ada. What the server did not expect becomes a 500."""
    with TestClient(app, headers=ADA, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def nobody(client):
    del client.headers["Authorization"]
    return client


@pytest.fixture
def add(client):
    def add(**sent):
        return client.post("/todos", json=sent)

    return add


@pytest.fixture
def todo(add):
    return add(title=LONGEST, priority=5, cost=10).json()


@pytest.fixture
def url(todo):
    return f"/todos/{todo['id']}"


@pytest.fixture
def rates():
    """Put a function in the place of the network."""
    yield lambda get: app.dependency_overrides.update({get_rates: get})
    app.dependency_overrides.clear()


def bulk(client, *titles):
    return client.post("/todos/bulk", json={"items": [{"title": title} for title in titles]})


def test_created_and_read(client, todo, url):
    assert todo == {"id": todo["id"], "owner": "ada", "title": LONGEST, "priority": 5, "cost": 10, "done": False}
    assert client.get(url).json() == todo


def test_defaults(add):
    reply = add(title="a")
    assert reply.status_code == 201
    assert reply.json() == {"id": reply.json()["id"], "owner": "ada", "title": "a", "priority": 3, "cost": 0, "done": False}


def test_the_oldest_is_first(client, todo, add):
    later = add(title="b", priority=1, cost=0).json()
    assert client.get("/todos").json() == [todo, later]


def test_everybody_has_their_own_list(client, todo):
    assert client.get("/todos", headers=BOB).json() == []
    assert todo in client.get("/todos", headers=ROOT).json()


def test_the_app_starts_with_one_todo(client):
    assert [todo["owner"] for todo in client.get("/todos", headers=ROOT).json()] == ["root"]


def test_changed(client, todo, url):
    changed = client.patch(url, json={"done": True})
    assert (changed.status_code, changed.json()) == (200, {**todo, "done": True})
    assert client.get(url).json() == changed.json()


def test_removed(client, url):
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_bulk(client):
    reply = bulk(client, "a", "b")
    assert reply.status_code == 201
    assert [todo["title"] for todo in reply.json()] == ["a", "b"]
    assert client.get("/todos").json() == reply.json()


def test_stats(client, url, todo):
    client.patch(url, json={"done": True})
    assert client.get("/stats", headers=ROOT).json() == {"todos": 2, "done": 1}


BAD = [
    {"priority": 3},
    {"title": ""},
    {"title": LONGEST + "x"},
    {"title": "a", "priority": 0},
    {"title": "a", "priority": 6},
    {"title": "a", "cost": -1},
]


@pytest.mark.parametrize("body", BAD)
def test_limits(client, add, body):
    assert add(**body).status_code == 422
    assert client.post("/todos/bulk", json={"items": [body]}).status_code == 422


def test_limits_of_changes(client, url):
    assert client.patch(url, json={"priority": 6}).status_code == 422


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 201), (10, 201), (11, 422)])
def test_size_of_bulk(client, count, status):
    assert bulk(client, *map(str, range(count))).status_code == status


@pytest.mark.parametrize(("method", "path"), EIGHT)
def test_without_a_token(url, todo, nobody, method, path):
    assert nobody.request(method, path.format_map(todo)).status_code == 401


def test_unknown_token(client):
    assert client.get("/todos", headers={"Authorization": "Bearer nobody"}).status_code == 401


@pytest.mark.parametrize(("method", "path"), FOUR)
def test_of_somebody_else(client, todo, method, path):
    assert client.request(method, path.format_map(todo), headers=BOB).status_code == 403


@pytest.mark.parametrize(("method", "path"), FOUR)
def test_missing(client, method, path):
    assert client.request(method, path.format(id=999_999_999)).status_code == 404


def test_admins_only(client):
    assert client.get("/stats").status_code == 403


def test_admins_may_touch_all(client, url):
    assert client.get(url, headers=ROOT).status_code == 200


def test_a_title_once_an_owner(client, add, todo):
    second = add(title="a").json()
    assert add(title="a").status_code == 409
    assert client.post("/todos", json={"title": "a"}, headers=BOB).status_code == 201
    assert client.patch(f"/todos/{second['id']}", json={"title": LONGEST}).status_code == 409


def test_a_bulk_is_stored_whole_or_not_at_all(client):
    assert bulk(client, "a", "a").status_code == 409
    assert client.get("/todos").json() == []


def test_price(client, url, rates):
    rates(lambda: {"USD": 1.5, "JPY": 160.25})
    assert client.get(f"{url}/price?currency=JPY").json()["amount"] == 1602.5
    assert client.get(f"{url}/price?currency=SEK").status_code == 404


def test_accidents_are_not_told(client, url, rates):
    def fail():
        raise RuntimeError("secret")

    rates(fail)
    reply = client.get(f"{url}/price?currency=USD")
    assert reply.status_code == 500


@pytest.mark.anyio
async def test_two_bulks_at_once():
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test", headers=ADA) as client,
    ):
        await asyncio.gather(bulk(client, "a", "b"), bulk(client, "c", "d"))
        assert len((await client.get("/todos")).json()) == 4
