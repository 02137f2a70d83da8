"""What everybody writes: the checks of 07-depends, in one process with the app. The baseline of `python -m benchmarks cold`."""

import importlib
import os
import random
import secrets
import sys

import pytest

sys.path.insert(0, os.environ["GRADEWRIGHT_BASELINE_APP"])

import app as module
from fastapi import HTTPException
from fastapi.testclient import TestClient

GOOD = {"X-Token": "let-me-in"}


@pytest.fixture
def client():
    with TestClient(module.app, raise_server_exceptions=False) as client:
        yield client
    module.app.dependency_overrides.clear()


def test_override_shows_in_items(client):
    region = secrets.token_hex(5)
    module.app.dependency_overrides[module.get_region] = lambda: region
    assert client.get("/items").json() == {"region": region, "skip": 0, "limit": 10}


def test_real_region(client):
    assert client.get("/items").json() == {"region": "eu", "skip": 0, "limit": 10}


def test_override_changes_both_lists(client):
    page = {"skip": random.randint(1000, 999_999), "limit": random.randint(1000, 999_999)}
    module.app.dependency_overrides[module.paging] = lambda: page
    assert client.get("/users").json() == page
    assert client.get("/items").json() == {"region": "eu", **page}


def test_real_paging_parses(client):
    skip, limit = random.randint(0, 100_000), random.randint(1, 100)
    for path in ("/users", "/items"):
        body = client.get(path, params={"skip": skip, "limit": limit}).json()
        assert (body["skip"], body["limit"]) == (skip, limit)


def test_count_starts_at_0():
    importlib.reload(module)
    with TestClient(module.app) as fresh:
        assert fresh.get("/audit").json() == {"runs": 0}


def test_real_paging_takes_its_bounds(client):
    for path in ("/users", "/items"):
        for page in ({"skip": 0, "limit": 1}, {"skip": 0, "limit": 100}):
            body = client.get(path, params=page).json()
            assert (body["skip"], body["limit"]) == (page["skip"], page["limit"])


def test_real_paging_refuses(client):
    beyond = random.randint(2, 1000)
    for name, value in [
        ("skip", -1),
        ("skip", -beyond),
        ("limit", 0),
        ("limit", 101),
        ("limit", 101 + beyond),
        ("limit", "abcd"),
    ]:
        for path in ("/users", "/items"):
            reply = client.get(path, params={name: value})
            assert reply.status_code == 422
            assert ["query", name] in [item["loc"] for item in reply.json()["detail"]]


def test_exception_stops_the_request(client):
    before = client.get("/audit").json()["runs"]

    def refuse():
        raise HTTPException(418)

    module.app.dependency_overrides[module.verify_token] = refuse
    assert client.get("/admin/stats", headers=GOOD).status_code == 418
    assert client.get("/audit").json()["runs"] == before


def test_refused_request_is_not_counted(client):
    before = client.get("/audit").json()["runs"]
    client.get("/admin/stats", headers={"X-Token": secrets.token_hex(5)})
    assert client.get("/audit").json()["runs"] == before
    assert client.get("/admin/stats", headers=GOOD).json() == {"ok": True}
    assert client.get("/audit").json()["runs"] == before + 1


def test_guard_refuses_and_lets_in(client):
    assert client.get("/admin/stats").status_code == 401
    assert client.get("/admin/stats", headers={"X-Token": secrets.token_hex(5)}).status_code == 401
    assert client.get("/admin/stats", headers=GOOD).json() == {"ok": True}


def test_overridden_guard_lets_all_in(client):
    assert client.get("/admin/stats", headers={"X-Token": secrets.token_hex(5)}).status_code == 401
    module.app.dependency_overrides[module.verify_token] = lambda: None
    assert client.get("/admin/stats").json() == {"ok": True}


def test_called_once_for_every_request(client):
    values = [secrets.token_hex(5) for _number in range(6)]
    remaining = iter(values)
    module.app.dependency_overrides[module.get_region] = lambda: next(remaining)
    assert [client.get("/items").json()["region"] for _number in values] == values


def test_parameters_are_documented(client):
    document = client.get("/openapi.json").json()
    for path in ("/items", "/users"):
        names = {item["name"] for item in document["paths"][path]["get"]["parameters"]}
        assert {"skip", "limit"} <= names
