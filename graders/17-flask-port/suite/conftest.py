"""What the tests of 17-flask-port share: the store, the contract that both apps keep, FastAPI's errors and schema."""

import re

import pytest


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class Todos:
    """The grader's side of store.py. Ids are drawn beforehand: a twin's answer runs on another thread than the test."""

    def __init__(self, app, nonce):
        self.nonce = nonce
        self.stored = {}
        self._ids = nonce.sample(range(1000, 1_000_000), 300)
        names = ("list_todos", "add_todo", "get_todo", "delete_todo")
        self.twins = {name: app.serve(f"store.{name}", getattr(self, f"_{name}")) for name in names}

    @property
    def next_id(self):
        return self._ids[-1]

    def put(self, owner):
        """Store a new todo of this owner and return it."""
        self._add_todo_of(owner, self.nonce(), self.nonce.choice((True, False)))
        return list(self.stored.values())[-1]

    def unknown(self):
        """Return an id that no todo has."""
        return self.nonce.number(1_000_000, 9_999_999)

    def of(self, owner, done=None):
        return [todo for todo in self.stored.values() if todo["owner"] == owner and done in (None, todo["done"])]

    def owners(self, name):
        """Return the first arguments of the calls of this function so far."""
        return [call.args[0] for call in self.twins[name].calls]

    def forget(self):
        """Forget the calls so far."""
        for twin in self.twins.values():
            twin.forget()

    def _add_todo_of(self, owner, title, done):
        number = self._ids.pop()
        self.stored[number] = {"id": number, "owner": owner, "title": title, "done": done}
        return self.stored[number]

    def _list_todos(self, call):
        owner, done = call.args
        return self.of(owner, done)

    def _add_todo(self, call):
        return self._add_todo_of(*call.args)

    def _get_todo(self, call):
        (number,) = call.args
        return self.stored.get(number) if type(number) is int else None

    def _delete_todo(self, call):
        (number,) = call.args
        self.stored.pop(number, None)


@pytest.fixture
def todos(app, nonce):
    return Todos(app, nonce)


@pytest.fixture
def ask(client):
    """Return a function that sends a request as a user, and with a Content-Type; None sends no such header."""

    def send(method, path, user, kind=None, **options):
        headers = {"X-User": user, "Content-Type": kind}
        return client.request(method, path, headers={name: text for name, text in headers.items() if text}, **options)

    return send


class Contract:
    """What the Flask app does with valid requests: each method sends one under the prefix and checks the answer."""

    def __init__(self, ask, todos, expect, prefix):
        self._ask, self._todos, self._expect, self._prefix = ask, todos, expect, prefix

    def list(self, user, done=None):
        path = f"{self._prefix}/todos" + ("" if done is None else f"?done={str(done).lower()}")
        items = self._todos.of(user, done)
        which = "" if done is None else " that are done" if done else " that are not done"
        because = f"GET {path} should answer with the user's own todos{which}, in the store's order, and how many they are."
        self._expect.json(self._ask("GET", path, user), {"items": items, "total": len(items)}, because)

    def add(self, user, body):
        path = f"{self._prefix}/todos"
        todo = {"id": self._todos.next_id, "owner": user, "title": body["title"], "done": body.get("done", False)}
        because = f"POST {path} should answer 201 with the new todo."
        self._expect.json(self._ask("POST", path, user, json=body), todo, because, status=201)

    def read(self, user, number):
        path = f"{self._prefix}/todos/{number}"
        todo = self._todos.stored.get(number)
        reply = self._ask("GET", path, user)
        if todo is not None and todo["owner"] == user:
            self._expect.json(reply, todo, f"GET {path} should answer with the user's todo.")
        else:
            whose = "there is no such todo" if todo is None else "the todo is somebody else's"
            self._expect.status(reply, 404, f"GET {path} should be 404: {whose}.")

    def delete(self, user, number):
        path = f"{self._prefix}/todos/{number}"
        todo = self._todos.stored.get(number)
        reply = self._ask("DELETE", path, user)
        if todo is None or todo["owner"] != user:
            whose = "there is no such todo" if todo is None else "the todo is somebody else's"
            self._expect.status(reply, 404, f"DELETE {path} should be 404: {whose}.")
            kept = todo is None or number in self._todos.stored
            because = f"DELETE {path} should delete nothing: the todo is somebody else's."
            self._expect.that(kept, because, expected="the todo is still there", got="the todo is gone", reply=reply)
            return
        because = f"DELETE {path} should answer 204 without a body, and the todo should be gone."
        self._expect.status(reply, 204, because)
        self._expect.that(reply.text == "", because, expected="no body", got=reply.text, reply=reply)
        gone = number not in self._todos.stored
        self._expect.that(gone, because, expected="the todo is gone", got="store.delete_todo was not called", reply=reply)


@pytest.fixture
def contract(ask, todos, expect):
    """Return a function that makes the contract for all paths under a prefix."""
    return lambda prefix="": Contract(ask, todos, expect, prefix)


@pytest.fixture
def refused(expect):
    """Check that a reply is FastAPI's 422 and names this place; what follows it, and what comes with it, is free."""

    def check(reply, *place, because):
        detail = dig(expect.read(reply, because), "detail") if reply.status_code == 422 else None
        places = [dig(item, "loc") for item in detail] if isinstance(detail, list) else []
        if any(isinstance(found, list) and found[: len(place)] == list(place) for found in places):
            expect.status(reply, 422, because)
            return
        expect.error_at(reply, *place, because=because)

    return check


class Schema:
    """The app's OpenAPI document, and the reply that it came in."""

    def __init__(self, reply, document):
        self.reply = reply
        self.document = document

    def operation(self, verb, pattern):
        """Return the operation whose path matches, or None. A slash at the end of a path is no difference to clients."""
        paths = dig(self.document, "paths") or {}
        found = [dig(paths, path, verb) for path in paths if re.fullmatch(pattern + "/?", path)]
        return next((operation for operation in found if operation), None)

    def parts(self, schema):
        """Return the objects that a schema is made of: references and alternatives, resolved."""
        pending, parts = [schema], []
        while pending and len(parts) < 50:
            part = pending.pop()
            if not isinstance(part, dict):
                continue
            parts.append(part)
            target = part.get("$ref")
            if isinstance(target, str):
                pending.append(dig(self.document, *target.removeprefix("#/").split("/")))
            for word in ("anyOf", "oneOf", "allOf"):
                pending += part[word] if isinstance(part.get(word), list) else []
        return parts

    def types(self, schema):
        """Return the types that a value may have, null aside."""
        return {str(part["type"]) for part in self.parts(schema) if "type" in part} - {"null"}

    def fields(self, body):
        """Return the types of each field of a JSON body, by name."""
        fields = {}
        for part in self.parts(dig(body, "content", "application/json", "schema")):
            for name, schema in (part.get("properties") or {}).items():
                fields.setdefault(name, set()).update(self.types(schema))
        return fields

    def parameter(self, operation, place, name=None):
        """Return the types of the parameter in this place, of any name unless one is given."""
        for item in dig(operation, "parameters") or []:
            if item.get("in") == place and name in (None, item.get("name")):
                return self.types(item.get("schema"))
        return set()


@pytest.fixture
def schema(client, expect):
    """Return a function that reads the schema: what fails then is the submission's doing."""

    def read():
        reply = client.get("/openapi.json")
        expect.status(reply, 200, "GET /openapi.json should answer 200.")
        return Schema(reply, expect.read(reply, "GET /openapi.json should answer the schema as JSON."))

    return read
