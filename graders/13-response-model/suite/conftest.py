"""The grader's side of store.py for 13-response-model: what is stored, what was asked, and which relations were loaded."""

import pytest

PUBLIC = ("id", "name", "email")


class Store:
    """Users whose names, secrets and relations are drawn for each test."""

    def __init__(self, app, nonce):
        self.nonce = nonce
        self.rows = {}
        self.prefs = {}
        self.secrets = []
        self.creates = None
        # Drawn here: a twin's answer runs on another thread than the test.
        self.loaded = self.secret()
        names = ("get_user", "list_users", "create_user", "get_prefs", "load")
        self.twins = {name: app.serve(f"store.{name}", getattr(self, f"_{name}")) for name in names}

    def secret(self):
        """Return a new text that nobody outside may see."""
        self.secrets.append(self.nonce(16))
        return self.secrets[-1]

    def new_row(self):
        """Return a row with the three public columns, secret ones with usual and with unusual names, and relations."""
        nonce = self.nonce
        number = nonce.choice([value for value in (nonce.number() for _try in range(20)) if value not in self.rows])
        columns = {"id": number, "name": nonce(), "email": f"{nonce()}@{nonce()}.example"}
        for name in ("password_hash", "reset_token", *nonce.tokens(3, 12)):
            columns[name] = self.secret()
        columns[nonce(12)] = {nonce(): [self.secret()]}
        columns["is_staff"] = True
        names = nonce.sample(list(columns), len(columns))
        return {"columns": {name: columns[name] for name in names}, "relations": ["orders", *nonce.tokens(2, 12)]}

    def add(self):
        """Store a new user with preferences; return its three public fields."""
        row = self.new_row()
        number = row["columns"]["id"]
        self.rows[number], self.prefs[number] = row, {}
        return public(row)

    def unknown(self):
        """Return an id that no user has."""
        return self.nonce.number(1_000_000, 9_999_999)

    def _get_user(self, call):
        (number,) = call.args
        return self.rows.get(number) if type(number) is int else None

    def _list_users(self, _call):
        return list(self.rows.values())

    def _create_user(self, call):
        _name, _email, password = call.args
        columns = {**self.creates["columns"], "password": password, "password_hash": f"hash:{password}"}
        return {**self.creates, "columns": columns}

    def _get_prefs(self, call):
        (number,) = call.args
        return self.prefs.get(number) if type(number) is int else None

    def _load(self, _call):
        return [{"number": 1, "card": self.loaded}]


def public(row):
    """Return the three fields of a row that anybody may see."""
    return {name: row["columns"][name] for name in PUBLIC}


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class Schema:
    """The app's OpenAPI document, and the reply that it came in."""

    def __init__(self, reply, document):
        self.reply = reply
        self.document = document

    def at(self, *keys):
        """Return what lies below these keys, or None."""
        return dig(self.document, *keys)

    def fields(self, operation, *keys):
        """Return the names of all fields of a body."""
        return set(self.properties(operation, *keys))

    def properties(self, operation, *keys):
        """Return all fields of a body by name, those of references, alternatives and lists included."""
        pending, seen, found = [dig(operation, *keys, "content", "application/json", "schema")], [], {}
        while pending and len(seen) < 200:
            part = pending.pop()
            if not isinstance(part, dict) or part in seen:
                continue
            seen.append(part)
            if isinstance(part.get("$ref"), str):
                pending.append(self.at(*part["$ref"].removeprefix("#/").split("/")))
            for word in ("anyOf", "oneOf", "allOf"):
                pending += part.get(word) or []
            pending.append(part.get("items"))
            found |= part.get("properties") or {}
            pending += (part.get("properties") or {}).values()
        return found


@pytest.fixture
def store(app, nonce):
    return Store(app, nonce)


@pytest.fixture
def schema(client, expect):
    reply = client.get("/openapi.json")
    expect.status(reply, 200, "GET /openapi.json should answer the schema.")
    return Schema(reply, expect.read(reply, "GET /openapi.json should answer the schema as JSON."))
