"""The hidden suite of 13-response-model."""

from gradewright.suite import point

PUBLIC = ("id", "name", "email")
DEFAULTS = {"theme": "light", "locale": "en", "page_size": 20}


def new_user(nonce):
    """Return a valid body of POST /users."""
    return {"name": nonce(), "email": f"{nonce()}@{nonce()}.example", "password": nonce(16)}


def create(client, store, nonce, *, tidied=False):
    """Send a valid POST /users; return the reply, the body, and the fields of the user that the store returned.

    That the reply shows those and not the body's is in-out-split's matter: elsewhere the two are the same.
    """
    row, body = store.new_row(), new_user(nonce)
    if not tidied:
        row["columns"] |= {"name": body["name"], "email": body["email"]}
    store.creates = row
    return client.post("/users", json=body), body, {name: row["columns"][name] for name in PUBLIC}


def hides(reply, texts, expect, because):
    """None of these texts is in the body."""
    shown = [text for text in texts if text in reply.text]
    expect.that(not shown, because, expected=f"an answer without {', '.join(shown)}", got=reply.text, reply=reply)


def lists(client, users, expect, because):
    """GET /users answers with one object for each of these users, in order, whatever else is in them."""
    reply = client.get("/users")
    expect.status(reply, 200, because)
    body = expect.read(reply, because)
    expect.that(isinstance(body, list) and len(body) == len(users), because, expected="a list of users", got=body, reply=reply)
    parts = [{name: item.get(name) for name in PUBLIC} if isinstance(item, dict) else item for item in body]
    expect.equal(users, parts, because, reply=reply)
    return reply


@point("secrets-filtered")
def test_users_are_shown_as_three_fields(client, store, expect, nonce):
    users = [store.add() for _user in range(nonce.randint(3, 5))]
    for user in nonce.sample(users, 2):
        reply = client.get(f"/users/{user['id']}")
        expect.json(reply, user, f"GET /users/{user['id']} should show exactly id, name and email of the stored user.")
        hides(reply, store.secrets, expect, "Nothing else that the store knows of the user should leave.")
    reply = client.get("/users")
    expect.json(reply, users, "GET /users should show exactly id, name and email of each stored user.")
    hides(reply, store.secrets, expect, "Nothing else that the store knows of the users should leave.")
    reply, _body, user = create(client, store, nonce)
    expect.json(reply, user, "POST /users should show exactly id, name and email of the user that was created.", status=201)
    hides(reply, store.secrets, expect, "Nothing else that the store knows of the new user should leave.")


@point("secrets-filtered")
def test_the_other_routes_show_no_secret(client, store, expect, nonce):
    user = store.add()
    reply = client.get(f"/users/{user['id']}/card")
    wanted = {"id": user["id"], "name": user["name"]}
    expect.keys(reply, wanted, f"GET /users/{user['id']}/card should show id and name of the stored user.")
    hides(reply, store.secrets, expect, "Nothing secret that the store knows of the user should be on the card.")
    theme, unknown = nonce.tokens(2, 12)
    store.prefs[user["id"]] = {unknown: store.secret(), "theme": theme}
    reply = client.get(f"/users/{user['id']}/prefs")
    expect.keys(reply, {"theme": theme}, f"GET /users/{user['id']}/prefs should show the theme that the user has set.")
    hides(
        reply,
        (*store.secrets, unknown),
        expect,
        f"The stored preferences have a key {unknown}, which Prefs does not know: it should not be sent.",
    )


@point("orm-objects")
def test_rows_become_output_and_load_nothing(client, store, expect, nonce):
    users = [store.add() for _user in range(nonce.randint(3, 5))]
    user = nonce.choice(users)
    reply = client.get(f"/users/{user['id']}")
    expect.keys(reply, user, f"GET /users/{user['id']} should show the stored user.")
    loads_nothing(store, reply, expect, f"GET /users/{user['id']}")
    reply = lists(client, users, expect, "GET /users should show the stored users, in the store's order.")
    loads_nothing(store, reply, expect, "GET /users")
    reply = client.get(f"/users/{user['id']}/card")
    wanted = {"id": user["id"], "name": user["name"]}
    expect.keys(reply, wanted, f"GET /users/{user['id']}/card should show id and name of the stored user.")
    loads_nothing(store, reply, expect, f"GET /users/{user['id']}/card")
    reply, _body, user = create(client, store, nonce)
    expect.keys(reply, user, "POST /users should show the user that the store returned.", status=201)
    loads_nothing(store, reply, expect, "POST /users")


def loads_nothing(store, reply, expect, asked):
    """No relation of a user has been loaded since the test began."""
    loaded = [str(call.args[0]) for call in store.twins["load"].calls if call.args]
    expect.that(
        not loaded,
        f"{asked} should not read attributes that it does not show: each of these costs a query of its own.",
        expected="nothing loaded",
        got=f"loaded: {', '.join(loaded[:12])}",
        reply=reply,
    )


@point("orm-objects")
def test_unknown_user(client, store, expect):
    user = store.add()
    reply = client.get(f"/users/{user['id']}")
    expect.keys(reply, user, f"GET /users/{user['id']} should show the stored user.")
    number = store.unknown()
    expect.status(client.get(f"/users/{number}"), 404, f"GET /users/{number} should be 404: the store knows no such user.")


@point("in-out-split")
def test_the_password_goes_in_and_never_out(client, store, expect, nonce):
    reply, body, user = create(client, store, nonce, tidied=True)
    expect.keys(reply, user, "POST /users should answer 201 with id, name and email as the store returned them.", status=201)
    expect.equal(
        [[body["name"], body["email"], body["password"]]],
        [call.args for call in store.twins["create_user"].calls],
        "POST /users should call store.create_user once, with the name, the e-mail and the password of the body.",
        reply=reply,
    )
    hides(reply, [body["password"]], expect, "The answer to POST /users should not repeat the password.")


@point("in-out-split")
def test_all_three_are_required(client, store, expect, nonce):
    for name in ("name", "email", "password"):
        for value in (None, nonce.number()):
            body = {key: text for key, text in new_user(nonce).items() if key != name}
            body |= {} if value is None else {name: value}
            reply = client.post("/users", json=body)
            what = "without" if value is None else "with a number as"
            expect.error_at(reply, "body", name, because=f"POST /users {what} {name} should be FastAPI's 422.")
    expect.equal(
        0,
        len(store.twins["create_user"].calls),
        "store.create_user should not be called for a body that is not valid.",
        reply=reply,
    )


@point("in-out-split")
def test_the_schema_has_two_models(client, schema, expect):
    operation = schema.at("paths", "/users", "post") or schema.at("paths", "/users/", "post")
    taken = schema.fields(operation, "requestBody")
    expect.that(
        {"name", "email", "password"} <= taken,
        "The schema should describe the body of POST /users.",
        expected="name, email, password",
        got=", ".join(sorted(taken)) or "no fields",
        reply=schema.reply,
    )
    # Which code it is listed under is a matter of status codes, not of models.
    given = schema.fields(operation, "responses", "201") | schema.fields(operation, "responses", "200")
    expect.that(
        set(PUBLIC) <= given,
        "The schema should describe the reply of POST /users when all is well.",
        expected=", ".join(PUBLIC),
        got=", ".join(sorted(given)) or "no fields",
        reply=schema.reply,
    )
    for path, verbs in (schema.at("paths") or {}).items():
        for verb, known in verbs.items():
            for code in known.get("responses", {}):
                given = schema.fields(known, "responses", code)
                expect.that(
                    "password" not in given,
                    f"In the schema, the {code} reply of {verb.upper()} {path} should have no password: "
                    "what goes out needs a model of its own.",
                    expected="a reply without password",
                    got=", ".join(sorted(given)),
                    reply=schema.reply,
                )


@point("only-set")
def test_only_what_was_set_is_sent(client, store, expect, nonce):
    number = store.add()["id"]
    chosen = {"theme": nonce(), "locale": nonce(), "page_size": nonce.number()}
    cases = [{}, chosen, DEFAULTS, dict.fromkeys(DEFAULTS)]
    for name, default in DEFAULTS.items():
        cases += [{name: chosen[name]}, {name: default}, {name: None}]
    for prefs in nonce.sample(cases, len(cases)):
        store.prefs[number] = prefs
        reply = client.get(f"/users/{number}/prefs")
        expect.json(
            reply,
            prefs,
            f"GET /users/{number}/prefs should send the keys that were set, null and default values included, and no others.",
        )


@point("only-set")
def test_defaults_in_the_schema_are_those_of_the_brief(schema, expect):
    for path, verbs in (schema.at("paths") or {}).items():
        if not path.rstrip("/").endswith("/prefs") or "get" not in verbs:
            continue
        # Whether the schema describes this reply, or shows defaults, is free.
        shown = schema.properties(verbs["get"], "responses", "200")
        for name, default in DEFAULTS.items():
            if "default" in shown.get(name, {}):
                because = f"The schema says what {name} of Prefs is by default, which should be what the brief says."
                expect.equal(default, shown[name]["default"], because, reply=schema.reply)


@point("only-set")
def test_prefs_of_an_unknown_user(client, store, expect, nonce):
    number = store.add()["id"]
    store.prefs[number] = {"theme": nonce()}
    reply = client.get(f"/users/{number}/prefs")
    expect.keys(reply, store.prefs[number], f"GET /users/{number}/prefs should show the theme that the user has set.")
    number = store.unknown()
    expect.status(client.get(f"/users/{number}/prefs"), 404, f"GET /users/{number}/prefs should be 404: there is no such user.")


@point("narrow-view")
def test_the_card_has_two_fields(client, store, expect):
    for user in [store.add() for _user in range(2)]:
        reply = client.get(f"/users/{user['id']}/card")
        expect.json(
            reply,
            {"id": user["id"], "name": user["name"]},
            f"GET /users/{user['id']}/card should show exactly id and name of the stored user.",
        )
    number = store.unknown()
    expect.status(client.get(f"/users/{number}/card"), 404, f"GET /users/{number}/card should be 404: there is no such user.")


def corruptions(nonce, names):
    """Return (field, what is wrong with it, the row's change) for each of these fields."""
    wrong = {"id": nonce(12), "name": nonce.number(), "email": [nonce(12)]}
    cases = []
    for name in names:
        cases += [(name, "missing", None), (name, "null", {name: None}), (name, "of another type", {name: wrong[name]})]
    return nonce.sample(cases, len(cases))


def corrupt(row, name, change):
    """Return the row with this field changed, or without it."""
    columns = {key: value for key, value in row["columns"].items() if key != name}
    return {**row, "columns": {**columns, **(change or {})}}


def refuses(reply, store, told, expect, because):
    """The reply is a 500 with nothing of any user in it."""
    expect.status(reply, 500, because)
    hides(reply, (*store.secrets, *told), expect, "The answer 500 should say nothing of what is stored.")


@point("output-checked")
def test_a_corrupt_user_is_500(client, store, expect, nonce):
    for path, names in (("", PUBLIC), ("/card", ("id", "name"))):
        for name, fault, change in corruptions(nonce, names):
            user = store.add()
            asked = f"/users/{user['id']}{path}"
            good = {key: value for key, value in user.items() if key in names}
            reply = client.get(asked)
            expect.keys(reply, good, f"GET {asked} should show the stored user as long as it is in order.")
            store.rows[user["id"]] = corrupt(store.rows[user["id"]], name, change)
            told = [user["name"], user["email"], *words(change)]
            reply = client.get(asked)
            refuses(reply, store, told, expect, f"GET {asked} should be 500 when the stored {name} is {fault}.")


@point("output-checked")
def test_a_corrupt_user_in_a_list_is_500(client, store, expect, nonce):
    for name, fault, change in corruptions(nonce, PUBLIC):
        users = [store.add() for _user in range(3)]
        lists(client, users, expect, "GET /users should show the stored users as long as all are in order.")
        bad = nonce.choice(users)["id"]
        store.rows[bad] = corrupt(store.rows[bad], name, change)
        told = [user[field] for user in users for field in ("name", "email")] + words(change)
        reply = client.get("/users")
        refuses(reply, store, told, expect, f"GET /users should be 500 when the {name} of a stored user is {fault}.")
        store.rows.clear()


@point("output-checked")
def test_a_corrupt_new_user_is_500(client, store, expect, nonce):
    reply, _body, user = create(client, store, nonce)
    expect.keys(reply, user, "POST /users should show the new user when it is in order.", status=201)
    for name, fault, change in corruptions(nonce, PUBLIC):
        store.creates = corrupt(store.new_row(), name, change)
        body = new_user(nonce)
        told = [value for key, value in store.creates["columns"].items() if key in ("name", "email")]
        told = [*words(told), *body.values(), *words(change)]
        reply = client.post("/users", json=body)
        refuses(reply, store, told, expect, f"POST /users should be 500 when the {name} of the new user is {fault}.")


def words(value):
    """Return the texts in a value of a row."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in words(item)]
    return [value] if isinstance(value, str) else []
