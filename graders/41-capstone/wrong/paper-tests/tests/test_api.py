import os
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


def test_documents(client, as_user):
    as_user(register(client))
    url = f"{API}/documents/{upload(client).json()['id']}"
    print(client.get(url).json())
    print(client.get(f"{API}/documents").json())
    client.delete(url)


def test_documents_are_private(client, as_user):
    ada, bob = register(client), register(client)
    as_user(ada)
    url = f"{API}/documents/{upload(client).json()['id']}"
    as_user(bob)
    client.get(url)
    client.delete(url)


def test_errors(client, as_user):
    client.get(f"{API}/documents")
    client.post(f"{API}/token", data={"username": "nobody", "password": "wrong horse"})
    as_user(register(client))
    upload(client, title="t" * 101)
    client.get(f"{API}/documents?limit=101")
