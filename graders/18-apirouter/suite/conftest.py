"""What the tests of 18-apirouter share: the store, requests with the key, and the grader's own modules."""

import pytest

from gradewright.client import Client
from gradewright.worker_control.launch import StartFailed

KEY = {"X-Key": "k"}


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class Store:
    """The grader's side of store.py. Ids are drawn beforehand: a twin's answer runs on another thread than the test."""

    def __init__(self, app, nonce):
        self.nonce = nonce
        self.users, self.orders = {}, {}
        self._ids = nonce.sample(range(1000, 1_000_000), 200)
        answers = {"get_user": self._get_user, "save_order": self._save_order, "get_order": self._get_order}
        self.twins = {name: app.serve(f"store.{name}", answer) for name, answer in answers.items()}

    @property
    def next_id(self):
        return self._ids[-1]

    def add_user(self):
        """Store a new user and return it."""
        user = {"id": self._ids.pop(), "first": self.nonce(), "last": self.nonce()}
        self.users[user["id"]] = user
        return user

    def add_order(self):
        """Store a new order and return it."""
        order = {"id": self._ids.pop(), **self.body()}
        self.orders[order["id"]] = order
        return order

    def body(self, **changes):
        """Return a valid body for an order; how many are in stock is the matter of thin-routes."""
        return {"sku": self.nonce(), "qty": self.nonce.number(2, 9), **changes}

    def unknown(self):
        """Return an id that nothing has."""
        return self.nonce.number(1_000_000, 9_999_999)

    @property
    def saved(self):
        """The sku and qty of every order that was saved."""
        return [call.args[:2] for call in self.twins["save_order"].calls]

    @property
    def savers(self):
        """For every order that was saved, the modules of the shop that led there."""
        return [call.args[2] for call in self.twins["save_order"].calls]

    def _get_user(self, call):
        return self.users.get(call.args[0]) if type(call.args[0]) is int else None

    def _save_order(self, call):
        sku, qty, _callers = call.args
        number = self._ids.pop()
        self.orders[number] = {"id": number, "sku": sku, "qty": qty}
        return number

    def _get_order(self, call):
        return self.orders.get(call.args[0]) if type(call.args[0]) is int else None


@pytest.fixture
def store(app, nonce):
    return Store(app, nonce)


@pytest.fixture
def ask(client):
    """Return a function that sends a request with the key: where it is needed is guarded-router's matter alone."""
    return lambda method, path, **options: client.request(method, path, **{"headers": KEY, **options})


@pytest.fixture
def aside(app):
    """A client for what the grader asks of its own modules; a report shows none of that."""
    with Client(app, lambda _exchange: None) as client:
        yield client


@pytest.fixture
def serve_own(app, expect):
    """Serve a module of the grader's own in the app's place; see worker/."""

    def serve(module, because):
        try:
            app.restart(app=f"{module}:app")
        except StartFailed as failure:
            facts = failure.facts
            expect.that(False, because, got=": ".join(str(facts[key]) for key in ("exception", "message") if facts.get(key)))

    return serve


@pytest.fixture
def read_tree(serve_own, aside, expect):
    """Return a function that tells where the handlers are: a list of {"methods", "path", "module", "grouped"}."""

    def read():
        serve_own("gradewright_tree", "The app should be importable.")
        return expect.read(aside.get("/"), "The grader's own module should answer JSON.")

    return read


@pytest.fixture
def place(serve_own, aside, expect):
    """Return a function that calls services.place_order where FastAPI is not installed, and returns what came of it."""
    served = []

    def call(sku, qty):
        if not served:
            serve_own("gradewright_services", "shop.services should be importable.")
            served.append(True)
        return expect.read(aside.post("/", json={"sku": sku, "qty": qty}), "The grader's own module should answer JSON.")

    return call
