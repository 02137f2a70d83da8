"""The hidden suite of 40-security-review: who may see and change which object, and what a body may contain."""

from gradewright.suite import point

FOREIGN = (403, 404)


def order_routes(shop, order):
    """Return the three routes to an order, in this sequence: title, method, path, body."""
    path = f"/orders/{order}"
    address = {"address": shop.address()}
    return [
        ("GET /orders/{id}", "GET", path, None),
        ("PATCH /orders/{id}", "PATCH", path, address),
        ("POST /orders/{id}/pay", "POST", f"{path}/pay", None),
    ]


@point("object-access")
def test_orders_are_for_their_owners_and_admins(shop, expect, nonce):
    owner, stranger = shop.members(2)
    admin, order = shop.world.admin, owner.order
    for title, method, path, body in nonce.sample(order_routes(shop, order["id"]), 3):
        shop.charge.forget()
        reply = shop.ask(method, path, stranger, json=body)
        because = f"{title} should be 403 or 404 for somebody else's order: that somebody is logged in does not make it theirs."
        expect.status(reply, FOREIGN, because)
        because = f"{title} should charge nothing when it is refused."
        expect.equal(0, len(shop.charge.calls), because, reply=reply)
        kept = shop.ask("GET", f"/orders/{order['id']}", owner)
        expect.keys(kept, order, f"The order should be as it was after its owner's neighbour was refused by {title}.")
    mine = shop.ask("GET", f"/orders/{stranger.order['id']}", stranger)
    expect.keys(mine, stranger.order, "GET /orders/{id} should be 200 for the owner of this one.")
    for person, who in nonce.sample([(owner, "its owner"), (admin, "an admin")], 2):
        address = shop.address()
        order = {**order, "address": address}
        reply = shop.ask("PATCH", f"/orders/{order['id']}", person, json={"address": address})
        expect.keys(reply, order, f"PATCH /orders/{{id}} should be 200 with the new address for {who}.")
        reply = shop.ask("GET", f"/orders/{order['id']}", person)
        expect.keys(reply, order, f"GET /orders/{{id}} should be 200 for {who}.")


@point("object-access")
def test_who_pays(shop, expect, nonce):
    people = shop.members(2)
    for owner, payer in nonce.sample([(people[0], people[0]), (people[1], shop.world.admin)], 2):
        shop.charge.forget()
        order = owner.order
        receipt = f"R{order['id']}-{order['total']}"
        reply = shop.ask("POST", f"/orders/{order['id']}/pay", payer)
        because = "POST /orders/{id}/pay should be 200 for the owner and for an admin, with what payments.charge returned."
        expect.keys(reply, {**order, "receipt": receipt}, because)
        charged = [call.args for call in shop.charge.calls]
        expect.equal([[order["id"], order["total"]]], charged, "It should charge the order's total, once.", reply=reply)
        reply = shop.ask("GET", f"/orders/{order['id']}", owner)
        expect.keys(reply, {**order, "receipt": receipt}, "GET /orders/{id} should show the receipt of a paid order.")


@point("object-access")
def test_users_are_for_themselves_and_admins(shop, expect, nonce):
    person, stranger = shop.members(2)
    path = f"/users/{person.id}"
    for method, body in nonce.sample([("GET", None), ("PATCH", {"profile": shop.profile()})], 2):
        reply = shop.ask(method, path, stranger, json=body)
        because = f"{method} /users/{{id}} should be 403 or 404 for a member who is somebody else."
        expect.status(reply, FOREIGN, because)
        reply = shop.ask("GET", path, person)
        expect.keys(reply, person.shown, "GET /users/{id} should be 200 for this user, and show what was there before.")
    for who in nonce.sample([person, shop.world.admin], 2):
        person.profile = shop.profile()
        reply = shop.ask("PATCH", path, who, json={"profile": person.profile})
        title = "this user" if who is person else "an admin"
        expect.keys(reply, person.shown, f"PATCH /users/{{id}} should be 200 for {title}.")
        reply = shop.ask("GET", path, who)
        expect.keys(reply, person.shown, "GET /users/{id} should show the new profile to this user and to admins.")
    reply = shop.ask("GET", f"/users/{stranger.id}", person)
    expect.status(reply, FOREIGN, "GET /users/{id} should be 403 or 404 for a member who is somebody else.")


@point("object-access")
def test_admins_see_all_and_members_do_not(shop, expect, nonce):
    (person,) = shop.members(1)
    reply = shop.ask("GET", "/admin/users", person)
    expect.status(reply, 403, "GET /admin/users should be 403 for a member.")
    because = "GET /admin/users should list all users for an admin, in the order of their ids."
    reply = shop.ask("GET", "/admin/users", shop.world.admin)
    expect.status(reply, 200, because)
    listed = expect.read(reply, because)
    ids = [one.get("id") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else listed
    expect.equal([row[0] for row in shop.rows("SELECT id FROM users ORDER BY id")], ids, because, reply=reply)
    unknown = nonce.number(100_000)
    for title, method, path, body in [*order_routes(shop, unknown), ("GET /users/{id}", "GET", f"/users/{unknown}", None)]:
        reply = shop.ask(method, path, shop.world.admin, json=body)
        expect.status(reply, 404, f"{title} should be 404 for an admin when the id is unknown.")
        reply = shop.ask(method, path, person, json=body)
        expect.status(reply, FOREIGN, f"{title} should be 403 or 404 for a member when the id is unknown.")


@point("object-access")
def test_an_order_belongs_to_who_placed_it(shop, expect, nonce):
    for person in [*shop.members(1), shop.world.admin]:
        products = nonce.sample(shop.world.products, 3)
        items = [{"product_id": one["id"], "qty": nonce.number(1, 9)} for one in products]
        total = sum(one["price"] * item["qty"] for one, item in zip(products, items, strict=True))
        body = {"items": items, "address": shop.address()}
        reply = shop.ask("POST", "/orders", person, json=body)
        because = "POST /orders should be 201 with an order of the caller's, with the sum of price × qty as its total."
        wanted = {**body, "user_id": person.id, "total": total, "receipt": None}
        order = expect.keys(reply, wanted, because, status=201)
        reply = shop.ask("GET", f"/orders/{order.get('id')}", person)
        expect.keys(reply, wanted, "GET /orders/{id} should show the new order to who placed it.")


LONG, LONGEST = "x" * 101, "y" * 100


def spoil(body, nonce):
    """Yield bodies with a fault in one of the texts of this nested object, or with a key that has no place there."""
    for key in body:
        for value in ("", LONG, nonce.number(), None, [body[key]], {"$ne": ""}):
            yield {**body, key: value}
        yield {other: text for other, text in body.items() if other != key}
    for key in ("is_staff", "is_admin", "role", nonce()):
        yield {**body, key: nonce.choice((True, "admin"))}


@point("nested-validated")
def test_registrations(client, shop, expect, nonce):
    profile = shop.profile()
    cases = [{"role": "admin"}, {"is_admin": True}, {"id": shop.world.admin.id}, {nonce(): nonce()}]
    cases += [{"username": "ab"}, {"username": nonce(31)}, {"password": nonce(7)}, {"password": nonce(129)}]
    cases += [{"profile": None}, {"profile": nonce()}, {"profile": [profile]}, {"profile": {}}, {"username": {"a": nonce()}}]
    cases += [{"profile": one} for one in nonce.sample(list(spoil(profile, nonce)), 8)]
    cases += [{"profile": {**profile, "is_staff": True}}, {"profile": {**profile, "role": "admin"}}]
    names = []
    for changes in nonce.sample(cases, len(cases)):
        body = shop.join(**changes)
        reply = client.post("/register", json=body)
        expect.status(reply, 422, "POST /register should be 422 for a body with something in it that is not as listed.")
        names.append(body["username"])
    listed = [row[0] for row in shop.rows("SELECT username FROM users")]
    made = [name for name in names if name in listed]
    expect.equal([], made, "A registration that is refused should make no user.")
    for key in ("username", "password", "profile"):
        body = shop.join()
        del body[key]
        expect.status(client.post("/register", json=body), 422, f"POST /register should be 422 without {key}.")
    for username, password in ((nonce(3), nonce(8)), (nonce(30), nonce(128))):
        texts = {"full_name": nonce(1), "city": LONGEST} if len(username) == 3 else {"full_name": LONGEST, "city": nonce(1)}
        changes = {"username": username, "password": password, "profile": texts}
        because = "POST /register should be 201 with texts that are just as short and as long as they may be."
        shop.registered(because, **changes)
        reply = client.post("/register", json=shop.join(username=username))
        expect.status(reply, 409, "POST /register should be 409 for a username that is taken.")
    body = {"username": username, "password": password, nonce(): nonce.choice((True, "admin"))}
    expect.status(client.post("/login", json=body), 422, "POST /login should be 422 with a key that is not listed.")


@point("nested-validated")
def test_profiles(shop, expect, nonce):
    (person,) = shop.members(1)
    path, stored = f"/users/{person.id}", "SELECT username, password_hash, role FROM users WHERE id = ?"
    row, profile = shop.rows(stored, person.id), shop.profile()
    cases = [{"profile": profile, key: value} for key, value in (("role", "admin"), ("id", 1), ("username", nonce()))]
    cases += [{"role": "admin"}, {"password_hash": nonce()}, {}, {"profile": None}, {"profile": {}}]
    cases += [{"profile": one} for one in nonce.sample(list(spoil(profile, nonce)), 8)]
    cases += [{"profile": {**profile, "is_staff": True}}]
    for body in nonce.sample(cases, len(cases)):
        reply = shop.ask("PATCH", path, person, json=body)
        expect.status(reply, 422, "PATCH /users/{id} should be 422 for a body with something in it that is not as listed.")
    kept = shop.ask("GET", path, person)
    expect.keys(kept, person.shown, "Changes that are refused should change nothing, not even what was right in them.")
    expect.equal(row, shop.rows(stored, person.id), "Of a user, PATCH /users/{id} should change the profile and nothing else.")
    reply = shop.ask("GET", "/admin/users", person)
    expect.status(reply, 403, "GET /admin/users should still be 403 for a member.")
    person.profile = {"full_name": LONGEST, "city": nonce(1)}
    reply = shop.ask("PATCH", path, person, json={"profile": person.profile})
    expect.keys(reply, person.shown, "PATCH /users/{id} should be 200 with a good profile.")


@point("nested-validated")
def test_new_orders(shop, expect, nonce):
    (person,) = shop.members(1)
    products, address = shop.world.products, shop.address()
    item = {"product_id": products[0]["id"], "qty": 2}
    good = {"items": [item], "address": address}
    bad = [{**item, "qty": value} for value in (0, -1, -nonce.number(), 101, 1.5, None, nonce(), [2])]
    bad += [{**item, key: nonce.number()} for key in ("price", "discount", nonce())]
    bad += [{"qty": 1}, {"product_id": item["product_id"]}, {**item, "product_id": nonce()}, None]
    cases = [{**good, "items": nonce.sample([item, one], 2)} for one in bad]
    cases += [{**good, "items": value} for value in ([], None, item, [item] * 21)]
    cases += [{**good, key: value} for key, value in (("total", 1), ("user_id", shop.world.admin.id), ("receipt", nonce()))]
    cases += [{**good, "address": one} for one in nonce.sample(list(spoil(address, nonce)), 8)]
    cases += [{"items": [item]}, {"address": address}]
    for body in nonce.sample(cases, len(cases)):
        reply = shop.ask("POST", "/orders", person, json=body)
        expect.status(reply, 422, "POST /orders should be 422 for a body with something in it that is not as listed.")
    unknown = {**good, "items": [item, {"product_id": nonce.number(), "qty": 1}]}
    reply = shop.ask("POST", "/orders", person, json=unknown)
    expect.status(reply, (404, 422), "POST /orders should be 404 or 422 for a product that there is not.")
    count = shop.rows("SELECT count(*) FROM orders WHERE user_id = ?", person.id)
    expect.equal([[1]], count, "An order that is refused should not be kept.", reply=reply)
    for qty in (1, 100):
        product = nonce.choice(products)
        body = {**good, "items": [{"product_id": product["id"], "qty": qty}], "address": {"street": LONGEST, "city": nonce(1)}}
        reply = shop.ask("POST", "/orders", person, json=body)
        wanted = {**body, "user_id": person.id, "total": qty * product["price"]}
        expect.keys(reply, wanted, f"POST /orders should be 201 for a qty of {qty}, which may be 1 to 100.", status=201)
    items = [{"product_id": product["id"], "qty": 1} for product in products]
    reply = shop.ask("POST", "/orders", person, json={**good, "items": items})
    wanted = {"items": items, "total": sum(product["price"] for product in products)}
    expect.keys(reply, wanted, "POST /orders should be 201 for 20 items, which may be 1 to 20.", status=201)


@point("nested-validated")
def test_addresses(shop, expect, nonce):
    (person,) = shop.members(1)
    order, address = person.order, shop.address()
    path = f"/orders/{order['id']}"
    cases = [{"address": address, key: value} for key, value in (("total", 1), ("receipt", nonce()), ("items", order["items"]))]
    cases += [{"total": 1}, {"user_id": shop.world.admin.id}, {}, {"address": None}, {"address": nonce()}]
    cases += [{"address": one} for one in nonce.sample(list(spoil(address, nonce)), 8)]
    for body in nonce.sample(cases, len(cases)):
        reply = shop.ask("PATCH", path, person, json=body)
        expect.status(reply, 422, "PATCH /orders/{id} should be 422 for a body with something in it that is not as listed.")
    kept = shop.ask("GET", path, person)
    expect.keys(kept, order, "Changes that are refused should change nothing, not even what was right in them.")
    reply = shop.ask("PATCH", path, person, json={"address": address})
    expect.keys(reply, {**order, "address": address}, "PATCH /orders/{id} should be 200 with a good address.")
