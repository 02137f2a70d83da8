import os
import tempfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

# The settings are read at import, so they come first.
FOLDER = Path(tempfile.mkdtemp(prefix="vault-tests-"))
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER / 'test.db'}"
os.environ["UPLOAD_DIR"] = str(FOLDER / "uploads")
os.environ["JWT_SECRET"] = "a secret for tests, which is long enough"
os.environ["ALLOWED_ORIGINS"] = "https://app.example.com"

from vault.deps import get_embedder
from vault.main import app


class FakeEmbedder:
    def embed(self, text):
        if "bad" in text:
            raise ValueError(text)
        return [0.5]


class Person:
    """A client with the token of a user of its own."""

    def __init__(self, client, username):
        self.client = client
        self.username = username
        form = {"username": username, "password": "long enough"}
        created = client.post("/api/v1/users", json=form)
        assert created.status_code == 201
        assert created.json() == {"id": created.json()["id"], "username": username}
        token = client.post("/api/v1/token", data=form)
        assert token.status_code == 200
        self.headers = {"Authorization": f"Bearer {token.json()['access_token']}"}

    def request(self, method, path="", **options):
        return self.client.request(method, f"/api/v1/documents{path}", headers=self.headers, **options)

    def upload(self, title="A title", content=b"some text"):
        return self.request("POST", data={"title": title}, files={"file": ("a.txt", content)})

    def ids(self):
        return [document["id"] for document in self.request("GET").json()["data"]]


@pytest.fixture
def client():
    app.dependency_overrides[get_embedder] = FakeEmbedder
    with TestClient(app) as client:
        yield client
    app.dependency_overrides.clear()


@pytest.fixture
def new_person(client):
    return lambda: Person(client, os.urandom(8).hex())


@pytest.fixture
def ada(new_person):
    return new_person()


@pytest.fixture
def bob(new_person):
    return new_person()
