"""What an app leaves behind, what it sends to a database, and what its author's tests say: all looked at from outside."""

APP = """
    import contextlib
    import os
    import pathlib
    import sqlite3

    from fastapi import FastAPI
    from sqlalchemy import create_engine, text

    app = FastAPI()
    engine = create_engine("sqlite:///made.db")

    @app.post("/write/{value}")
    def write(value: str):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS notes (value TEXT)"))
            connection.execute(text("INSERT INTO notes VALUES (:value)"), {"value": value})
        pathlib.Path("uploads").mkdir(exist_ok=True)
        pathlib.Path("uploads", "a.txt").write_text(value)

    @app.post("/wal/{value}")
    def wal(value: str):
        global kept
        kept = sqlite3.connect("wal.db", check_same_thread=False)
        kept.execute("PRAGMA journal_mode=WAL")
        kept.execute("CREATE TABLE t (v)")
        kept.execute("INSERT INTO t VALUES (?)", [value])
        kept.commit()

    @app.post("/traps")
    def traps():
        with contextlib.suppress(PermissionError):
            os.mkfifo("pipe")  # refused by seccomp; where there is none, the inspector must not hang on it
        os.symlink("/etc/passwd", "link.txt")
        os.symlink("/etc", "folder")
        pathlib.Path("broken.db").write_bytes(b"SQLite format 3\\0" + b"x" * 5000)

    @app.get("/count")
    def count():
        with engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM notes")).scalar()
"""
SUITE = """
    import pytest
    from gradewright.suite import CommandFailed, point


    @point("files")
    def test_files_and_databases_are_read(app, client, expect, nonce):
        value = nonce()
        client.post(f"/write/{value}")
        client.post(f"/wal/{value}")
        with app.inspect() as inside:
            expect.that({"app.py", "made.db", "uploads/a.txt"} <= set(inside.files()), "All files.", got=inside.files())
            expect.equal(value, inside.read("uploads/a.txt").decode(), "The upload.")
            expect.equal([[value]], inside.query("made.db", "SELECT value FROM notes WHERE value = ?", value), "The row.")
            expect.equal([[value]], inside.query("wal.db", "SELECT v FROM t"), "The row that is still in the journal.")


    @point("traps")
    def test_traps_are_refused_not_followed(app, client, expect):
        client.post("/traps")
        with app.inspect() as inside:
            listed = inside.files()
            expect.equal([None, None], [listed.get("pipe"), listed["link.txt"]], "Neither is a regular file.")
            for path in ("pipe", "link.txt", "folder/passwd", "../pristine/app.py", "/etc/passwd", "absent", ""):
                with pytest.raises(CommandFailed):
                    inside.read(path)
            with pytest.raises(CommandFailed):
                inside.query("broken.db", "SELECT 1 FROM sqlite_master")
        expect.that(True, "Nothing hung.")


    @point("statements")
    def test_statements_are_logged(app, client, expect, nonce):
        client.post(f"/write/{nonce()}")
        with app.sql_log() as statements:
            client.get("/count")
        expect.equal(["SELECT count(*) FROM notes"], statements, "One statement.")


    @point("learner-tests")
    def test_tests_of_the_learner_run_on_several_targets(app, expect):
        good = app.run_tests("tests")
        expect.equal({"tests/test_own.py::test_two": "passed", "tests/test_own.py::test_skip": "skipped"}, good, "Green.")
        broken = app.run_tests("tests", files={"target.py": "def two():\\n    return 3\\n"})
        expect.equal("failed", broken["tests/test_own.py::test_two"], "Red on a broken target.")
        asked = app.serve("target.two", lambda call: 2 + len(call.args))
        imports = "from gradewright.worker.twins import call\\nimport os\\n"
        twin = imports + "def two():\\n    return call('target.two', *os.environ['WORDS'])\\n"
        right = app.run_tests("tests", files={"target.py": twin}, env={"WORDS": "", "PYTEST_ADDOPTS": "-k two"})
        expect.equal({"tests/test_own.py::test_two": "passed"}, right, "Twins are answered, and pytest knows its options.")
        wrong = app.run_tests("tests", files={"target.py": twin}, env={"WORDS": "ab", "PYTEST_ADDOPTS": "-k two"})
        expect.equal({"tests/test_own.py::test_two": "failed"}, wrong, "The environment reaches them.")
        expect.equal([[], ["a", "b"]], [call.args for call in asked.calls], "The calls are seen.")
        expect.equal({}, app.run_tests("tests", files={"target.py": "import os\\nos._exit(0)\\n"}), "No word, no outcome.")
"""
TESTS = """
    import pytest
    from target import two

    def test_two():
        assert two() == 2

    @pytest.mark.skip(reason="own reasons")
    def test_skip():
        pass
"""


def test_artefacts_statements_and_learner_tests(grade, make_root, make_app):
    folder = make_app(APP, target="def two():\n    return 2\n", tests__test_own=TESTS)
    done = grade("--root", make_root(SUITE), "01", folder, "--json")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert lost == {}, done.err
    assert done.code == 0
