"""The hidden suite of 35-pagination: texts that are no cursors, some of them made from a cursor that the app gave."""

import base64
import binascii
import json
import re

from gradewright.suite import point

#: Values of JSON that no cursor can mean. Numbers are left out: who knows what a cursor of one number means.
VALUES = (None, True, [], {}, [None, None], ["x", "y"], {"x": "y"})


def random_junk(nonce):
    """Return texts that no app can have given as a cursor."""
    texts = [nonce(), nonce(1), nonce(40), f"{nonce()}|{nonce()}", f"{nonce(4)}é€{nonce(3)}", f"\x00{nonce()}", "%", "="]
    wrapped = [nonce(12), f"{nonce()}|{nonce()}", f"{nonce()},{nonce()}", "|"] + [json.dumps(value) for value in VALUES]
    contents = [b"\xff\xfe\xfd", *(text.encode() for text in wrapped)]
    return [*texts, *(base64.urlsafe_b64encode(content).decode() for content in contents)]


def spoilt(cursor, number):
    """Return cursors made of this one, which holds this number, that cannot be read any more."""
    found = [cursor[: len(cursor) // 4]]
    text, wrap = unwrap(cursor)
    if text is not None:
        # Only what holds the number as it is: digits of something encoded may be changed and still be read.
        found += [wrap(re.sub(r"[0-9]", "x", text))] if str(number) in text else []
        found += [wrap(json.dumps(value)) for value in emptied(text)]
    return [other for other in dict.fromkeys(found) if other and other != cursor]


def inflated(cursor, number):
    """Return cursors made of this one in which this number is too large for a database."""
    text, wrap = unwrap(cursor)
    if text is None or str(number) not in text:
        return []
    return [wrap(text.replace(str(number), digits)) for digits in ("9" * 19, "9" * 40, f"-{'9' * 30}")]


def emptied(text):
    """If the text is JSON of several values, return it with other values in their place."""
    try:
        value = json.loads(text)
    except ValueError:
        return []
    if isinstance(value, dict):
        return [dict.fromkeys(value), {key: [] for key in value}]
    if isinstance(value, list):
        return [[None] * len(value), [[] for _item in value], value[:0]]
    return []


def wrapper(altchars, stripped):
    return lambda new: base64.b64encode(new.encode(), altchars).decode().rstrip(stripped)


def unwrap(cursor):
    """Return the text in a cursor that is Base64 or plain text, and what makes a cursor of a text; (None, None) otherwise."""
    for altchars in (b"+/", b"-_"):
        for pad in ("", "=" * (-len(cursor) % 4)):
            try:
                text = base64.b64decode(cursor + pad, altchars, validate=True).decode("ascii")
            except (binascii.Error, ValueError):
                continue
            if text.isprintable():
                return text, wrapper(altchars, "=" if pad else "")
    if cursor.isascii() and re.search(r"[^A-Za-z0-9+/=_-]", cursor):
        return cursor, lambda new: new
    return None, None


@point("opaque-cursor")
def test_what_is_no_cursor_is_400(feed, table, expect, nonce):
    limit = nonce.number(2, 4)
    cursor, follows = give(feed, table, expect, limit)
    last = table.newest()[limit - 1]
    junk = ["", *spoilt(cursor, last["id"]), *random_junk(nonce)]
    for text in nonce.sample(junk, len(junk)):
        what = f"the cursor {text!r}" if text else "an empty cursor"
        expect.status(feed.ask(limit, text), 400, f"GET /feed with {what}, which the app never gave, should be 400.")
    for text in inflated(cursor, last["id"]):
        reply = feed.ask(limit, text)
        expect.that(
            reply.status_code < 500,
            "No cursor should crash GET /feed: in this one, the id was replaced by a number too large for a database.",
            expected="status 400, or a page",
            got=f"status {reply.status_code}",
            reply=reply,
        )
    works(feed, cursor, follows, limit, expect, "A cursor that the app gave should still work after bad ones.")


@point("opaque-cursor")
def test_a_cursor_outlives_the_process(app, feed, table, expect, nonce):
    limit = nonce.number(2, 4)
    cursor, follows = give(feed, table, expect, limit)
    works(feed, cursor, follows, limit, expect, "A cursor should lead to the products that follow.")
    app.restart()
    because = "After a restart, a cursor should lead to the same products: it holds all that is needed to go on."
    works(feed, cursor, follows, limit, expect, because)


def give(feed, table, expect, limit):
    """Fill the table; return the cursor behind the first page, and the items that follow. All have different ages."""
    table.fill(4 * limit)
    reply = feed.ask(limit)
    because = "GET /feed should give a cursor, a text, when there is more."
    got = expect.keys(reply, {}, because)
    cursor = got.get("next_cursor")
    expect.that(isinstance(cursor, str) and cursor, because, expected="a text as next_cursor", got=got, reply=reply)
    return cursor, table.shown(table.newest()[limit : 2 * limit])


def works(feed, cursor, follows, limit, expect, because):
    reply = feed.ask(limit, cursor)
    got = expect.keys(reply, {}, because)
    expect.equal(follows, feed.items(got, reply, because), because, reply=reply)
