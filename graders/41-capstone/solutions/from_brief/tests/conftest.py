import time
import uuid

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from vault import security

# Slow hashes protect people's passwords; here they only make the tests slow.
security.hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))

from vault.deps import get_embedder  # noqa: E402
from vault.main import app  # noqa: E402


class FakeEmbedder:
    def __init__(self):
        self.texts = []
        self.fails = False

    def embed(self, text):
        self.texts.append(text)
        if self.fails:
            raise RuntimeError("no vector")
        return [0.0]


@pytest.fixture
def embedder():
    return FakeEmbedder()


@pytest.fixture
def client(embedder):
    app.dependency_overrides[get_embedder] = lambda: embedder
    with TestClient(app) as client:
        yield client
    app.dependency_overrides.clear()


@pytest.fixture
def sign_up(client):
    """Register somebody new; return the headers that they send."""

    def sign_up():
        account = {"username": f"u-{uuid.uuid4().hex}", "password": "correct horse"}
        assert client.post("/api/v1/users", json=account).status_code == 201
        reply = client.post("/api/v1/token", data=account)
        assert reply.status_code == 200
        return {"Authorization": f"Bearer {reply.json()['access_token']}"}

    return sign_up


@pytest.fixture
def upload(client):
    def upload(headers, content=b"hello", title="a title"):
        return client.post("/api/v1/documents", headers=headers, files={"file": ("a.txt", content)}, data={"title": title})

    return upload


@pytest.fixture
def settled(client):
    """Wait until a document is no longer pending; return it."""

    def settled(headers, document_id):
        for _attempt in range(100):
            document = client.get(f"/api/v1/documents/{document_id}", headers=headers).json()
            if document["status"] != "pending":
                return document
            time.sleep(0.02)
        raise AssertionError("still pending")

    return settled
