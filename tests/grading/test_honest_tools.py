"""Honest submissions that plain limits break: migrations run by alembic's program, and threads beside a busy desktop."""

from __future__ import annotations

import textwrap

import pytest

pytestmark = pytest.mark.engine

ALEMBIC = {
    "app.py": """
        from fastapi import FastAPI

        app = FastAPI()
    """,
    "alembic.ini": """
        [alembic]
        script_location = migrations
    """,
    "migrations/script.py.mako": "",
    "migrations/env.py": """
        import os

        import sqlalchemy
        from alembic import context

        engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
        with engine.connect() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
    """,
    "migrations/versions/0001_users.py": """
        import sqlalchemy as sa
        from alembic import op

        revision, down_revision = "0001", None

        def upgrade():
            op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))

        def downgrade():
            op.drop_table("users")
    """,
}
ALEMBIC_SUITE = """
    from gradewright.suite import point

    TABLES = "import sqlite3; print([row[0] for row in sqlite3.connect('real.db').execute('select name from sqlite_master')])"


    def tables(app):
        done = app.run("python", "-c", TABLES)
        return done.output.strip()


    @point("up")
    def test_up(app, client, expect):
        done = app.run("alembic", "upgrade", "head", env={"DATABASE_URL": "sqlite:///real.db"})
        expect.equal(0, done.code, f"alembic upgrade head should succeed: {done.output[-500:]}")
        expect.that("users" in tables(app), "The table is there.", got=tables(app))
        done = app.run("alembic", "downgrade", "base", env={"DATABASE_URL": "sqlite:///real.db"})
        expect.equal(0, done.code, f"alembic downgrade base should succeed: {done.output[-500:]}")
        expect.that("users" not in tables(app), "The table is gone.", got=tables(app))


    @point("told")
    def test_a_failure_is_told(app, client, expect):
        done = app.run("alembic", "upgrade", "head")
        expect.equal(1, done.code, "Without a URL it fails.", )
        expect.that("DATABASE_URL" in done.output, "It says why.", got=done.output[-200:])
        done = app.run("python", "-c", "import time; time.sleep(60)", seconds=0.5)
        expect.equal(None, done.code, "It is ended at its limit.")
"""


def skip_without_screen(done, profile):
    if profile == "screen" and done.verdict["state"] == "grader_error":
        pytest.skip(f"this machine cannot hold the profile screen: {done.verdict['problem']['message']}")


@pytest.mark.parametrize("profile", ["kata", "screen"])
def test_alembic_up_and_down(grade, make_root, tmp_path, profile):
    folder = tmp_path / "migrated"
    for name, text in ALEMBIC.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))
    root = make_root(ALEMBIC_SUITE, extra='grants = ["exec"]\n')
    done = grade("--root", root, "01", folder, "--json", "--profile", profile)
    skip_without_screen(done, profile)
    assert done.lost == [], [(point["message"], point["got"]) for point in done.verdict["points"]]
