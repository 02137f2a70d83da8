"""What the tests of 37-openapi-docs share: the environments, the schema, the documentation's pages."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from gradewright.worker_control.launch import StartFailed

PLACE = "/developer/openapi.json"
PAGES = {"/developer": "Swagger UI", "/developer/redoc": "ReDoc"}
DEFAULTS = ("/docs", "/redoc", "/openapi.json")
REDIRECTS = ("/docs/oauth2-redirect", "/developer/oauth2-redirect")
#: What stands in the schema, and in no refusal.
TELLING = ("Get an order", "operationId", "/orders/{")


def dig(value, *keys):
    """Return what lies below these keys of nested JSON objects, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def pattern(path):
    """Return an expression for a path whose parameter may have any name."""
    return re.sub(r"\\{.*?\\}", r"\\{[^/]+\\}", re.escape(path)) + "/?"


class Docs:
    """The app in one of its environments, and its documentation. `user` and `password` open it in staging."""

    place, pages, defaults, redirects = PLACE, PAGES, DEFAULTS, REDIRECTS
    all = (*PAGES, PLACE)
    dig = staticmethod(dig)

    def __init__(self, app, client, expect, nonce):
        self._app, self._client, self._expect, self._nonce = app, client, expect, nonce
        self.version = f"{nonce.number(1, 99)}.{nonce.number(0, 99)}.{nonce()}"
        self.user, self.password = nonce.tokens(2, 12)

    @property
    def credentials(self):
        return self.user, self.password

    def start(self, environment):
        """Start the app in this environment; None leaves APP_ENV unset."""
        chosen = {} if environment is None else {"APP_ENV": environment}
        given = {"APP_VERSION": self.version, "DOCS_USER": self.user, "DOCS_PASSWORD": self.password}
        self.where = f"In {environment}" if environment else "Without APP_ENV"
        try:
            self._app.restart({"GRADED_ENVIRONMENT": "given", **chosen, **given})
        except StartFailed as failure:
            facts = failure.facts
            got = ": ".join(str(facts[key]) for key in ("exception", "message") if facts.get(key)) or facts.get("kind")
            self._expect.that(False, f"{self.where}, the app should start.", expected="it serves", got=got)

    def read(self, **options):
        """Return the reply with the schema, and the schema."""
        because = f"{self.where}, GET {PLACE} should answer 200 with the schema."
        reply = self._client.get(PLACE, **options)
        return reply, self._expect.keys(reply, {}, because)

    def read_schema(self):
        """Start in dev; return the reply with the schema, and the schema. Whether it needs credentials is another matter."""
        self.start("dev")
        return self.read(auth=self.credentials)

    def read_operation(self):
        """Start in dev; return the reply with the schema, the schema, and its GET /orders/{order_id}."""
        reply, schema = self.read_schema()
        paths = self.paths(schema)
        found = next((path for path in paths if re.fullmatch(pattern("/orders/{order_id}"), path)), None)
        operation = dig(schema, "paths", found, "get") if found else None
        self._expect.that(
            isinstance(operation, dict),
            "The schema should list GET /orders/{order_id}.",
            expected="GET /orders/{order_id}",
            got=", ".join(paths) or "no path",
            reply=reply,
        )
        return reply, schema, operation

    def paths(self, schema):
        """Return the paths that the schema lists."""
        found = dig(schema, "paths")
        return sorted(found) if isinstance(found, dict) else []

    def check_alone(self, schema, because, reply):
        """The schema lists the one path that it should."""
        paths = self.paths(schema)
        alone = len(paths) == 1 and paths[0].startswith("/orders/")
        self._expect.that(alone, because, expected="/orders/{order_id}", got=", ".join(paths), reply=reply)

    def check_open(self, **options):
        """The two pages and the schema are there."""
        expect = self._expect
        _reply, schema = self.read(**options)
        what = "with DOCS_USER and DOCS_PASSWORD" if options else "for everybody"
        for path, title in PAGES.items():
            reply = self._client.get(path, **options)
            expect.status(reply, 200, f"{self.where}, GET {path} should answer 200 {what}.")
            word = title.split()[0].lower()
            because = f"{self.where}, GET {path} should be {title}."
            expect.that(word in reply.text.lower(), because, expected=f"a page that loads {title}", got="another", reply=reply)
            named = re.findall(r"[\w./:-]*openapi\.json[\w./:-]*", reply.text.replace("\\/", "/"))
            places = [urlsplit(urljoin(str(reply.url), name)).path for name in named]
            because = f"{self.where}, {title} at {path} should load the schema from {PLACE}."
            expect.that(PLACE in places, because, expected=PLACE, got=", ".join(places) or "no such address", reply=reply)
        return schema

    def check_routes(self):
        """The API itself works, without credentials."""
        number = self._nonce.number()
        path = f"/orders/{number}"
        because = f"{self.where}, GET {path} should still be 200 without credentials: only the documentation is hidden."
        self._expect.keys(self._client.get(path), {"id": number}, because)
        because = f"{self.where}, GET /internal/ping should still be 200 without credentials."
        self._expect.status(self._client.get("/internal/ping"), 200, because)

    def check_closed(self, paths, status, how="", **options):
        """None of these paths shows anything; return (path, reply) of each."""
        replies = []
        for path in paths:
            reply = self._client.get(path, **options)
            self._expect.status(reply, status, f"{self.where}, GET {path}{how} should be {status}.")
            shown = [word for word in TELLING if word in reply.text]
            because = f"{self.where}, the {status} of GET {path}{how} should show nothing of the documentation."
            self._expect.that(not shown, because, expected="nothing of the schema", got=reply.text, reply=reply)
            replies.append((path, reply))
        return replies


@pytest.fixture
def docs(app, client, expect, nonce):
    return Docs(app, client, expect, nonce)
