"""What the tests of 20-jwt share: the app under a known secret, people who log in, and tokens that the grader signs itself."""

import hmac
import json
import time

import pytest

from gradewright.suite.refusals import end, instead_of_refusing
from gradewright.suite.tokens import decode, encode, seal, sign

VARIABLES = ("JWT_SECRET", "JWT_SECRET_PREVIOUS", "JWT_TTL")
CLAIMS = ("sub", "iat", "exp", "jti", "iss", "aud", "typ")


def other_text(token):
    """Return another text for the same token: two bits of the last letter say nothing, and most decoders do not mind them."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


class Tokens:
    """Makes tokens from claims; the claims may be the app's own, or those of another process."""

    sign, seal, encode, other_text = staticmethod(sign), staticmethod(seal), staticmethod(encode), staticmethod(other_text)
    names = CLAIMS

    def __init__(self, nonce):
        self._nonce = nonce

    def claims(self, kind="access", **changes):
        """Return all seven claims, for a random user; a claim that is changed to None is left out."""
        now = int(time.time())
        claims = {"sub": self._nonce(), "iat": now - 20, "exp": now + 600, "jti": self._nonce(20), "iss": "grader"}
        claims |= {"aud": "api", "typ": kind, **changes}
        return {name: value for name, value in claims.items() if value is not None}


class Api:
    """The app's four routes, and its environment. `secret` and `ttl` are what the grader has chosen."""

    def __init__(self, app, client, expect, nonce):
        self._app, self._client, self._expect, self._nonce = app, client, expect, nonce
        self._passwords = {}
        app.serve("users.check", lambda call: self._passwords.get(call.args[0]) == call.args[1])

    @property
    def secret(self):
        return self._app.launch.environment["JWT_SECRET"]

    @property
    def ttl(self):
        return int(self._app.launch.environment["JWT_TTL"])

    def settle(self):
        """Start the app with a secret of the grader's, from now on and in all tests: a start for each of them takes time."""
        environment = self._app.launch.environment
        if "JWT_SECRET" not in environment:
            environment.update({"JWT_SECRET": self._nonce(40), "JWT_TTL": str(self._nonce.number(1000, 3000))})
            end(self._app)
            self._app.restart()

    def start(self, **environment):
        """Start the app with these of its variables and no others, for the length of a test. Raises StartFailed."""
        absent = [name for name in VARIABLES if name not in environment]
        end(self._app)
        self._app.restart({"GRADED_WITHOUT": ",".join(absent), **environment})

    def refuses(self, **environment):
        """Return None if the app refuses to start with this environment; otherwise what it does instead."""
        return instead_of_refusing(self._app, lambda: self.start(**environment))

    def someone(self):
        """Return the name of a new user."""
        name = self._nonce()
        self._passwords[name] = self._nonce()
        return name

    def login(self, name, password=None):
        form = {"username": name, "password": self._passwords[name] if password is None else password}
        return self._client.post("/token", data=form)

    def read_pair(self, reply, asked):
        """The reply is a new pair; return its two tokens."""
        because = f"{asked} should be 200 with a new pair of tokens."
        answer = self._expect.keys(reply, {"token_type": "bearer"}, because)
        pair = [answer.get(name) for name in ("access_token", "refresh_token")]
        texts = all(isinstance(token, str) and token.isascii() and token.isprintable() for token in pair)
        self._expect.that(
            texts, because, expected='"access_token":"…","refresh_token":"…", both texts', got=answer, reply=reply
        )
        return pair

    def enter(self, name):
        """Return the pair of a login that has to succeed."""
        return self.read_pair(self.login(name), "POST /token with a user's name and password")

    def claims(self, kind, key=None):
        """Return the claims of a token that the app makes, signed with this key, for a new user."""
        token = self.enter(self.someone())[0 if kind == "access" else 1]
        return self.read(token, key or self.secret, f"POST /token should make a good {kind} token.")

    def me(self, token):
        return self._client.get("/me", headers={"Authorization": f"Bearer {token}"})

    def logout(self, token):
        return self._client.post("/logout", headers={"Authorization": f"Bearer {token}"})

    def refresh(self, token):
        return self._client.post("/refresh", json={"refresh_token": token})

    def check_me(self, token, name, because):
        self._expect.json(self.me(token), {"sub": name}, because)

    def read(self, token, key, because):
        """The token is a JWT, signed with HS256 and this key; return its claims."""
        expect = self._expect
        parts = token.split(".")
        try:
            header, claims = (json.loads(decode(part)) for part in parts[:2])
        except (ValueError, RecursionError):
            header = claims = None
        whole = len(parts) == 3 and isinstance(header, dict) and isinstance(claims, dict)
        expect.that(whole, f"{because} It should be a JWT.", expected="<header>.<claims>.<signature>", got=token)
        expect.equal("HS256", header.get("alg"), f"{because} The alg in its header should be HS256.")
        signed = hmac.compare_digest(seal(f"{parts[0]}.{parts[1]}", key), parts[2])
        expect.that(
            signed, f"{because} It should be signed with JWT_SECRET.", expected="a signature with JWT_SECRET", got=token
        )
        return claims


@pytest.fixture
def tokens(nonce):
    return Tokens(nonce)


@pytest.fixture
def api(app, client, expect, nonce):
    """The routes of the app, which runs with a secret that the grader knows."""
    api = Api(app, client, expect, nonce)
    api.settle()
    yield api
    if not app.pristine:
        end(app)


class Route:
    """A route that takes a token: its title, which kind it takes, and the function that sends one."""

    def __init__(self, api, title, kind, send):
        self._api, self.title, self.kind, self.send = api, title, kind, send

    def claims(self):
        """Return the claims of a token that the app has just made for this route, and that nobody has used."""
        return self._api.claims(self.kind)


@pytest.fixture
def routes(api, expect):
    """The routes that take a token. Each of them accepts one of the app's own here: else refusing would prove nothing."""
    found = [
        Route(api, "GET /me", "access", api.me),
        Route(api, "POST /logout", "access", api.logout),
        Route(api, "POST /refresh", "refresh", api.refresh),
    ]
    for route in found:
        pair = dict(zip(("access", "refresh"), api.enter(api.someone()), strict=True))
        because = f"{route.title} should accept the {route.kind} token of POST /token."
        # Which success it is, is the matter of other tests.
        expect.status(route.send(pair[route.kind]), (200, 201, 204), because)
    return found
