import time

import pytest


def wait_for_status(person, document_id):
    for _attempt in range(200):
        document = person.request("GET", f"/{document_id}").json()
        if document["status"] != "pending":
            break
        time.sleep(0.01)
    return document


@pytest.mark.parametrize(("content", "status"), [(b"some text", "ready"), (b"bad text", "failed")])
def test_upload(ada, content, status):
    reply = ada.upload("Title", content)
    assert reply.status_code == 202
    document_id = reply.json()["id"]
    assert reply.json() == {"id": document_id, "status": "pending"}
    wanted = {"id": document_id, "title": "Title", "status": status, "size": len(content)}
    assert wait_for_status(ada, document_id) == wanted
    assert ada.request("GET").json() == {"data": [wanted], "next_cursor": None}


def test_delete(ada):
    document_id = ada.upload().json()["id"]
    assert ada.request("DELETE", f"/{document_id}").status_code == 204
    assert ada.request("GET", f"/{document_id}").status_code == 404
    assert ada.ids() == []


def test_nobody_sees_the_documents_of_others(ada, bob):
    document_id = ada.upload().json()["id"]
    assert bob.request("GET", f"/{document_id}").status_code == 404
    assert bob.request("DELETE", f"/{document_id}").status_code == 404
    assert bob.ids() == []
    assert ada.ids() == [document_id]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_a_token_is_needed(client, headers):
    for method, path in [("POST", ""), ("GET", ""), ("GET", "/1"), ("DELETE", "/1")]:
        assert client.request(method, f"/api/v1/documents{path}", headers=headers).status_code == 401


def test_limits(client, ada):
    assert ada.upload("x" * 101).status_code == 422
    assert ada.upload("").status_code == 422
    assert ada.upload(content=b"x" * (1024 * 1024 + 1)).status_code == 413
    assert client.post("/api/v1/users", json={"username": "eve", "password": "2 short"}).status_code == 422
    for limit in (0, 101):
        assert ada.request("GET", params={"limit": limit}).status_code == 422
    assert ada.request("GET", params={"cursor": "no cursor"}).status_code == 400


def test_pages(ada):
    wanted = [ada.upload().json()["id"] for _document in range(3)][::-1]
    first = ada.request("GET", params={"limit": 2}).json()
    rest = ada.request("GET", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [document["id"] for document in first["data"] + rest["data"]] == wanted
    assert rest["next_cursor"] is None


def test_a_name_is_taken_once(client, ada):
    form = {"username": ada.username, "password": "another one"}
    assert client.post("/api/v1/users", json=form).status_code == 409
    assert client.post("/api/v1/token", data=form).status_code == 401
