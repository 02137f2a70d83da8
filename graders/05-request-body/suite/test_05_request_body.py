"""The hidden suite of 05-request-body."""

import contextlib
import json

from gradewright.suite import point

JSON_BODY = {"Content-Type": "application/json"}


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def fraction(nonce):
    """Return a price with a fraction that doubles exactly."""
    return nonce.number(1, 999) + nonce.choice((0.25, 0.5, 0.75))


def whole_item(nonce):
    """Return an item whose price is whole: what becomes of fractions is body-model's matter."""
    return {"name": nonce(), "price": nonce.number(1, 999), "tags": nonce.tokens(nonce.number(1, 3))}


def order(nonce, **changes):
    """Return a valid order."""
    parts = {"item": whole_item(nonce), "buyer": {"email": nonce()}, "quantity": nonce.number(2, 99)}
    return {**parts, **changes}


def without(values, key):
    """Return an object without one of its keys."""
    return {name: value for name, value in values.items() if name != key}


def answered(reply, expected, expect, because):
    """The reply is exactly this object with an item in it. Whether its price is a number is body-model's matter."""
    body = expect.keys(reply, {}, because)
    price = dig(body, "item", "price")
    if isinstance(price, str):
        with contextlib.suppress(ValueError):
            body = {**body, "item": {**body["item"], "price": float(price)}}
    expect.equal(expected, body, because, reply=reply)


@point("body-model")
def test_an_item_comes_back_with_its_double(client, expect, nonce):
    for price in (fraction(nonce), nonce.number(1, 999)):
        item = {"name": nonce(), "price": price, "tags": nonce.tokens(nonce.number(1, 3))}
        reply = client.post("/items", json=item)
        expect.json(
            reply, {**item, "double": 2 * price}, "POST /items should answer with the item's three fields and twice its price."
        )
    item = {"name": nonce(), "price": fraction(nonce)}
    reply = client.post("/items", json=item)
    expect.json(
        reply,
        {**item, "tags": [], "double": 2 * item["price"]},
        "POST /items should take an item without tags for one whose tags are [].",
    )


@point("body-model")
def test_a_number_may_come_as_text(client, expect, nonce):
    for price in (fraction(nonce), nonce.number(1, 999)):
        item = {"name": nonce(), "price": str(price), "tags": nonce.tokens(2)}
        reply = client.post("/items", json=item)
        expect.json(
            reply,
            {**item, "price": price, "double": 2 * price},
            f'POST /items should convert the price "{price}" to a number before the handler doubles it.',
        )


@point("body-model")
def test_a_price_is_a_number_wherever_it_is_shown(client, expect, nonce):
    number, item, body = nonce.number(), whole_item(nonce), order(nonce)
    for reply, asked in (
        (client.put(f"/items/{number}", json=item), f"PUT /items/{number}"),
        (client.post("/orders", json=body), "POST /orders"),
    ):
        # Whether these routes work at all is the matter of other points.
        shown = expect.read(reply, f"{asked} should answer JSON.") if reply.status_code == 200 else None
        expect.that(
            not isinstance(dig(shown, "item", "price"), str),
            f"{asked} should show the price of the item as a number: a client must not have to convert it.",
            expected='"price" as a number',
            got=shown,
            reply=reply,
        )


@point("body-model")
def test_invalid_items_are_refused(client, refused, expect, nonce):
    item = {"name": nonce(), "price": fraction(nonce), "tags": nonce.tokens(2)}
    reply = client.post("/items", json=item)
    expect.keys(reply, {"name": item["name"]}, "POST /items should accept a valid item.")
    cases = [(without(item, key), key, f"without {key}") for key in ("name", "price")]
    cases += [({**item, "price": nonce()}, "price", "whose price is a word")]
    cases += [({**item, "name": {nonce(): nonce()}}, "name", "whose name is an object")]
    cases += [({**item, "tags": nonce()}, "tags", "whose tags are one text")]
    for body, field, what in nonce.sample(cases, len(cases)):
        reply = client.post("/items", json=body)
        refused(
            reply,
            "body",
            field,
            because=f"POST /items should refuse an item {what} with FastAPI's 422, before the handler runs.",
        )


@point("body-model")
def test_what_is_no_json_object_is_refused(client, expect, nonce):
    item = {"name": nonce(), "price": fraction(nonce)}
    reply = client.post("/items", json=item)
    expect.keys(reply, {"name": item["name"]}, "POST /items should accept a valid item.")
    broken = json.dumps(item)[: -nonce.number(2, 6)]
    for content, what in ((broken, "that ends too early"), (json.dumps([item]), "that is a list"), ("", "that is empty")):
        reply = client.post("/items", content=content, headers=JSON_BODY)
        expect.status(reply, 422, f"POST /items with a body {what} should be FastAPI's 422: it is no JSON object.")


@point("mixed-sources")
def test_path_query_and_body_vary_independently(client, expect, nonce):
    for query, notify in (({}, False), ({"notify": "true"}, True), ({"notify": "false"}, False)):
        for _number in range(2):
            number, item = nonce.number(), whole_item(nonce)
            reply = client.put(f"/items/{number}", params=query, json=item)
            answered(
                reply,
                {"item_id": number, "notify": notify, "item": item},
                expect,
                "PUT /items/{item_id} should take item_id from the path, notify from the query and the item from the body.",
            )
    number, item = nonce.number(), without(whole_item(nonce), "tags")
    reply = client.put(f"/items/{number}", params={"notify": "true"}, json=item)
    answered(
        reply,
        {"item_id": number, "notify": True, "item": {**item, "tags": []}},
        expect,
        "PUT /items/{item_id} should answer with the whole item, also where its tags were left out.",
    )


@point("mixed-sources")
def test_each_source_is_checked(client, refused, expect, nonce):
    number, item = nonce.number(), whole_item(nonce)
    reply = client.put(f"/items/{number}", params={"notify": "true"}, json=item)
    expect.keys(reply, {"item_id": number, "notify": True}, "PUT /items/{item_id} should accept a valid request.")
    text = nonce()
    reply = client.put(f"/items/{text}", params={"notify": "true"}, json=item)
    refused(reply, "path", "item_id", because=f"PUT /items/{text} should be FastAPI's 422: {text} is not an integer.")
    reply = client.put(f"/items/{number}", params={"notify": text}, json=item)
    because = f"PUT /items/{number}?notify={text} should be FastAPI's 422: {text} is neither true nor false."
    refused(reply, "query", "notify", because=because)
    for key in ("name", "price"):
        reply = client.put(f"/items/{number}", params={"notify": "true"}, json=without(item, key))
        because = f"PUT /items/{number} with an item without {key} should be FastAPI's 422 at body.{key}: the body is the item."
        refused(reply, "body", key, because=because)


@point("many-bodies")
def test_an_order_comes_back(client, expect, nonce):
    for quantity in (1, nonce.number(2, 99)):
        body = order(nonce, quantity=quantity)
        reply = client.post("/orders", json=body)
        answered(
            reply, body, expect, "POST /orders should take item, buyer and quantity from one JSON object, and answer with them."
        )
    body = order(nonce)
    reply = client.post("/orders", json={**body, "item": without(body["item"], "tags")})
    expected = {**body, "item": {**body["item"], "tags": []}}
    answered(reply, expected, expect, "POST /orders should answer with the whole item, also where its tags were left out.")


@point("many-bodies")
def test_errors_say_in_which_part_they_are(client, refused, expect, nonce):
    body = order(nonce)
    reply = client.post("/orders", json=body)
    expect.keys(reply, {"quantity": body["quantity"]}, "POST /orders should accept a valid order.")
    cases = [({**body, "buyer": {}}, ("buyer", "email"), "whose buyer has no email")]
    cases += [({**body, "buyer": {"email": [nonce()]}}, ("buyer", "email"), "whose email is a list")]
    cases += [({**body, "item": without(body["item"], "name")}, ("item", "name"), "whose item has no name")]
    cases += [({**body, "item": {**body["item"], "price": nonce()}}, ("item", "price"), "whose price is a word")]
    cases += [({**body, "quantity": bad}, ("quantity",), f"with the quantity {bad}") for bad in (0, -nonce.number())]
    cases += [({**body, "quantity": nonce()}, ("quantity",), "whose quantity is a word")]
    cases += [(without(body, key), (key,), f"without {key}") for key in body]
    for bad, place, what in nonce.sample(cases, len(cases)):
        reply = client.post("/orders", json=bad)
        because = f"POST /orders should refuse an order {what} with FastAPI's 422 at body.{'.'.join(place)}."
        refused(reply, "body", *place, because=because)


@point("many-bodies")
def test_the_query_is_no_body(client, refused, expect, nonce):
    body = order(nonce)
    reply = client.post("/orders", params={"quantity": nonce.number(100, 999)}, json=body)
    expect.keys(
        reply,
        {"quantity": body["quantity"]},
        "POST /orders should take the quantity from the body, whatever the query says.",
    )
    reply = client.post("/orders", params={"quantity": nonce.number(100, 999)}, json=without(body, "quantity"))
    because = "POST /orders should refuse an order without quantity, also when there is one in the query."
    refused(reply, "body", "quantity", because=because)


@point("embedded-scalar")
def test_a_note_is_measured(client, expect, nonce):
    texts = [nonce(nonce.number(2, 40)) for _number in range(2)] + [f"{nonce()} äöü€ {nonce()}"]
    for text in texts:
        reply = client.post("/notes", json={"text": text})
        expect.json(
            reply,
            {"length": len(text)},
            "POST /notes should take an object with the key text and answer with the text's length.",
        )


@point("embedded-scalar")
def test_only_the_object_is_a_note(client, refused, expect, nonce):
    text = nonce(nonce.number(5, 30))
    reply = client.post("/notes", json={"text": text})
    expect.json(reply, {"length": len(text)}, "POST /notes should take an object with the key text.")
    reply = client.post("/notes", json=text)
    expect.status(
        reply, 422, "POST /notes with a JSON string alone should be FastAPI's 422: the text belongs under the key text."
    )
    reply = client.post("/notes", params={"text": text})
    expect.status(reply, 422, "POST /notes without a body should be FastAPI's 422, also when the text is in the query.")
    reply = client.post("/notes", params={"text": text}, json={})
    because = "POST /notes with an object without text should be FastAPI's 422, also when the text is in the query."
    refused(reply, "body", "text", because=because)
    reply = client.post("/notes", json={"text": [text]})
    refused(reply, "body", "text", because="POST /notes should refuse a list under the key text with FastAPI's 422.")


@point("body-in-docs")
def test_the_item_is_a_component(read_operation, read_parts, expect):
    reply, document, operation = read_operation("post", "/items")
    schema = dig(operation, "requestBody", "content", "application/json", "schema")
    parts = read_parts(document, schema)
    components = dig(document, "components", "schemas") or {}
    found = [part for part in parts if any(part is known for known in components.values())]
    expect.that(
        found,
        "The schema should say that the body of POST /items is a component, which is what a model becomes.",
        expected='a requestBody with a "$ref" to a component',
        got=schema if schema is not None else {"requestBody": dig(operation, "requestBody")},
        reply=reply,
    )
    item = next((part for part in found if isinstance(part.get("properties"), dict)), found[0])
    for name, kind in (("name", "string"), ("price", "number"), ("tags", "array")):
        field = dig(item, "properties", name)
        expect.that(
            any(part.get("type") == kind for part in read_parts(document, field)),
            f"The component of the item should list {name} with its type.",
            expected=f"{name}: {kind}",
            got={name: field} if field is not None else item,
            reply=reply,
        )
    entries = [part.get("items") for part in read_parts(document, dig(item, "properties", "tags"))]
    expect.that(
        any(part.get("type") == "string" for entry in entries for part in read_parts(document, entry)),
        "The component of the item should say that tags are texts.",
        expected='tags: array of {"type":"string"}',
        got={"tags": dig(item, "properties", "tags")},
        reply=reply,
    )
    listed = dig(item, "required")
    required = sorted(str(name) for name in listed) if isinstance(listed, list) else []
    expect.that(
        required == ["name", "price"],
        "The component of the item should say what a client has to send, and what may be left out.",
        expected="required: name, price",
        got=f"required: {', '.join(required) or 'nothing'}",
        reply=reply,
    )
