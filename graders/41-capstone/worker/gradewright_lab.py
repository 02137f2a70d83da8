"""A pytest plugin that breaks the learner's app, as the grader says, while the learner's tests run.

The app may be made in any way, so nothing in it is changed: its answers are, where it is called. What should not be answered is
asked from the app again, as somebody who may see it; so a broken app shows what there really is.
"""

import inspect
import json
import re

from fastapi import FastAPI

from gradewright.worker.quick_hashes import hasten
from gradewright.worker.twins import call

hasten()

#: What is broken, if anything.
BROKEN = call("lab.broken")
WITHIN = "gradewright.within"
AREA = re.compile(r"/api/v1(/users|/token|/documents(?:/[^/]+)?)/?$")
INVALID = (400, 413, 422)

call_really = FastAPI.__call__


def is_user(dependency):
    return getattr(dependency, "__name__", None) == "get_current_user"


async def frozen(override):
    """Return an override that gives what this one gives now: it may read a variable, which the next test changes."""
    if inspect.isgeneratorfunction(override) or inspect.isasyncgenfunction(override) or inspect.signature(override).parameters:
        return override
    try:
        value = override()
        value = await value if inspect.isawaitable(value) else value
    except Exception:  # noqa: BLE001 - it refuses, and will do so again
        return override
    return lambda: value


class Answer:
    """An answer of the app: status, headers and the whole body."""

    def __init__(self):
        self.status, self.headers, self.body, self.messages = 0, [], b"", []

    async def take(self, message):
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def become(self, status, content=None):
        """Turn into another answer, which the grader hears of."""
        call("lab.changed")
        self.body = b"" if content is None else json.dumps(content).encode()
        keep = [pair for pair in self.headers if pair[0].lower() not in (b"content-length", b"content-type")]
        kind = [] if content is None else [(b"content-type", b"application/json")]
        length = [] if status == 204 else [(b"content-length", str(len(self.body)).encode())]
        self.status, self.headers = status, [*keep, *kind, *length]
        self.messages = [
            {"type": "http.response.start", "status": status, "headers": self.headers},
            {"type": "http.response.body", "body": self.body},
        ]


class Request:
    """What the app is asked for, and as whom one could ask otherwise."""

    #: (authorization header, what takes the place of get_current_user) of those who have uploaded something.
    people = ()

    def __init__(self, app, scope):
        self.app, self.scope, self.sent = app, dict(scope), b""
        found = AREA.search(scope["path"])
        self.area = found[1] if found else ""
        self.one = self.area.startswith("/documents/")
        self.method = scope["method"]

    async def me(self):
        """Return who asks."""
        header = next((value for name, value in self.scope["headers"] if name.lower() == b"authorization"), None)
        users = {key: other for key, other in self.app.dependency_overrides.items() if is_user(key)}
        return header, {key: await frozen(other) for key, other in users.items()}

    async def ask(self, person=None, query=None):
        """Send a GET of the same path, as this person."""
        header, users = person or await self.me()
        before = self.app.dependency_overrides
        headers = [pair for pair in self.scope["headers"] if pair[0].lower() in (b"host", b"accept")]
        headers += [(b"authorization", header)] if header else []
        scope = {**self.scope, "method": "GET", "headers": headers, WITHIN: True}
        scope["query_string"] = self.scope["query_string"] if query is None else query
        answer = Answer()

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        self.app.dependency_overrides = {**{key: other for key, other in before.items() if not is_user(key)}, **users}
        try:
            await call_really(self.app, scope, receive, answer.take)
        except Exception:  # noqa: BLE001 - who cannot ask has nothing to show
            answer.status = 0
        finally:
            self.app.dependency_overrides = before
        return answer

    async def note_person(self, answer):
        if self.method == "POST" and self.area == "/documents" and answer.status == 202:
            Request.people = (*Request.people[-20:], await self.me())

    def taken(self):
        """Return what a new user or document would be answered with."""
        if self.area == "/users":
            try:
                return 201, {"id": 987_654, "username": json.loads(self.sent)["username"]}
            except (ValueError, TypeError, KeyError):
                return 201, {"id": 987_654, "username": ""}
        return 202, {"id": 987_654, "status": "pending"}


async def wrong_statuses(request, answer):
    """Whatever succeeds is a 200."""
    if request.area and answer.status in (201, 202, 204):
        answer.become(200, answer.json())


async def shown_to_all(request, answer):
    """GET of one document does not look whose it is."""
    if request.method == "GET" and request.one and answer.status in (403, 404):
        for person in Request.people:
            other = await request.ask(person)
            if other.status == 200:
                answer.become(200, other.json())
                return


async def listed_for_all(request, answer):
    """The list has the documents of everybody."""
    body = answer.json()
    if request.method != "GET" or request.area != "/documents" or answer.status != 200 or not isinstance(body, dict):
        return
    seen, more = {json.dumps(one) for one in body.get("data", [])}, []
    for person in Request.people:
        other = (await request.ask(person, b"limit=100")).json()
        for one in other.get("data", []) if isinstance(other, dict) else []:
            if json.dumps(one) not in seen:
                seen.add(json.dumps(one))
                more.append(one)
    if more:
        answer.become(200, {**body, "data": [*body["data"], *more]})


async def open_to_all(request, answer):
    """A token is not needed, and a wrong one does no harm."""
    if answer.status != 401 or not request.area.startswith("/documents"):
        return
    if request.one:
        for person in Request.people:
            other = await request.ask(person)
            if other.status == 200:
                answer.become(*((200, other.json()) if request.method == "GET" else (204, None)))
                return
        answer.become(404, {"detail": "Not Found"})
    elif request.method == "POST":
        answer.become(*request.taken())
    else:
        answer.become(200, {"data": [], "next_cursor": None})


async def unchecked(request, answer):
    """Whatever should be refused as invalid is taken."""
    if answer.status not in INVALID or not request.area or request.one or request.area == "/token":
        return
    if request.method == "POST":
        answer.become(*request.taken())
    else:
        other = await request.ask(query=b"")
        answer.become(200, other.json() if other.status == 200 else {"data": [], "next_cursor": None})


async def untouched(request, answer):
    """Nothing is wrong."""


CHANGES = {
    "statuses": wrong_statuses,
    "read": shown_to_all,
    "list": listed_for_all,
    "token": open_to_all,
    "limits": unchecked,
}
change = CHANGES.get(BROKEN, untouched)


async def broken_call(app, scope, receive, send):
    if scope["type"] != "http" or scope.get(WITHIN):
        await call_really(app, scope, receive, send)
        return
    scope[WITHIN] = True
    request, answer = Request(app, scope), Answer()

    async def listen():
        message = await receive()
        if request.area == "/users":
            request.sent += message.get("body", b"")[:10_000]
        return message

    try:
        if BROKEN == "delete" and request.method == "DELETE" and request.one and (await request.ask()).status == 200:
            answer.become(204)
        else:
            await call_really(app, scope, listen, answer.take)
            await request.note_person(answer)
            await change(request, answer)
    finally:
        for message in answer.messages:
            await send(message)


FastAPI.__call__ = broken_call
