"""The hidden suite of 34-alembic: what the revisions make of a database."""

from gradewright.suite import point


def joined(people):
    """Return the rows as they are at revision 0001."""
    return [(number, f"{first} {last}" if last else first, email) for number, first, last, email, _key in people]


@point("upgrade-with-data")
def test_rows_are_upgraded(project, expect, nonce):
    word = project.word
    names = [(word(), word()), (word(), ""), (word(), f"{word()} {word()}"), (word(), f"de {word()}"), (word(), word())]
    people = project.people(*nonce.sample(names, len(names)))
    steps = project.steps().new()
    steps.sql(project.first, "INSERT INTO users (id, full_name, email) VALUES (?, ?, ?)", joined(people))
    because = "`alembic upgrade head` should succeed on a database at revision 0001 that has users in it."
    steps.alembic("upgrade", "head", because=because).copy("upgraded.db").run()
    because = (
        "After the upgrade every user should be there: first_name up to the first space, last_name what follows it ('' if "
        "nothing does), the e-mail as it was, and email_key in small letters."
    )
    project.check_rows("upgraded.db", project.names, people, because)
    found = project.schema("upgraded.db")
    because = "After the upgrade of a table with rows, its columns should be NOT NULL and email_key unique."
    expect.equal(project.at_head, [line for line in found if line in project.at_head], because)
    expect.that(
        not any(line.startswith("users.full_name") for line in found),
        "After the upgrade, full_name should be gone: the two names replace it.",
        expected="no column full_name",
        got=", ".join(found),
    )
    project.check_revision("upgraded.db", "0002", "After `alembic upgrade head` the database should be at revision 0002.")


@point("matches-models")
def test_nothing_is_left_to_generate(project, expect, nonce):
    steps = project.steps().new()
    steps.alembic("upgrade", "head", because="`alembic upgrade head` should succeed on an empty database.").copy("new.db")
    because = "On a new database at head, `alembic check` should find no difference to models.py, the index's name included."
    steps.alembic("check", because=because)
    # Whoever switches the comparison off finds no difference either.
    more = nonce()
    [(code, said)] = steps.alembic("check", more=more, stops=False).run()
    because = "A new database should have the tables, columns and indexes of models.py, and no others."
    expect.equal(project.at_head, project.schema("new.db"), because)
    expect.that(
        code != 0,
        "When Base.metadata has one more table than the database, `alembic check` should say so.",
        expected="another exit code than 0",
        got=said,
    )


@point("reversible")
def test_down_and_up_again(project, expect, nonce):
    word = project.word
    names = [(word(), word()), (word(), ""), (word(), word())]
    people = project.people(*nonce.sample(names, len(names)))
    steps = project.steps().new().alembic("upgrade", "0001").copy("first.db")
    steps.alembic("upgrade", "head", because="`alembic upgrade head` should succeed on an empty database.").copy("head.db")
    steps.sql("", project.put, people, because="At head, users with the new columns should be taken.")
    because = "`alembic downgrade 0001` should succeed on a database at head that has users in it."
    steps.alembic("downgrade", "0001", because=because).copy("down.db")
    [(code, _said)] = steps.alembic("upgrade", "head", stops=False).copy("again.db").run()

    because = "After the downgrade the database should be at revision 0001."
    project.check_revision("down.db", "0001", because)
    because = (
        "After the downgrade every user should be there, with full_name put together from both names: with a space between "
        "them, and without one when there is no last name."
    )
    project.check_rows("down.db", project.full_name, joined(people), because)
    because = "After the downgrade the tables should be those that revision 0001 makes, with nothing left over."
    expect.equal(project.schema("first.db"), project.schema("down.db"), because)

    if code == 0:
        because = "After up, down and up again every user should be as before."
        project.check_rows("again.db", project.names, people, because)
    else:
        # That an upgrade fails on rows is the matter of upgrade-with-data. Without rows it should do.
        steps = project.steps().new().restore("down.db").sql("DELETE FROM users;")
        because = "After a downgrade, `alembic upgrade head` should succeed again."
        steps.alembic("upgrade", "head", because=because).copy("again.db").run()
    because = "After up, down and up again the tables should be as they were after the first upgrade."
    expect.equal(project.schema("head.db"), project.schema("again.db"), because)


@point("url-from-env")
def test_the_url_is_in_the_environment(project, nonce):
    one, two = (f"{name}.db" for name in nonce.tokens(2))
    steps = project.steps(one).alembic("upgrade", "0001")
    steps.asked += project.steps(two).alembic("upgrade", "0001").asked
    steps.run()
    because = "With another DATABASE_URL, `alembic upgrade 0001` should make its tables in that database."
    for database in (one, two):
        project.check_revision(database, "0001", because)
