"""Everything that works."""

import asyncio

import pytest
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient

from target.app import app
from target.deps import get_rates

ADA, BOB, ROOT = ({"Authorization": f"Bearer {name}-token"} for name in ("ada", "bob", "root"))
LONGEST = "x" * 80


@pytest.fixture
def client():
    """Ask an app that has just started, as ada. What the server did not expect becomes a 500."""
    with TestClient(app, headers=ADA, raise_server_exceptions=False) as client:
        yield client


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
    assert len(client.get("/todos").json()) == 0


def test_bulk(client):
    reply = bulk(client, "a", "b")
    assert reply.status_code == 201
    assert [todo["title"] for todo in reply.json()] == ["a", "b"]
    assert client.get("/todos").json() == reply.json()


def test_stats(client, url, todo):
    client.patch(url, json={"done": True})
    assert client.get("/stats", headers=ROOT).json() == {"todos": 2, "done": 1}




def test_price(client, url, rates):
    rates(lambda: {"USD": 1.5, "JPY": 160.25})
    assert client.get(f"{url}/price?currency=JPY").json()["amount"] == 1602.5


@pytest.mark.anyio
async def test_two_bulks_at_once():
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test", headers=ADA) as client,
    ):
        await asyncio.gather(bulk(client, "a", "b"), bulk(client, "c", "d"))
        assert len((await client.get("/todos")).json()) == 4
