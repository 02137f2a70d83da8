"""The hidden suite of 32-crud-sql: what a user of the API sees, in good times and after a restart."""

from gradewright.suite import point

UNKNOWN = "should be 404 for an id that nobody has."


@point("crud-cycle")
def test_users_come_change_and_go(client, people, expect, nonce):
    people.start()
    people.check_list([], "GET /users should be an empty list in a new database.")
    users = {}
    for _user in range(4):
        user = people.create()
        expect.that(user["id"] not in users, "Each user should have an id of their own.", got=user["id"])
        users[user["id"]] = user
    for user in nonce.sample(list(users.values()), 4):
        expect.keys(client.get(f"/users/{user['id']}"), user, "GET /users/{id} should show the user with this id.")
    changes = ({"name": people.name()}, {"email": people.email()}, {"name": people.name(), "email": people.email()}, {})
    for user_id, change in zip(nonce.sample(list(users), 4), changes, strict=True):
        users[user_id] = people.change(users[user_id], change)
        expect.keys(client.get(f"/users/{user_id}"), users[user_id], "GET /users/{id} should show what PATCH has changed.")
    people.check_list(users.values(), "GET /users should show all users as they are now, by id.")


@point("crud-cycle")
def test_somebody_is_deleted_and_somebody_comes(client, people, expect, nonce):
    people.start()
    users = {user["id"]: user for user in (people.create() for _user in range(3))}
    # The first one leaves: from then on, the number of users says nothing about the ids that are in use.
    for gone in (min(users), nonce.choice(sorted(users)[1:])):
        reply = client.delete(f"/users/{gone}")
        expect.status(reply, 204, "DELETE /users/{id} should be 204.")
        expect.that(not reply.content, "A 204 has no body.", expected="no body", got=reply.text, reply=reply)
        email = users.pop(gone)["email"]
        for ask in (client.get, client.delete):
            expect.status(ask(f"/users/{gone}"), 404, "A user who was deleted should be 404.")
        expect.status(people.patch(gone, {"name": people.name()}), 404, "A user who was deleted should be 404.")
        people.check_list(users.values(), "GET /users should show everybody but the one who was deleted.")
        person = people.person(email=nonce.choice((email, people.email())))
        new = people.create(person, "After a DELETE, POST /users should be 201, also with the e-mail of the one who left.")
        expect.that(
            new["id"] not in users,
            "The id of a new user should not be in use: whose row would it be?",
            expected=f"none of {sorted(users)}",
            got=new["id"],
        )
        users[new["id"]] = new
        for user in users.values():
            expect.keys(client.get(f"/users/{user['id']}"), user, "Everybody should keep their id when somebody comes.")


@point("crud-cycle")
def test_what_is_unknown_or_wrong_changes_nothing(client, people, expect, nonce):
    people.start()
    person, user = people.person(), people.create()
    for unknown in (0, user["id"] + 1, nonce.number(10_000)):
        expect.status(client.get(f"/users/{unknown}"), 404, f"GET /users/{{id}} {UNKNOWN}")
        expect.status(client.delete(f"/users/{unknown}"), 404, f"DELETE /users/{{id}} {UNKNOWN}")
        for change in ({"name": people.name()}, {"email": people.email()}, {}):
            expect.status(people.patch(unknown, change), 404, f"PATCH /users/{{id}} {UNKNOWN}")
    number, no_email = nonce.number(), nonce()
    wrong = [{key: value for key, value in person.items() if key != absent} for absent in person]
    wrong += [{**person, "email": no_email}, {**person, nonce.choice(tuple(person)): None}, {**person, "name": number}]
    for body in nonce.sample(wrong, len(wrong)):
        expect.status(people.post(body), 422, "POST /users should be 422 when a field is missing, null, or no text or e-mail.")
    for change in ({"email": no_email}, {"name": None}, {"email": None}, {"name": people.name(), "email": None}):
        because = "PATCH /users/{id} should be 422 when a field is null, or no e-mail; to leave it alone, leave it out."
        expect.status(people.patch(user["id"], change), 422, because)
    people.check_list([user], "What was refused should change nothing, and create nobody.")
    user = people.change(
        user, {"email": user["email"]}, "PATCH /users/{id} with the e-mail that the user has already should be 200."
    )
    # E-mails are compared exactly. No other test has capitals in them.
    twin = people.create(people.person(email=user["email"].replace("zo", "Zo")))
    because = "PATCH /users/{id} with an e-mail that is another user's but for a letter, Z and z, should be 200, and keep it."
    third = people.change(people.create(), {"email": user["email"].replace("zo", "ZO")}, because)
    people.check_list([user, twin, third], "E-mails that differ in a letter, Z and z, belong to different users.")


@point("durable")
def test_rows_outlive_the_process(app, client, new_client, people, expect, nonce):
    people.start()
    users = [people.create() for _user in range(4)]
    users[1] = people.rename(users[1])
    gone = users.pop(nonce.choice((0, 2, 3)))
    reply = client.delete(f"/users/{gone['id']}")
    expect.status(reply, 204, "DELETE /users/{id} should be 204.")
    with app.second() as other:
        because = "A second process on the same database should show the same users, changes and deletions included."
        people.check_list(users, because, new_client(other))
    people.start()
    people.check_list(users, "After a restart, the users should be as they were, changes and deletions included.")
    people.start(f"{people.database}_2")
    people.check_list([], "With another database in DATABASE_URL, which is new, there should be no users.")
    late = people.create()
    people.start()
    people.check_list(users, "Back on the first database, its users should be there, and nobody from the other one.")
    people.start(f"{people.database}_2")
    people.check_list([late], "And in the other database there should be the user who was created there.")


@point("no-orm-leak")
def test_neither_password_nor_hash_is_shown(client, people, expect, nonce):
    people.start()
    persons = [people.person() for _person in range(2)]
    replies, ids = [], []
    for person in persons:
        reply = people.post(person)
        body = expect.keys(reply, {"email": person["email"]}, "POST /users should be 201, with the new user.", status=201)
        ids.append(body.get("id"))
        replies.append((reply, "POST /users"))
    for user_id, person in zip(ids, persons, strict=True):
        replies.append((client.get(f"/users/{user_id}"), "GET /users/{id}"))
        replies.append((people.patch(user_id, {key: person[key] for key in ("name", "email")}), "PATCH /users/{id}"))
    replies.append((client.get("/users"), "GET /users"))
    for reply, what in replies:
        expect.status(reply, (200, 201), f"{what} should show users.")
        body = expect.read(reply, f"{what} should show users as JSON.")
        users = body if isinstance(body, list) else [body]
        expect.that(
            users and all(isinstance(user, dict) and set(user) == {"id", "name", "email"} for user in users),
            f"{what} should show a user's id, name and email and nothing else: not all that a table has is for clients to see.",
            expected="the keys id, name, email",
            got=users[0] if users else "an empty list",
            reply=reply,
        )
    stored = {row["email"]: str(row["password_hash"]) for row in people.rows().values()}
    taken = people.post(person)
    replies.append((taken, "POST /users with an e-mail that is taken"))
    for person in persons:
        value = stored.get(person["email"], "")
        expect.that(
            value and not any(word in value for word in people.disguises(person["password"])),
            "The column password_hash should hold a hash, from which nobody can read the password.",
            expected="a hash of the password",
            got=value or "nothing",
        )
        for reply, what in replies:
            leaked = [word for word in (person["password"], value) if word in reply.text]
            because = f"The answer of {what} should have neither the password nor its hash in it."
            expect.that(not leaked, because, expected="neither of them", got=leaked[0] if leaked else None, reply=reply)
    because = "The 409 of POST /users should have no hash in it, not even the refused user's: a database's error shows the row."
    for value in stored.values():
        leaked = people.hash_in(taken.text, value)
        expect.that(not leaked, because, expected="nothing that is written as a hash is", got=leaked, reply=taken)
    because = "Two passwords should have two hashes."
    expect.that(len(set(stored.values())) == len(persons), because, expected="two values", got=list(stored.values()))
