"""The hidden suite of 41-capstone: sessions, and what a request that fails leaves behind."""

import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import Raise, point

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def routes(vault, who, document_id):
    """Return the six routes below /api/v1, each with a request to which nothing is wrong."""
    return [
        ("POST /api/v1/users", lambda: vault.register(vault.nonce(), vault.nonce())),
        ("POST /api/v1/token", lambda: vault.log_in(who.username, who.password)),
        ("POST /api/v1/documents", lambda: vault.upload(who)),
        ("GET /api/v1/documents", lambda: vault.list(who)),
        ("GET /api/v1/documents/{id}", lambda: vault.read(who, document_id)),
        ("DELETE /api/v1/documents/{id}", lambda: vault.delete(who, document_id)),
    ]


@point("data-hygiene")
def test_sessions_come_from_get_db_alone(vault, expect, nonce):
    before, ada, content = vault.files(), vault.person(), nonce(50).encode()
    document_id = vault.put(ada, content)
    vault.wait_status(ada, document_id, "ready", "An uploaded document should be ready in the end.")
    listed = vault.ids(ada)
    with vault.app.override("get_db", Raise(418)):
        for title, ask in routes(vault, ada, document_id):
            because = (
                f"With get_db replaced by a function that raises a 418, {title} should be 418: all sessions come from there."
            )
            expect.status(ask(), 418, because)
    expect.equal(listed, vault.ids(ada), "A request that got no session should have changed nothing.")
    vault.check_files(before, [content], "A request that got no session should leave no file behind, and remove none.")


@point("data-hygiene")
def test_each_request_has_one_session(vault, expect):
    ada = vault.person()
    hers = [vault.put(ada) for _document in range(2)][::-1]
    there, key = vault.environment["DATABASE_URL"], vault.environment["JWT_SECRET"]
    vault.start(change={"JWT_SECRET": key}, elsewhere=there)
    bob = vault.person()
    replaced = any(call.args[1:] == [True] for call in list(vault.sessions.calls))
    his = vault.put(bob)
    # Where get_db yields something else than SQLAlchemy's sessions, none on another database can take their place.
    if replaced:
        with_it = "With get_db replaced by a dependency that yields a session on another database,"
        found = [document_id for document_id in vault.ids(ada) if document_id in hers]
        expect.equal(hers, found, f"{with_it} GET /api/v1/documents should show the documents there.")
        expect.status(vault.delete(ada, hers[0]), 204, f"{with_it} DELETE should find its document there.")
        expect.keys(vault.read(ada, hers[1]), {"id": hers[1]}, f"{with_it} GET of a document should find it there.")
        expect.that(
            his in vault.ids(bob),
            f"{with_it} POST /api/v1/documents should put its document there.",
            expected=his,
            got="not there",
        )
    gone = [("GET /api/v1/documents/{id} of no document", lambda: vault.read(bob, hers[0]))]
    taken = [("POST /api/v1/users with a name that is taken", lambda: vault.register(bob.username, vault.nonce()))]
    for title, ask in [*routes(vault, bob, his), *gone, *taken]:
        vault.sessions.forget()
        reply = ask()
        expect.that(reply.status_code < 500, f"{title} should be answered.", got=f"status {reply.status_code}", reply=reply)
        seen = [call.args[0] for call in list(vault.sessions.calls)]
        because = f"{title} should have one session, from get_db, which is a dependency with yield, and close it."
        expect.equal(["open", "close"], seen, because, reply=reply)


@point("data-hygiene")
def test_failing_requests_leave_no_connection_behind(vault, expect, nonce):
    vault.start(connections=4)
    ada, bob = vault.person(), vault.person()
    document_id, other = vault.put(ada), vault.put(bob)
    failing = [
        lambda: vault.read(ada, other),
        lambda: vault.delete(ada, other),
        lambda: vault.upload(ada, title=""),
        lambda: vault.list(ada, cursor=nonce()),
        lambda: vault.register(ada.username, ada.password),
        lambda: vault.log_in(ada.username, nonce()),
    ]
    for number, ask in enumerate(nonce.sample(failing * 6, 36), 1):
        ask()
        if number % 6 == 0:
            because = (
                f"After {number} requests that fail, one by one, a good one should be answered as ever. The database allows "
                "four connections at a time: a session that is not closed keeps one for itself."
            )
            expect.keys(vault.read(ada, document_id), {"id": document_id}, because)


@point("data-hygiene")
def test_a_refused_upload_leaves_nothing(client, vault, expect, nonce):
    before, ada, contents = vault.files(), vault.person(), [nonce(2000).encode(), nonce(30).encode()]
    ids = [vault.put(ada, content) for content in contents][::-1]
    listed = vault.ids(ada)
    kept = "Below UPLOAD_DIR there should be one file for each document, with exactly the bytes that were uploaded."
    vault.check_files(before, contents, kept)
    sent = {"file": ("notes.txt", nonce(40).encode())}
    refusals = [
        vault.upload(ada, b"y" * (vault.largest + 1)),
        vault.upload(ada, title=nonce(101)),
        client.post("/api/v1/documents", headers=ada.headers, files=sent),
        vault.upload(None),
    ]
    for reply in refusals:
        expect.status(reply, (401, 413, 422), "An upload that is too large, has no good title or no token should be refused.")
    vault.check_files(before, contents, "An upload that was refused should leave no file behind.")
    expect.equal(listed, vault.ids(ada), "An upload that was refused should leave no document behind.")
    expect.status(vault.delete(ada, ids[0]), 204, "DELETE /api/v1/documents/{id} should be 204.")
    vault.check_files(before, contents[:1], "DELETE of a document should remove its file.")
    reply = vault.delete(vault.person(), ids[1])
    # Whether it is still there is another point's matter.
    if vault.read(ada, ids[1]).status_code == 200:
        because = "A document that somebody else has tried to delete should stay as a whole, with its file."
        vault.check_files(before, contents[:1], because, reply=reply)


def failing_once(verbs, seen):
    """Return what lets the first statement with one of these verbs fail."""

    def answer(call):
        verb = call.args[0] if call.args else None
        if verb not in verbs or seen:
            return None
        seen.append(verb)
        return "fail"

    return answer


@point("data-hygiene")
def test_what_the_database_refuses_leaves_nothing(vault, expect, nonce):
    before, ada, contents = vault.files(), vault.person(), [nonce(40).encode()]
    ids = [vault.put(ada, contents[0])]
    vault.wait_status(ada, ids[0], "ready", "An uploaded document should be ready in the end.")
    listed = vault.ids(ada)
    for verbs in nonce.sample([WRITES, ("COMMIT",)], 2):
        seen = []
        vault.statements = failing_once(verbs, seen)
        reply = vault.upload(ada)
        vault.statements = None
        if verbs is WRITES or seen:
            because = (
                f"When the database fails at the {seen[0] if seen else 'INSERT'} of an upload, the reply should be 500 or 503."
            )
            expect.that(seen and reply.status_code >= 500, because, expected="status 500", got=reply.status_code, reply=reply)
            vault.check_files(before, contents, "When the database fails, an upload should leave no file behind.")
            expect.equal(listed, vault.ids(ada), "When the database fails, an upload should leave no document behind.")
        else:
            vault.delete(ada, vault.accepted(reply))
    for verbs in nonce.sample([WRITES, ("COMMIT",)], 2):
        seen = []
        vault.statements = failing_once(verbs, seen)
        reply = vault.delete(ada, ids[0])
        vault.statements = None
        if verbs is not WRITES and not seen:
            break
        because = (
            "When the database fails, DELETE should be 500 or 503, and the document should stay as a whole, with its file."
        )
        expect.that(seen and reply.status_code >= 500, because, expected="status 500", got=reply.status_code, reply=reply)
        expect.keys(vault.read(ada, ids[0]), {"id": ids[0], "status": "ready"}, because)
        vault.check_files(before, contents, because, reply=reply)
    new = vault.put(ada, because="After the database has failed, the next upload should be 202.")
    vault.wait_status(ada, new, "ready", "After the database has failed, the next upload should get ready.")
    for _attempt in range(3):
        vault.statements = failing_once(("SELECT",), [])
        reply = vault.list(ada)
        vault.statements = None
        if reply.status_code != 200:
            break
        # What looks for pending documents in the background has met with it, and may have come to an end.
        vault.start(keep=True)
    because = "When the database fails while a token's user is looked up, the reply should be 500 or 503, no 401."
    good = reply.status_code == 200 or reply.status_code >= 500
    expect.that(good, because, expected="status 500", got=reply.status_code, reply=reply)


@point("data-hygiene")
def test_one_of_many_gets_a_name(vault, expect, nonce):
    ada, name = vault.person(), nonce()
    passwords = nonce.tokens(6)

    def release_reads():
        """Let everything but the INSERTs go on; return how many of these there are."""
        seen = list(vault.before.calls)
        inserts = [call for call in seen if call.args[0] == "INSERT"]
        for call in seen:
            if call not in inserts:
                call.answer()
        return len(inserts)

    vault.before.forget()
    with ThreadPoolExecutor(6) as pool, vault.before.hold():
        waiting = [pool.submit(vault.register, name, password) for password in passwords]
        # All of them get as far as the INSERT, if the app sends them there together.
        count, until = 0, time.monotonic() + 3
        while count < 6 and time.monotonic() < until and not all(future.done() for future in waiting):
            if (now := release_reads()) != count:
                # Where they come one by one, there will be no more.
                count, until = now, time.monotonic() + 0.8
            time.sleep(0.01)
        vault.before.release()
        replies = [future.result() for future in waiting]
    good = [reply for reply in replies if reply.status_code == 201]
    because = (
        "When six POST /api/v1/users with the same name come at once, one should be 201 and the others 409. "
        "Between a look at the table and the INSERT somebody else may be quicker; the database knows."
    )
    for reply in replies:
        expect.status(reply, (201, 409), because)
    expect.equal(1, len(good), because)
    expect.that(count, "POST /api/v1/users should insert a row.", expected="an INSERT", got="none")
    winner = passwords[replies.index(good[0])]
    expect.status(vault.log_in(name, winner), 200, "Who got the 201 should be able to log in.")
    expect.status(vault.list(ada), 200, "After the race, others should be answered as ever.")
