"""How the tests of 34-alembic run migrations, and look at what they made of a database."""

import json

import pytest

from gradewright.suite import CommandFailed, NotInFlight

#: The database that the tests migrate, unless the URL itself is the matter: the one that the starter's ini names, so that a
#: URL which is not taken from the environment costs nothing but its own point.
DATABASE = "app.db"
#: Revision 0001 as it was handed out.
FIRST = """
    CREATE TABLE users (id INTEGER NOT NULL, full_name VARCHAR NOT NULL, email VARCHAR NOT NULL, PRIMARY KEY (id));
    CREATE TABLE alembic_version (
        version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );
    INSERT INTO alembic_version VALUES ('0001');
"""
AT_FIRST = ["users.email TEXT NOT NULL", "users.full_name TEXT NOT NULL", "users.id INTEGER PRIMARY KEY"]
AT_HEAD = [
    "users.email TEXT NOT NULL",
    "users.email_key TEXT NOT NULL",
    "users.first_name TEXT NOT NULL",
    "users.id INTEGER PRIMARY KEY",
    "users.last_name TEXT NOT NULL",
    "users: unique index on email_key",
]
#: Puts another database in the place of one, while the app runs: source, target, and a script that is run afterwards.
REPLACE = """
import sqlite3, sys
source, target, script = sys.argv[1:]
one, two = sqlite3.connect(source), sqlite3.connect(target)
one.backup(two)
two.executescript(script)
two.close()
"""
#: Seconds that the steps of one test may take.
PATIENCE = 12.0
FULL_NAME = "SELECT id, full_name, email FROM users ORDER BY id"
NAMES = "SELECT id, first_name, last_name, email, email_key FROM users ORDER BY id"
PUT = "INSERT INTO users (id, first_name, last_name, email, email_key) VALUES (?, ?, ?, ?, ?)"


class Steps:
    """Steps of the driver, each with the sentence for the case that it fails."""

    def __init__(self, project, database=DATABASE):
        self.project, self.database, self.asked = project, database, []

    def add(self, step, because):
        self.asked.append((step, because))
        return self

    def new(self):
        return self.add(["remove", self.database], "")

    def alembic(self, *words, because="", more=None, stops=True):
        because = because or f"`alembic {' '.join(words)}` should succeed."
        return self.add(["alembic", self.database, more, words, stops], because if stops else None)

    def sql(self, script="", statement=None, rows=(), because=""):
        return self.add(["sql", self.database, script, statement, rows], because)

    def copy(self, name):
        return self.add(["copy", self.database, name], "")

    def restore(self, name):
        return self.add(["copy", name, self.database], "")

    def run(self):
        """Take the steps; return what those that need not succeed told, as (exit code, text)."""
        return self.project.take(self.asked)


class Project:
    def __init__(self, app, expect, nonce):
        self.app, self.expect, self.nonce = app, expect, nonce
        self.first, self.at_first, self.at_head = FIRST, AT_FIRST, AT_HEAD
        self.full_name, self.names, self.put = FULL_NAME, NAMES, PUT

    def steps(self, database=DATABASE):
        return Steps(self, database)

    def take(self, asked):
        twin = self.app.serve("driver.told", lambda _call: None)
        steps = json.dumps([step for step, _because in asked])
        self.app.restart({"GRADED_STEPS": steps}, app="gradewright_migrate:app")
        try:
            twin.wait_calls(1, PATIENCE)
        except NotInFlight:
            because = "The commands of Alembic should come to an end."
            self.expect.that(False, because, expected=f"an end within {PATIENCE:g} seconds", got="they were still running")
        [told] = twin.calls[0].args
        if told is None:
            raise RuntimeError(f"the driver did not tell: {self.app.log()[-800:]}")
        loose = []
        for (_step, because), (code, said) in zip(asked, told, strict=False):
            if because is None:
                loose.append((code, said))
            else:
                self.expect.that(code == 0, because, expected="success", got=said)
        return loose

    def replace(self, source, target, script=""):
        """Put one database in the place of another, under the app that runs."""
        done = self.app.run("python", "-c", REPLACE, source, target, script)
        if done.code != 0:
            raise RuntimeError(f"the database was not replaced: {done.output[-800:]}")

    def rows(self, database, query, because):
        """Return the rows that a query finds in a file; the check is lost where it cannot be asked."""
        with self.app.inspect() as inspector:
            try:
                return [list(row) for row in inspector.query(database, query)]
            except CommandFailed as failure:
                self.expect.that(False, because, expected="a table that can be asked for this", got=str(failure))

    def check_rows(self, database, query, wanted, because):
        self.expect.equal(sorted(map(list, wanted)), self.rows(database, query, because), because)

    def check_revision(self, database, wanted, because):
        self.expect.equal([[wanted]], self.rows(database, "SELECT version_num FROM alembic_version", because), because)

    def tables(self, database, *, alembic=False):
        """Return the names of the tables in a file, with or without Alembic's own; none where there is no file."""
        with self.app.inspect() as inspector:
            if database not in inspector.files():
                return []
            found = inspector.query(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        others = ("sqlite_",) if alembic else ("sqlite_", "alembic_version")
        return [name for (name,) in found if not name.startswith(others)]

    def schema(self, database):
        """Return a file's columns and indexes as sorted lines; in which order columns stand does not matter."""
        tables, lines = self.tables(database), set()
        with self.app.inspect() as inspector:
            for table in tables:
                for name, kind, strict, key in inspector.query(
                    database, 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', table
                ):
                    end = " PRIMARY KEY" if key else " NOT NULL" if strict else ""
                    lines.add(f"{table}.{name} {affinity(kind)}{end}")
                for name, unique, origin, partial in inspector.query(
                    database, 'SELECT name, "unique", origin, partial FROM pragma_index_list(?)', table
                ):
                    columns = inspector.query(database, "SELECT name FROM pragma_index_info(?) ORDER BY seqno", name)
                    words = f"{'partial ' if partial else ''}{'unique ' if unique else ''}index"
                    if origin != "pk":
                        lines.add(f"{table}: {words} on {', '.join(column or 'an expression' for (column,) in columns)}")
        return sorted(lines)

    # Made-up rows

    def email(self):
        one, two = self.nonce.tokens(2, 6)
        return self.nonce.choice((f"{one.title()}.{two.upper()}@Example.COM", f"{one}{two.upper()}@example.com"))

    def people(self, *names):
        """Return (id, first name, last name, email, key) for names like these, with ids in no order and with gaps."""
        ids = self.nonce.sample(range(1, 10_000), len(names))
        emails = [self.email() for _name in names]
        return [(number, *name, email, email.lower()) for number, name, email in zip(ids, names, emails, strict=True)]

    def word(self):
        return self.nonce(6).title()


def affinity(kind):
    """Return how SQLite stores a column that is declared like this: what is VARCHAR to one is TEXT to another."""
    kind = kind.upper()
    if "INT" in kind:
        return "INTEGER"
    return "TEXT" if any(word in kind for word in ("CHAR", "CLOB", "TEXT")) else kind


@pytest.fixture
def project(app, expect, nonce):
    return Project(app, expect, nonce)
