"""What the tests of 40-security-review share: a shop with random rows, the people in it, and tokens that the grader signs."""

import hashlib
import json
import time
from dataclasses import dataclass, field

import pytest

from gradewright.suite.refusals import end, instead_of_refusing
from gradewright.suite.tokens import decode, encode, seal, sign

#: Members whom the script of the database makes; every test takes others.
MEMBERS = 60
#: Seconds that a request may last: a slow hash on a busy machine takes its time.
LONG = {"extensions": {"limit": 12}}
#: Whether a test has failed.
FAILED = pytest.StashKey()
#: Seconds that are left of any window for failed logins, whichever clock it is aligned to, when a test begins.
LEFT = 120
#: As many as an order may have.
PRODUCTS = 20
TABLES = """
CREATE TABLE users (
  id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, role TEXT NOT NULL DEFAULT 'member',
  profile TEXT NOT NULL
);
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL, cost INTEGER NOT NULL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), items TEXT NOT NULL, total INTEGER NOT NULL,
  address TEXT NOT NULL, receipt TEXT
);
"""


@dataclass
class Person:
    """A user as the grader knows it. `token` is that of the first login, where there was one."""

    id: int
    name: str
    password: str
    role: str
    profile: dict
    old_hash: str = ""
    order: dict = field(default_factory=dict)
    token: str = ""

    @property
    def shown(self):
        return {"id": self.id, "username": self.name, "role": self.role, "profile": self.profile}


class World:
    """The rows that the shop begins with, drawn once for a grade."""

    def __init__(self, nonce):
        # As short as a secret may be.
        self.secret, self._nonce, self._taken = nonce(32), nonce, 0
        prices, costs = nonce.sample(range(100, 9000), PRODUCTS), nonce.sample(range(10_000, 99_999), PRODUCTS)
        names = [f"{nonce(6)} {nonce(5)}".capitalize() for _product in range(PRODUCTS - 2)]
        names += [f"{nonce(6).capitalize()}'s {nonce(5)}", f"{nonce(6).capitalize()} -- or; union {nonce(5)}"]
        ids = sorted(nonce.sample(range(1, 400), PRODUCTS))
        self.products = [
            {"id": number, "name": name, "price": price, "cost": cost}
            for number, name, price, cost in zip(ids, nonce.sample(names, PRODUCTS), prices, costs, strict=True)
        ]
        ids = nonce.sample(range(2, 3000), MEMBERS + 1)
        self.admin, *self.members = [self._person(number, "member" if place else "admin") for place, number in enumerate(ids)]
        for place, person in enumerate(self.members, 1):
            product = nonce.choice(self.products)
            person.order = {
                "id": place * 3,
                "user_id": person.id,
                "items": [{"product_id": product["id"], "qty": 2}],
                "total": 2 * product["price"],
                "address": {"street": f"{nonce()} street", "city": nonce()},
                "receipt": None,
            }

    def _person(self, number, role):
        nonce = self._nonce
        name, password = nonce.tokens(2, 12)
        profile = {"full_name": f"{nonce(5).title()} {nonce(7).title()}", "city": nonce(6).title()}
        return Person(number, name, password, role, profile, hashlib.sha256(password.encode()).hexdigest())

    def take(self):
        """Return a member whom no test has had so far."""
        self._taken += 1
        return self.members[self._taken - 1]

    def script(self):
        """Return all of it in SQL."""
        lines = [TABLES]
        for one in sorted([self.admin, *self.members], key=lambda person: person.id):
            values = (one.id, one.name, one.old_hash, one.role, json.dumps(one.profile))
            lines.append(f"INSERT INTO users VALUES ({quoted(*values)});")
        lines += [f"INSERT INTO products VALUES ({quoted(*product.values())});" for product in self.products]
        for one in self.members:
            row = [json.dumps(value) if isinstance(value, dict | list) else value for value in one.order.values()]
            lines.append(f"INSERT INTO orders VALUES ({quoted(*row)});")
        return "\n".join(lines)


def quoted(*values):
    texts = ("NULL" if value is None else str(value) for value in values)
    texts = (f"""'{text.replace("'", "''")}'""" if text != "NULL" else text for text in texts)
    return ", ".join(texts)


class Shop:
    """The app, with the world's rows in its database, and what people do in it."""

    sign, seal, encode, decode = staticmethod(sign), staticmethod(seal), staticmethod(encode), staticmethod(decode)

    def __init__(self, app, client, expect, nonce, world):
        self.app, self.client, self.expect, self.nonce, self.world = app, client, expect, nonce, world
        self.charge = app.serve("payments.charge", lambda call: f"R{call.args[0]}-{call.args[1]}")

    # The app's process

    def settle(self):
        """Start the app with the world's rows, from now on and in all tests: a start for each of them takes time."""
        environment = self.app.launch.environment
        if "GRADED_SEED" not in environment:
            environment.update({"GRADED_SEED": self.world.script(), "JWT_SECRET": self.world.secret})
            environment["LOGIN_WINDOW"] = str(self._window())
            end(self.app)
            self.app.restart(fresh=True)

    def _window(self):
        """Return a long window for failed logins that ends in no test."""
        while True:
            drawn = self.nonce.number(2000, 5000)
            if all(clock() % drawn < drawn - LEFT for clock in (time.time, time.monotonic)):
                return drawn

    def start(self, *absent, **environment):
        """Start the app with these variables changed or absent, for the length of a test. Raises StartFailed."""
        end(self.app)
        self.app.restart({"GRADED_WITHOUT": ",".join(absent), **environment})

    def refuses(self, *absent, **environment):
        """Return None if the app refuses to start with this environment; otherwise what it does instead."""
        return instead_of_refusing(self.app, lambda: self.start(*absent, **environment))

    def rows(self, sql, *values):
        """Return what shop.db has."""
        with self.app.inspect() as inside:
            return inside.query("shop.db", sql, *values)

    # People

    def profile(self, **changes):
        return {"full_name": f"Zoë {self.nonce(6).title()}", "city": self.nonce(6).title(), **changes}

    def address(self, **changes):
        return {
            "street": f"{self.nonce(6).title()} street {self.nonce.number(1, 99)}",
            "city": self.nonce(6).title(),
            **changes,
        }

    def join(self, **changes):
        """Return the body of a good POST /register."""
        name, password = self.nonce.tokens(2, 12)
        return {"username": name, "password": password, "profile": self.profile(), **changes}

    def ask(self, method, path, token=None, **options):
        """Send a request, with this token, or that of this person, who logs in where that is still to be done."""
        if isinstance(token, Person):
            token = token.token or self.enter(token)
        headers = {**options.pop("headers", {}), **({} if token is None else {"Authorization": f"Bearer {token}"})}
        return self.client.request(method, path, headers=headers, **options, **LONG)

    def login(self, name, password):
        return self.client.post("/login", json={"username": name, "password": password}, **LONG)

    def enter(self, person):
        """Log a person in who has to succeed; return the token."""
        because = "POST /login should be 200 with a token, for a user's name and password."
        reply = self.login(person.name, person.password)
        answer = self.expect.keys(reply, {"token_type": "bearer"}, because)
        token = answer.get("access_token")
        fits = isinstance(token, str) and token.isascii() and token.isprintable()
        self.expect.that(fits, because, expected='"access_token":"…", a text', got=answer, reply=reply)
        person.token = token
        return token

    def registered(self, because="POST /register should be 201 with the new user.", **changes):
        """Register somebody; return the person."""
        body = self.join(**changes)
        wanted = {"username": body["username"], "role": "member", "profile": body["profile"]}
        answer = self.expect.keys(self.client.post("/register", json=body, **LONG), wanted, because, status=201)
        return self.person(answer, body)

    def person(self, answer, body):
        """Return who was registered with this body and got this answer."""
        return Person(answer.get("id"), body["username"], body["password"], "member", body["profile"])

    def claims(self, token):
        """Return what stands in a token, {} where it is no JWT."""
        try:
            claims = json.loads(decode(token.split(".")[1]))
        except (ValueError, IndexError, RecursionError):
            return {}
        return claims if isinstance(claims, dict) else {}

    def members(self, count):
        """Return so many members who are logged in."""
        people = [self.world.take() for _person in range(count)]
        for person in people:
            person.token = ""
            self.enter(person)
        return people


@pytest.fixture(scope="session")
def drawn():
    """The world, once a test has drawn it."""
    return {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def shop(app, client, expect, nonce, drawn, request):
    """The shop, open, with the world's rows. What a hole let through may have spoilt them: then the next test has new ones."""
    world = drawn.get("world") or drawn.setdefault("world", World(nonce))
    shop = Shop(app, client, expect, nonce, world)
    shop.settle()
    world.admin.token = ""
    yield shop
    if not app.pristine or request.node.stash.get(FAILED, False):
        end(app)
