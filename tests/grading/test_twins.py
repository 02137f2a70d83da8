"""Twins of provided modules, two instances, signals, and starts with other files: through real grades."""

import pytest

pytestmark = pytest.mark.engine

TWIN = """
    from gradewright.worker.twins import acall, call


    class NotFound(Exception):
        pass


    def get(number):
        return call("store.get", number, errors={"NotFound": NotFound})


    async def fetch(key):
        return await acall("store.fetch", key)
"""
APP = """
    import os
    import pathlib
    import signal

    import store
    from fastapi import FastAPI, HTTPException

    app = FastAPI()

    @app.get("/get/{number}")
    def get(number: int):
        try:
            return store.get(number)
        except store.NotFound as error:
            raise HTTPException(404, str(error))

    @app.get("/fetch/{key}")
    async def fetch(key: str):
        return await store.fetch(key)

    @app.get("/blocking/{key}")
    async def blocking(key: str):
        return store.get(key)

    @app.get("/ping")
    async def ping():
        return {"pong": True}

    @app.get("/pid")
    def pid():
        return os.getpid()

    @app.post("/note/{text}")
    def note(text: str):
        pathlib.Path("note.txt").write_text(text)

    @app.get("/note")
    def read():
        path = pathlib.Path("note.txt")
        return {"note": path.read_text() if path.exists() else None, "env": pathlib.Path(".env").exists()}
"""
SUITE = """
    import signal
    from concurrent.futures import ThreadPoolExecutor

    import pytest
    from gradewright.suite import NotInFlight, TwinRaise, point


    @point("answers")
    def test_the_grader_answers_and_remembers(app, client, expect, nonce):
        word, number = nonce(), nonce.number()
        twin = app.serve("store.get", lambda call: {"word": word, "asked": call.args})
        expect.json(client.get(f"/get/{number}"), {"word": word, "asked": [number]}, "The grader's answer.")
        expect.equal([[number]], [call.args for call in twin.calls], "The call was seen.")


    @point("raises")
    def test_the_grader_may_raise(app, client, expect, nonce):
        text = nonce()

        def answer(call):
            raise TwinRaise("NotFound", text)

        app.serve("store.get", answer)
        expect.json(client.get("/get/1"), {"detail": text}, "The twin's own exception.", status=404)


    @point("rendezvous")
    def test_calls_are_held_until_all_are_in_flight(app, client, expect):
        twin = app.serve("store.fetch", lambda call: call.args[0])
        with ThreadPoolExecutor(60) as pool, twin.hold():
            waiting = [pool.submit(client.get, f"/fetch/{n}") for n in range(60)]
            twin.wait_in_flight(60)
            expect.json(client.get("/ping"), {"pong": True}, "A trivial route answers meanwhile.")
            expect.that(not any(future.done() for future in waiting), "None is answered before the release.")
            twin.release()
            expect.equal([str(n) for n in range(60)], [future.result().json() for future in waiting], "Then all are.")


    @point("no-overlap")
    def test_calls_that_do_not_overlap_are_told(app, client, expect):
        twin = app.serve("store.get", lambda call: call.args[0])
        with ThreadPoolExecutor(2) as pool, twin.hold():
            waiting = [pool.submit(client.get, f"/blocking/{n}") for n in range(2)]
            with pytest.raises(NotInFlight):
                twin.wait_in_flight(2, seconds=0.5)
            twin.release()
            for future in waiting:
                future.result()


    @point("two")
    def test_two_instances_share_twins_and_files(app, client, new_client, expect, nonce):
        text = nonce()
        app.serve("store.get", lambda call: text)
        with app.second() as other:
            second = new_client(other)
            expect.that(client.get("/pid").json() != second.get("/pid").json(), "Two processes.")
            expect.json(second.get("/get/1"), text, "The same twins.")
            client.post(f"/note/{text}")
            expect.keys(second.get("/note"), {"note": text}, "The same folder.")


    @point("signals")
    def test_sigterm_ends_gracefully_and_sigkill_does_not(app, client, expect):
        client.get("/ping")
        app.signal(signal.SIGTERM)
        ended = app.wait_exit()
        expect.that(ended in ({"signal": 15}, {"code": 0}), "SIGTERM ends it.", got=ended)
        app.restart()
        app.signal(signal.SIGKILL)
        expect.equal({"signal": 9}, app.wait_exit(), "SIGKILL kills it.")


    @point("durable")
    def test_files_survive_a_restart_but_not_a_fresh_one(app, client, expect, nonce):
        text = nonce()
        client.post(f"/note/{text}")
        app.restart()
        expect.json(client.get("/note"), {"note": text, "env": False}, "The file is still there.")
        app.restart(files={".env": "A=1"})
        expect.json(client.get("/note"), {"note": text, "env": True}, "A file was added.")
        app.restart(fresh=True)
        expect.json(client.get("/note"), {"note": None, "env": False}, "All is as submitted.")
"""


def test_twins_instances_signals_and_files(grade, make_root, make_app):
    done = grade("--root", make_root(SUITE, provided={"store.py": TWIN}), "01", make_app(APP, store="x = 1"), "--json")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert lost == {}, done.err
    assert done.code == 0


def test_a_hundred_restarts_do_not_confuse_the_zygote(grade, make_root, make_app):
    """Descriptors of ended workers are used again for new ones; the zygote must tell them apart."""
    suite = """
        from gradewright.suite import point


        @point("restarts")
        def test_restarts(app, client, expect):
            pids = set()
            for number in range(100):
                app.restart()
                if number % 10 == 0:
                    pids.add(client.get("/pid").json())
            expect.equal(10, len(pids), "Each start is a new process.")
    """
    done = grade("--root", make_root(suite, provided={"store.py": TWIN}), "01", make_app(APP, store="x = 1"), "--json")
    assert done.code == 0, done.verdict["problem"] or done.lost
