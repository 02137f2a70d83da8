"""The hidden suite of 17-flask-port."""

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import NotInFlight, Value, point

#: Users who are served at the same time.
MANY = 30
#: Seconds to wait until they all are; an app may also serve one after the other.
PATIENCE = 0.8
TODO = {"id": "integer", "owner": "string", "title": "string", "done": "boolean"}


def new_todo(nonce):
    """Return a valid body of POST /todos."""
    body = {"title": nonce(nonce.number(1, 40))}
    return body | nonce.choice(({}, {"done": True}, {"done": False}))


@point("parity")
def test_valid_requests_are_answered_as_before(todos, contract, nonce):
    port = contract()
    users = nonce.tokens(3)
    for user in [user for user in users for _todo in range(5)]:
        todos.put(user)
    steps = [("list", done) for done in (None, True, False)] * 3
    steps += [(verb, whose) for verb in ("read", "delete") for whose in ("own", "own", "other", "unknown")] * 2
    steps += [("add", None)] * 5
    for verb, how in nonce.sample(steps, len(steps)):
        user, other = nonce.sample(users, 2)
        if verb == "list":
            port.list(user, how)
        elif verb == "add":
            port.add(user, new_todo(nonce))
        else:
            mine = {"own": todos.of(user), "other": todos.of(other), "unknown": []}[how]
            number = nonce.choice(mine)["id"] if mine else todos.unknown()
            getattr(port, verb)(user, number)


@point("parity")
def test_the_edges_of_the_contract(todos, contract, nonce):
    port = contract()
    user, other = nonce.tokens(2)
    for done in (None, True, False):
        port.list(user, done)
    for title in (nonce(1), nonce(100), f"  {nonce()} é – ✓ ", " "):
        port.add(user, {"title": title, "done": nonce.choice((True, False))})
    port.add(user, {"title": nonce()})
    port.list(user)
    mine, theirs = todos.put(user)["id"], todos.put(other)["id"]
    port.delete(user, theirs)
    port.read(other, theirs)
    for verb in (port.read, port.delete, port.read, port.delete):
        verb(user, mine)
    port.list(user)


@point("automatic-validation")
def test_bodies_that_are_not_valid(ask, todos, refused, expect, nonce):
    user = nonce()
    body = {"title": nonce(100), "done": True}
    expect.status(ask("POST", "/todos", user, json=body), (200, 201), "POST /todos should accept a title of 100 characters.")
    called = [call.args for call in todos.twins["add_todo"].calls]
    expect.equal([[user, body["title"], True]], called, "POST /todos should call store.add_todo once, with what was sent.")
    todos.forget()
    title = nonce()
    bad = [("title", value) for value in (None, nonce.number(), [title], {title: title}, True, "", nonce(101))]
    bad += [("done", value) for value in (None, nonce(), [True], {}, nonce.number(), 0.5)]
    cases = [({"title": title, "done": False, name: value}, (name,)) for name, value in bad]
    cases += [({}, ("title",)), ({"done": True}, ("title",)), ({"titel": title}, ("title",))]
    cases += [([], ()), ([{"title": title}], ()), (title, ()), (nonce.number(), ()), (None, ())]
    for value, place in nonce.sample(cases, len(cases)):
        where = ".".join(("body", *place))
        because = f"POST /todos should refuse {cut(json.dumps(value))} with FastAPI's 422 at {where}."
        refused(ask("POST", "/todos", user, json=value), "body", *place, because=because)
    for text in (f'{{"title": "{title}"', title, ""):
        reply = ask("POST", "/todos", user, content=text.encode(), kind="application/json")
        refused(reply, "body", because="POST /todos should refuse a body that is not JSON with FastAPI's 422.")
    calls_nothing(todos, "add_todo", expect, reply)


def cut(text):
    return text if len(text) < 60 else f"{text[:50]}…"


def calls_nothing(todos, name, expect, reply):
    calls = len(todos.twins[name].calls)
    expect.equal(0, calls, f"store.{name} should not be called for a request that is not valid.", reply=reply)


@point("automatic-validation")
def test_queries_that_are_not_valid(ask, todos, refused, expect, nonce):
    user = nonce()
    todos.put(user)
    for done in ("true", "false"):
        because = f"GET /todos?done={done} should answer 200."
        expect.status(ask("GET", f"/todos?done={done}", user), 200, because)
    todos.forget()
    for done in (nonce(), "perhaps", "2", "null", "true,false"):
        reply = ask("GET", "/todos", user, params={"done": done})
        refused(reply, "query", "done", because=f"GET /todos?done={done} should be FastAPI's 422 at query.done.")
    calls_nothing(todos, "list_todos", expect, reply)


@point("global-to-depends")
def test_a_replaced_user_owns_what_is_done(app, ask, todos, expect, nonce):
    for header in (nonce(), None):
        owner = nonce()
        todo = todos.put(owner)
        todos.forget()
        who = "whatever X-User says" if header else "and no X-User should be needed"
        because = f"With get_current_user replaced, its result should be the user in {{}}, {who}."
        with app.override("get_current_user", Value(owner)):
            reply = ask("GET", "/todos", header)
            expect.status(reply, 200, because.format("GET /todos"))
            expect.equal([owner], todos.owners("list_todos"), because.format("GET /todos"), reply=reply)
            reply = ask("POST", "/todos", header, json=new_todo(nonce))
            expect.status(reply, (200, 201), because.format("POST /todos"))
            expect.equal([owner], todos.owners("add_todo"), because.format("POST /todos"), reply=reply)
            path = f"/todos/{todo['id']}"
            expect.status(ask("GET", path, header), 200, because.format(f"GET {path}"))
            expect.status(ask("DELETE", path, header), (200, 204), because.format(f"DELETE {path}"))
            expect.that(todo["id"] not in todos.stored, because.format(f"DELETE {path}"), expected="the todo is gone")


@point("global-to-depends")
def test_the_header_names_the_user(ask, todos, expect, nonce):
    user = nonce()
    path = f"/todos/{todos.put(user)['id']}"
    requests = [("GET", "/todos", {}), ("POST", "/todos", {"json": new_todo(nonce)}), ("GET", path, {}), ("DELETE", path, {})]
    for method, target, options in requests:
        because = f"{method} {target} without X-User should be 401."
        expect.status(ask(method, target, None, **options), 401, because)
    for method, target, options in requests:
        because = f"{method} {target} with X-User should be answered."
        expect.status(ask(method, target, user, **options), (200, 201, 204), because)
    shown = todos.owners("list_todos") + todos.owners("add_todo")
    expect.equal([user, user], shown, "The name in X-User should be the owner for whom the store is called.")


def wait_for_all(twin, waiting):
    """Wait until all requests are held, or answered. Handlers that call the store on the event loop come one by one."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not all(future.done() for future in waiting):
        with contextlib.suppress(NotInFlight):
            twin.wait_in_flight(MANY, 0.05)
            return


@point("global-to-depends")
def test_users_do_not_mix(ask, todos, expect, nonce):
    own = {user: todos.put(user) for user in nonce.tokens(MANY)}
    twin = todos.twins["get_todo"]
    with ThreadPoolExecutor(MANY) as pool, twin.hold():
        waiting = [pool.submit(ask, "GET", f"/todos/{todo['id']}", user) for user, todo in own.items()]
        wait_for_all(twin, waiting)
        twin.release()
        replies = [future.result() for future in waiting]
    for reply, (user, todo) in zip(replies, own.items(), strict=True):
        because = (
            f"{MANY} users ask for their own todos at the same time, and the store is slow: each should get their own. "
            "What one request knows of its user must not be kept where another request overwrites it."
        )
        got = f"status {reply.status_code}, {reply.text}"
        expect.that(
            reply.status_code == 200 and user in reply.text,
            because,
            expected=f"status 200, the todo {todo['id']} of {user}",
            got=got,
            reply=reply,
        )


@point("legacy-mounted")
def test_reports_are_answered_by_flask(app, client, expect, nonce):
    pages = {name: f"<h1>{nonce(16)}</h1>" for name in (*nonce.tokens(2), f"{nonce()} {nonce()}", f"{nonce()}-é")}
    app.serve("flask_app.report", lambda call: pages[call.args[0]])
    app.serve("flask_app.other", lambda call: [f"the Flask app has no route /{call.args[1]}", 404])
    for name, page in pages.items():
        reply = client.get(f"/legacy/reports/{name}")
        because = f"GET /legacy/reports/{name} should be answered by the Flask app, with its report on {name}."
        expect.status(reply, 200, because)
        expect.equal(page, reply.text, because, reply=reply)


@point("legacy-mounted")
def test_all_else_is_answered_by_flask(app, ask, expect, nonce):
    said = []

    def answer(call):
        said.append(call.args)
        return outcome

    app.serve("flask_app.other", answer)
    for method in nonce.sample(("GET", "POST", "PUT", "PATCH", "DELETE"), 5):
        outcome = [nonce(16), nonce.choice((200, 202, 404, 409, 410))]
        path, query, body, user = f"{nonce()}/{nonce()}", f"{nonce()}={nonce()}", nonce(), nonce()
        body = "" if method in ("GET", "DELETE") else body
        said.clear()
        reply = ask(method, f"/legacy/{path}?{query}", user, content=body.encode() or None)
        because = (
            f"{method} /legacy/{path} should be answered by the Flask app: while grading, it has a route /{path}, and all of "
            "it is mounted at /legacy."
        )
        expect.that(
            (reply.text, reply.status_code) == tuple(outcome),
            because,
            expected=f"status {outcome[1]}, {outcome[0]}",
            got=f"status {reply.status_code}, {reply.text}",
            reply=reply,
        )
        because = f"{method} /legacy/{path} should reach the Flask app with its method, path, query, body and headers."
        expect.equal([[method, path, query, body, user]], said, because, reply=reply)


@point("legacy-mounted")
def test_its_todos_are_still_served(ask, todos, contract, expect, nonce):
    old = contract("/legacy")
    user, other = nonce.tokens(2)
    number = todos.put(user)["id"]
    old.list(user)
    old.add(user, {"title": nonce(), "done": True})
    old.list(user, True)
    old.read(user, number)
    old.read(other, number)
    old.delete(user, number)
    because = "GET /legacy/todos?done=perhaps should be answered by the Flask app, and that says 400."
    expect.status(ask("GET", "/legacy/todos?done=perhaps", user), 400, because)


@point("docs-gained")
def test_the_schema_has_the_routes(schema, expect):
    found = schema()
    routes = [("get", "/todos"), ("post", "/todos"), ("get", "/todos/{id}"), ("delete", "/todos/{id}")]
    known = {route: found.operation(route[0], route[1].replace("{id}", r"\{[^/]+\}")) for route in routes}
    for (verb, path), operation in known.items():
        expect.that(
            operation,
            f"The schema should list {verb.upper()} {path}.",
            expected=f"{verb.upper()} {path}",
            got=", ".join(found.document.get("paths") or {}) or "no paths",
            reply=found.reply,
        )
    typed(found.parameter(known["get", "/todos"], "query", "done"), "boolean", "done in the query of GET /todos", found, expect)
    for verb in ("get", "delete"):
        types = found.parameter(known[verb, "/todos/{id}"], "path")
        typed(types, "integer", f"the id in the path of {verb.upper()} /todos/{{id}}", found, expect)
    fields = found.fields(known["post", "/todos"].get("requestBody"))
    for name in ("title", "done"):
        typed(fields.get(name), TODO[name], f"{name} in the body of POST /todos", found, expect)
    for verb, path in (("post", "/todos"), ("get", "/todos/{id}")):
        replies = known[verb, path].get("responses") or {}
        # Under which code of success it is listed is parity's matter.
        fields = next((fields for code in ("201", "200") if (fields := found.fields(replies.get(code)))), {})
        for name, kind in TODO.items():
            typed(fields.get(name), kind, f"{name} in the reply of {verb.upper()} {path}", found, expect)


def typed(types, kind, what, found, expect):
    """The schema says that this has the type `kind`."""
    expect.that(
        types and kind in types,
        f"The schema should show the type of {what}.",
        expected=kind,
        got=" or ".join(sorted(types)) if types else "nothing about it",
        reply=found.reply,
    )
