"""The hidden suite of 36-rate-limit. What a point is not about is not asked for: elsewhere, any 4xx is a refusal."""

import time

from gradewright.suite import Value, point

LOGINS, SEARCHES = 5, 30
#: Seconds of the window that is waited for, and what a busy machine and rounded clocks may add.
SHORT, SLACK = 2, 1.5


@point("blocks-excess")
def test_the_sixth_login_is_429(gate, expect, nonce):
    gate.start()
    user = gate.user()
    wrong = [True, False, *(nonce.random() < 0.5 for _attempt in range(LOGINS - 2))]
    nonce.shuffle(wrong)
    for number, fails in enumerate(wrong, 1):
        because = (
            f"Login {number} of {LOGINS} should be answered by users.check: 200 when it says True, 401 when it says False."
        )
        expect.status(gate.login(user, wrong=fails), 401 if fails else 200, because)
    for fails in (False, True, False):
        gate.check_retry(gate.login(user, wrong=fails), "POST /login")
    for _number in range(SEARCHES + 1):
        reply = gate.search()
        if reply.status_code != 200:
            gate.check_retry(reply, "GET /search")
            break
    # Near the end of a window, too: there a rounded rest is 0, and one that is rounded up may be more than the window.
    gate.redis.flush()
    gate.start(1)
    user, until = gate.user(), time.monotonic() + 1.2
    while time.monotonic() < until:
        reply = gate.login(user)
        if reply.status_code != 200:
            gate.check_retry(reply, "POST /login")
            time.sleep(0.05)


@point("per-client")
def test_clients_and_users_are_counted_apart(app, gate, expect, nonce):
    gate.start()
    # Of a client and a username, dots in between and all: where does the one end, and the other begin?
    one, middle, end = nonce.tokens(3)
    two, user, other = f"{one}.{middle}", gate.user(f"{middle}.{end}"), gate.user(end)
    with app.override("get_client_id", Value(one)):
        gate.use_up(user, "One client")
    with app.override("get_client_id", Value(two)):
        gate.use_up(user, "A second client (another value from get_client_id), same username")
    with app.override("get_client_id", Value(one)):
        gate.use_up(other, "The first client, another username")
        gate.refused(gate.login(user), "The first client with its first username should still be refused.")
        gate.search_until_refused("The first client")
    with app.override("get_client_id", Value(two)):
        because = f"Client {two} with username {other} is not client {one} with username {user}: this login should pass."
        gate.passes(gate.login(other), because)
        gate.passes(gate.search(), "When one client has used up its searches, another one should still find something.")


@point("per-client")
def test_a_header_makes_nobody_else(gate):
    gate.start()
    user, other = gate.user(), gate.user()
    for number in range(1, LOGINS + 1):
        reply = gate.login(user, headers=gate.claim())
        gate.passes(reply, f"Login {number} of {LOGINS} should pass, whatever X-Forwarded-For says.")
    because = "Six logins, each with another X-Forwarded-For, are six of the same client: the last one should be refused."
    gate.refused(gate.login(user, headers=gate.claim()), because)
    gate.refused(gate.login(user), because)
    gate.use_up(other, "One client, another username")
    gate.search_until_refused("One client")
    because = "should be refused whatever X-Forwarded-For says: anybody can write this header, with a new address each time."
    gate.refused(gate.login(other, headers=gate.claim()), f"A login over the limit {because}")
    gate.refused(gate.search(headers=gate.claim()), f"A search over the limit {because}")


@point("per-client")
def test_the_client_is_the_other_end_of_the_connection(client, gate, expect, nonce):
    gate.start()
    addresses = [".".join(str(nonce.number(1, 250)) for _part in range(4)) for _address in range(2)]
    asked = "A route of the grader's own, GET /client, depends on your get_client_id:"
    gate.ask_directly()
    for address in nonce.sample((*addresses, ""), 3):
        reply = client.get("/client", headers={"x-peer": address, **gate.claim()})
        because = (
            f"{asked} it should get the address of the connection's other end, here {address}, whatever headers say."
            if address
            else f'{asked} where the connection has no address, as on a Unix socket, it should get "local".'
        )
        expect.json(reply, {"client": address or "local"}, because)


@point("shared-store")
def test_two_instances_count_together(app, client, new_client, gate, nonce):
    gate.start()
    user, late = gate.user(), gate.user()
    with app.second() as other:
        clients = [client, new_client(other)]
        order = [*clients, *nonce.choices(clients, k=LOGINS - 2)]
        nonce.shuffle(order)
        for number, place in enumerate(order, 1):
            because = f"Login {number} of {LOGINS} should pass, on either of two instances."
            gate.passes(gate.login(user, client=place), because)
        because = f"After {LOGINS} logins on two instances together, the next one should be refused by both."
        for place in nonce.sample(clients, 2):
            gate.refused(gate.login(user, client=place), because)
        gate.search_until_refused("On one of two instances", client=clients[0])
        because = "Once one instance refuses a client's searches, the other should, too: the limit is one for both."
        gate.refused(gate.search(client=clients[1]), because)
        gate.redis.flush()
        because = "When Redis is emptied, everybody should start anew: the counters are there and nowhere else."
        for place in clients:
            gate.passes(gate.login(user, client=place), because)
            gate.passes(gate.search(client=place), because)
    gate.redis.flush()
    for number in range(1, LOGINS):
        gate.passes(gate.login(late), f"Login {number} of {LOGINS} should pass.")
    gate.start()
    gate.passes(gate.login(late), f"Login {LOGINS} of {LOGINS} should pass, after a restart as well.")
    because = f"A restart should not forget what was counted: after {LOGINS} logins, the next one should be refused."
    gate.refused(gate.login(late), because)


@point("atomic")
def test_of_forty_at_once_five_pass(app, client, new_client, gate, expect):
    gate.start()
    with app.second() as other:
        clients = [client, new_client(other)]
        for _round in range(2):
            gate.redis.flush()
            user = gate.user()
            replies = gate.rush(user, clients, [app, other], 40)
            broken = [reply for reply in replies if reply.status_code >= 500]
            because = "Of forty logins at the same moment, each should be let in or refused."
            expect.that(not broken, because, expected="no error", got=f"{len(broken)} errors", reply=next(iter(broken), None))
            passed = sum(reply.status_code == 200 for reply in replies)
            expect.that(
                passed == LOGINS,
                f"Of forty logins at the same moment, on two instances, exactly {LOGINS} should pass. Between reading a "
                "counter and writing it, others read the same number.",
                expected=f"{LOGINS} of 40 pass",
                got=f"{passed} of 40 pass",
                reply=replies[0],
            )
            gate.refused(gate.login(user), "After these forty, the next one should be refused.")


@point("resets")
def test_windows_and_keys_end(gate, expect):
    gate.start(SHORT)
    user = gate.user()
    until, last, reply = time.monotonic() + 8, None, None
    # Windows may be aligned to the clock, so one may end in the middle of this.
    while time.monotonic() < until:
        reply = gate.login(user)
        if reply.status_code != 200:
            break
        last = time.monotonic()
    expect.that(last is not None, "The first login should pass.", expected="status 200", reply=reply)
    gate.refused(reply, f"With a window of {SHORT} seconds, too, logins one after the other should be refused at some time.")
    gate.search()
    for key, seconds in gate.redis.keys().items():
        expect.that(
            seconds is not None and seconds <= 2 * SHORT + SLACK,
            "Each key in Redis should expire, at most two windows after its last use: otherwise one stays for every client and "
            "username that anybody ever tried.",
            expected=f"an expiry of at most {2 * SHORT} seconds",
            got=f"{key!r} expires in {seconds:.1f} seconds" if seconds is not None else f"{key!r} never expires",
        )
    # One keeps trying. The other one comes back shortly before the window's end, if it was let in until then.
    patient, begun = gate.user(), time.monotonic()
    waiting = {user: (last, 0)}
    if all(gate.login(patient).status_code == 200 for _login in range(LOGINS)):
        waiting[patient] = (time.monotonic(), begun + SHORT - 0.2)
    because = (
        f"With RATE_WINDOW={SHORT}, a login should pass again {SHORT} seconds after the last one that passed, whether the "
        "client has kept trying or came back a little early: what is refused does not extend the limit."
    )
    while waiting:
        for name, (since, back) in list(waiting.items()):
            if time.monotonic() < back:
                continue
            overdue = time.monotonic() > since + SHORT + SLACK
            reply = gate.login(name)
            if reply.status_code == 200 or overdue:
                gate.passes(reply, because)
                del waiting[name]
        time.sleep(0.1)


@point("tiered")
def test_each_route_has_its_own_limit(gate, expect):
    gate.start()
    user = gate.user()
    gate.use_up(user, "POST /login")
    for number in range(1, SEARCHES + 1):
        because = f"Search {number} of {SEARCHES} should pass, also for a client whose logins are refused."
        gate.passes(gate.search(), because)
    gate.refused(gate.search(), f"After {SEARCHES} searches in a window, the next one should be refused.")
    because = "GET / has no limit: it should be 200, also for a client who may neither log in nor search for now."
    for _number in range(SEARCHES + LOGINS):
        expect.status(gate.client.get("/"), 200, because)
    gate.passes(gate.login(gate.user()), "A client who may not search for now should still log in.")
    gate.refused(gate.login(user), "The user who used up the logins should still be refused.")
