"""The hidden suite of 16-pydantic-migration.

Each point also asks a route of the grader's own that takes models.User: a model of v1 that is kept behind a dict is no port.
"""

import json

from gradewright.suite import point

PARSE = "/gradewright/parse"
OWN = (
    "A route of the grader's own, POST /gradewright/parse, takes your models.User as its body and answers with all its fields: "
)
REQUIRED = ("id", "userName", "phone", "start", "end")


def without(values, *keys):
    """Return an object without some of its keys."""
    return {name: value for name, value in values.items() if name not in keys}


def by_name(values):
    """Return a user whose name goes by the field's name, as in a row."""
    return {"name" if key == "userName" else key: value for key, value in values.items()}


def accepts(client, body, values, expect, because):
    """POST /users accepts this body; its reply has at least these values."""
    expect.keys(client.post("/users", json=body), values, because)


def shows_name(reply, name, expect, because):
    """The reply has this name; that it goes by the alias is modern-api's matter."""
    shown = expect.keys(reply, {}, because)
    found = {key: shown[key] for key in ("userName", "name") if key in shown}
    expect.that(name in found.values(), because, expected=f'{{"userName":"{name}"}}', got=found or shown, reply=reply)


@point("optional-default")
def test_nickname_may_be_left_out(models, client, user, expect, nonce):
    body = user()
    accepts(client, body, {"nickname": body["nickname"]}, expect, "POST /users should give a nickname back.")
    accepts(client, user(nickname=None), {}, expect, "POST /users should accept null as a nickname.")
    body = without(user(), "nickname")
    accepts(client, body, {"id": body["id"]}, expect, "POST /users should accept a user without nickname, as v1 did.")
    full = {**body, "nickname": None}
    expect.json(client.post(PARSE, json=body), full, f"{OWN}without nickname in the body, nickname should be null.")


@point("optional-default")
def test_what_else_may_be_left_out(models, client, user, refused, expect):
    body = without(user(), "tags", "nickname")
    accepts(client, body, {"id": body["id"]}, expect, "POST /users should accept a user without nickname and tags.")
    full = {**body, "tags": [], "nickname": None}
    expect.json(client.post(PARSE, json=body), full, f"{OWN}tags should be [] and nickname null when they are left out.")
    for key in REQUIRED:
        because = f"POST /users should refuse a user without {key}: v1 required it."
        refused(without(user(), key), key, "name" if key == "userName" else key, because=because)


@point("stricter-coercion")
def test_a_phone_may_be_a_number(models, client, user, expect, nonce):
    texts = (f"+{nonce.number(10, 99)} {nonce.number(1, 999)}", f"00{nonce.number()}", nonce())
    for phone in texts:
        accepts(client, user(phone=phone), {"phone": phone}, expect, "POST /users should leave a phone alone that is a text.")
    for number in (nonce.number(), nonce.number(10**9, 10**12), 0):
        because = f"POST /users should take the JSON number {number} as phone for a text, as v1 did."
        accepts(client, user(phone=number), {"phone": str(number)}, expect, because)
        body = user(phone=number)
        full = {**body, "phone": str(number)}
        expect.json(client.post(PARSE, json=body), full, f"{OWN}a phone that is a JSON integer should become a text.")


@point("stricter-coercion")
def test_a_phone_is_not_just_anything(client, user, refused, expect, nonce):
    number = nonce.number()
    because = f"POST /users should take the JSON number {number} as phone for a text, as v1 did."
    accepts(client, user(phone=number), {"phone": str(number)}, expect, because)
    for phone, what in ((None, "null"), ([nonce()], "a list"), ({nonce(): nonce()}, "an object")):
        because = f"POST /users should refuse {what} as phone with FastAPI's 422 at body.phone, as v1 did."
        refused(user(phone=phone), "phone", because=because)


@point("validators-ported")
def test_name_and_tags_are_tidied(models, client, user, mixed, expect, nonce):
    for left, right in (("  ", " "), ("\t", "\n"), ("", "   ")):
        name = f"{mixed()} {mixed()}"
        body = user(userName=f"{left}{name}{right}")
        because = (
            f"POST /users should remove the whitespace around the name {body['userName']!r}, and change nothing else in it."
        )
        shows_name(client.post("/users", json=body), name, expect, because)
    tags = [mixed(), nonce().upper(), f" {mixed()} {nonce.number()}", nonce()]
    wanted = [tag.lower() for tag in tags]
    accepts(client, user(tags=tags), {"tags": wanted}, expect, "POST /users should put each tag in lower case.")
    name = mixed()
    body = user(tags=tags, userName=f"  {name} ")
    because = f"{OWN}the name without whitespace around it, the tags in lower case."
    expect.json(client.post(PARSE, json=body), {**body, "userName": name, "tags": wanted}, because)


@point("validators-ported")
def test_bad_fields_are_errors_at_their_place(client, user, mixed, refused, expect, nonce):
    tag = mixed()
    accepts(client, user(tags=[tag]), {"tags": [tag.lower()]}, expect, "POST /users should put each tag in lower case.")
    cases = [("id", nonce()), ("id", None), ("start", nonce()), ("end", "2025-02-30"), ("start", None), ("nickname", [nonce()])]
    cases += [("userName", value) for value in (None, [nonce()], {nonce(): nonce()})]
    cases += [("tags", value) for value in (None, nonce(), [nonce(), None], [nonce(), [nonce()]], {nonce(): nonce()})]
    for key, value in nonce.sample(cases, len(cases)):
        because = (
            f"POST /users should refuse {json.dumps(value)} as {key} with FastAPI's 422 there; a validator must not crash."
        )
        refused(user(**{key: value}), key, "name" if key == "userName" else key, because=because)
    for body in (nonce(), [user()], nonce.number(), None):
        reply = client.post("/users", json=body)
        because = "POST /users should be 422 for JSON that is not an object: a validator must not take it for one."
        expect.status(reply, 422, because)


@point("validators-ported")
def test_dates_are_in_order(models, client, user, out_of_order, expect, nonce):
    year = nonce.number(1990, 2060)
    for start, end in (
        (f"{year}-05-09", f"{year}-05-10"),
        (f"{year}-05-09", f"{year}-05-09"),
        (f"{year}-12-31", f"{year + 1}-01-01"),
    ):
        body = user(start=start, end=end)
        because = f"POST /users should accept a user from {start} to {end}."
        accepts(client, body, {"start": start, "end": end}, expect, because)
        expect.json(client.post(PARSE, json=body), body, f"{OWN}{start} to {end} is in order.")
    for _number in range(3):
        body = out_of_order()
        span = f"from {body['start']} to {body['end']}"
        expect.status(client.post("/users", json=body), 422, f"POST /users should refuse a user {span} with 422.")
        expect.status(client.post(PARSE, json=body), 422, f"{OWN}{span} is out of order and should be 422.")


@point("from-attributes")
def test_a_row_is_shown_as_a_user(client, rows, user, expect, nonce):
    stored, twin = rows
    for changes in ({}, {"nickname": None}, {"tags": []}):
        shown = user(**changes)
        number = shown["id"]
        stored[number] = by_name(shown)
        twin.forget()
        reply = client.get(f"/users/{number}")
        because = f"GET /users/{number} should show all fields of what db.get returned, by alias."
        expect.json(reply, shown, because)
        expect.equal(
            [[number]],
            [call.args for call in twin.calls],
            f"GET /users/{number} should call db.get({number}) once.",
            reply=reply,
        )
    number = nonce.number(1_000_000, 9_999_999)
    expect.status(client.get(f"/users/{number}"), 404, f"GET /users/{number} should be 404: db.get returns None.")


@point("from-attributes")
def test_user_reads_attributes(models, client, user, expect):
    for changes in ({}, {"nickname": None, "tags": []}):
        shown = user(**changes)
        because = (
            "A route of the grader's own, POST /gradewright/row, makes an object with these attributes and calls "
            "User.model_validate on it: that should work as User.from_orm did."
        )
        expect.json(client.post("/gradewright/row", json=by_name(shown)), shown, because)


@point("from-attributes")
def test_name_is_taken_by_its_own_name(models, client, user, expect):
    body = user()
    because = "POST /users should take name as well as userName for the name of a user."
    shows_name(client.post("/users", json=by_name(body)), body["userName"], expect, because)
    expect.json(client.post(PARSE, json=by_name(body)), body, f"{OWN}name instead of userName should do as well.")


@point("modern-api")
def test_only_sent_keys_come_back_by_alias(client, user, expect, nonce):
    cases = [(), ("tags",), ("nickname",), ("tags", "nickname")]
    for missing in nonce.sample(cases, len(cases)):
        # A nickname that may not be left out is the matter of optional-default.
        body = without(user(), *(key for key in missing if key != "nickname"))
        body |= {"nickname": None} if "nickname" in missing else {}
        because = "POST /users should answer with the keys that were sent, by alias, and no others."
        expect.json(client.post("/users", json=body), body, because)
    body = user(tags=[], nickname=None)
    because = "POST /users should give back what was sent, though it is what the field would have been anyway."
    expect.json(client.post("/users", json=body), body, because)
    body = user()
    # Sent by its own name, it comes back by its alias all the same, where that name is taken: from-attributes asks for that.
    reply = client.post("/users", json=by_name(body))
    if reply.status_code != 422:
        expect.json(reply, body, "POST /users should give userName back, though the user was sent with name.")
    reply = client.post("/users", json={**body, nonce(): nonce()})
    expect.json(reply, body, "POST /users should ignore a key that User does not have.")


@point("modern-api")
def test_import_counts(send_import, user, out_of_order, expect, nonce):
    for count in (nonce.number(2, 9), 1, 0):
        users = [user(userName=f"{nonce()} é") for _number in range(count)]
        text = json.dumps(users, ensure_ascii=False)
        for kind in ("text/plain", "text/plain; charset=utf-8"):
            reply = send_import(text, kind)
            because = f"POST /users/import should count the users in a text ({kind}): {count} of them."
            expect.json(reply, {"count": count}, because)
    good = user()
    cases = [
        ([good, {**good, "id": nonce()}], "one of two users has a word as id"),
        ([good, {**good, "start": nonce()}], "one of two users has a word as start"),
        ([good, nonce()], "one entry is not an object"),
        ([nonce.number()], "its only entry is a number"),
        (good, "it is a user and not an array"),
        (nonce.number(), "it is a number"),
    ]
    texts = [(json.dumps(value), what) for value, what in cases]
    texts += [(json.dumps([good])[:-1], "it is not complete JSON"), (nonce(), "it is a word and not JSON")]
    for text, what in nonce.sample(texts, len(texts)):
        expect.status(send_import(text), 422, f"POST /users/import should be 422 when {what}.")
    reply = send_import(json.dumps([good, out_of_order()]))
    # Whether User checks the order is the matter of validators-ported.
    expect.that(
        reply.status_code < 500,
        "POST /users/import should be 422 for dates out of order: the errors of a ValidationError may hold an exception, which "
        "is not JSON.",
        expected="status 422",
        got=f"status {reply.status_code}",
        reply=reply,
    )


@point("modern-api")
def test_nothing_is_left_of_v1(models, client, rows, send_import, user, expect, nonce):
    body = user()
    expect.json(client.post("/users", json=body), body, "POST /users should answer with the keys that were sent, by alias.")
    expect.json(send_import(json.dumps([body])), {"count": 1}, "POST /users/import should count the users in a text.")
    send_import(nonce())
    client.post("/users", json={})
    stored, _twin = rows
    stored[body["id"]] = by_name(body)
    client.get(f"/users/{body['id']}")
    reply = client.get("/gradewright/leftovers")
    found = expect.read(reply, "The grader's own route should answer JSON.")
    expect.that(
        found == [],
        "Neither while it is imported nor while it answers should the app use what Pydantic v2 only keeps for old code.",
        expected="no deprecation warning of Pydantic's, and no pydantic.v1",
        got="; ".join(f"{place}: {what}" for place, what in found[:8]),
        reply=reply,
    )
