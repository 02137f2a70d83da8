"""The hidden suite of 41-capstone: who sees what."""

import base64
import json
import time

from gradewright.suite import Namespace, Value, point
from gradewright.suite.tokens import encode, sign


def read_claims(token, expect):
    """Return what a token says, unverified."""
    try:
        _header, claims, _signature = token.split(".")
        claims = json.loads(base64.b64decode(claims + "=" * (-len(claims) % 4), "-_"))
    except (ValueError, RecursionError):
        claims = None
    because = "access_token should be a JWT with the claim exp."
    expect.that(isinstance(claims, dict) and "exp" in claims, because, expected="a JWT with exp", got=token)
    return claims


@point("access")
def test_two_people_never_cross(vault, expect, nonce):
    ada, bob = vault.person(), vault.person()
    hers, his = [], []
    for mine, who in nonce.sample([(hers, ada), (his, bob)] * 3, 6):
        mine.insert(0, vault.put(who))
    for who, mine, others in ((ada, hers, his), (bob, his, hers)):
        expect.equal(mine, vault.ids(who), "GET /api/v1/documents should show one's own documents, and no others.")
        for document_id in mine:
            expect.keys(vault.read(who, document_id), {"id": document_id}, "One's own document should be 200.")
        for document_id in others:
            because = "Somebody else's document should be 404, as if it were not there: a 403 would tell that it is."
            expect.status(vault.read(who, document_id), 404, because)
            expect.status(vault.delete(who, document_id), 404, because)
    _data, cursor = vault.page(vault.list(ada, limit=1), "GET /api/v1/documents with limit=1 should be 200.")
    reply = vault.list(bob, cursor=cursor)
    expect.status(reply, (200, 400), "Somebody else's cursor should be good for one's own documents, or for nothing.")
    leaked = [document_id for document_id in hers if f'"id":{json.dumps(document_id)}' in reply.text.replace(" ", "")]
    because = "With somebody else's cursor, GET /api/v1/documents should show none of their documents."
    expect.equal([], leaked, because, reply=reply)
    expect.equal([hers, his], [vault.ids(ada), vault.ids(bob)], "After all this, everybody should have their documents still.")


@point("access")
def test_only_good_tokens_open(client, vault, expect, nonce):
    ada = vault.person()
    document_id = vault.put(ada)
    key, claims = vault.environment["JWT_SECRET"], read_claims(ada.token, expect)
    again = sign(claims, key)

    def routes(headers):
        """Ask the four routes, the one that deletes last."""
        sent = {"data": {"title": nonce()}, "files": {"file": ("notes.txt", nonce().encode())}, "headers": headers}
        yield "POST /api/v1/documents", client.post("/api/v1/documents", **sent)
        yield "GET /api/v1/documents", client.get("/api/v1/documents", headers=headers)
        yield "GET /api/v1/documents/{id}", client.get(f"/api/v1/documents/{document_id}", headers=headers)
        yield "DELETE /api/v1/documents/{id}", client.delete(f"/api/v1/documents/{document_id}", headers=headers)

    because = "A token is accepted whoever signed it, if that is HS256 with JWT_SECRET: another process may have made it."
    expect.status(client.get("/api/v1/documents", headers={"Authorization": f"Bearer {again}"}), 200, because)
    head, body, seal = ada.token.split(".")
    past = int(time.time()) - 30
    bad = {
        "a token of another key": sign(claims, nonce(40)),
        "a token without a signature": sign(claims, key, "none"),
        "a token of HS512": sign(claims, key, "HS512"),
        "a token that has expired": sign({**claims, "exp": past, "iat": past - 60}, key),
        "a token without exp": sign({name: value for name, value in claims.items() if name != "exp"}, key),
        "a token with other claims than were signed": f"{head}.{encode({**claims, 'exp': claims['exp'] + 60})}.{seal}",
        "half a token": f"{head}.{body}",
        "a text": nonce(40),
    }
    order = nonce.sample(sorted(bad), len(bad))
    # Each of the routes gets one of these, and one of the routes gets all of them.
    for what, (title, reply) in zip(order, routes({"Authorization": f"Bearer {bad[order[0]]}"}), strict=False):
        expect.status(reply, 401, f"{title} should be 401 with {order[0]}.")
        listed = client.get("/api/v1/documents", headers={"Authorization": f"Bearer {bad[what]}"})
        expect.status(listed, 401, f"GET /api/v1/documents should be 401 with {what}.")
    for what in order[4:]:
        listed = client.get("/api/v1/documents", headers={"Authorization": f"Bearer {bad[what]}"})
        expect.status(listed, 401, f"GET /api/v1/documents should be 401 with {what}.")
    for headers, what in [({}, "no token"), ({"Authorization": f"Basic {ada.token}"}, "Basic in the place of Bearer")]:
        for title, reply in routes(headers):
            expect.status(reply, 401, f"{title} should be 401 with {what}.")
    expect.equal([document_id], vault.ids(ada), "Who is refused should neither upload nor delete anything.")


@point("access")
def test_the_user_comes_from_a_dependency(client, vault, expect):
    ada, bob = vault.person(), vault.person()
    hers = vault.put(ada)
    his = vault.put(bob)
    with vault.app.override("get_current_user", Value(Namespace(id=ada.id, username=ada.username))):
        with_her = "With get_current_user replaced by a function that returns Ada, and without a token,"
        expect.equal([hers], vault.ids(None), f"{with_her} GET /api/v1/documents should show hers.")
        expect.keys(vault.read(None, hers), {"id": hers}, f"{with_her} her document should be 200.")
        expect.status(vault.read(None, his), 404, f"{with_her} somebody else's document should be 404.")
        expect.status(vault.delete(None, his), 404, f"{with_her} somebody else's document should stay.")
        new = vault.put(None, because=f"{with_her} POST /api/v1/documents should be 202.")
        expect.status(vault.delete(None, hers), 204, f"{with_her} DELETE of her document should be 204.")
    expect.equal([new], vault.ids(ada), "What is uploaded then should belong to her, and be there.")


@point("access")
def test_a_token_is_no_user(vault, expect):
    ada = vault.person()
    expect.status(vault.list(ada), 200, "GET /api/v1/documents with a good token should be 200.")
    key = vault.environment["JWT_SECRET"]
    vault.start(change={"JWT_SECRET": key})
    because = "A good token of somebody who is not in the database should be 401: the account may have been removed."
    expect.status(vault.list(ada), 401, because)
    vault.environment["JWT_SECRET"] = key
    expect.equal([], vault.ids(vault.person()), "Afterwards others should register, log in and list as ever.")
