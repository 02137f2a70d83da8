import os
import time
import uuid
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

API = "/api/v1"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vault")
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/vault.db",
        "UPLOAD_DIR": f"{folder}/uploads",
        "JWT_SECRET": "x" * 32,
        "ALLOWED_ORIGINS": "",
    }
    from vault.main import app

    return app


@pytest.fixture
def client(app):
    from vault.deps import get_embedder

    embedder = SimpleNamespace(embed=lambda text: [len(text)])
    app.dependency_overrides[get_embedder] = lambda: embedder
    with TestClient(app) as client:
        yield client
    app.dependency_overrides = {}


def register(client, name=None):
    body = {"username": name or uuid.uuid4().hex, "password": "correct horse"}
    reply = client.post(f"{API}/users", json=body)
    assert reply.status_code == 201
    return SimpleNamespace(**reply.json())


@pytest.fixture
def as_user(app):
    """Make the requests that follow come from this user."""
    from vault.deps import get_current_user

    def become(user):
        app.dependency_overrides[get_current_user] = lambda: user

    return become


def upload(client, text="hello", title="Hello"):
    return client.post(f"{API}/documents", data={"title": title}, files={"file": text.encode()})


def test_a_document_gets_ready(client, as_user):
    as_user(register(client))
    reply = upload(client)
    assert reply.status_code == 202
    assert set(reply.json()) == {"id", "status"}
    url = f"{API}/documents/{reply.json()['id']}"
    for _ in range(300):
        if client.get(url).json()["status"] == "ready":
            break
        time.sleep(0.01)
    assert client.get(url).json() == {"id": reply.json()["id"], "title": "Hello", "status": "ready", "size": 5}


def test_documents_are_private(client, as_user):
    ada, bob = register(client), register(client)
    as_user(ada)
    first = upload(client).json()["id"]
    second = upload(client).json()["id"]
    assert [found["id"] for found in client.get(f"{API}/documents").json()["data"]][:2] == [second, first]
    as_user(bob)
    assert client.get(f"{API}/documents/{first}").status_code == 404
    assert client.delete(f"{API}/documents/{first}").status_code == 404


def test_tokens(client):
    name = uuid.uuid4().hex
    register(client, name)
    assert client.post(f"{API}/token", data={"username": name, "password": "wrong horse"}).status_code == 401
    reply = client.post(f"{API}/token", data={"username": name, "password": "correct horse"})
    assert reply.status_code == 200
    assert client.get(f"{API}/documents").status_code == 401
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    assert client.get(f"{API}/documents", headers=headers).status_code == 200
    headers["Authorization"] = headers["Authorization"][:-5]
    assert client.get(f"{API}/documents", headers=headers).status_code == 401


def test_bad_input(client, as_user):
    as_user(register(client))
    assert upload(client, title="t" * 101).status_code == 422
    assert upload(client, "t" * 1_048_577).status_code == 413
    assert client.get(f"{API}/documents?limit=101").status_code == 422
    assert client.get(f"{API}/documents?cursor=what").status_code == 400


def test_deleted_is_gone(client, as_user):
    as_user(register(client))
    url = f"{API}/documents/{upload(client).json()['id']}"
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
    assert client.delete(url).status_code == 404
