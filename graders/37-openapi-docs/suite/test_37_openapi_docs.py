"""The hidden suite of 37-openapi-docs. Each test starts the app in the environments it is about."""

import base64
import contextlib

from gradewright.suite import point


@point("api-metadata")
def test_title_version_description(docs, expect):
    reply, schema = docs.read_schema()
    expect.equal("Orders API", docs.dig(schema, "info", "title"), "The schema's title should be Orders API.", reply=reply)
    because = "The schema's version should be what APP_VERSION says: nobody remembers to edit a number in the code."
    expect.equal(docs.version, docs.dig(schema, "info", "version"), because, reply=reply)
    text = docs.dig(schema, "info", "description")
    because = "The schema should have a description: it is the first that a reader sees."
    expect.that(isinstance(text, str) and text.strip(), because, expected="a text", got=text or "none", reply=reply)


def find_model(docs, schema, operation, status, name, expect, reply):
    """The reply with this status is documented with the model of this name; return the model's schema."""
    content = docs.dig(operation, "responses", status, "content", "application/json", "schema")
    reference = docs.dig(content, "$ref")
    expect.that(
        reference == f"#/components/schemas/{name}",
        f"The schema should say that a {status} of GET /orders/{{order_id}} is the model {name}.",
        expected=f'"$ref":"#/components/schemas/{name}"',
        got=content if content is not None else f"no model for {status}",
        reply=reply,
    )
    return docs.dig(schema, "components", "schemas", name)


def check_field(docs, model, name, kind, title, expect, reply):
    """The model has a field of this type."""
    field = docs.dig(model, "properties", name)
    because = f"The model {title} should have {name} with the type {kind}."
    expect.that(
        docs.dig(field, "type") == kind, because, expected=f'"type":"{kind}"', got=field or "no such field", reply=reply
    )


def find_examples(docs, model, content, name):
    """Return all examples that the schema gives for a field, wherever they stand."""
    found = list_examples(docs.dig(model, "properties", name))
    for whole in (*list_examples(model), *list_examples(content)):
        value = whole.get("value", whole) if isinstance(whole, dict) else None
        found.append(docs.dig(value, name))
    return [example for example in found if isinstance(example, str) and example.strip()]


def list_examples(place):
    if not isinstance(place, dict):
        return []
    several = place.get("examples")
    several = list(several.values()) if isinstance(several, dict) else several
    return [*(several if isinstance(several, list) else []), place.get("example")]


@point("rich-operation")
def test_the_operation_is_documented(docs, expect):
    reply, schema, operation = docs.read_operation()
    because = "The summary of GET /orders/{order_id} should be Get an order."
    expect.equal("Get an order", operation.get("summary"), because, reply=reply)
    tags = operation.get("tags")
    because = "GET /orders/{order_id} should have the tag orders."
    expect.that(isinstance(tags, list) and "orders" in tags, because, expected='["orders"]', got=tags or "no tag", reply=reply)
    order = find_model(docs, schema, operation, "200", "Order", expect, reply)
    check_field(docs, order, "id", "integer", "Order", expect, reply)
    check_field(docs, order, "item", "string", "Order", expect, reply)
    content = docs.dig(operation, "responses", "200", "content", "application/json")
    because = "The schema should give an example of an order's item: readers copy it, and Swagger UI shows it."
    examples = find_examples(docs, order, content, "item")
    got = docs.dig(order, "properties", "item")
    expect.that(examples, because, expected="example or examples, with a text", got=got, reply=reply)
    problem = find_model(docs, schema, operation, "404", "Problem", expect, reply)
    check_field(docs, problem, "detail", "string", "Problem", expect, reply)


@point("rich-operation")
def test_the_route_does_what_the_schema_says(docs, client, expect, nonce):
    docs.start("dev")
    for number in (1, nonce.number(), 2**31 + nonce.number()):
        because = f"GET /orders/{number} should answer with the order: id, a number, and item, a text."
        order = expect.keys(client.get(f"/orders/{number}"), {"id": number}, because)
        fits = order.keys() == {"id", "item"} and isinstance(order["item"], str)
        expect.that(fits, because, expected=f'{{"id":{number},"item":<text>}}', got=order)
    because = "GET /orders/0 should be 404 with a detail, as it is documented."
    problem = expect.keys(client.get("/orders/0"), {}, because, status=404)
    expect.that(isinstance(problem.get("detail"), str), because, expected='{"detail":<text>}', got=problem)
    reply = client.get(f"/orders/{nonce()}")
    expect.error_at(reply, "path", "order_id", because="GET /orders/{order_id} should be FastAPI's 422 for what is no integer.")


@point("stable-ids")
def test_the_id_is_the_handlers_name(docs, expect):
    reply, _schema, operation = docs.read_operation()
    expect.equal(
        "get_order",
        operation.get("operationId"),
        "The operationId of GET /orders/{order_id} should be get_order, the name of the function that handles it: "
        "generated clients name their functions after it.",
        reply=reply,
    )


@point("stable-ids")
def test_what_is_internal_works_and_is_not_listed(docs, client, expect):
    reply, schema, _operation = docs.read_operation()
    because = "The schema should list GET /orders/{order_id} and no other path: what is internal is nobody else's business."
    docs.check_alone(schema, because, reply)
    expect.status(client.get("/internal/ping"), 200, "GET /internal/ping should be 200, although it is not in the schema.")


@point("stable-ids")
def test_the_pages_of_staging_are_not_listed(docs, client):
    docs.start("staging")
    reply = client.get(docs.place, auth=docs.credentials)
    schema = None
    with contextlib.suppress(ValueError):
        schema = reply.json()
    # Whether it is there at all is another point's matter.
    if reply.status_code == 200 and docs.paths(schema):
        because = "In staging too, the schema should list GET /orders/{order_id} and no other path, not even its own."
        docs.check_alone(schema, because, reply)


@point("hidden-in-prod")
def test_open_in_dev(docs):
    docs.start("dev")
    docs.check_open()
    docs.check_closed(docs.defaults, 404)


@point("hidden-in-prod")
def test_gone_in_prod(docs, nonce):
    for environment in nonce.sample(("prod", None), 2):
        docs.start(environment)
        docs.check_routes()
        paths = (*docs.all, *docs.defaults, *docs.redirects)
        docs.check_closed(nonce.sample(paths, len(paths)), 404)
        docs.check_closed(docs.all, 404, " with DOCS_USER and DOCS_PASSWORD", auth=docs.credentials)


def basic(text):
    """Return an Authorization header with this text in Base64."""
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


@point("protected-in-staging")
def test_the_right_credentials_open_all(docs, expect):
    docs.start("staging")
    schema = docs.check_open(auth=docs.credentials)
    paths = docs.paths(schema)
    because = "In staging, the schema should be the one that dev shows."
    expect.that(
        any(path.startswith("/orders/") for path in paths), because, expected="/orders/{order_id}", got=", ".join(paths)
    )
    docs.check_routes()


@point("protected-in-staging")
def test_all_others_are_challenged(docs, expect, nonce):
    docs.start("staging")
    user, password = docs.credentials
    wrong = {
        "a wrong password": basic(f"{user}:{nonce(12)}"),
        "a wrong user": basic(f"{nonce(12)}:{password}"),
        "user and password swapped": basic(f"{password}:{user}"),
        "the start of the password": basic(f"{user}:{password[:-1]}"),
        "a longer password": basic(f"{user}:{password}{nonce(1)}"),
        "a longer user": basic(f"{user}{nonce(1)}:{password}"),
        "a password in capitals": basic(f"{user}:{password.upper()}"),
        "a colon and more behind the password": basic(f"{user}:{password}:{nonce()}"),
        "a letter é in the user": basic(f"{user}é:{password}"),
        "a letter é in the password": basic(f"{user}:{password}é"),
        "empty credentials": basic(":"),
        "no password": basic(f"{user}:"),
        "no colon": basic(f"{user}{password}"),
        "bytes that are no text": {"Authorization": f"Basic {base64.b64encode(bytes([255, 58, 254])).decode()}"},
        "no Base64": {"Authorization": "Basic !"},
        "broken Base64": {"Authorization": f"Basic {nonce(5)}"},
        "nothing after Basic": {"Authorization": "Basic"},
        "another scheme": {"Authorization": f"Bearer {basic(f'{user}:{password}')['Authorization'].split()[1]}"},
    }
    cases = [(f" with {what}", {"headers": headers}) for what, headers in wrong.items()]
    for how, options in nonce.sample([(" without credentials", {}), *cases], len(cases) + 1):
        for path, reply in docs.check_closed(docs.all, 401, how, **options):
            challenge = reply.headers.get("WWW-Authenticate")
            expect.that(
                (challenge or "").strip().lower().partition(" ")[0] == "basic",
                f"In staging, the 401 of GET {path}{how} should have a challenge: without it, no browser asks for a password.",
                expected="WWW-Authenticate: Basic …",
                got=f"WWW-Authenticate: {challenge}" if challenge else "no header WWW-Authenticate",
                reply=reply,
            )
    docs.check_closed(docs.defaults, 404)
