"""The hidden suite of 41-capstone: what becomes of a document after the reply."""

from gradewright.suite import point

READY = "When embed() has returned, the document should be ready."
FAILED = "When embed() has raised, the document should be failed."
PENDING = "Until embed() has returned, the document should be pending."


@point("background-embedding")
def test_the_reply_does_not_wait(client, vault, held, expect, nonce):
    ada = vault.person()
    first, *more = [f"{nonce(12)} Žluťoučký {nonce(12)}" for _text in range(4)]
    # Not all that is uploaded is UTF-8, nor has the line ends of this machine.
    first = f"{nonce(4)}\r\n{nonce(4)}\r{first}"
    first_bytes = first.encode() + b"\xff\xfe!"
    first += "\ufffd\ufffd!"
    with vault.embeds.hold():
        ids = [vault.put_held(ada, first_bytes)]
        because = (
            "For each document, embed(text) should be called, with the file's bytes decoded as UTF-8 with replacement, and "
            "nothing else changed: line ends stay as they are."
        )
        held(vault.embeds, lambda: first in vault.texts(), because)
        because = "While embed() is at work, GET /health/live should answer: what blocks should not run on the event loop."
        expect.status(vault.check_answered(lambda: client.get("/health/live", **vault.ping), because), 200, because)
        because = "While embed() is at work, GET /api/v1/documents/{id} should answer."
        expect.keys(vault.check_answered(lambda: vault.read(ada, ids[0]), because), {"status": "pending"}, PENDING)
        because = "While embed() is at work, more documents should be taken in."
        for text in more:
            reply = vault.check_answered(lambda text=text: vault.upload(ada, text.encode(), held=True), because)
            ids.append(vault.accepted(reply))
        for document_id in ids:
            expect.keys(vault.read(ada, document_id), {"status": "pending"}, PENDING)
        vault.embeds.release()
    for document_id in ids:
        vault.wait_status(ada, document_id, "ready", READY)
    got = [text for text in vault.texts() if text in (first, *more)]
    expect.equal(sorted([first, *more]), sorted(got), "Each document should be embedded once.")


@point("background-embedding")
def test_a_burst_leaves_room_for_others(client, vault, held, expect, nonce):
    ada = vault.person()
    with vault.embeds.hold():
        # More than FastAPI has threads for def routes and background tasks.
        ids = [vault.put_held(ada, nonce(20).encode())]
        because = "While many documents wait for embed(), more should be taken in, and answered as ever."
        for _document in range(44):
            reply = vault.check_answered(lambda: vault.upload(ada, held=True), because)
            ids.append(vault.accepted(reply))
        held(vault.embeds, lambda: vault.embeds.calls, "For each document, embed(text) should be called.")
        because = (
            "While 45 documents wait for embed(), others should be answered: they should not use up the threads of the routes."
        )
        reply = vault.check_answered(lambda: vault.read(ada, ids[0]), because)
        expect.keys(reply, {"status": "pending"}, because)
        vault.embeds.release()
    # All of them: what is still at work would meet with the next test's failing database.
    for document_id in ids:
        vault.wait_status(ada, document_id, "ready", READY)


@point("background-embedding")
def test_pending_documents_survive_kill(vault, held, expect, nonce):
    ada = vault.person()
    texts = nonce.tokens(5, 20)
    vault.failing[texts[1]] = nonce.choice(("EmbeddingFailed", "ValueError"))
    because = "For each document, embed(text) should be called."
    ids = []
    for text, status, after in [(texts[0], "ready", READY), (texts[1], "failed", FAILED), (texts[2], "ready", READY)]:
        ids.append(vault.put(ada, text.encode()))
        vault.wait_status(ada, ids[-1], status, after)
    with vault.embeds.hold():
        ids += [vault.put_held(ada, text.encode()) for text in texts[3:]]
        held(vault.embeds, lambda: set(texts[3:]) & set(vault.texts()), because)
        vault.start(keep=True)
    for document_id in ids[3:]:
        vault.wait_left(ada, document_id, "After kill -9 and a new start, pending documents should get ready.")
    expect.keys(vault.read(ada, ids[0]), {"status": "ready"}, "After a new start, what was ready should be ready.")
    expect.keys(vault.read(ada, ids[1]), {"status": "failed"}, "After a new start, what has failed should be failed.")
    again = sorted(set(vault.texts()) & set(texts[:3]))
    expect.equal([], again, "After a new start, only what is pending should be embedded again.")
    vault.wait_status(ada, vault.put(ada), "ready", READY)


@point("background-embedding")
def test_the_embedder_can_be_replaced(vault, held, expect, nonce):
    ada = vault.person()
    texts = nonce.tokens(2, 20)
    with vault.embeds.hold():
        left = vault.put_held(ada, texts[0].encode())
        held(vault.embeds, lambda: texts[0] in vault.texts(), "For each document, embed(text) should be called.")
        vault.start(keep=True, embedder=1)
    with_it = "With get_embedder replaced in app.dependency_overrides,"
    because = f"{with_it} the other object's embed() should be called, also for documents that an earlier process left pending."
    vault.wait_left(ada, left, because)
    vault.wait_status(ada, vault.put(ada, texts[1].encode()), "ready", f"{with_it} documents should get ready.")
    got = [sorted(vault.texts(vault.others)), vault.texts()]
    expect.equal([sorted(texts), []], got, because)


@point("background-embedding")
def test_failures_and_deletions_stop_nothing(vault, held, expect, nonce):
    ada = vault.person()
    texts = nonce.tokens(5, 20)
    vault.failing |= {texts[0]: "EmbeddingFailed", texts[1]: "ValueError"}
    failed = [vault.put(ada, text.encode()) for text in texts[:2]]
    for document_id in failed:
        vault.wait_status(ada, document_id, "failed", f"{FAILED} Any exception counts.")
    with vault.embeds.hold():
        gone = [vault.put_held(ada, text.encode()) for text in texts[2:4]]
        held(vault.embeds, lambda: set(texts) & set(vault.texts()[2:]), "For each document, embed(text) should be called.")
        stays = vault.put_held(ada, texts[4].encode())
        for document_id in gone:
            because = "A pending document should be deleted like any other, with 204."
            expect.status(vault.check_answered(lambda which=document_id: vault.delete(ada, which), because), 204, because)
        vault.embeds.release()
    because = "When documents fail or are deleted while they are pending, the next one should get ready all the same."
    vault.wait_status(ada, stays, "ready", because)
    for document_id in gone:
        expect.status(vault.read(ada, document_id), 404, "A document that was deleted while pending should not come back.")
    left = [document_id for document_id in vault.ids(ada) if document_id in (*failed, *gone, stays)]
    expect.equal([stays, *failed[::-1]], left, "The list should show what is left.")
