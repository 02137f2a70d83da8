"""The hidden suite of 18-apirouter."""

import json
import re

from gradewright.suite import Raise, Value, point

USERS = (("GET", "/api/v1/users/{id}"), ("GET", "/api/v2/users/{id}"))
ORDERS = (("POST", "/api/v1/orders"), ("GET", "/api/v1/orders/{id}"))


@point("routers-included")
def test_users_and_health_are_served(ask, store, expect):
    reply = ask("GET", "/health")
    expect.status(reply, 200, "GET /health should be 200.")
    for version in ("v1", "v2"):
        user = store.add_user()
        path = f"/api/{version}/users/{user['id']}"
        expect.keys(ask("GET", path), {"id": user["id"]}, f"GET {path} should answer with the user of this id.")
        path = f"/api/{version}/users/{store.unknown()}"
        expect.status(ask("GET", path), 404, f"GET {path} should be 404: the store knows no such user.")


@point("routers-included")
def test_orders_are_served(ask, store, expect, nonce):
    order = store.add_order()
    path = f"/api/v1/orders/{order['id']}"
    expect.json(ask("GET", path), order, f"GET {path} should answer with the order of this id.")
    path = f"/api/v1/orders/{store.unknown()}"
    expect.status(ask("GET", path), 404, f"GET {path} should be 404: the store knows no such order.")
    body = store.body()
    order = {"id": store.next_id, **body}
    reply = ask("POST", "/api/v1/orders", json=body)
    expect.json(reply, order, "POST /api/v1/orders should answer 201 with the new order.", status=201)
    path = f"/api/v1/orders/{order['id']}"
    expect.json(ask("GET", path), order, f"GET {path} should answer with the order that was just placed.")
    store.twins["save_order"].forget()
    cases = [(store.body(qty=qty), "qty") for qty in (0, -nonce.number(), nonce(), None)]
    cases += [({"sku": nonce()}, "qty"), ({"qty": 1}, "sku"), (store.body(sku=None), "sku")]
    for body, name in nonce.sample(cases, len(cases)):
        reply = ask("POST", "/api/v1/orders", json=body)
        because = f"POST /api/v1/orders should refuse {json.dumps(body)} with FastAPI's 422 at body.{name}."
        expect.error_at(reply, "body", name, because=because)
    expect.equal([], store.saved, "An order that is not valid should not be saved.", reply=reply)


@point("routers-included")
def test_handlers_are_in_modules_of_their_own(read_tree, expect):
    tree = read_tree()
    found = {route: find_handlers(tree, *route) for route in (*USERS, *ORDERS)}
    for (method, path), handlers in found.items():
        modules = [item["module"] for item in handlers]
        expect.that(
            handlers and all(module.startswith("shop.routers.") for module in modules),
            f"The handler of {method} {path} should be written in a module of shop/routers.",
            expected="shop.routers.<module>",
            got=", ".join(modules) or "no such route",
        )
        expect.that(
            all(item["grouped"] for item in handlers),
            f"The handler of {method} {path} should stand on an APIRouter that the app includes.",
            expected="a router's decorator, or its add_api_route",
            got=f"{', '.join(modules)} adds it to the app itself",
        )
    users, orders = ({item["module"] for route in group for item in found[route]} for group in (USERS, ORDERS))
    expect.that(
        not users & orders,
        "Users and orders are two domains: no module should have handlers of both.",
        expected="one module, or more, for each of them",
        got=f"both are in {', '.join(sorted(users & orders))}",
    )


def find_handlers(tree, method, path):
    """Return the routes with this method and path; the name of a path's parameter is free, and so is a slash at its end."""
    pattern = re.escape(path).replace(r"\{id\}", r"\{[^/]+\}") + "/?"
    return [item for item in tree if method in item["methods"] and re.fullmatch(pattern, item["path"])]


@point("versioned")
def test_both_versions_show_the_same_user(ask, store, expect, nonce):
    users = [store.add_user() for _user in range(3)]
    for user in nonce.sample(users * 2, 6):
        number, first, last = user["id"], user["first"], user["last"]
        because = f"GET /api/v1/users/{number} should keep the shape that clients of version 1 know."
        expect.json(ask("GET", f"/api/v1/users/{number}"), {"id": number, "name": f"{first} {last}"}, because)
        because = f"GET /api/v2/users/{number} should have the shape of version 2."
        shown = {"id": number, "full_name": {"first": first, "last": last}}
        expect.json(ask("GET", f"/api/v2/users/{number}"), shown, because)


def order_requests(store):
    """Return a valid request to each of the order routes: method, path, and options."""
    return [("POST", "/api/v1/orders", {"json": store.body()}), ("GET", f"/api/v1/orders/{store.add_order()['id']}", {})]


def check_free(client, store, expect, when):
    """Users and health answer without a key."""
    number = store.add_user()["id"]
    for path in ("/health", f"/api/v1/users/{number}", f"/api/v2/users/{number}"):
        expect.status(client.get(path), 200, f"{when}, GET {path} should be 200: it needs no key.")


@point("guarded-router")
def test_orders_need_the_key(client, ask, store, expect, nonce):
    invalid = [
        ("POST", "/api/v1/orders", {"json": store.body(qty=0)}),
        ("POST", "/api/v1/orders", {"json": store.body(qty=99)}),
    ]
    invalid += [("GET", f"/api/v1/orders/{store.unknown()}", {})]
    for method, path, options in (*order_requests(store), *invalid):
        because = f"{method} {path} without X-Key should be 401, whatever else is right or wrong with it."
        expect.status(client.request(method, path, **options), 401, because)
        for key in (nonce(), f"k{nonce()}", ""):
            because = f"{method} {path} with X-Key: {key} should be 401."
            expect.status(client.request(method, path, headers={"X-Key": key}, **options), 401, because)
    expect.equal([], store.saved, "No order should be saved without the right key.")
    for method, path, options in order_requests(store):
        because = f"{method} {path} with X-Key: k should be answered."
        expect.status(ask(method, path, **options), (200, 201), because)
    check_free(client, store, expect, "Without X-Key")


@point("guarded-router")
def test_orders_depend_on_require_key(app, client, ask, store, expect, nonce):
    (code,) = nonce.sample((402, 410, 412, 418, 423, 424, 451), 1)
    with app.override("require_key", Raise(code)):
        for method, path, options in order_requests(store):
            because = f"When require_key raises {code}, {method} {path} should be {code}, even with the right key."
            expect.status(ask(method, path, **options), code, because)
        check_free(client, store, expect, f"When require_key raises {code}")
    with app.override("require_key", Value(None)):
        for method, path, options in order_requests(store):
            because = f"With require_key replaced by one that lets everybody in, {method} {path} should need no key."
            expect.status(client.request(method, path, **options), (200, 201), because)


OWN = "shop.services, imported alone where FastAPI and Starlette are not installed: "


@point("thin-routes")
def test_the_service_works_without_the_web(place, store, expect, nonce):
    for qty in (1, 10, nonce.number(2, 9)):
        sku = nonce()
        order = {"id": store.next_id, "sku": sku, "qty": qty}
        came = place(sku, qty)
        expect.that(
            came == {"returned": order},
            f"{OWN}place_order({sku!r}, {qty}) should save the order and return it as a dict.",
            expected=json.dumps(order),
            got=tell(came),
        )
    saved = len(store.saved)
    for qty in (11, nonce.number(12, 999)):
        sku = nonce()
        came = place(sku, qty)
        because = f"{OWN}place_order({sku!r}, {qty}) should raise services.OutOfStock, which has nothing to do with HTTP."
        expect.that(came == {"raised": "OutOfStock"}, because, expected="OutOfStock", got=tell(came))
        expect.equal(saved, len(store.saved), f"{OWN}place_order({sku!r}, {qty}) should save nothing.")


def tell(came):
    """What came of a call, for people."""
    word, value = next(iter(came.items()))
    told = {"returned": json.dumps(value), "raised": str(value), "problem": f"it cannot be imported: {value}"}
    return told.get(word, str(came))


@point("thin-routes")
def test_the_route_goes_through_the_service(ask, store, expect, nonce):
    for qty in (1, 10, nonce.number(2, 9)):
        body = store.body(qty=qty)
        store.twins["save_order"].forget()
        reply = ask("POST", "/api/v1/orders", json=body)
        expect.keys(reply, body, f"POST /api/v1/orders should accept {qty} pieces.", status=201)
        expect.equal([[body["sku"], qty]], store.saved, "POST /api/v1/orders should save the order once.", reply=reply)
        (callers,) = store.savers
        expect.that(
            any(f"{name}.".startswith("shop.services.") for name in callers),
            "POST /api/v1/orders should save its order through services.place_order, and not by itself.",
            expected="store.save_order is called from shop/services.py",
            got=f"it is called from {', '.join(callers) or 'elsewhere'}",
            reply=reply,
        )
    store.twins["save_order"].forget()
    for qty in (11, nonce.number(12, 999)):
        reply = ask("POST", "/api/v1/orders", json=store.body(qty=qty))
        because = f"POST /api/v1/orders should be 409 for {qty} pieces: services.place_order raises OutOfStock."
        expect.status(reply, 409, because)
    expect.equal([], store.saved, "An order that is out of stock should not be saved.", reply=reply)


@point("tagged-docs")
def test_tags_and_operation_ids(client, expect):
    reply = client.get("/openapi.json")
    expect.status(reply, 200, "GET /openapi.json should answer 200.")
    document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
    listed = [
        {"methods": [verb.upper()], "path": path, **operation}
        for path, operations in document["paths"].items()
        for verb, operation in operations.items()
        if isinstance(operation, dict)
    ]
    for tag, other, routes in (("users", "orders", USERS), ("orders", "users", ORDERS)):
        for method, path in routes:
            found = find_handlers(listed, method, path)
            expect.that(
                found,
                f"The schema should list {method} {path}.",
                expected=f"{method} {path}",
                got=", ".join(document["paths"]) or "no paths",
                reply=reply,
            )
            tags = [name for operation in found for name in operation.get("tags", [])]
            expect.that(
                tag in tags and other not in tags,
                f"In the schema, {method} {path} should have the tag {tag}.",
                expected=tag,
                got=", ".join(tags) or "no tag",
                reply=reply,
            )
    ids = [operation.get("operationId") for operation in listed]
    twice = sorted({f"{name}" for name in ids if ids.count(name) > 1})
    expect.that(
        not twice,
        "No two operations in the schema should have the same operationId: generated clients name their functions after it.",
        expected="an operationId of its own for each operation",
        got=f"more than once: {', '.join(twice)}",
        reply=reply,
    )
