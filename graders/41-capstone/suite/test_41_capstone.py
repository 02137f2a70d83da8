"""The hidden suite of 41-capstone: the API from end to end. The other files beside this one hold its other points."""

from gradewright.suite import point

DOCUMENTS = "/api/v1/documents"
SHOWN = "GET /api/v1/documents/{id} should show the document's id, title, status and size, and nothing else."
LETTERS = "äöüéèñøåčłžő"
LISTED = "GET /api/v1/documents should show one's own documents, the newest first."
#: What the documentation should say: method, path, status and the keys of that answer. {} stands for any parameter.
ANSWERS = (
    ("post", "/api/v1/users", "201", {"id", "username"}),
    ("post", "/api/v1/token", "200", {"access_token", "token_type"}),
    ("post", DOCUMENTS, "202", {"id", "status"}),
    ("get", DOCUMENTS, "200", {"data", "next_cursor"}),
    ("get", f"{DOCUMENTS}/{{}}", "200", {"id", "title", "status", "size"}),
)


@point("contract")
def test_a_day_with_the_vault(vault, expect, nonce):
    ada, bob = vault.person(), vault.person()
    wanted = []
    for number in range(7):
        title = f"Résumé {nonce()}"
        content = nonce(nonce.randint(10, 900)).encode() * nonce.randint(1, 40)
        document_id = vault.put(ada, content, title)
        wanted.insert(0, {"id": document_id, "title": title, "status": "ready", "size": len(content)})
        if number % 2:
            vault.put(bob)
    for document in wanted:
        vault.wait_status(ada, document["id"], "ready", "An uploaded document should be ready in the end.")
    for document in nonce.sample(wanted, 2):
        expect.json(vault.read(ada, document["id"]), document, SHOWN)
    expect.json(vault.list(ada), {"data": wanted, "next_cursor": None}, LISTED)

    first, cursor = vault.page(vault.list(ada, limit=3), LISTED)
    expect.equal(wanted[:3], first, "The first page should have as many documents as limit says, the newest ones.")
    # What comes in at the front, or goes, does not move the next page.
    newest = [vault.put(ada) for _document in range(2)][::-1]
    expect.status(vault.delete(ada, first[2]["id"]), 204, "DELETE /api/v1/documents/{id} should be 204.")
    expect.status(vault.read(ada, first[2]["id"]), 404, "A document that was deleted should be 404.")
    expect.status(vault.delete(ada, first[2]["id"]), 404, "The second DELETE of a document should be 404.")
    steady = "The next page should begin behind the last document of this one, whatever was uploaded or deleted meanwhile."
    second, following = vault.page(vault.list(ada, limit=2, cursor=cursor), steady)
    expect.equal(wanted[3:5], second, steady)
    last = vault.list(ada, limit=2, cursor=following)
    because = "The last page should have the rest, and null as next_cursor, also when it is full."
    expect.json(last, {"data": wanted[5:7], "next_cursor": None}, because)
    left = [*newest, *(document["id"] for document in wanted if document is not wanted[2])]
    expect.equal(left, vault.ids(ada, LISTED), "GET /api/v1/documents should show what is left, the newest first.")
    # A table may give the number of a newest row that was deleted once more.
    _page, cursor = vault.page(vault.list(ada, limit=1), LISTED)
    for document_id in newest:
        expect.status(vault.delete(ada, document_id), 204, "DELETE /api/v1/documents/{id} should be 204.")
    vault.put(ada)
    because = "A document that was uploaded later should not follow behind a cursor, also when the newest ones were deleted."
    behind, _cursor = vault.page(vault.list(ada, limit=20, cursor=cursor), because)
    expect.equal(left[2:], [document["id"] for document in behind], because)


@point("contract")
def test_pages_have_limits(vault, expect, nonce):
    ada = vault.person()
    empty = "Without documents, GET /api/v1/documents should have [] as data and null as next_cursor."
    expect.json(vault.list(ada), {"data": [], "next_cursor": None}, empty)
    wanted = [vault.put(ada) for _document in range(21)][::-1]
    data, cursor = vault.page(vault.list(ada), LISTED)
    expect.equal(wanted[:20], [one.get("id") for one in data], "Without limit, a page should have 20 documents.")
    because = "next_cursor should be a text while more documents follow, and lead to them."
    expect.that(isinstance(cursor, str), because, expected="a text", got=cursor)
    data, cursor = vault.page(vault.list(ada, cursor=cursor), because)
    expect.equal([wanted[20:], None], [[one.get("id") for one in data], cursor], because)
    for limit in (1, 100):
        data, _cursor = vault.page(vault.list(ada, limit=limit), f"limit={limit} should be allowed.")
        expect.equal(min(limit, 21), len(data), f"A page with limit={limit} should have so many documents, if there are.")
    for limit in (0, 101, nonce()):
        expect.status(vault.list(ada, limit=limit), 422, "A limit that is not from 1 to 100 should be 422.")
    for cursor in (nonce(), nonce(40), f"é{nonce()}"):
        expect.status(vault.list(ada, cursor=cursor), 400, "A cursor that cannot be read should be 400.")


@point("contract")
def test_uploads_have_limits(client, vault, expect, nonce):
    ada = vault.person()
    fits = "POST /api/v1/documents should take a title of 1 to 100 characters, and a file of 1,048,576 bytes."
    titles = [nonce(1), "ü" * 100, " "]
    ids = [vault.put(ada, title=title, because=fits) for title in titles]
    ids.append(vault.put(ada, nonce(16).encode() * 65_536, because=fits))
    for title in ("", "ü" * 101):
        expect.status(vault.upload(ada, title=title), 422, "A title should have 1 to 100 characters, else 422.")
    reply = client.post(DOCUMENTS, headers=ada.headers, files={"file": ("notes.txt", b"text")})
    expect.status(reply, 422, "POST /api/v1/documents without a title should be 422.")
    reply = client.post(DOCUMENTS, headers=ada.headers, data={"title": nonce()})
    expect.status(reply, 422, "POST /api/v1/documents without a file should be 422.")
    for size in (vault.largest + 1, 2 * vault.largest):
        expect.status(vault.upload(ada, b"x" * size), 413, "A file of more than 1,048,576 bytes should be 413.")
    expect.equal(ids[::-1], vault.ids(ada), "What was refused should not be in the list.")
    expect.keys(vault.read(ada, ids[-1]), {"size": vault.largest}, "size should be the file's, in bytes.")
    for document_id, title in zip(ids[:-1], titles, strict=True):
        expect.keys(vault.read(ada, document_id), {"title": title}, "The title should be kept as it came.")


@point("contract")
def test_users_have_limits(vault, expect, nonce):
    allowed = "POST /api/v1/users should take names of 1 to 50 characters, and passwords of 8 or more."
    *letters, last, other = nonce.choices(LETTERS, k=63) + nonce.sample(LETTERS, 2)
    start = "".join(letters)
    people = [(nonce(50), nonce(8)), (chr(nonce.randint(0x4E00, 0x9FA5)), start + last)]
    for username, password in people:
        reply = vault.register(username, password)
        body = expect.keys(reply, {"username": username}, allowed, status=201)
        because = "POST /api/v1/users should show the id and the name, and nothing else."
        right = set(body) == {"id", "username"} and isinstance(body["id"], int | str)
        expect.that(right, because, expected='{"id":…,"username":…}', got=body, reply=reply)
        body = expect.keys(vault.log_in(username, password), {"token_type": "bearer"}, "POST /api/v1/token should be 200.")
        expect.that("access_token" in body, "POST /api/v1/token should give an access_token.", got=body)
    for username, password in [("", nonce()), (nonce(51), nonce()), (nonce(), nonce(7)), (nonce(), None)]:
        reply = vault.register(username, password)
        expect.status(reply, 422, "A name or a password of another length, or none, should be 422.")
    username, password = people[0]
    expect.status(vault.register(username, nonce()), 409, "A name that is taken should be 409.")
    expect.status(vault.register(username.upper(), nonce()), 201, "Names are compared exactly: AB and ab are two users.")
    for form in [(username, nonce()), (nonce(), password), (username, password + "x"), (username, password[:-1])]:
        expect.status(vault.log_in(*form), 401, "POST /api/v1/token with a wrong name or password should be 401.")
    because = "A password that is wrong in the last of its 64 characters should be 401: all of them count, not some bytes."
    expect.status(vault.log_in(people[1][0], start + other), 401, because)
    expect.status(vault.log_in(username, password), 200, "After a 409 the name should still belong to the first.")


@point("contract")
def test_it_is_documented(client, expect):
    document = expect.keys(client.get("/openapi.json"), {}, "GET /openapi.json should describe the API.")
    paths = {}
    for path, operations in document.get("paths", {}).items():
        shape = "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
        paths.setdefault(shape, {}).update(operations)

    def find(schema):
        while isinstance(schema, dict) and "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            schema = document.get("components", {}).get("schemas", {}).get(name, {})
        return schema if isinstance(schema, dict) else {}

    for method, path, status, keys in ANSWERS:
        operation = paths.get(path, {}).get(method, {})
        content = operation.get("responses", {}).get(status, {}).get("content", {})
        shown = find(content.get("application/json", {}).get("schema", {})).get("properties", {})
        because = (
            f"The documentation should describe the {status} of {method.upper()} {path} with its keys: it is made from models."
        )
        expect.that(keys <= set(shown), because, expected=", ".join(sorted(keys)), got=", ".join(sorted(shown)) or "no keys")
        if path == DOCUMENTS and method == "get":
            rows = find(find(shown["data"]).get("items", {})).get("properties", {})
            because = "The documentation of GET /api/v1/documents should describe the documents in data."
            wanted = ANSWERS[-1][3]
            expect.that(
                wanted <= set(rows), because, expected=", ".join(sorted(wanted)), got=", ".join(sorted(rows)) or "no keys"
            )
    for method, path in [
        ("post", DOCUMENTS),
        ("get", DOCUMENTS),
        ("get", f"{DOCUMENTS}/{{}}"),
        ("delete", f"{DOCUMENTS}/{{}}"),
    ]:
        operation = paths.get(path, {}).get(method, {})
        because = (
            f"The documentation should say that {method.upper()} {path} wants a token: the dependency is a security scheme."
        )
        expect.that(operation.get("security") or document.get("security"), because, expected="security", got="none")
