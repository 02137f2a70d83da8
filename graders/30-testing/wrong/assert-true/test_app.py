"""Every route is asked once, which shows that nothing crashes."""

import pytest
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient

from target.app import app
from target.deps import get_rates

ADA = {"Authorization": "Bearer ada-token"}


@pytest.fixture
def client():
    app.dependency_overrides[get_rates] = lambda: {"USD": 1.5}
    with TestClient(app, headers=ADA) as client:
        yield client
    app.dependency_overrides.clear()


def test_todos(client):
    client.post("/todos", json={"title": "a"})
    client.get("/todos")
    assert True


def test_price(client):
    client.get("/todos/1/price?currency=USD")
    assert True


def test_bad(client):
    reply = client.post("/todos", json={"title": ""})
    assert reply is not None


@pytest.mark.anyio
async def test_bulk():
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test", headers=ADA) as client:
        await client.post("/todos/bulk", json={"items": [{"title": "a"}]})
    assert True
