"""The hidden suite of 40-security-review: how passwords are kept, and how many may be tried. Hashes are computed again."""

import time

from gradewright.suite import point
from gradewright.suite.password_hashes import parse_hash

FAILURES = 5
#: Seconds after the end of a window within which one may log in again.
SLACK = 1.2
KNOWN = "argon2, bcrypt, scrypt or PBKDF2, with enough cost, as the brief writes it"


def saved(shop, person):
    """Return what is kept of somebody's password."""
    rows = shop.rows("SELECT password_hash FROM users WHERE id = ?", person.id)
    return str(rows[0][0]) if rows else ""


def check_slow(text, person, because, expect):
    """The text is a slow hash of this person's password, and of no other."""
    found = parse_hash(text)
    expect.that(found is not None and found.enough, because, expected=KNOWN, got=text or "nothing")
    because = f"{because} It should be made from nothing but the password, a salt, and the costs."
    expect.that(found.made_from(person.password), because, expected="a hash of the password itself", got=text)


@point("login-hardened")
def test_passwords_are_hashed_slowly(shop, expect):
    shop.start(GRADED_SLOW="1")
    old = shop.world.take()
    shop.enter(old)
    because = "After a login, an old hash should be replaced by a slow one: this is when the app has the password."
    check_slow(saved(shop, old), old, because, expect)
    new = shop.registered()
    because = "For a new user, password_hash should have a slow hash: of a quick one, millions are tried in a second."
    check_slow(saved(shop, new), new, because, expect)


@point("login-hardened")
def test_old_hashes_are_replaced_at_login(shop, expect, nonce):
    person = shop.world.take()
    because = "POST /login should be 401 for a wrong password of a user with an old hash."
    expect.status(shop.login(person.name, nonce(12)), 401, because)
    because = "POST /login should be 401 for an old hash in the place of the password."
    expect.status(shop.login(person.name, person.old_hash), 401, because)
    shop.enter(person)
    because = "After a login, an old hash should be replaced by a slow one: this is when the app has the password."
    expect.that(saved(shop, person) != person.old_hash, because, expected="another hash", got=person.old_hash)
    shop.enter(person)
    because = "POST /login should be 401 for a wrong password, also after the hash has been replaced."
    expect.status(shop.login(person.name, f"{person.password}x"), 401, because)
    reply = shop.ask("GET", f"/users/{person.id}", person)
    expect.keys(reply, person.shown, "After a login, a user should be the same in all but the hash.")


@point("login-hardened")
def test_each_hash_has_its_salt(shop, expect):
    first, old = shop.registered(), shop.members(1)[0]
    second, third = (shop.registered(password=one.password) for one in (first, old))
    because = "Two users with the same password should have two hashes: each needs a random salt of its own."
    for one, other in ((first, second), (old, third)):
        text = saved(shop, one)
        expect.that(text != saved(shop, other), because, expected="two values", got=text)
        shop.enter(other)


@point("login-hardened")
def test_all_of_a_password_counts(shop, expect, nonce):
    person = shop.registered(password=f"{nonce(116)}é{nonce(11)}")
    shop.enter(person)
    shorter = person.password[:-1]
    for wrong, what in ((shorter, "shorter by a letter"), (f"{shorter}é", "with another last letter")):
        because = f"POST /login should be 401 for a password that is {what}: all of its 128 characters count."
        expect.status(shop.login(person.name, wrong), 401, because)


def told(reply):
    """Return what a client sees of an answer."""
    passing = {"date", "content-length", "server", "x-request-id", "x-process-time"}
    return [reply.status_code, reply.text, {name: value for name, value in reply.headers.items() if name not in passing}]


@point("login-hardened")
def test_a_refused_login_tells_nothing(shop, expect, nonce):
    old, upgraded = shop.world.take(), shop.members(1)[0]
    new = shop.registered()
    names = [nonce(), old.name, upgraded.name, new.name, old.name.upper()]
    replies = {name: shop.login(name, nonce(12)) for name in nonce.sample(names, len(names))}
    unknown = told(replies[names[0]])
    for reply in replies.values():
        expect.status(reply, 401, "POST /login should be 401 for a wrong password, and for a name that nobody has.")
        because = "A refused login should look the same, whoever has this name or nobody: else it tells who is a customer."
        expect.equal(unknown, told(reply), because, reply=reply)


def fail(shop, expect, nonce, name, count, so_far=0):
    for number in range(so_far + 1, so_far + count + 1):
        because = f"Failed login {number} of {FAILURES} with a username should be 401."
        expect.status(shop.login(name, nonce(12)), 401, because)


@point("login-hardened")
def test_five_failures_and_no_more(shop, expect, nonce):
    old, other = shop.world.take(), shop.world.take()
    new = shop.registered()
    unknown = nonce()
    people = [(old.name, old.password, "an old user"), (new.name, new.password, "a new user"), (unknown, nonce(12), "")]
    for name, password, who in people:
        fail(shop, expect, nonce, name, FAILURES)
        for attempt in (nonce(12), password, nonce(12)):
            reply = shop.login(name, attempt)
            what = f"with the username of {who}" if who else "with a username that nobody has"
            because = f"After {FAILURES} failed logins {what}, further ones should be 429, whatever the password."
            expect.status(reply, 429, because)
        shop.enter(other)
    fail(shop, expect, nonce, old.name.capitalize(), 1)


@point("login-hardened")
def test_success_changes_no_count(shop, expect, nonce):
    person = shop.registered()
    fail(shop, expect, nonce, person.name, FAILURES - 1)
    for _login in range(3):
        shop.enter(person)
    fail(shop, expect, nonce, person.name, 1, FAILURES - 1)
    reply = shop.login(person.name, person.password)
    because = "After five failed logins, the next one should be 429, although others in between succeeded."
    expect.status(reply, 429, because)
    busy = shop.world.take()
    for _login in range(FAILURES + 2):
        shop.enter(busy)


@point("login-hardened")
def test_the_window_ends(shop, expect, nonce):
    for window in (1, 2, 4, 8):
        # On a busy machine, and where windows are aligned to a clock, five failures may miss a short one.
        shop.start(LOGIN_WINDOW=str(window))
        other, person = shop.world.take(), shop.world.take()
        # Failures that are older than those of the next name count no longer than they do, whatever the windows are.
        fail(shop, expect, nonce, other.name, FAILURES - 1)
        fail(shop, expect, nonce, person.name, FAILURES)
        last = time.monotonic()
        if shop.login(person.name, person.password).status_code == 429:
            break
    else:
        # An app without a limit: two other tests of this point say so.
        return
    late = False
    while not late:
        late = time.monotonic() > last + window + SLACK
        reply = shop.login(person.name, person.password)
        if reply.status_code != 429:
            break
        time.sleep(0.15)
    because = (
        f"With LOGIN_WINDOW={window}, one should be able to log in again {window} s after the last failure that counted, "
        "although one has kept trying: what is refused with 429 does not count."
    )
    expect.status(reply, 200, because)
    because = "After the window, a wrong password should be 401, and lock nobody out: the failures before it count no more."
    expect.status(shop.login(other.name, nonce(12)), 401, because)
    expect.status(shop.login(other.name, other.password), 200, because)
