"""The hidden suite of 14-status-codes."""

import re
from urllib.parse import unquote, urlsplit

from gradewright.suite import Raise, Value, point


def asks(user):
    """Return the headers of a request of this user."""
    return {"X-User": user}


def codes(nonce, count):
    """Return `count` different error statuses that no app answers here by itself."""
    return nonce.sample((402, 409, 410, 412, 418, 423, 424, 428, 451), count)


def shows(client, path, user, note, expect, because):
    """The note is there, for this user."""
    expect.keys(client.get(path, headers=asks(user)), note, because)


def any_case(text, nonce):
    """Return the text with letters in another case: at least its first."""
    return text[0].swapcase() + "".join(nonce.choice((sign, sign.swapcase())) for sign in text[1:])


@point("created")
def test_a_new_note_is_201_with_its_place(client, notes, expect, nonce):
    user, body = nonce(), notes.body()
    reply = notes.post(user, body)
    expect.status(reply, 201, "POST /notes should be 201: something new exists.")
    note, path = notes.read(reply, {**body, "owner": user})
    location = reply.headers.get("Location")
    expect.that(
        location is not None and unquote(urlsplit(location).path) == unquote(path),
        "The reply of POST /notes should say in its Location header where the new note is.",
        expected=f"Location: {path}",
        got=f"Location: {location}" if location is not None else "no header Location",
        reply=reply,
    )
    shows(client, urlsplit(location).path, user, note, expect, "The place that Location names should show the new note.")


@point("created")
def test_each_note_has_its_own_place(client, notes, expect, nonce):
    user = nonce()
    made = []
    for _note in range(nonce.randint(3, 5)):
        reply = notes.post(user, notes.body())
        expect.status(reply, 201, "POST /notes should be 201: something new exists.")
        made.append(notes.read(reply, {"owner": user}))
    for note, path in made:
        shows(client, path, user, note, expect, f"GET {path} should still show its note after others were made.")


@point("created")
def test_no_id_is_given_twice(client, notes, expect, nonce):
    user = nonce()
    made = [notes.make(user) for _note in range(3)]
    client.delete(made[0][1], headers=asks(user))
    made.append(notes.make(user))
    ids = [note["id"] for note, _path in made]
    expect.that(
        len(set(ids)) == len(ids),
        "A new note should have an id that no note had before it, deleted ones included.",
        expected=f"after the ids {', '.join(map(str, ids[:3]))}, an id that is none of these",
        got=str(ids[3]),
    )
    for note, path in made[1:]:
        shows(client, path, user, note, expect, f"GET {path} should still show its note after one was deleted and one made.")


@point("no-content")
def test_delete_is_204_without_a_body(client, notes, expect, nonce):
    user = nonce()
    (note, path), (other, other_path) = notes.make(user), notes.make(user)
    shows(client, path, user, note, expect, f"GET {path} should show the note before it is deleted.")
    reply = client.delete(path, headers=asks(user))
    expect.status(reply, 204, f"DELETE {path} should be 204: done, and nothing to say.")
    expect.that(
        reply.content == b"",
        f"The reply of DELETE {path} should have no body.",
        expected="no body",
        got=reply.text,
        reply=reply,
    )
    reply = client.get(path, headers=asks(user))
    expect.that(
        note["text"] not in reply.text,
        f"GET {path} should not show the note after it was deleted.",
        expected="a reply without the note",
        got=reply.text,
        reply=reply,
    )
    shows(client, other_path, user, other, expect, f"GET {other_path} should still show its note: another one was deleted.")


@point("400-or-422")
def test_schema_errors_are_422(notes, expect, nonce):
    for length in (1, 50):
        notes.make(nonce(), f"POST /notes should accept a title of {length} characters.", title=nonce(length))
    notes.make(nonce(), "POST /notes should accept an empty text.", text="")
    bad = [("title", value) for value in (nonce(51), nonce(nonce.randint(52, 200)), "", nonce.number(), None)]
    bad += [("text", value) for value in (nonce.number(), None, [nonce()])]
    for name, value in nonce.sample(bad, len(bad)):
        what = f"with a {name} of {len(value)} characters" if isinstance(value, str) else f"with {value} as {name}"
        reply = notes.post(nonce(), notes.body(**{name: value}))
        expect.error_at(reply, "body", name, because=f"POST /notes {what} should be FastAPI's 422.")
    for name in ("title", "text"):
        body = {key: value for key, value in notes.body().items() if key != name}
        expect.error_at(notes.post(nonce(), body), "body", name, because=f"POST /notes without {name} should be FastAPI's 422.")


@point("400-or-422")
def test_a_title_that_is_taken_is_400(client, notes, expect, nonce):
    user, other = nonce.tokens(2)
    note, path = notes.make(user)
    for title in (note["title"], note["title"].upper(), any_case(note["title"], nonce)):
        reply = notes.post(user, notes.body(title=title))
        expect.status(
            reply,
            400,
            f"POST /notes with the title {title} should be 400 for a user who has a note {note['title']}: "
            "the body fits, and your rule forbids it.",
        )
    shows(client, path, user, note, expect, "The first note should stay as it is.")
    notes.make(other, "A title that only somebody else has should not be refused.", title=note["title"])
    notes.make(user, "A title that no note of the user has should not be refused.", title=note["title"] + nonce(3))


@point("400-or-422")
def test_a_deleted_note_sets_its_title_free(client, notes, expect, nonce):
    user = nonce()
    note, path = notes.make(user)
    title = any_case(note["title"], nonce)
    expect.status(
        notes.post(user, notes.body(title=title)), 400, f"POST /notes with the title {title}, which is taken, should be 400."
    )
    client.delete(path, headers=asks(user))
    notes.make(user, "After a note was deleted, its title should not be refused.", title=title)


def requests(path, unknown, notes):
    """Return (method, path, body) for each route, as everything should be and with something else wrong."""
    found = [(method, where, None) for method in ("GET", "DELETE") for where in (path, unknown)]
    return [*found, ("POST", "/notes", notes.body()), ("POST", "/notes", notes.body(title=""))]


@point("401-or-403")
def test_nobody_is_401(client, notes, expect, nonce):
    user = nonce()
    note, path = notes.make(user)
    asked = requests(path, notes.gone(user), notes)
    for method, where, body in nonce.sample(asked, len(asked)):
        for headers in ({}, asks("")):
            reply = client.request(method, where, json=body, headers=headers)
            how = "with an empty X-User header" if headers else "without an X-User header"
            expect.status(
                reply,
                401,
                f"{method} {where} {how} should be 401, whatever else is wrong with it: nobody knows who is asking.",
            )
    shows(client, path, user, note, expect, f"GET {path} should still show the note after requests that were refused.")


@point("401-or-403")
def test_a_stranger_is_403(client, notes, expect, nonce):
    owner, stranger = nonce.tokens(2)
    note, path = notes.make(owner)
    notes.make(stranger)
    for method in nonce.sample(("GET", "DELETE"), 2):
        reply = client.request(method, path, headers=asks(stranger))
        expect.status(reply, 403, f"{method} {path} should be 403 for a user who does not own the note.")
        expect.that(
            note["text"] not in reply.text,
            f"The refusal of {method} {path} should not show the note.",
            expected="a reply without the note's text",
            got=reply.text,
            reply=reply,
        )
    shows(client, path, owner, note, expect, f"GET {path} should still show the note to its owner.")


@point("401-or-403")
def test_the_user_comes_from_the_dependency(app, client, notes, expect, nonce):
    owner, stranger = nonce.tokens(2)
    note, path = notes.make(owner)
    with app.override("current_user", Value(stranger)):
        for method in ("GET", "DELETE"):
            reply = client.request(method, path, headers=asks(owner))
            expect.status(
                reply,
                403,
                f"With current_user replaced by one that returns somebody else, {method} {path} should be 403, "
                "whatever the header says.",
            )
    with app.override("current_user", Value(owner)):
        for headers in ({}, asks(stranger)):
            reply = client.get(path, headers=headers)
            expect.keys(
                reply,
                note,
                f"With current_user replaced by one that returns the owner, GET {path} should show the note, "
                "whatever the header says.",
            )
        body = notes.body()
        reply = notes.post(stranger, body)
        expect.status(reply, (200, 201), "With current_user replaced, POST /notes should make a note for the user it returns.")
        notes.read(reply, {**body, "owner": owner})
    (code,) = codes(nonce, 1)
    with app.override("current_user", Raise(code)):
        for method, where, sent in (("GET", path, None), ("DELETE", path, None), ("POST", "/notes", notes.body())):
            reply = client.request(method, where, json=sent, headers=asks(owner))
            expect.status(reply, code, f"When current_user raises {code}, {method} {where} should be {code}.")


@point("not-found")
def test_an_unknown_note_is_404(client, notes, expect, nonce):
    user, other = nonce.tokens(2)
    note, path = notes.make(user)
    shows(client, path, user, note, expect, f"GET {path} should show the note.")
    unknown = notes.gone(user)
    for method in nonce.sample(("GET", "DELETE"), 2):
        for asking in (user, other):
            reply = client.request(method, unknown, headers=asks(asking))
            missing(reply, expect, f"{method} {unknown} should be 404 with a detail: there is no such note.")
    shows(client, path, user, note, expect, f"GET {path} should still show the note.")


@point("not-found")
def test_a_deleted_note_is_404(client, notes, expect, nonce):
    user = nonce()
    note, path = notes.make(user)
    shows(client, path, user, note, expect, f"GET {path} should show the note.")
    expect.status(client.delete(path, headers=asks(user)), (200, 204), f"DELETE {path} should delete the note.")
    for method in nonce.sample(("GET", "DELETE"), 2):
        reply = client.request(method, path, headers=asks(user))
        missing(reply, expect, f"{method} {path} should be 404 with a detail after the note was deleted.")


def missing(reply, expect, because):
    """The reply is a 404 with a detail."""
    body = expect.keys(reply, {}, because, status=404)
    expect.that("detail" in body, because, expected='{"detail":…}', got=body, reply=reply)


@point("codes-in-docs")
def test_codes_are_documented(client, notes, expect, nonce):
    user = nonce()
    note, path = notes.make(user)
    shows(client, path, user, note, expect, f"GET {path} should show the note.")
    reply = client.get("/openapi.json")
    document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
    listed = {}
    for where, verbs in document["paths"].items():
        place = "/notes/{id}" if re.fullmatch(r"/notes/\{[^/]+\}/?", where) else where.rstrip("/")
        listed |= {(verb.upper(), place): sorted(known["responses"]) for verb, known in verbs.items()}
    wanted = {("POST", "/notes"): ["201"], ("GET", "/notes/{id}"): ["404"], ("DELETE", "/notes/{id}"): ["204", "404"]}
    for (method, place), needed in wanted.items():
        found = listed.get((method, place), [])
        expect.that(
            set(needed) <= set(found),
            f"The schema should list {' and '.join(needed)} among the replies of {method} {place}.",
            expected=", ".join(needed),
            got=", ".join(found) or f"no {method} {place}",
            reply=reply,
        )
