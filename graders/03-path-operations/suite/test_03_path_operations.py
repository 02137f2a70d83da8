"""The hidden suite of 03-path-operations."""

from gradewright.suite import point

VERBS = ("get", "put", "patch", "delete")
GENRES = ("crime", "poetry", "sci-fi")
BOOK, FEATURED, GENRE = "/books/{book_id}", "/books/featured", "/books/genre/{genre}"


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def ids(nonce, count):
    """Return `count` different book ids."""
    return nonce.sample(range(2, 9999), count)


def served(client, nonce):
    """Return the verbs that /books/{book_id} knows, GET in any case: whether the others are there is verb-routing's matter."""
    (number,) = ids(nonce, 1)
    return [verb for verb in VERBS if verb == "get" or client.request(verb.upper(), f"/books/{number}").status_code != 405]


def read_schema(client, expect):
    """Return the reply of /openapi.json and the operations in it, by (verb, path)."""
    reply = client.get("/openapi.json")
    expect.status(reply, 200, "GET /openapi.json should answer 200.")
    document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
    paths = dig(document, "paths")
    expect.that(isinstance(paths, dict), "GET /openapi.json should be an OpenAPI document.", got=document, reply=reply)
    operations = {}
    for path, item in paths.items():
        for verb in ("post", *VERBS):
            if isinstance(dig(item, verb), dict):
                operations[verb, path.rstrip("/")] = item[verb]
    return reply, document, operations


def read_operation(operations, verb, path, expect, reply):
    """Return what the schema says of an operation; a missing one fails."""
    expect.that(
        (verb, path) in operations,
        f"The schema should list {verb.upper()} {path}.",
        expected=f"{verb.upper()} {path}",
        got=", ".join(f"{known.upper()} {where}" for known, where in operations) or "no routes",
        reply=reply,
    )
    return operations[verb, path]


def read_parts(document, operation, name):
    """Return the schema of the path parameter `name` and what it is made of: references and alternatives, resolved."""
    listed = dig(operation, "parameters")
    pending = [
        dig(item, "schema")
        for item in (listed if isinstance(listed, list) else [])
        if dig(item, "in") == "path" and dig(item, "name") == name
    ]
    parts = []
    while pending and len(parts) < 50:
        part = pending.pop()
        parts.append(part)
        target = dig(part, "$ref")
        if isinstance(target, str):
            pending.append(dig(document, *target.removeprefix("#/").split("/")))
        for word in ("anyOf", "oneOf", "allOf"):
            more = dig(part, word)
            pending += more if isinstance(more, list) else []
    return parts


def refused(reply, name, expect, because):
    """The reply is FastAPI's 422 for this path parameter; a type made of several adds its own parts to the place."""
    detail = dig(expect.read(reply, because), "detail") if reply.status_code == 422 else None
    places = [dig(item, "loc") for item in detail] if isinstance(detail, list) else []
    if any(isinstance(place, list) and place[:2] == ["path", name] for place in places):
        expect.status(reply, 422, because)
        return
    expect.error_at(reply, "path", name, because=because)


@point("verb-routing")
def test_each_verb_has_its_handler(client, expect, nonce):
    reply = client.post("/books")
    expect.json(reply, {"verb": "post"}, "POST /books should reach its own handler.")
    for verb, number in zip(nonce.sample(VERBS, 4), ids(nonce, 4), strict=True):
        reply = client.request(verb.upper(), f"/books/{number}")
        expect.keys(reply, {"verb": verb}, f"{verb.upper()} /books/{number} should reach the handler of {verb.upper()}.")


@point("verb-routing")
def test_verbs_share_a_path(client, expect, nonce):
    (number,) = ids(nonce, 1)
    for verb in nonce.sample(VERBS, 4):
        reply = client.request(verb.upper(), f"/books/{number}")
        expect.keys(reply, {"verb": verb}, f"All four verbs should be there on /books/{number}, each with its own handler.")
    expect.status(
        client.post(f"/books/{number}"),
        405,
        f"POST /books/{number} should be refused with 405: this path has other methods, but not POST.",
    )


@point("route-order")
def test_fixed_path_is_not_taken_for_an_id(client, expect, nonce):
    reply = client.get("/books/featured")
    expect.json(reply, {"featured": True}, "GET /books/featured should reach its own route, not the one of /books/{book_id}.")
    (number,) = ids(nonce, 1)
    reply = client.get(f"/books/{number}")
    expect.keys(reply, {"verb": "get"}, f"GET /books/{number} should still reach the route of /books/{{book_id}}.")


@point("typed-path")
def test_id_is_a_number(client, expect, nonce):
    for verb in served(client, nonce):
        (number,) = ids(nonce, 1)
        reply = client.request(verb.upper(), f"/books/{number}")
        expect.keys(reply, {"id": number}, f"{verb.upper()} /books/{number} should give the id back as a JSON number.")


@point("typed-path")
def test_text_is_no_id(client, expect, nonce):
    for verb in served(client, nonce):
        for text in (nonce(5), f"{nonce.number(1, 99)}{nonce(3)}"):
            reply = client.request(verb.upper(), f"/books/{text}")
            refused(
                reply,
                "book_id",
                expect,
                f"{verb.upper()} /books/{text} should be FastAPI's 422, because {text} is not an integer.",
            )


@point("path-bounds")
def test_bounds_hold(client, expect, nonce):
    for verb in served(client, nonce):
        for number in (1, 9999):
            reply = client.request(verb.upper(), f"/books/{number}")
            expect.status(reply, 200, f"{verb.upper()} /books/{number} should be allowed: ids go from 1 to 9999.")
        for number in (0, 10_000, -nonce.number(1, 9999), nonce.number(10_001, 999_999)):
            reply = client.request(verb.upper(), f"/books/{number}")
            refused(
                reply,
                "book_id",
                expect,
                f"{verb.upper()} /books/{number} should be FastAPI's 422, because ids go from 1 to 9999.",
            )


@point("path-bounds")
def test_bounds_are_documented(client, expect):
    reply, document, operations = read_schema(client, expect)
    read_operation(operations, "get", BOOK, expect, reply)
    for verb in VERBS:
        if (verb, BOOK) not in operations:
            continue
        parts = read_parts(document, operations[verb, BOOK], "book_id")
        low = any(dig(part, "minimum") == 1 or dig(part, "exclusiveMinimum") == 0 for part in parts)
        high = any(dig(part, "maximum") == 9999 or dig(part, "exclusiveMaximum") == 10_000 for part in parts)
        expect.that(
            low and high,
            f"The schema should show the bounds of book_id for {verb.upper()} {BOOK}.",
            expected="an integer with the minimum 1 and the maximum 9999",
            got=parts[0] if parts else "no path parameter book_id",
            reply=reply,
        )


@point("enum-path")
def test_known_genres(client, expect, nonce):
    for genre in nonce.sample(GENRES, 3):
        reply = client.get(f"/books/genre/{genre}")
        expect.json(reply, {"genre": genre}, f"GET /books/genre/{genre} should give the genre back.")


@point("enum-path")
def test_unknown_genres(client, expect, nonce):
    known = nonce.choice(GENRES)
    reply = client.get(f"/books/genre/{known}")
    expect.json(reply, {"genre": known}, f"GET /books/genre/{known} should give the genre back.")
    for genre in (nonce(), known + nonce(3), "sci_fi"):
        reply = client.get(f"/books/genre/{genre}")
        refused(reply, "genre", expect, f"GET /books/genre/{genre} should be FastAPI's 422, because there is no such genre.")


@point("enum-path")
def test_genres_are_documented(client, expect):
    reply, document, operations = read_schema(client, expect)
    parts = read_parts(document, read_operation(operations, "get", GENRE, expect, reply), "genre")
    values = []
    for part in parts:
        listed = dig(part, "enum")
        values += listed if isinstance(listed, list) else []
        values += [part["const"]] if isinstance(part, dict) and "const" in part else []
    expect.that(
        sorted(map(str, values)) == sorted(GENRES),
        f"The schema should list the three genres that {GENRE} accepts.",
        expected=f"the values {', '.join(sorted(GENRES))}",
        got=f"the values {', '.join(sorted(map(str, values)))}"
        if values
        else (parts[0] if parts else "no path parameter genre"),
        reply=reply,
    )


@point("route-metadata")
def test_tags_and_summary(client, expect):
    reply, _document, operations = read_schema(client, expect)
    for path in (FEATURED, BOOK, GENRE):
        read_operation(operations, "get", path, expect, reply)
    for (verb, path), operation in operations.items():
        if not f"{path}/".startswith("/books/"):
            continue
        tags = dig(operation, "tags")
        expect.that(
            isinstance(tags, list) and "books" in tags,
            f"{verb.upper()} {path} should have the tag books.",
            expected="the tag books",
            got=f"the tags {', '.join(map(str, tags))}" if isinstance(tags, list) and tags else "no tags",
            reply=reply,
        )
    expect.equal(
        "Featured books",
        dig(operations["get", FEATURED], "summary"),
        "GET /books/featured should have the summary of the brief.",
        reply=reply,
    )
