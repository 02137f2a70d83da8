"""The hidden suite of 40-security-review: texts that reach the database, and tokens."""

import time

from gradewright.suite import point

SHOWN = ("id", "name", "price")


def found(products, text="", sort="id", order="asc"):
    """Return what a search should find."""
    hits = [{key: one[key] for key in SHOWN} for one in products if text.lower() in one["name"].lower()]
    return sorted(hits, key=lambda one: one[sort], reverse=order == "desc")


def check_found(reply, wanted, because, expect):
    """The search has these products in this order; what else it shows of them is the matter of nothing-leaks."""
    expect.status(reply, 200, because)
    got = expect.read(reply, because)
    if isinstance(got, list):
        got = [{key: one[key] for key in SHOWN if key in one} if isinstance(one, dict) else one for one in got]
    expect.equal(wanted, got, because, reply=reply)


@point("sql-safe")
def test_searching_works(client, shop, expect, nonce):
    products = shop.world.products
    check_found(client.get("/products"), found(products), "GET /products should list all products by their ids.", expect)
    orders = [(sort, order) for sort in SHOWN for order in ("asc", "desc")]
    for sort, order in nonce.sample(orders, len(orders)):
        reply = client.get("/products", params={"sort": sort, "order": order})
        because = f"GET /products with sort={sort} and order={order} should list all products in this order."
        check_found(reply, found(products, sort=sort, order=order), because, expect)
    for sort in SHOWN:
        because = f"GET /products with sort={sort} and no order should list all products in rising order."
        check_found(client.get("/products", params={"sort": sort}), found(products, sort=sort), because, expect)
    names = [nonce.choice(products)["name"][1:9].upper(), nonce.choice(products)["name"][-4:], nonce()]
    names += [one["name"] for one in products if "'" in one["name"]] + ["'", " ", "--", " OR", "; union"]
    for text in nonce.sample(names, len(names)):
        order = nonce.choice(("asc", "desc"))
        reply = client.get("/products", params={"q": text, "sort": "price", "order": order})
        because = f"GET /products with q={text} should list the products with this text in their names."
        check_found(reply, found(products, text, "price", order), because, expect)


@point("sql-safe")
def test_a_search_is_a_text(client, shop, expect, nonce):
    products = shop.world.products
    texts = [f"{nonce(5)}' OR '1'='1", "' OR 1=1 --", "%' OR 1=1 --", "%') OR 1=1 --", "\\' OR 1=1 --", '" OR 1=1 --']
    texts += [f"{nonce(5)}' UNION SELECT id, username, {columns} FROM users --" for columns in ("role", "role, profile")]
    texts += ["'; DROP TABLE products; --", f"{nonce(5)}''", f"' || '{nonce(5)}"]
    for text in nonce.sample(texts, len(texts)):
        reply = client.get("/products", params={"q": text})
        because = f"GET /products with q={text} should find nothing, since no product has this text in its name."
        check_found(reply, [], because, expect)
    check_found(client.get("/products"), found(products), "After all searches, the products should still be there.", expect)


@point("sql-safe")
def test_an_order_is_one_of_those_listed(client, shop, expect, nonce):
    products = shop.world.products
    guess = f"(CASE WHEN (SELECT role FROM users WHERE id = {shop.world.admin.id}) = 'admin' THEN price ELSE id END)"
    cases = [("sort", value) for value in ("cost", guess, "price desc", "price --", "price; --", "rowid", "1", nonce(5))]
    cases += [("order", value) for value in ("desc, cost", "asc; --", "desc --", f", {guess}", nonce(4))]
    good = {"sort": "price", "order": "desc"}
    because = "GET /products with sort=price and order=desc should list all products in this order."
    check_found(client.get("/products", params=good), found(products, **good), because, expect)
    for name, value in nonce.sample(cases, len(cases)):
        reply = client.get("/products", params={**good, name: value})
        because = (
            f"GET /products with {name}={value} should be refused: what becomes part of a statement, and is no value "
            "that can be bound, has to come from a list of yours."
        )
        expect.status(reply, (400, 422), because)


@point("sql-safe")
def test_a_login_is_two_texts(shop, expect, nonce):
    person, other = shop.members(2)
    names = [f"{person.name}' --", f"{person.name}' /*", f"{nonce(5)}' OR 1=1 --", f"' OR username = '{person.name}"]
    stolen = f"' UNION SELECT id, username, '{other.old_hash}', role, profile FROM users WHERE id = {shop.world.admin.id} --"
    for name in nonce.sample([*names, stolen], 5):
        reply = shop.login(name, other.password)
        # Names as long as these are not those of anybody.
        because = f"POST /login should be 401 for the username {name}, which nobody has."
        expect.status(reply, (401, 422), because)
    reply = shop.login(person.name, "' OR '1'='1")
    expect.status(reply, 401, "POST /login should be 401 for a password with SQL in it.")
    shop.enter(person)


@point("sql-safe")
def test_texts_are_kept_as_they_are(shop, expect, nonce):
    city, name = f"{nonce(5)}', role = 'admin", f"{nonce(5)}', 'x', 'admin') --"
    person = shop.registered(
        "POST /register should be 201 with quotes in its texts, which are letters like any others.",
        username=name,
        profile=shop.profile(full_name=f'O\'{nonce(5)} "{nonce(5)}" \\', city=f"{nonce(5)}'"),
    )
    shop.enter(person)
    for profile in (shop.profile(city=city), shop.profile(full_name=f"{nonce(4)}''; DROP TABLE orders; --")):
        reply = shop.ask("PATCH", f"/users/{person.id}", person, json={"profile": profile})
        person.profile = profile
        because = "PATCH /users/{id} should keep texts as they are, whatever is in them."
        expect.keys(reply, person.shown, because)
        expect.keys(shop.ask("GET", f"/users/{person.id}", person), person.shown, because)
    order = shop.world.take()
    shop.enter(order)
    address = shop.address(street=f"{nonce(4)}', total = 1, receipt = 'paid", city=f"L'{nonce(4)}")
    wanted = {**order.order, "address": address}
    because = "PATCH /orders/{id} should keep texts as they are, whatever is in them."
    expect.keys(shop.ask("PATCH", f"/orders/{wanted['id']}", order, json={"address": address}), wanted, because)
    expect.keys(shop.ask("GET", f"/orders/{wanted['id']}", order), wanted, because)


@point("token-verified")
def test_login_gives_a_good_token(shop, expect):
    for person in shop.members(2):
        because = "POST /login should give a token."
        parts = person.token.split(".")
        expect.that(
            len(parts) == 3, f"{because} It should be a JWT.", expected="<header>.<claims>.<signature>", got=person.token
        )
        signed = shop.seal(f"{parts[0]}.{parts[1]}", shop.world.secret) == parts[2]
        because = f"{because} It should be signed with HS256 and JWT_SECRET."
        expect.that(signed, because, expected="a signature with JWT_SECRET", got=person.token)
        claims = shop.claims(person.token)
        because = "The token of POST /login should have the user's id as sub, as text."
        expect.equal(str(person.id), claims.get("sub"), because)
        left = claims["exp"] - time.time() if type(claims.get("exp")) in (int, float) else None
        expect.that(
            left is not None and 30 < left <= 3601,
            "The token of POST /login should end: at least a minute, and at most an hour after it was made.",
            expected=f'"exp" from {int(time.time()) + 60} to {int(time.time()) + 3600}',
            got=claims,
        )
        reply = shop.ask("GET", f"/users/{person.id}", person)
        expect.keys(reply, person.shown, "GET /users/{id} should be 200 with the token of this user's login.")


def now_and(seconds):
    return int(time.time()) + seconds


@point("token-verified")
def test_forged_tokens(shop, expect, nonce):
    person, other = shop.members(2)
    key, good = shop.world.secret, {"sub": str(person.id), "exp": now_and(600)}
    path, sign = f"/users/{person.id}", shop.sign
    reply = shop.ask("GET", path, sign(good, key))
    because = "GET /users/{id} should be 200 with a token that another process signed with JWT_SECRET, with sub and exp in it."
    expect.keys(reply, person.shown, because)
    head, _claims, signature = sign({**good, "sub": str(other.id)}, key).split(".")
    unknown = str(nonce.number(10_000))
    keys = [nonce(40), "shop-secret", "secret", ""]
    cases = [(sign(good, wrong), f"signed with the key {wrong!r}") for wrong in keys]
    cases += [(sign(good, key, alg), f"without a signature, whose alg is {alg}") for alg in ("none", "None", "NONE")]
    cases += [
        (f"{head}.{shop.encode(good)}.{signature}", "whose sub was edited after it was signed"),
        (f"{sign(good, key).rpartition('.')[0]}.", "without its signature"),
        (sign(good, key, "HS512"), "with the algorithm HS512, although the key is right"),
        (sign({**good, "exp": now_and(-2)}, key), "that ended two seconds ago"),
        (sign({**good, "exp": now_and(-nonce.number())}, key), "that ended long ago"),
        (sign({"sub": good["sub"]}, key), "without exp, which would be good for ever"),
        (sign({"exp": good["exp"]}, key), "without sub"),
        (sign({**good, "sub": unknown}, key), "of a user whom there is not"),
        (sign({**good, "sub": nonce()}, key), "whose sub is no id"),
        (nonce(40), "that is no JWT"),
    ]
    for token, what in nonce.sample(cases, len(cases)):
        expect.status(shop.ask("GET", path, token), 401, f"GET /users/{{id}} should be 401 with a token {what}.")


@point("token-verified")
def test_every_route_asks_for_a_good_token(shop, expect, nonce):
    (person,) = shop.members(1)
    admin = shop.world.admin
    item = {"product_id": shop.world.products[0]["id"], "qty": 1}
    routes = [
        ("GET", f"/users/{admin.id}", None),
        ("PATCH", f"/users/{admin.id}", {"profile": admin.profile}),
        ("GET", "/admin/users", None),
        ("POST", "/orders", {"items": [item], "address": shop.address()}),
        ("GET", f"/orders/{person.order['id']}", None),
        ("PATCH", f"/orders/{person.order['id']}", {"address": person.order["address"]}),
        ("POST", f"/orders/{person.order['id']}/pay", None),
    ]
    claims = {"sub": str(admin.id), "exp": now_and(600)}
    for method, path, body in nonce.sample(routes, len(routes)):
        good = shop.ask(method, path, shop.sign(claims, shop.world.secret), json=body)
        expect.status(good, (200, 201), f"{method} {path} should succeed with a good token of an admin.")
        forged = shop.ask(method, path, shop.sign(claims, nonce(40)), json=body)
        expect.status(forged, 401, f"{method} {path} should be 401 with a token that somebody else signed.")
        expect.status(shop.ask(method, path, json=body), 401, f"{method} {path} should be 401 without a token.")
    lies = {"role": "admin", "is_admin": True, "scope": "admin", "user": {"id": admin.id, "role": "admin", "profile": {}}}
    token = shop.sign({**claims, "sub": str(person.id), **lies}, shop.world.secret)
    because = "GET /admin/users should be 403 for a member, whatever the token says besides: the role is in the database."
    expect.status(shop.ask("GET", "/admin/users", token), 403, because)


@point("token-verified")
def test_no_start_without_a_good_secret(shop, expect, nonce):
    # Until here it has had one of 32 bytes.
    shop.members(1)
    bad = [(("JWT_SECRET",), {}, "no JWT_SECRET"), ((), {"JWT_SECRET": nonce(31)}, "a JWT_SECRET of 31 bytes")]
    short = nonce.choice(("", nonce(nonce.number(6, 20))))
    bad.append(((), {"JWT_SECRET": short}, f"a JWT_SECRET of {len(short)} bytes"))
    for absent, environment, what in nonce.sample(bad, len(bad)):
        instead = shop.refuses(*absent, **environment)
        because = f"With {what}, the app should refuse to start: a guessed key signs any token."
        expect.that(instead is None, because, expected="it ends with an error, before it listens", got=instead)
