"""The hidden suite of 32-crud-sql: how requests share a database. What they send to it is announced, and may be held."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from gradewright.suite import point
from gradewright.suite.waiting import wait_until

#: How statements begin that ask or change something.
ANY = "SELECT|INSERT|UPDATE|DELETE|WITH"
#: Seconds that a held request may last.
LONG = {"extensions": {"limit": 12}}


@point("session-per-request")
def test_failing_requests_leave_no_connection_behind(client, people, expect, nonce):
    people.start(connections=2)
    user, other = people.create(), people.create()
    failing = [
        lambda: client.get(f"/users/{nonce.number(10_000)}"),
        lambda: client.delete(f"/users/{nonce.number(10_000)}"),
        lambda: people.patch(nonce.number(10_000), {"name": people.name()}),
        lambda: people.patch(user["id"], {"email": other["email"]}),
        lambda: people.post(people.person(email=user["email"])),
    ]
    # The last two may cost a hash each, so there are fewer of them.
    order = nonce.sample([*failing[:3] * 16, *failing[3:] * 6], 60)
    for number, ask in enumerate(order, 1):
        ask()
        if number % 4 == 0:
            reply = client.get(f"/users/{user['id']}")
            because = (
                f"After {number} requests with unknown ids and taken e-mails, one by one, a good one should be answered as "
                "ever. The database allows two connections at a time: a session that is not closed keeps one for itself."
            )
            expect.keys(reply, user, because)


@point("session-per-request")
def test_a_replaced_session_is_used_by_all_routes(client, people, expect, nonce):
    people.start()
    second = f"{people.database}_2"
    mine = people.create()
    people.start(second)
    theirs = [people.create() for _user in range(3)]
    people.start(other=people.url(second))
    with_it = "With get_db replaced by a dependency that yields a session on another database,"
    people.check_list(theirs, f"{with_it} GET /users should show the users of that database.")
    expect.keys(client.get(f"/users/{theirs[2]['id']}"), theirs[2], f"{with_it} GET /users/{{id}} should find its users there.")
    theirs.append(people.create(because=f"{with_it} POST /users should be 201."))
    theirs[1] = people.rename(theirs[1], f"{with_it} PATCH /users/{{id}} should change its user there.")
    gone = theirs.pop(nonce.choice((0, 1, 2)))
    expect.status(client.delete(f"/users/{gone['id']}"), 204, f"{with_it} DELETE /users/{{id}} should be 204.")
    people.check_rows([mine], f"{with_it} POST, PATCH and DELETE should change nothing in the app's own database.")
    people.check_rows(theirs, f"{with_it} POST, PATCH and DELETE should work on that database.", second)


@point("session-per-request")
def test_requests_do_not_see_what_others_have_not_committed(client, people, expect):
    people.start(after="INSERT")
    users = [people.create()]
    because = "POST /users should insert a row."
    for _round in range(2):
        people.after.forget()
        person = people.person()
        with ThreadPoolExecutor(2) as pool, people.after.hold():
            writing = pool.submit(people.post, person)
            held = people.wait_held(people.after, writing)
            reading = pool.submit(client.get, "/users", **LONG)
            # Whoever lets readers wait for writers does nothing wrong.
            early = wait_until(reading.done, 1.5)
            stored = person["email"] in [row["email"] for row in people.rows().values()]
            people.after.release()
            wrote, read = writing.result(), reading.result()
        expect.status(wrote, 201, "POST /users should be 201, also when other requests come in the middle of it.")
        expect.that(held, because, expected="an INSERT", got="none", reply=wrote)
        expect.status(read, 200, "GET /users should be 200, also in the middle of a POST /users.")
        expect.that(
            not early or stored or person["email"] not in people.emails(read),
            "GET /users should not show a user whose POST has not been committed yet: the two requests share a session.",
            expected=f"no user with the e-mail {person['email']}",
            got=f"a user with the e-mail {person['email']}",
            reply=read,
        )
        users.append({**person, "id": expect.keys(wrote, {}, "POST /users should show its user.", status=201).get("id")})
        because = "A POST /users that got its 201 should be in the database, whatever other requests did in the middle of it."
        people.check_rows(users, because)


def race(people, pool, twin, requests):
    """Send all requests at once, hold their statements until they are all there; return the replies, the good one first."""
    with twin.hold():
        waiting = [pool.submit(*request) for request in requests]
        people.wait_all_held(twin, len(requests))
        twin.release()
        return sorted((request.result() for request in waiting), key=lambda reply: reply.status_code)


def check_race(replies, good, because, expect):
    """One reply is good, and the others are 409."""
    expect.status(replies[0], good, because)
    for reply in replies[1:]:
        expect.status(reply, 409, because)


@point("conflict-rollback")
def test_a_taken_email_is_a_conflict(client, people, expect, nonce):
    people.start()
    one, two = people.create(), people.create()
    users = [one, two]
    for _round in range(2):
        taken = nonce.choice((one, two))["email"]
        reply = people.post(people.person(email=taken))
        expect.status(reply, 409, "POST /users with an e-mail that is taken should be 409.")
        people.check_list(users, "After a 409, GET /users should show the users as they were.")
        users.append(people.create(because="After a 409, the next POST /users should be 201."))
        for change in ({"email": two["email"]}, {"name": people.name(), "email": two["email"]}):
            reply = people.patch(one["id"], change)
            expect.status(reply, 409, "PATCH /users/{id} with an e-mail that somebody else has should be 409.")
            because = "After a 409, nothing of the PATCH should be there: all of it, or nothing."
            expect.keys(client.get(f"/users/{one['id']}"), one, because)
        users[0] = one = people.rename(one, "After a 409, the next PATCH /users/{id} should work.")
        people.check_list(users, "After some 409s, GET /users should show the users as they are.")


@point("conflict-rollback")
def test_one_of_many_gets_an_email(app, new_client, people, expect):
    people.start(before="INSERT")
    users = [people.create()]
    person = people.person()
    people.before.forget()
    with ExitStack() as stack:
        clients = [new_client(), new_client(stack.enter_context(app.second()))]
        pool = stack.enter_context(ThreadPoolExecutor(10))
        requests = [(people.post, {**person, "name": people.name()}, clients[place % 2]) for place in range(10)]
        replies = race(people, pool, people.before, requests)
    because = (
        "When ten POST /users with the same e-mail come at once, to two processes, one should be 201 and the others 409. "
        "Between a look at the table and the INSERT, somebody else may be quicker; the database knows."
    )
    check_race(replies, 201, because, expect)
    winner = expect.keys(replies[0], {"email": person["email"]}, because, status=201)
    users.append({key: winner.get(key) for key in ("id", "name", "email")})
    people.check_list(users, "After the race there should be one user with the e-mail, the one who got the 201.")
    users.append(people.create(because="After the race, the next POST /users should be 201."))
    people.check_list(users, "After the race, GET /users should show the users as they are.")


@point("conflict-rollback")
def test_one_of_many_changes_to_an_email(app, new_client, people, expect):
    people.start(before="UPDATE")
    users = {user["id"]: user for user in (people.create() for _user in range(4))}
    email = people.email()
    people.before.forget()
    with ExitStack() as stack:
        clients = [new_client(), new_client(stack.enter_context(app.second()))]
        pool = stack.enter_context(ThreadPoolExecutor(4))
        changes = {user_id: {"name": people.name(), "email": email} for user_id in users}
        requests = [(people.patch, user_id, changes[user_id], clients[user_id % 2]) for user_id in users]
        replies = race(people, pool, people.before, requests)
    because = "When four users change to the same e-mail at once, one PATCH should be 200 and the others 409."
    check_race(replies, 200, because, expect)
    winner = expect.keys(replies[0], {"email": email}, because).get("id")
    expect.that(winner in users, "PATCH /users/{id} should show the user.", got=winner, reply=replies[0])
    users[winner].update(changes[winner])
    people.check_list(users.values(), "After the race, one user should be changed and the others not, not even their names.")


@point("sync-in-def")
def test_others_are_answered_while_a_statement_waits(client, people, expect, nonce):
    people.start(before=ANY)
    users = [people.create() for _user in range(3)]
    user, gone, rest = nonce.sample(users, 3)
    person, changed = people.person(), {**user, "name": people.name()}
    routes = [
        ("POST /users", lambda: people.post(person), 201, {"email": person["email"]}),
        ("GET /users", lambda: client.get("/users", **LONG), 200, None),
        ("GET /users/{id}", lambda: client.get(f"/users/{rest['id']}", **LONG), 200, rest),
        ("PATCH /users/{id}", lambda: people.patch(user["id"], {key: changed[key] for key in ("name", "email")}), 200, changed),
        ("DELETE /users/{id}", lambda: client.delete(f"/users/{gone['id']}", **LONG), 204, None),
    ]
    for title, ask, status, body in nonce.sample(routes, len(routes)):
        people.before.forget()
        with ThreadPoolExecutor(1) as pool, people.before.hold():
            waiting = pool.submit(ask)
            held = people.wait_held(people.before, waiting)
            expect.that(held, f"{title} should ask the database.", expected="a statement", got="none")
            people.check_ping(
                f"While {title} waits for the database, GET /ping should answer: what blocks should not run on the event loop."
            )
            people.before.release()
            reply = waiting.result()
        because = f"{title} should be {status} when the database has answered."
        expect.status(reply, status, because)
        if body:
            expect.keys(reply, body, because, status=status)
