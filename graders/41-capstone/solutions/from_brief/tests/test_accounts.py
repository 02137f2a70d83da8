import uuid

import pytest

ACCOUNTS = "/api/v1/users"


def test_registering_answers_201_without_the_password(client):
    name = f"u-{uuid.uuid4().hex}"
    reply = client.post(ACCOUNTS, json={"username": name, "password": "12345678"})
    assert reply.status_code == 201
    assert reply.json() == {"id": reply.json()["id"], "username": name}


def test_a_taken_name_is_409(client):
    account = {"username": f"u-{uuid.uuid4().hex}", "password": "12345678"}
    assert client.post(ACCOUNTS, json=account).status_code == 201
    assert client.post(ACCOUNTS, json=account).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"username": "", "password": "12345678"},
        {"username": "x" * 51, "password": "12345678"},
        {"username": "x", "password": "1234567"},
        {},
    ],
)
def test_bad_registrations_are_422(client, body):
    reply = client.post(ACCOUNTS, json=body)
    assert reply.status_code == 422
    assert "detail" in reply.json()


def test_a_wrong_password_is_401(client):
    account = {"username": f"u-{uuid.uuid4().hex}", "password": "12345678"}
    client.post(ACCOUNTS, json=account)
    assert client.post("/api/v1/token", data={**account, "password": "87654321"}).status_code == 401
