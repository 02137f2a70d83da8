"""The hidden suite of 20-jwt. The grader knows the secret, so it reads the app's tokens and signs its own."""

import time

from gradewright.suite import point


@point("signature")
def test_own_tokens_and_edited_ones(api, expect, tokens, nonce):
    name, other = api.someone(), api.someone()
    access, _refresh = api.enter(name)
    api.check_me(access, name, "GET /me should be 200 for an access token that the app has just made.")
    expect.status(api.login(name, nonce()), 401, "POST /token should be 401 for a wrong password.")
    expect.status(api.login(nonce(), nonce()), 401, "POST /token should be 401 for an unknown name.")
    head, _claims, signature = access.split(".")[:3]
    claims = api.read(access, api.secret, "The access token of POST /token should be readable.")
    edited = tokens.encode({**claims, "sub": other})
    reply = api.me(f"{head}.{edited}.{signature}")
    expect.status(reply, 401, "GET /me should be 401 for a token whose sub was edited after it was signed.")
    longer = tokens.encode({**claims, "exp": int(time.time()) + 10**6})
    reply = api.me(f"{head}.{longer}.{signature}")
    expect.status(reply, 401, "GET /me should be 401 for a token whose exp was edited after it was signed.")


@point("signature")
def test_forged_tokens(routes, api, expect, tokens, nonce):
    for route in routes:
        title, send = route.title, route.send
        forged = tokens.sign(route.claims(), nonce(40))
        expect.status(send(forged), 401, f"{title} should be 401 for a token that was signed with another key.")
        signed, _dot, _signature = tokens.sign(route.claims(), api.secret).rpartition(".")
        expect.status(send(f"{signed}."), 401, f"{title} should be 401 for a token without its signature.")
        another = tokens.sign(route.claims(), api.secret).rpartition(".")[2]
        expect.status(send(f"{signed}.{another}"), 401, f"{title} should be 401 for a token with another token's signature.")


@point("signature")
def test_what_is_no_token(client, routes, api, expect, tokens, nonce):
    expect.status(client.get("/me"), 401, "GET /me should be 401 without a token.")
    expect.status(client.post("/logout"), 401, "POST /logout should be 401 without a token.")
    expect.status(client.post("/refresh", json={}), (401, 422), "POST /refresh should be 401 or 422 without a token.")
    for route in routes:
        title, send = route.title, route.send
        signed = f"{tokens.encode({'alg': 'HS256'})}.{tokens.encode([route.claims()])}"
        a_list = f"{signed}.{tokens.seal(signed, api.secret)}"
        for text in (nonce(40), f"{nonce(8)}.{nonce(24)}.{nonce(43)}", "..", a_list):
            expect.status(send(text), 401, f"{title} should be 401 for {text[:60]}, which is no token.")


@point("pinned-algorithm")
def test_other_algorithms(routes, api, expect, tokens):
    for route in routes:
        title, send = route.title, route.send
        for algorithm in ("none", "None", "NONE"):
            reply = send(tokens.sign(route.claims(), api.secret, algorithm))
            because = f"{title} should be 401 for a token that has no signature and says so: its alg is {algorithm}."
            expect.status(reply, 401, because)
        signed = f"{tokens.encode({'alg': 'none', 'typ': 'JWT'})}.{tokens.encode(route.claims())}"
        reply = send(f"{signed}.{tokens.seal(signed, api.secret)}")
        expect.status(reply, 401, f"{title} should be 401 for a token whose alg is none, whatever stands at its end.")
        for algorithm in ("HS384", "HS512"):
            reply = send(tokens.sign(route.claims(), api.secret, algorithm))
            because = f"{title} should be 401 for {algorithm}, although the key is right: the server decides on the algorithm."
            expect.status(reply, 401, because)


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_claims(claims, name, kind, expect):
    """The claims are those that the brief lists, for a token that has just been made."""
    because = f"The {kind} token of POST /token should have the claims that the brief lists."
    wanted = {"sub": name, "iss": "grader", "aud": "api", "typ": kind}
    found = {key: claims.get(key) for key in wanted}
    found["aud"] = "api" if found["aud"] == ["api"] else found["aud"]
    expect.equal(wanted, found, because)
    jti, made, ends = (claims.get(key) for key in ("jti", "iat", "exp"))
    expect.that(isinstance(jti, str) and jti, because, expected='"jti":<text>', got=claims)
    expect.that(is_number(made) and is_number(ends), because, expected='"iat":<number>,"exp":<number>', got=claims)
    now = time.time()
    expect.that(
        abs(made - now) < 30,
        f"The iat of the {kind} token should be the time when it was made, in seconds since 1970.",
        expected=f'"iat":{int(now)}, or nearly so',
        got=claims,
    )


def check_lifetime(api, claims, expect, ttl):
    """An access token lives for `ttl` seconds. Who looks at the clock twice may be off by one, but not every time."""
    lifetimes = [round(claims["exp"] - claims["iat"], 2)]
    while ttl not in lifetimes and len(lifetimes) < 4:
        made, ends = (api.claims("access").get(key) for key in ("iat", "exp"))
        lifetimes.append(round(ends - made, 2) if is_number(made) and is_number(ends) else None)
    expect.that(
        ttl in lifetimes,
        "From iat to exp, an access token should live for JWT_TTL seconds, and for 900 when that is missing.",
        expected=f"exp − iat = {ttl}",
        got=f"exp − iat = {lifetimes[0]}",
    )


@point("claims")
def test_claims_of_own_tokens(api, expect):
    seen, name = [], api.someone()
    for ttl in (api.ttl, 900):
        if ttl == 900:
            api.start(JWT_SECRET=api.secret)
        pair = api.enter(name)
        both = [api.read(token, api.secret, "POST /token should make tokens.") for token in pair]
        for kind, claims in zip(("access", "refresh"), both, strict=True):
            check_claims(claims, name, kind, expect)
            seen.append(claims["jti"])
        check_lifetime(api, both[0], expect, ttl)
        expect.that(
            both[1]["exp"] > both[0]["exp"],
            "A refresh token should end later than the access token of its pair.",
            expected="a later exp",
            got=f"exp of the access token {both[0]['exp']}, of the refresh token {both[1]['exp']}",
        )
    expect.that(len(set(seen)) == 4, "Every token should have a jti of its own.", expected="4 different texts", got=seen)


@point("claims")
def test_claims_are_checked(routes, api, expect, tokens, nonce):
    now = int(time.time())
    cases = [({claim: None}, f"without {claim}") for claim in tokens.names]
    cases += [({"exp": now - 2}, "that ended two seconds ago"), ({"exp": now - nonce.number()}, "that ended long ago")]
    for claim in ("iss", "aud", "typ"):
        cases.append(({claim: nonce()}, f"with another {claim}"))
    for route in routes:
        title, kind, send = route.title, route.kind, route.send
        reply = send(tokens.sign(tokens.claims(kind), api.secret))
        because = f"{title} should accept the {kind} token of another process: its signature and its claims are right."
        expect.status(reply, (200, 201, 204), because)
        other = "refresh" if kind == "access" else "access"
        mixed = ({"typ": other}, f"whose typ is {other}")
        for changes, what in nonce.sample([*cases, mixed], len(cases) + 1):
            reply = send(tokens.sign(tokens.claims(kind, **changes), api.secret))
            expect.status(reply, 401, f"{title} should be 401 for a token {what}, although its signature is right.")


@point("claims")
def test_own_tokens_are_for_one_purpose(api, expect):
    name = api.someone()
    access, refresh = api.enter(name)
    for title, reply in (("GET /me", api.me(refresh)), ("POST /logout", api.logout(refresh))):
        expect.status(reply, 401, f"{title} should be 401 for the refresh token of POST /token: it is no access token.")
    expect.status(api.refresh(access), 401, "POST /refresh should be 401 for the access token of POST /token.")
    api.check_me(access, name, "GET /me should be 200 for an access token that the app has just made.")
    api.read_pair(api.refresh(refresh), "POST /refresh with the refresh token of POST /token")


@point("strong-secret")
def test_no_start_without_a_good_secret(api, expect, nonce):
    bad = [({}, "no JWT_SECRET"), ({"JWT_SECRET": ""}, "an empty JWT_SECRET")]
    bad += [({"JWT_SECRET": nonce(size)}, f"a JWT_SECRET of {size} bytes") for size in (nonce.number(6, 20), 31)]
    for environment, what in nonce.sample(bad, len(bad)):
        instead = api.refuses(**environment)
        because = f"With {what}, the app should refuse to start: a guessed key signs any token."
        expect.that(instead is None, because, expected="it ends with an error, before it listens", got=instead)
    secret = nonce(32)
    api.start(JWT_SECRET=secret)
    name = api.someone()
    access, _refresh = api.enter(name)
    api.read(access, secret, "With a JWT_SECRET of 32 bytes the app should start, and make tokens.")
    api.check_me(access, name, "GET /me should be 200 for an access token that the app has just made.")


@point("strong-secret")
def test_the_previous_key_verifies_and_no_other(api, expect, tokens, nonce):
    old, new, unknown = nonce(40), nonce(40), nonce(40)
    api.start(JWT_SECRET=new, JWT_SECRET_PREVIOUS=old)
    name = api.someone()
    access, _refresh = api.enter(name)
    api.read(access, new, "While there is a previous key, tokens should be made with the present one.")
    api.check_me(access, name, "GET /me should be 200 for a token that is signed with JWT_SECRET.")
    own = {kind: api.claims(kind, new) for kind in ("access", "refresh")}
    claims = {kind: {**own[kind], "jti": nonce(20)} for kind in own}
    because = "GET /me should be 200 for a token that is signed with JWT_SECRET_PREVIOUS."
    api.check_me(tokens.sign(claims["access"], old), claims["access"]["sub"], because)
    asked = "POST /refresh with a token that is signed with JWT_SECRET_PREVIOUS"
    pair = api.read_pair(api.refresh(tokens.sign(claims["refresh"], old)), asked)
    api.read(pair[0], new, f"{asked} should make new tokens.")
    reply = api.me(tokens.sign(own["access"], unknown))
    expect.status(reply, 401, "GET /me should be 401 for a token that is signed with neither of the two keys.")
    for environment in nonce.sample(({}, {"JWT_SECRET_PREVIOUS": ""}), 2):
        api.start(JWT_SECRET=new, **environment)
        api.check_me(access, name, "GET /me should be 200 for a token that is signed with JWT_SECRET, also after a restart.")
        missing = "empty" if environment else "missing"
        for key, what in ((old, "the key that was there before"), ("", "an empty key")):
            reply = api.me(tokens.sign(own["access"], key))
            expect.status(reply, 401, f"With JWT_SECRET_PREVIOUS {missing}, GET /me should be 401 for a token with {what}.")


@point("refresh-once")
def test_a_refresh_token_works_once(api, expect):
    name = api.someone()
    first, other = api.enter(name), api.enter(name)
    new = api.read_pair(api.refresh(first[1]), "POST /refresh with a refresh token")
    api.check_me(new[0], name, "GET /me should be 200 for the access token that POST /refresh gave.")
    newer = api.read_pair(api.refresh(new[1]), "POST /refresh with the refresh token that POST /refresh gave")
    api.check_me(newer[0], name, "GET /me should be 200 for the access token that the second POST /refresh gave.")
    because = "A refresh should leave the tokens of another login alone."
    api.check_me(other[0], name, because)
    for token in (first[1], new[1]):
        expect.status(api.refresh(token), 401, "POST /refresh should be 401 for a refresh token that was used before.")
    stranger = api.someone()
    _access, refresh = api.enter(stranger)
    pair = api.read_pair(api.refresh(refresh), "POST /refresh with another user's refresh token")
    api.check_me(pair[0], stranger, "POST /refresh should give tokens for the user whom the refresh token names.")


@point("refresh-once")
def test_a_refresh_token_is_known_by_its_jti(api, expect, tokens, nonce):
    used, unused = ({**api.claims("refresh"), "jti": nonce(20)} for _token in range(2))
    asked = "POST /refresh with a refresh token that another process signed"
    api.read_pair(api.refresh(tokens.sign(used, api.secret)), asked)
    token = tokens.sign(used, api.secret)
    again = [token, tokens.other_text(token), tokens.sign({**used, "exp": used["exp"] + 1, "extra": nonce()}, api.secret)]
    for text in nonce.sample(again, 3):
        reply = api.refresh(text)
        expect.status(reply, 401, "POST /refresh should be 401 for a jti that was used before, however the token is written.")
    api.read_pair(api.refresh(tokens.sign({**unused, "sub": used["sub"]}, api.secret)), asked)


def check_logout(reply, expect):
    expect.status(reply, 204, "POST /logout should be 204 for an access token.")
    expect.that(not reply.content, "A 204 should have no body.", expected="an empty body", got=reply.text, reply=reply)


@point("revocation")
def test_logout_ends_one_session(api, expect):
    name, other = api.someone(), api.someone()
    sessions = [(name, *api.enter(name)), (name, *api.enter(name)), (other, *api.enter(other))]
    for user, access, _refresh in sessions:
        api.check_me(access, user, "GET /me should be 200 before anybody has logged out.")
    dead = sessions[0][1]
    check_logout(api.logout(dead), expect)
    expect.status(api.me(dead), 401, "GET /me should be 401 for an access token that was logged out.")
    for user, access, _refresh in sessions[1:]:
        api.check_me(access, user, "A logout should leave other access tokens alone, those of the same user, too.")
    expect.status(api.logout(dead), 401, "POST /logout should be 401 for an access token that was logged out already.")
    access, _refresh = api.enter(name)
    api.check_me(access, name, "Who has logged out should be able to log in again.")


@point("revocation")
def test_a_dead_token_is_known_by_its_jti(api, expect, tokens, nonce):
    claims = {**api.claims("access"), "jti": nonce(20)}
    token = tokens.sign(claims, api.secret)
    api.check_me(token, claims["sub"], "GET /me should be 200 for a token that another process signed.")
    check_logout(api.logout(token), expect)
    again = [token, tokens.other_text(token), tokens.sign({**claims, "extra": nonce()}, api.secret)]
    for text in nonce.sample(again, 3):
        reply = api.me(text)
        expect.status(reply, 401, "GET /me should be 401 for a jti that was logged out, however the token is written.")
    # Of another login: more claims than the brief's may name a session.
    other = {**api.claims("access"), "sub": claims["sub"], "jti": nonce(20)}
    because = "A logout should leave other access tokens alone, those of the same user, too."
    api.check_me(tokens.sign(other, api.secret), claims["sub"], because)
