import pytest

DOCUMENTS = "/api/v1/documents"


def test_an_upload_is_embedded_after_its_202(client, sign_up, upload, settled, embedder):
    me = sign_up()
    reply = upload(me, b"caf\xc3\xa9 \xff")
    assert reply.status_code == 202
    assert reply.json() == {"id": reply.json()["id"], "status": "pending"}
    document = settled(me, reply.json()["id"])
    assert document == {"id": reply.json()["id"], "title": "a title", "status": "ready", "size": 7}
    assert embedder.texts == ["café \ufffd"]


def test_what_cannot_be_embedded_has_failed(sign_up, upload, settled, embedder):
    me = sign_up()
    embedder.fails = True
    assert settled(me, upload(me).json()["id"])["status"] == "failed"


def test_deleting_is_204_and_the_document_is_gone(client, sign_up, upload):
    me = sign_up()
    address = f"{DOCUMENTS}/{upload(me).json()['id']}"
    reply = client.delete(address, headers=me)
    assert reply.status_code == 204
    assert client.get(address, headers=me).status_code == 404
    assert client.get(DOCUMENTS, headers=me).json() == {"data": [], "next_cursor": None}


def test_nobody_sees_the_documents_of_others(client, sign_up, upload):
    alice, bob = sign_up(), sign_up()
    hers, his = upload(alice).json()["id"], upload(bob).json()["id"]
    assert client.get(f"{DOCUMENTS}/{hers}", headers=bob).status_code == 404
    assert client.delete(f"{DOCUMENTS}/{hers}", headers=bob).status_code == 404
    assert [one["id"] for one in client.get(DOCUMENTS, headers=bob).json()["data"]] == [his]
    assert client.get(f"{DOCUMENTS}/{hers}", headers=alice).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_without_a_good_token_everything_is_401(client, sign_up, upload, headers):
    address = f"{DOCUMENTS}/{upload(sign_up()).json()['id']}"
    assert upload(headers).status_code == 401
    assert client.get(DOCUMENTS, headers=headers).status_code == 401
    assert client.get(address, headers=headers).status_code == 401
    assert client.delete(address, headers=headers).status_code == 401


def test_pages_follow_each_other(client, sign_up, upload):
    me = sign_up()
    ids = [upload(me).json()["id"] for _number in range(3)]
    first = client.get(DOCUMENTS, headers=me, params={"limit": 2}).json()
    assert [one["id"] for one in first["data"]] == ids[:0:-1]
    second = client.get(DOCUMENTS, headers=me, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in second["data"]] == ids[:1]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "many"}])
def test_bad_limits_are_422(client, sign_up, query):
    assert client.get(DOCUMENTS, headers=sign_up(), params=query).status_code == 422


def test_a_cursor_that_cannot_be_read_is_400(client, sign_up):
    assert client.get(DOCUMENTS, headers=sign_up(), params={"cursor": "what is this"}).status_code == 400


def test_bad_uploads_are_refused(client, sign_up, upload):
    me = sign_up()
    assert upload(me, b"x" * 1_048_577).status_code == 413
    assert upload(me, title="").status_code == 422
    assert upload(me, title="x" * 101).status_code == 422
    assert client.post(DOCUMENTS, headers=me, data={"title": "no file"}).status_code == 422
    assert client.get(DOCUMENTS, headers=me).json()["data"] == []


def test_health(client):
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
