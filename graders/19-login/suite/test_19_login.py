"""The hidden suite of 19-login.

A hash costs a tenth of a second or more, so that the tests share what has been hashed once; see conftest.People.
"""

import base64
import hashlib
import json
from urllib.parse import urljoin

from gradewright.suite import Raise, point
from gradewright.suite.password_hashes import parse_hash

#: Letters that one encoding or another would lose; normalising them changes nothing.
LETTERS = "éß漢"


@point("form-login")
def test_registration(client, expect, nonce, users, people):
    name, password = nonce(), nonce(8)
    reply = people.register(name, password)
    expect.json(reply, {"username": name}, "POST /register should answer 201 with the new user's name.", status=201)
    saved = users.hashes.get(name)
    expect.that(saved, "POST /register should save the new user with store.save_user.", got="no such call", reply=reply)
    reply = people.register(name, nonce(8))
    expect.status(reply, 409, "POST /register should be 409 when the name is taken.")
    users.late.add(name)
    reply = people.register(name, nonce(8))
    because = "POST /register should be 409 also when somebody else takes the name at the last moment: save_user says so."
    expect.status(reply, 409, because)
    for body in nonce.sample(({"username": nonce(), "password": nonce(7)}, {"username": nonce()}, {"password": nonce(8)}), 3):
        reply = client.post("/register", json=body)
        expect.status(reply, 422, f"POST /register should be FastAPI's 422 for the body {json.dumps(body)}.")
    expect.equal({name: saved}, users.hashes, "A request that is refused should save nothing.", reply=reply)


@point("form-login")
def test_login_takes_a_form(client, expect, nonce, people):
    (name,), password = people.enrol(1)
    fields = {"username": name, "password": password}
    reply = client.post("/token", data=fields)
    because = "POST /token should be 200 for a form with the fields username and password."
    answer = expect.keys(reply, {"token_type": "bearer"}, because)
    expect.that(isinstance(answer.get("access_token"), str), because, expected='"access_token":"…"', got=answer, reply=reply)
    expect.status(client.post("/token", json=fields), 422, "POST /token should be 422 for a JSON body: it takes a form.")
    for form in ({"username": name}, {"password": password}, {"name": name, "password": password}):
        reply = client.post("/token", data=form)
        expect.status(reply, 422, f"POST /token should be 422 for a form with the fields {', '.join(form)} alone.")
    # Not a real password: the server's own access log has the query.
    reply = client.post("/token", params={"username": name, "password": nonce(16)})
    expect.status(reply, 422, "POST /token should be 422 when name and password are in the query: they belong in the form.")


@point("scheme-is-not-check")
def test_a_token_names_its_user_and_no_other_text_does(client, expect, nonce, people, refused):
    (name, other, third), password = people.enrol(3)
    tokens = {user: people.enter(user, password) for user in (name, other)}
    for user, token in [*tokens.items()] * 2:
        reply = people.ask_me(token)
        expect.json(reply, {"username": user}, "GET /me should answer with the user whom the token was given to.")
    for token in tokens.values():
        expect.that(
            len(token) >= 20,
            "A token should have 20 characters or more: a short one can be guessed.",
            expected="20 characters or more",
            got=token,
        )
        middle = len(token) // 2
        changed = nonce.choice([letter for letter in "ABCDwxyz" if letter != token[middle]])
        reply = people.ask_me(f"{token[:middle]}{changed}{token[middle + 1 :]}")
        refused(reply, "GET /me should be 401 for a token with one letter changed.")
    refused(client.get("/me"), "GET /me should be 401 without a token.")
    token = tokens[name]
    reply = people.ask_me(token, "Basic")
    refused(reply, "GET /me should be 401 when the token comes with the scheme Basic: it belongs after Bearer.")
    for bearer in (nonce(), nonce(32), nonce(64), f"{nonce(20)}.{nonce(60)}.{nonce(43)}"):
        refused(people.ask_me(bearer), "GET /me should be 401 for a token that the app never gave out.")
    guesses = [guess for user in (name, third) for guess in worked_out(user)]
    # What was given to somebody, with another's name put in.
    guesses += [token.replace(name, third)] if name in token else []
    for guess in nonce.sample(guesses, len(guesses)):
        refused(people.ask_me(guess), "GET /me should be 401 for a token that was worked out from the name of a user.")


def worked_out(name):
    """Return tokens that anybody can make who knows a name."""
    plain = name.encode()
    encoded = [plain.hex(), base64.b64encode(plain).decode(), base64.urlsafe_b64encode(plain).decode().rstrip("=")]
    digests = [hashlib.new(kind, plain).hexdigest() for kind in ("md5", "sha1", "sha256")]
    return [name, f"{name}-token", f"token-{name}", f"Bearer {name}", *encoded, *digests]


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@point("scheme-in-docs")
def test_authorize_works(app, client, expect, nonce, people):
    reply = client.get("/openapi.json")
    document = expect.read(reply, "GET /openapi.json should answer the schema as JSON.")
    schemes = dig(document, "components", "securitySchemes") or {}
    urls = {name: dig(scheme, "flows", "password", "tokenUrl") for name, scheme in schemes.items()}
    found = [name for name, url in urls.items() if isinstance(url, str) and urljoin("/docs", url) == "/token"]
    expect.that(
        found,
        "The schema should have a security scheme with OAuth2's password flow, whose tokenUrl leads to /token.",
        expected='{"type":"oauth2","flows":{"password":{"tokenUrl":"token",…}}}',
        got=schemes or "no security scheme",
        reply=reply,
    )
    security = dig(document, "paths", "/me", "get", "security")
    listed = [name for entry in security if isinstance(entry, dict) for name in entry] if isinstance(security, list) else []
    expect.that(
        set(found) & set(listed),
        "The schema should say that GET /me needs this scheme; that is where the lock in /docs comes from.",
        expected=f'"security":[{{"{found[0]}":[]}}]',
        got=security or "GET /me needs no scheme",
        reply=reply,
    )
    (name,), password = people.enrol(1)
    form = {"grant_type": "password", "username": name, "password": password, "scope": "", "client_id": nonce()}
    reply = client.post("/token", data=form)
    token = people.read_token(reply, 'POST /token should be 200 for the form that "Authorize" in /docs sends.')
    expect.json(people.ask_me(token), {"username": name}, "GET /me should answer with the user whom the token was given to.")
    status = nonce.choice((402, 406, 410, 418, 423, 451))
    with app.override("get_current_user", Raise(status)):
        expect.status(
            people.ask_me(token),
            status,
            f"With get_current_user replaced by one that raises {status}, GET /me should be {status}.",
        )


@point("strong-hash")
def test_what_is_saved(expect, nonce, users, people):
    password = LETTERS + nonce(128 - len(LETTERS))
    names = nonce.tokens(2)
    for name in names:
        reply = people.register(name, password)
        because = "POST /register should save the new user, with a text for the hash, also for a password of 128 characters."
        expect.that(isinstance(users.hashes.get(name), str), because, got=f"status {reply.status_code}", reply=reply)
    first, second = (users.hashes[name] for name in names)
    expect.that(
        password not in first,
        "What POST /register saves should not show the password.",
        expected="a hash",
        got=first,
        reply=reply,
    )
    found = parse_hash(first)
    expect.that(
        found,
        "What POST /register saves should be the hash of a slow algorithm, as one of the texts that the brief lists.",
        expected="$argon2id$…, $2b$…, scrypt$…, or pbkdf2_sha256$…",
        got=first,
        reply=reply,
    )
    expect.that(
        first != second,
        "Two users with the same password should have different hashes: each needs a salt of its own.",
        expected="two different hashes",
        got=f"twice {first}",
        reply=reply,
    )
    expect.that(
        found.enough,
        f"The hash should cost enough; the costs of {found.kind} are too low.",
        expected=f"{found.least} or more",
        got=found.costs,
        reply=reply,
    )
    expect.that(
        found.made_from(password),
        f"The saved text should be the password's {found.kind}: computed again with the salt and the costs that the text "
        "names, it should be the same.",
        expected=f"the {found.kind} of the password",
        got=first,
        reply=reply,
    )
    # Somebody whom another process has registered.
    visitor = nonce()
    users.hashes[visitor] = first
    people.enter(visitor, password)
    changed = password[:-1] + nonce.choice([letter for letter in "ABCD" if letter != password[-1]])
    reply = people.login(visitor, changed)
    because = "POST /token should be 401 when the last of 128 characters is another: all of a password counts."
    expect.status(reply, 401, because)


@point("uniform-401")
def test_a_refusal_tells_nothing(expect, nonce, people, refused):
    (name,), password = people.enrol(1)
    people.enter(name, password)
    wrong = people.login(name, nonce(16))
    refused(wrong, "POST /token should be 401 for a wrong password.")
    unknown = people.login(nonce(), password)
    refused(unknown, "POST /token should be 401 for an unknown name.")
    expect.that(
        wrong.content == unknown.content,
        "POST /token should answer an unknown name with the same body as a wrong password: the difference tells who is a user.",
        expected=wrong.text,
        got=unknown.text,
        reply=unknown,
    )
    expect.equal(
        wrong.headers["WWW-Authenticate"],
        unknown.headers["WWW-Authenticate"],
        "POST /token should send the same WWW-Authenticate for an unknown name as for a wrong password.",
        reply=unknown,
    )


def check_quiet(log, expect, secrets, what):
    """None of these is in the log."""
    for line in log.splitlines():
        for secret in secrets:
            expect.that(secret not in line, f"The log should not show {what}.", expected=f"no line with {secret}", got=line)


@point("quiet-and-free")
def test_registrations(app, expect, nonce, users, rush, overtakes):
    passwords = []

    def try_once():
        forms = [{"username": nonce(), "password": nonce(20)} for _person in range(3)]
        passwords.extend(form["password"] for form in forms)
        return rush.register([json.dumps(form).encode() for form in forms])

    for reply in overtakes(
        try_once, "While people register, others should be answered: hashing should not hold the event loop."
    ):
        expect.status(reply, (200, 201), "POST /register should succeed, also for three people at the same time.")
    expect.equal(len(passwords), len(users.hashes), "POST /register should save each new user.")
    check_quiet(app.log(), expect, passwords, "the password of somebody who registers")


@point("quiet-and-free")
def test_logins(app, expect, nonce, people, rush, overtakes):
    names, password = people.enrol(3)
    before = len(app.log())
    because = "While people log in, others should be answered: checking a hash should not hold the event loop."
    wrong = nonce(20)
    refusal = people.login(names[0], wrong)
    expect.status(refusal, 401, "POST /token should be 401 for a wrong password.")
    # A form or JSON: which of the two an app takes is the matter of form-login.
    kind = "json" if refusal.request.headers["Content-Type"] == "application/json" else "data"
    forms = [{kind: {"username": name, "password": password}} for name in names]
    replies = overtakes(lambda: rush.log_in(forms), because)
    tokens = [
        people.read_token(reply, "POST /token should be 200, also for three people at the same time.") for reply in replies
    ]
    for name, token in zip(names, tokens, strict=True):
        expect.json(
            people.ask_me(token), {"username": name}, "GET /me should answer with the user whom the token was given to."
        )
    check_quiet(app.log()[before:], expect, (password, wrong), "a password that somebody logs in with")
    check_quiet(app.log()[before:], expect, tokens, "a token")
