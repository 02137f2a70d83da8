"""Checks of an app that nobody has asked anything yet: `point(…, first=True)` and `AppHandle.fresh`."""

import pytest

pytestmark = pytest.mark.engine

APP = """
    import os

    from fastapi import FastAPI

    app = FastAPI()
    state = {"asked": 0}

    @app.get("/asked")
    def asked():
        state["asked"] += 1
        return {"asked": state["asked"], "pid": os.getpid()}

    @app.get("/files")
    def files():
        open("left.txt", "w").close()
        return {}
"""

SUITE = """
    import pytest

    from gradewright.suite import point


    def asked(client, expect):
        return expect.read(client.get("/asked"), "GET /asked should answer.")["asked"]


    @point("others")
    @pytest.mark.parametrize("number", range(12))
    def test_others_come_later(client, expect, number):
        expect.that(asked(client, expect) > 1, "Others should come after the first.")


    @point("untouched", first=True)
    def test_the_first_finds_an_untouched_app(app, client, expect):
        before = app.worker
        app.fresh()
        expect.that(app.worker is before, "Nobody has asked anything: no restart.")
        expect.equal(1, asked(client, expect), "The first request should be the first.")
        app.fresh()
        expect.that(app.worker is not before, "After a request: a restart.")
        expect.equal(1, asked(client, expect), "And it should count from the start.")


    @point("restarted")
    def test_fresh_puts_files_back(app, client, expect):
        client.get("/files")
        app.fresh()
        with app.inspect() as inside:
            expect.that("left.txt" not in inside.files(), "What it wrote should be gone.")
        expect.equal(1, asked(client, expect), "The app should be new.")
        asked(client, expect)


    @point("told")
    def test_a_program_beside_it_counts_as_asking(app, client, expect):
        app.restart(fresh=True)
        before = app.worker
        app.run_tests()
        app.fresh()
        expect.that(app.worker is not before, "A run may have written files: a restart.")
        app.restart(fresh=True)
        before = app.worker
        with app.second():
            pass
        app.fresh()
        expect.that(app.worker is not before, "So may another instance.")
        asked(client, expect)
"""


def test_the_first_test_needs_no_restart_and_fresh_restarts_when_it_must(grade, make_root, make_app):
    root = make_root(SUITE, extra='grants = ["pytest"]\n')
    for seed in ("00" * 16, "ab" * 16, "7e" * 16):
        done = grade("--root", root, "01", make_app(APP), "--json", "--seed", seed)
        assert done.code == 0, done.out + done.err
        assert len(done.verdict["points"]) == 4
