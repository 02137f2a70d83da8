"""The hidden suite of 34-alembic: what the app says of a schema that is not its own."""

from gradewright.suite import point

NEXT = '''"""Nothing, in one more revision."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
'''
STAMP = "UPDATE alembic_version SET version_num = '0003';"


@point("no-create-all")
def test_the_app_waits_for_its_schema(app, client, project, expect, nonce):
    def check(status, because):
        expect.status(client.get("/health/ready"), status, f"GET /health/ready should be {status} {because}")

    steps = project.steps().new().alembic("upgrade", "0001").copy("first.db")
    steps.alembic("upgrade", "head").copy("head.db").run()
    because = "Revision 0001 should still make what it made before: databases that are at it do not get a change of it."
    expect.equal(project.at_first, project.schema("first.db"), because)
    because = "The database should be at revision 0002 after `alembic upgrade head`."
    project.check_revision("head.db", "0002", because)

    database = f"{nonce()}.db"
    where = {"DATABASE_URL": f"sqlite:///{database}"}
    app.restart(where)
    check(503, "while the database is empty.")
    because = (
        "After start and a request, an empty database should still have no tables, not even Alembic's own: migrations make "
        "them, not the app."
    )
    expect.equal([], project.tables(database, alembic=True), because)
    project.replace("first.db", database)
    check(503, "while the database is at revision 0001, and the head is 0002.")
    expect.equal(project.at_first, project.schema(database), "A request should not change the schema.")
    project.replace("head.db", database)
    check(200, "as soon as the database is at head, without a restart.")
    project.replace("head.db", database, STAMP)
    check(503, "while the database is at a revision 0003 of a later release, which this app does not have: its head is 0002.")
    project.replace("first.db", database)
    check(503, "again when the database is back at revision 0001: it is asked each time.")
    app.restart(where)
    check(503, "after a restart with a database at revision 0001.")
    expect.equal(project.at_first, project.schema(database), "A restart of the app should not change the schema.")

    # Not ready until somebody migrates, also in the release after this one.
    project.replace("head.db", database)
    app.restart(where, files={"migrations/versions/0003_nothing.py": NEXT})
    check(503, "with one more revision, 0003, in migrations/versions, while the database is at 0002.")
    project.replace("head.db", database, STAMP)
    check(200, "with one more revision, 0003, once the database is at it.")

    app.restart({"DATABASE_URL": f"sqlite:///{nonce()}/{nonce()}.db"}, fresh=True)
    check(503, "while the database cannot be reached.")
