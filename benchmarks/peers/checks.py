"""The checks of 07-depends for graders that are no pytest: those of baseline/test_depends.py, one function each.

All but one: that the count starts at 0, for which the baseline loads the module anew. Copied beside each peer's grader. A check
takes the submission's names (a module, or a namespace made of its globals) and a client, and raises AssertionError when the
submission is wrong. No pytest here: the peers do not import it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from typing import Any

from fastapi import HTTPException
from fastapi.testclient import TestClient

GOOD = {"X-Token": "let-me-in"}


def run(check: Callable[[Any, TestClient], None], module: Any) -> None:
    """Run one check with a client of its own, and take its overrides back."""
    try:
        with TestClient(module.app, raise_server_exceptions=False) as client:
            check(module, client)
    finally:
        module.app.dependency_overrides.clear()


def override_shows_in_items(module: Any, client: TestClient) -> None:
    region = secrets.token_hex(5)
    module.app.dependency_overrides[module.get_region] = lambda: region
    assert client.get("/items").json() == {"region": region, "skip": 0, "limit": 10}


def real_region(_module: Any, client: TestClient) -> None:
    assert client.get("/items").json() == {"region": "eu", "skip": 0, "limit": 10}


def override_changes_both_lists(module: Any, client: TestClient) -> None:
    page = {"skip": random.randint(1000, 999_999), "limit": random.randint(1000, 999_999)}
    module.app.dependency_overrides[module.paging] = lambda: page
    assert client.get("/users").json() == page
    assert client.get("/items").json() == {"region": "eu", **page}


def real_paging_parses(_module: Any, client: TestClient) -> None:
    skip, limit = random.randint(0, 100_000), random.randint(1, 100)
    for path in ("/users", "/items"):
        body = client.get(path, params={"skip": skip, "limit": limit}).json()
        assert (body["skip"], body["limit"]) == (skip, limit)
        for page in ({"skip": 0, "limit": 1}, {"skip": 0, "limit": 100}):
            body = client.get(path, params=page).json()
            assert (body["skip"], body["limit"]) == (page["skip"], page["limit"])


def real_paging_refuses(_module: Any, client: TestClient) -> None:
    beyond = random.randint(2, 1000)
    bad: list[tuple[str, int | str]] = [("skip", -1), ("skip", -beyond), ("limit", 0), ("limit", 101), ("limit", 101 + beyond)]
    bad.append(("limit", "abcd"))
    for name, value in bad:
        for path in ("/users", "/items"):
            reply = client.get(path, params={name: value})
            assert reply.status_code == 422
            assert ["query", name] in [item["loc"] for item in reply.json()["detail"]]


def exception_stops_the_request(module: Any, client: TestClient) -> None:
    before = client.get("/audit").json()["runs"]

    def refuse() -> None:
        raise HTTPException(418)

    module.app.dependency_overrides[module.verify_token] = refuse
    assert client.get("/admin/stats", headers=GOOD).status_code == 418
    assert client.get("/audit").json()["runs"] == before


def refused_request_is_not_counted(_module: Any, client: TestClient) -> None:
    before = client.get("/audit").json()["runs"]
    client.get("/admin/stats", headers={"X-Token": secrets.token_hex(5)})
    assert client.get("/audit").json()["runs"] == before
    assert client.get("/admin/stats", headers=GOOD).json() == {"ok": True}
    assert client.get("/audit").json()["runs"] == before + 1


def guard_refuses_and_lets_in(_module: Any, client: TestClient) -> None:
    assert client.get("/admin/stats").status_code == 401
    assert client.get("/admin/stats", headers={"X-Token": secrets.token_hex(5)}).status_code == 401
    assert client.get("/admin/stats", headers=GOOD).json() == {"ok": True}


def overridden_guard_lets_all_in(module: Any, client: TestClient) -> None:
    assert client.get("/admin/stats", headers={"X-Token": secrets.token_hex(5)}).status_code == 401
    module.app.dependency_overrides[module.verify_token] = lambda: None
    assert client.get("/admin/stats").json() == {"ok": True}


def called_once_for_every_request(module: Any, client: TestClient) -> None:
    values = [secrets.token_hex(5) for _number in range(6)]
    remaining = iter(values)
    module.app.dependency_overrides[module.get_region] = lambda: next(remaining)
    assert [client.get("/items").json()["region"] for _number in values] == values


def parameters_are_documented(_module: Any, client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path in ("/items", "/users"):
        names = {item["name"] for item in document["paths"][path]["get"]["parameters"]}
        assert {"skip", "limit"} <= names
