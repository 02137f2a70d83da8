"""The hidden suite of 33-async-sql: authors and books, and how requests share the database."""

from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import point
from gradewright.suite.waiting import wait_until


@point("async-driver")
def test_others_are_answered_while_a_statement_waits(library, expect, nonce):
    src, dst = library.fill(authors=3, accounts=(nonce.number(), nonce.number()))
    library.start(before=library.any)
    title, author_id, amount = nonce(), nonce.choice(list(library.authors)), nonce.number(1, 900)
    routes = [
        ("GET /authors", library.list),
        ("POST /books", lambda: library.add(title, author_id)),
        ("POST /transfers", lambda: library.move(src, dst, amount)),
    ]
    library.together()
    for what, ask in nonce.sample(routes, len(routes)):
        library.before.forget()
        with ThreadPoolExecutor(1) as pool, library.before.hold():
            waiting = pool.submit(ask)
            held = library.wait_held([waiting])
            expect.that(held, f"{what} should ask the database.", expected="a statement", got="none")
            library.check_ping(f"While {what} waits for the database, GET /ping should answer: a query should be awaited.")
            # What it answers then is another point's matter.
            library.before.release()
            waiting.result()


@point("async-driver")
def test_statements_overlap(library, expect, nonce):
    library.fill(authors=nonce.randint(3, 5))
    library.start(before=library.any)
    # More than FastAPI has threads: who waits in a thread takes it away from others.
    library.together()
    with ThreadPoolExecutor(45) as pool, library.before.hold():
        waiting = [pool.submit(library.list) for _request in range(45)]
        held = library.wait_held(waiting, 5)
        expect.that(
            held >= 5,
            "When many GET /authors come at once, five of them should be with the database at the same time.",
            expected="5 statements at the same time",
            got=f"{held} at the same time",
        )
        library.check_ping("While 45 GET /authors wait, for the database or for a connection, GET /ping should answer.")
        library.before.release()
        for future in waiting:
            expect.status(future.result(), 200, "Each of the 45 GET /authors should be 200 in the end.")


@point("no-n-plus-one")
def test_more_authors_need_no_more_statements(client, library, expect, nonce):
    sizes, counts = [3, 60], {}
    for size in nonce.sample(sizes, 2):
        library.fill(authors=size)
        library.start(before=library.any)
        because = "GET /authors should show every author by id, with the books by id, and [] for who has none."
        # The first request of a process may ask the database about itself.
        library.check_authors(library.list(), because)
        library.before.forget()
        library.check_authors(library.list(), because)
        # What is shown is what is in the database, and not what was there once.
        counts[size] = len(library.before.calls)
        title, author_id = nonce(), nonce.choice(list(library.authors))
        added = library.add(title, author_id)
        if added.status_code == 201:
            found = library.rows("SELECT id, title, author_id FROM books")
            library.books = {row[0]: (row[1], row[2]) for row in found}
            library.check_authors(library.list(), "GET /authors should show a book that was added since.")
    expect.that(
        0 < counts[3] == counts[60],
        "GET /authors should send the same number of statements for 60 authors as for 3: with one for each author, each "
        "costs a journey to the database.",
        expected="the same number for 3 and for 60 authors",
        got=f"{counts[3]} for 3 authors, {counts[60]} for 60",
    )


@point("no-n-plus-one")
def test_nobody_is_an_empty_list(library, expect):
    library.start(before=library.any)
    library.check_authors(library.list(), "Without authors, GET /authors should be an empty list.")
    expect.that(library.before.calls, "GET /authors should ask the database.", expected="a statement", got="none")


@point("no-lazy-io")
def test_a_new_book_shows_its_author(client, library, expect, nonce):
    library.fill(authors=4)
    library.start()
    because = "POST /books should be 201 and show the book with its author, although it has just been committed."
    for author_id in nonce.sample(list(library.authors), 4):
        title = f"Głos {nonce()}"
        reply = library.add(title, author_id)
        library.check_added(reply, title, author_id, because)
    expect.json(
        reply,
        {"id": max(library.books), "title": title, "author": {"id": author_id, "name": library.authors[author_id]}},
        "POST /books should show exactly what the brief says.",
        status=201,
    )
    unknown = max(library.authors) + nonce.number()
    expect.status(library.add(nonce(), unknown), 404, "POST /books should be 404 for an author whom nobody knows.")
    for body in ({"title": nonce()}, {"author_id": author_id}, {"title": nonce(), "author_id": nonce()}, {}):
        reply = client.post("/books", json=body)
        expect.status(reply, 422, "POST /books should be 422 when a field is missing, or author_id is no integer.")
    got = [
        [book_id, [title, owner]]
        for book_id, title, owner in library.rows("SELECT id, title, author_id FROM books ORDER BY id")
    ]
    expect.equal(
        [[book_id, list(book)] for book_id, book in sorted(library.books.items())],
        got,
        "The table books should hold the books that got a 201, and no others.",
    )


def mixed(library, nonce, count):
    """Return so many requests, as (function, arguments), with transfers between accounts that no other request uses."""
    authors, accounts = list(library.authors), list(library.accounts)
    asked = []
    for number in range(count):
        if number % 4 == 0:
            asked.append((library.list,))
        elif number % 4 == 1 and len(accounts) > 1:
            asked.append((library.move, accounts.pop(), accounts.pop(), nonce.number(1, 900)))
        else:
            asked.append((library.add, nonce(), nonce.choice(authors)))
    return nonce.sample(asked, len(asked))


@point("session-isolation")
def test_many_requests_at_once_on_five_connections(library, expect, nonce):
    library.fill(authors=3, accounts=[nonce.number() for _account in range(20)])
    before = library.wanted_authors()
    library.start(before=library.any, connections=5)
    asked = mixed(library, nonce, 40)
    library.together()
    with ThreadPoolExecutor(len(asked)) as pool, library.before.hold():
        waiting = [pool.submit(*request) for request in asked]
        if library.wait_held(waiting, 5) >= 5:
            # A sixth connection would be asked for by now.
            wait_until(lambda: any(future.done() for future in waiting), library.moment())
        library.before.release()
        replies = [future.result() for future in waiting]
    at_once = "When 40 requests come at once and the database allows five connections,"
    for request, reply in zip(asked, replies, strict=True):
        if request[0] == library.add:
            library.check_added(reply, *request[1:], f"{at_once} each POST /books should be 201 with its own book and author.")
        elif request[0] == library.move:
            library.check_moved(reply, *request[1:], f"{at_once} each POST /transfers should be 200 with its own balances.")
        else:
            expect.status(reply, 200, f"{at_once} each GET /authors should be 200.")
            shown = expect.read(reply, "GET /authors should show authors as JSON.")
            names = [one.get("name") for one in shown if isinstance(one, dict)] if isinstance(shown, list) else shown
            expect.equal([author["name"] for author in before], names, f"{at_once} GET /authors should show all.", reply=reply)
    library.check_authors(library.list(), "After 40 requests at once, GET /authors should show everything that was added.")
    library.check_balances("After 40 requests at once, each account should hold what its transfer made of it.")


@point("session-isolation")
def test_failing_requests_leave_no_connection_behind(library, nonce):
    src, dst = library.fill(authors=2, accounts=(nonce.number(), nonce.number()))
    library.start(connections=5)
    unknown = 10_000 + nonce.number()
    failing = [
        (library.add, nonce(), unknown),
        (library.move, src, unknown, 1),
        (library.move, src, dst, library.accounts[src] + 1),
    ]
    because = (
        "Requests that are refused, one by one, should all be answered: a session that is not closed keeps its connection, "
        "and perhaps a lock on the database."
    )
    for ask, *asked in nonce.sample(failing * 3, 9):
        library.answered(lambda ask=ask, asked=asked: ask(*asked), because, "404 or 409")
    because = (
        "After nine requests that were refused, one by one, a good one should be answered as ever. The database allows five "
        "connections at a time: a session that is not closed keeps one for itself."
    )
    library.check_authors(library.list(), because)
    library.check_moved(library.move(src, dst, 1), src, dst, 1, because)


@point("session-isolation")
def test_a_replaced_session_is_used_by_all_routes(library, expect, nonce):
    src, dst = library.fill(authors=3, accounts=(nonce.number(), nonce.number()))
    # One of the authors, who has no books, is in the second database only.
    author_id = next(author for author in library.authors if author not in dict(library.books.values()).values())
    author = library.authors.pop(author_id)
    library.start()
    library.authors[author_id] = author
    library.start(database=library.database, other=True)
    untouched, books = dict(library.accounts), dict(library.books)
    with_it = "With get_session replaced by a dependency that yields a session on another database,"
    title, amount = nonce(), nonce.number(1, 900)
    asked = [
        ("POST /books", lambda: library.add(title, author_id)),
        ("POST /transfers", lambda: library.move(src, dst, amount)),
        ("GET /authors", library.list),
    ]
    for what, ask in asked:
        library.sessions.forget()
        reply = ask()
        if what == "POST /books":
            library.check_added(reply, title, author_id, f"{with_it} POST /books should be 201 for an author of that one.")
        elif what == "POST /transfers":
            library.check_moved(reply, src, dst, amount, f"{with_it} POST /transfers should be 200.")
        else:
            library.check_authors(reply, f"{with_it} GET /authors should show the books of that database.")
        events = [call.args for call in library.sessions.calls]
        expect.equal(
            [["open"], ["close"]], events, f"{what} should open one session of get_session, and close it.", reply=reply
        )
    second = f"{library.database}_2"
    library.check_balances(f"{with_it} POST /transfers should work on that database.", second)
    library.accounts = untouched
    library.check_balances(f"{with_it} POST /transfers should change nothing in the app's own database.")
    got = library.rows("SELECT id FROM books ORDER BY id")
    expect.equal(
        [[book] for book in sorted(books)], got, f"{with_it} POST /books should add nothing to the app's own database."
    )
