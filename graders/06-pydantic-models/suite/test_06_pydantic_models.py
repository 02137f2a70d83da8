"""The hidden suite of 06-pydantic-models."""

import string

from gradewright.suite import point

LETTERS = string.ascii_lowercase


def without(values, key):
    """Return an object without one of its keys."""
    return {name: value for name, value in values.items() if name != key}


def digits(nonce, count):
    """Return a text of so many digits."""
    return "".join(nonce.choices(string.digits, k=count))


def with_zip(body, code):
    """Return a signup with another zip."""
    return {**body, "address": {**body["address"], "zip": code}}


def with_passwords(body, password, repeat=None):
    """Return a signup with another password, repeated as it is unless `repeat` says otherwise."""
    return {**body, "password": password, "password_repeat": password if repeat is None else repeat}


@point("field-limits")
def test_values_at_the_limits(signup, contact, accepted, nonce):
    for age in (18, 120):
        accepted(signup(age=age), f"POST /signup should accept the age {age}: it is just within the limits.")
    accepted(with_zip(signup(), digits(nonce, 5)), "POST /signup should accept a zip of 5 digits.")
    password = nonce(7) + digits(nonce, 1)
    accepted(with_passwords(signup(), password), "POST /signup should accept a password of 8 characters, one of them a digit.")
    for count in (0, 3):
        contacts = [contact() for _number in range(count)]
        accepted(signup(contacts=contacts), f"POST /signup should accept {count} contacts.", contacts=count)
    accepted(without(signup(), "contacts"), "POST /signup should take a signup without contacts for one with none.", contacts=0)
    for length in (1, 100):
        contacts = [contact(value=nonce(length))]
        accepted(signup(contacts=contacts), f"POST /signup should accept a contact whose value has {length} characters.")


@point("field-limits")
def test_values_beyond_the_limits(signup, contact, accepted, refused, nonce):
    accepted(signup(), "POST /signup should accept a signup that keeps all rules.")
    for age in (17, 121, -nonce.number(), nonce.number(), nonce.number(18, 99) + 0.5, nonce()):
        refused(signup(age=age), "age", because=f"POST /signup should refuse the age {age} with FastAPI's 422 at body.age.")
    for code in (digits(nonce, 4), digits(nonce, 6), digits(nonce, 4) + nonce.choice(LETTERS), f"{digits(nonce, 4)} "):
        because = f'POST /signup should refuse the zip "{code}" with FastAPI\'s 422 at body.address.zip.'
        refused(with_zip(signup(), code), "address", "zip", because=because)
    password = nonce(6) + digits(nonce, 1)
    because = "POST /signup should refuse a password of 7 characters with FastAPI's 422 at body.password."
    refused(with_passwords(signup(), password), "password", because=because)
    because = "POST /signup should refuse 4 contacts with FastAPI's 422 at body.contacts."
    refused(signup(contacts=[contact() for _number in range(4)]), "contacts", because=because)
    for length in (0, 101):
        value = nonce(length) if length else ""
        because = f"POST /signup should refuse a contact whose value has {length} characters, at body.contacts.0.value."
        refused(signup(contacts=[contact(value=value)]), "contacts", 0, "value", because=because)


@point("field-validator")
def test_the_username_is_normalised(signup, accepted, nonce):
    name = f"{nonce.choice(LETTERS).upper()}{nonce(4)}_{nonce.number(0, 9)}"
    for sent in (f"  {name} ", f"\t{name.swapcase()}\n", name):
        accepted(
            signup(username=sent),
            f"POST /signup should remove the whitespace around the username {sent!r} and put it in lower case.",
            username=name.lower(),
        )
    for length in (3, 20):
        name = nonce(length)
        accepted(
            signup(username=f"{' ' * nonce.number(1, 9)}{name.upper()}   "),
            f"POST /signup should accept a username of {length} characters; the spaces around it do not count.",
            username=name,
        )


@point("field-validator")
def test_other_usernames_are_refused(signup, accepted, refused, nonce):
    name = nonce(6)
    accepted(signup(username=f" {name}"), f"POST /signup should accept the username {' ' + name!r}.", username=name)
    bad = [f"  {nonce(2)}  ", nonce(21), f"{nonce(3)} {nonce(3)}", f"{nonce(4)}-{nonce(2)}", f"{nonce(4)}é", "   ", ""]
    for username in bad:
        because = f"POST /signup should refuse the username {username!r} with FastAPI's 422 at body.username."
        refused(signup(username=username), "username", because=because)
    for username in (nonce.number(), None, [nonce()], {nonce(): nonce()}, True):
        because = (
            "POST /signup should refuse a username that is not a text at body.username: a validator must not fall over it."
        )
        refused(signup(username=username), "username", because=because)


@point("field-validator")
def test_a_password_needs_a_digit(signup, accepted, refused, nonce):
    word = "".join(nonce.choices(LETTERS, k=10))
    for password in (f"{word}{nonce.number(0, 9)}", f"{nonce.number(0, 9)}{word}", digits(nonce, 9)):
        accepted(with_passwords(signup(), password), "POST /signup should accept a password with a digit, wherever it is.")
    for password in (word, word.upper(), f"{word[:5]}-{word[5:]}!"):
        because = "POST /signup should refuse a password without a digit with FastAPI's 422 at body.password."
        refused(with_passwords(signup(), password), "password", because=because)


@point("cross-field")
def test_passwords_have_to_be_the_same(client, signup, accepted, expect, nonce):
    password = f"{nonce(8)}{nonce.number(0, 9)}"
    accepted(with_passwords(signup(), password), "POST /signup should accept two passwords that are the same.")
    padded = f" {password} "
    accepted(
        with_passwords(signup(), padded), "POST /signup should accept a password with spaces around it, repeated as it is."
    )
    others = (
        ("another one", nonce() + digits(nonce, 1)),
        ("in capitals", password.upper()),
        ("with a space more", f"{password} "),
    )
    for what, repeat in others:
        reply = client.post("/signup", json=with_passwords(signup(), password, repeat))
        expect.error_at(
            reply,
            "body",
            because=f"POST /signup should be FastAPI's 422 at body when password_repeat is {what}: it concerns both fields.",
        )


@point("cross-field")
def test_a_missing_password_is_no_crash(signup, accepted, refused):
    accepted(signup(), "POST /signup should accept two passwords that are the same.")
    for field in ("password", "password_repeat"):
        because = f"POST /signup should refuse a signup without {field} with FastAPI's 422 at body.{field}."
        refused(without(signup(), field), field, because=because)
        because = f"POST /signup should refuse a {field} that is a list with FastAPI's 422 at body.{field}."
        refused(signup(**{field: []}), field, because=because)


@point("nested-tree")
def test_errors_deep_in_the_tree_are_found(signup, contact, accepted, refused, nonce):
    body = signup(contacts=[contact(), contact()])
    accepted(body, "POST /signup should accept two valid contacts.", contacts=2)
    good, bad = contact(), contact()
    cases = [
        ({**bad, "value": ""}, ("value",), "with an empty value"),
        ({**bad, "kind": nonce()}, ("kind",), "of another kind"),
    ]
    cases += [(without(bad, key), (key,), f"without {key}") for key in ("kind", "value")]
    cases += [({**bad, "value": [nonce()]}, ("value",), "whose value is a list"), (nonce(), (), "that is a text")]
    for entry, place, what in nonce.sample(cases, len(cases)):
        for contacts in ([good, entry], [good, contact(), entry]):
            index = len(contacts) - 1
            where = ".".join(str(part) for part in ("body", "contacts", index, *place))
            because = f"POST /signup should refuse a contact {what} with FastAPI's 422 at {where}, counting from 0."
            refused(signup(contacts=contacts), "contacts", index, *place, because=because)


@point("nested-tree")
def test_the_address_is_checked(signup, accepted, refused, nonce):
    body = signup()
    accepted(body, "POST /signup should accept a valid address.")
    address = body["address"]
    cases = [({**address, "zip": nonce(5)}, ("zip",), "whose zip is a word"), (nonce(), (), "that is a text")]
    cases += [({**address, "city": {nonce(): nonce()}}, ("city",), "whose city is an object")]
    cases += [(without(address, key), (key,), f"without {key}") for key in address]
    for wrong, place, what in nonce.sample(cases, len(cases)):
        where = ".".join(("body", "address", *place))
        because = f"POST /signup should refuse an address {what} with FastAPI's 422 at {where}."
        refused({**body, "address": wrong}, "address", *place, because=because)


@point("refuse-unknown")
def test_unknown_keys_are_refused(signup, contact, accepted, refused, nonce):
    body = signup(contacts=[contact(), contact()])
    accepted(body, "POST /signup should accept a signup that has the keys of the brief.")
    key, value = nonce(), nonce()
    because = f"POST /signup should refuse the unknown key {key} with FastAPI's 422 at body.{key}."
    refused({**body, key: value}, key, because=because)
    because = f"POST /signup should refuse the unknown key {key} in the address with FastAPI's 422 at body.address.{key}."
    refused({**body, "address": {**body["address"], key: value}}, "address", key, because=because)
    because = f"POST /signup should refuse the unknown key {key} in a contact with FastAPI's 422 at body.contacts.1.{key}."
    contacts = [body["contacts"][0], {**body["contacts"][1], key: value}]
    refused({**body, "contacts": contacts}, "contacts", 1, key, because=because)


def read_model(schema, found, names, expect, reply, what):
    """Return the fields of a component that has all of these; where there are alternatives, their fields together."""
    models = schema.components(found)
    fields = {name: [part["properties"][name] for part in models if name in part["properties"]] for name in names}
    expect.that(
        all(fields.values()),
        f"The schema should refer to a component for {what}, which is what a model becomes.",
        expected=f'a "$ref" to a component with {", ".join(names)}',
        got=found if found is not None else "nothing about it",
        reply=reply,
    )
    return {name: schema.parts(*found) for name, found in fields.items()}


@point("nested-docs")
def test_nested_models_are_components(schema, expect):
    reply, found = schema.read_body("/signup")
    outer = read_model(schema, found, ("username", "address", "contacts"), expect, reply, "the body of POST /signup")
    address = read_model(schema, outer["address"][0], ("street", "city", "zip"), expect, reply, "the address")
    shown = [item for part in address["zip"] for item in part.items()]
    expect.that(
        any(word == "pattern" for word, _value in shown) or {("minLength", 5), ("maxLength", 5)} <= set(hashable(shown)),
        "The schema should show what a zip has to look like.",
        expected="zip: a pattern, or minLength 5 and maxLength 5",
        got={"zip": address["zip"][0]},
        reply=reply,
    )
    lists = [part for part in outer["contacts"] if "items" in part]
    expect.that(
        any(part.get("maxItems") == 3 for part in lists),
        "The schema should show how many contacts there may be.",
        expected="contacts: an array with maxItems 3",
        got={"contacts": outer["contacts"][0]},
        reply=reply,
    )
    entry = read_model(schema, lists[0]["items"], ("kind", "value"), expect, reply, "a contact")
    shown = hashable([item for part in entry["value"] for item in part.items()])
    expect.that(
        {("minLength", 1), ("maxLength", 100)} <= set(shown),
        "The schema should show how long the value of a contact may be.",
        expected="value: minLength 1 and maxLength 100",
        got={"value": entry["value"][0]},
        reply=reply,
    )
    kinds = {str(kind) for part in entry["kind"] for kind in (part.get("enum") or [part.get("const")]) if kind is not None}
    expect.that(
        kinds == {"email", "phone"},
        "The schema should list the two kinds of a contact.",
        expected="kind: email or phone",
        got={"kind": entry["kind"][0]},
        reply=reply,
    )


def hashable(items):
    """Return the items whose values are plain numbers or texts."""
    return [(word, value) for word, value in items if isinstance(value, int | str)]
