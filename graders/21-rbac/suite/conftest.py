"""What the tests of 21-rbac share: people with roles, users and posts, and a request to each route."""

from dataclasses import dataclass

import pytest

from gradewright.suite import TwinRaise

#: What each route's success is, by the action that it needs.
SUCCESS = {"user:delete": 204, "report:read": 200, "post:edit_any": 200}


class World:
    """The grader's side of auth.py and store.py. `changes` lists the calls that change something."""

    def __init__(self, app, nonce):
        self._nonce = nonce
        self.roles = {}
        self.users = set()
        self.posts = {}
        self.changes = []
        app.serve("auth.role", lambda call: self.roles.get(call.args[0]))
        app.serve("store.get_post", lambda call: self.posts.get(call.args[0]))
        app.serve("store.delete_user", self._delete)
        app.serve("store.set_text", self._set_text)

    def _delete(self, call):
        (name,) = call.args
        self.changes.append(f"store.delete_user({name!r})")
        known = name in self.users
        self.users.discard(name)
        return known

    def _set_text(self, call):
        number, text = call.args
        self.changes.append(f"store.set_text({number!r}, {text!r})")
        if number not in self.posts:
            raise TwinRaise("NoPost", number)
        self.posts[number] = {**self.posts[number], "text": text}
        return self.posts[number]

    def person(self, role):
        """Return the id of somebody new who has this role."""
        name = self._nonce()
        self.roles[name] = role
        return name

    def user(self):
        """Return the id of a new user who may be deleted."""
        name = self._nonce()
        self.users.add(name)
        return name

    def post(self, owner=None):
        """Return a new post, of somebody else unless told otherwise."""
        post = {"id": self._nonce(), "owner": owner or self._nonce(), "text": self._nonce(20)}
        self.posts[post["id"]] = post
        return post


@dataclass
class Asked:
    """A request that was sent: its reply, its route, and the calls by which it changed something."""

    reply: object
    action: str
    title: str
    changes: list


class Routes:
    """Sends requests to the three routes, which are named by the action that they need."""

    actions = tuple(SUCCESS)

    def __init__(self, client, nonce, world):
        self._client, self._nonce, self._world = client, nonce, world

    def ask(self, action, person=None, *, known=True, headers=None, params=None, body=None):
        """Ask as this person, or without saying who. With `known=False` there is no user, and no post, of the id."""
        before = len(self._world.changes)
        headers = {**(headers or {}), **({"Authorization": f"Bearer {person}"} if person is not None else {})}
        if action == "user:delete":
            title = f"DELETE /users/{{id}}{'' if known else ' with an unknown id'}"
            path = f"/users/{self._world.user() if known else self._nonce()}"
            reply = self._client.delete(path, headers=headers, params=params)
        elif action == "report:read":
            title, reply = "GET /reports", self._client.get("/reports", headers=headers, params=params)
        else:
            title = f"PATCH /posts/{{id}} {'for a post of somebody else' if known else 'with an unknown id'}"
            path = f"/posts/{self._world.post()['id'] if known else self._nonce()}"
            text = {"text": self._nonce(), **(body or {})}
            reply = self._client.patch(path, headers=headers, params=params, json=text)
        return Asked(reply, action, title, self._world.changes[before:])


@pytest.fixture
def world(app, nonce):
    return World(app, nonce)


@pytest.fixture
def routes(client, nonce, world):
    return Routes(client, nonce, world)


@pytest.fixture
def allowed(expect):
    """The request succeeded."""

    def check(asked, because):
        expect.status(asked.reply, SUCCESS[asked.action], f"{asked.title} should be {SUCCESS[asked.action]} {because}.")

    return check


@pytest.fixture
def denied(expect):
    """The request was refused with this status."""

    def check(asked, status, because):
        expect.status(asked.reply, status, f"{asked.title} should be {status} {because}.")

    return check


@pytest.fixture
def untouched(expect):
    """The request was refused with 403, and nothing was changed before that."""

    def check(asked, because):
        expect.status(asked.reply, 403, f"{asked.title} should be 403 {because}.")
        expect.that(
            not asked.changes,
            f"{asked.title} should be refused before anything is changed: a 403 afterwards comes too late.",
            expected="no call that changes something",
            got=", ".join(asked.changes),
            reply=asked.reply,
        )

    return check
