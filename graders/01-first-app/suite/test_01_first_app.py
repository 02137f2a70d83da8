"""The hidden suite of 01-first-app."""

from gradewright.suite import point

PAGES = {"/docs": "Swagger UI", "/redoc": "ReDoc"}


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def read_schema(client, expect):
    """Return the reply of /openapi.json and the OpenAPI document in it."""
    reply = client.get("/openapi.json")
    expect.status(reply, 200, "GET /openapi.json should answer 200.")
    document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
    expect.that(
        dig(document, "openapi"),
        "GET /openapi.json should be an OpenAPI document.",
        got=document,
        reply=reply,
    )
    return reply, document


def read_hello(client, expect):
    """Return the reply, the OpenAPI document and what it says about GET /hello."""
    reply, document = read_schema(client, expect)
    paths = dig(document, "paths")
    operation = dig(paths, "/hello", "get")
    listed = sorted(paths) if isinstance(paths, dict) else []
    expect.that(
        isinstance(operation, dict),
        "The schema should list GET /hello.",
        expected="GET /hello among the paths",
        got=f"the paths {', '.join(listed)}" if listed else "no paths",
        reply=reply,
    )
    return reply, document, operation


def kinds(document, schema):
    """Return the JSON types a parameter's schema allows, one level of alternatives and references deep."""
    parts = [schema]
    for word in ("anyOf", "oneOf", "allOf"):
        more = dig(schema, word)
        parts += more if isinstance(more, list) else []
    found = []
    for part in parts:
        name = dig(part, "$ref")
        target = dig(document, *name.removeprefix("#/").split("/")) if isinstance(name, str) else part
        kind = dig(target, "type")
        found += kind if isinstance(kind, list) else [kind]
    return found


@point("health-route")
def test_health(client, expect):
    reply = client.get("/health")
    expect.json(reply, {"status": "ok"}, "GET /health should answer 200 and exactly this JSON object.")


@point("typed-query")
def test_name_is_greeted(client, expect, nonce):
    for name in nonce.tokens(3):
        reply = client.get("/hello", params={"name": name})
        expect.json(reply, {"message": f"Hello, {name}!"}, f"GET /hello?name={name} should greet {name}.")


@point("typed-query")
def test_any_text_is_a_name(client, expect, nonce):
    first, second = nonce.tokens(2)
    for name in (str(nonce.number()), f"{first} & {second}", f"Zoë {first.title()}"):
        reply = client.get("/hello", params={"name": name})
        expect.json(reply, {"message": f"Hello, {name}!"}, "GET /hello should give the name back as it was sent.")


@point("typed-query")
def test_default_name(client, expect, nonce):
    reply = client.get("/hello")
    expect.json(reply, {"message": "Hello, world!"}, "GET /hello without a name should greet the world.")
    name = nonce()
    client.get("/hello", params={"name": name})
    reply = client.get("/hello")
    expect.json(
        reply,
        {"message": "Hello, world!"},
        f"GET /hello should greet the world again after it greeted {name}.",
    )


@point("swagger-and-redoc")
def test_pages(client, expect):
    for path, title in PAGES.items():
        reply = client.get(path)
        expect.status(reply, 200, f"GET {path} should answer with {title}.")
        kind = reply.headers.get("content-type", "")
        expect.that(
            kind.lower().startswith("text/html"),
            f"GET {path} should be an HTML page.",
            expected="text/html",
            got=kind or "no Content-Type",
            reply=reply,
        )
        # The page may load its scripts from anywhere: only what it is and which schema it draws counts.
        expect.that(
            title.split()[0].lower() in reply.text.lower(),
            f"GET {path} should be {title}.",
            expected=f"a page that loads {title}",
            got="a page that does not mention it",
            reply=reply,
        )
        expect.that(
            "/openapi.json" in reply.text.replace("\\/", "/"),
            f"{title} at {path} should draw the schema of this app, /openapi.json.",
            expected="a page that refers to /openapi.json",
            got="a page that does not refer to it",
            reply=reply,
        )


@point("swagger-and-redoc")
def test_schema_lists_hello(client, expect):
    read_hello(client, expect)


@point("schema-in-sync")
def test_title_and_version(client, expect):
    reply, document = read_schema(client, expect)
    for key, value in (("title", "Hello API"), ("version", "1.2.3")):
        expect.equal(value, dig(document, "info", key), f"The schema should show the app's {key}.", reply=reply)


@point("schema-in-sync")
def test_name_is_documented(client, expect):
    reply, document, operation = read_hello(client, expect)
    listed = dig(operation, "parameters")
    parameters = listed if isinstance(listed, list) else []
    queries = {dig(item, "name"): item for item in parameters if dig(item, "in") == "query"}
    expect.that(
        "name" in queries,
        "The schema should list name as a query parameter of GET /hello.",
        expected="the query parameter name",
        got=f"the query parameters {', '.join(map(str, queries))}" if queries else "no query parameter",
        reply=reply,
    )
    name = queries["name"]
    schema = dig(name, "schema")
    expect.that(
        "string" in kinds(document, schema),
        "The schema should say that name is text.",
        expected="the type string",
        got=schema,
        reply=reply,
    )
    expect.that(
        not dig(name, "required"),
        "The schema should say that name is optional.",
        expected="not required",
        got=name,
        reply=reply,
    )
    expect.equal("world", dig(schema, "default"), "The schema should show the default of name.", reply=reply)


@point("schema-in-sync")
def test_docstring_is_the_description(client, expect):
    reply, _document, operation = read_hello(client, expect)
    description = dig(operation, "description")
    words = " ".join(description.split()) if isinstance(description, str) else ""
    expect.that(
        "says hello" in words.lower(),
        "The description of GET /hello should be the handler's docstring, with the phrase 'says hello'.",
        expected="a description that contains: says hello",
        got=words or "no description",
        reply=reply,
    )
