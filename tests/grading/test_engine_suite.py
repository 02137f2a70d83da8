"""What suites are given: overrides of every kind, settling, restarts, logs, introspection. Each through a real grade."""

APP = """
    import asyncio
    import os
    import sys
    import time

    from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Request

    app = FastAPI(title="T")
    state = {"background": 0, "count": 0}

    def get_thing():
        return {"name": "real"}

    class Opener:
        def __call__(self):
            return "opened"

    opener = Opener()

    @app.get("/thing")
    def thing(value=Depends(get_thing)):
        state["count"] += 1
        if not isinstance(value, dict):
            return {"name": value.name, "tags": value.tags}
        return value

    @app.get("/opener")
    def use_opener(value=Depends(opener)):
        return {"value": value}

    @app.get("/background")
    async def background(tasks: BackgroundTasks):
        async def work():
            await asyncio.sleep(0.05)
            state["background"] += 1
        tasks.add_task(work)
        return {"queued": True}

    @app.get("/state")
    def show():
        return {**state, "mode": os.environ.get("MODE", "none"), "pid": os.getpid()}

    @app.get("/print")
    def say(text: str):
        print(text)
        print("to stderr " + text, file=sys.stderr)
        return {}

    @app.get("/boom")
    def boom():
        raise ValueError("secret " + "x" * 10)

    @app.get("/echo")
    async def echo(request: Request):
        return {
            "client": request.client.host, "server": list(request.scope["server"]), "root": request.scope["root_path"],
            "headers": sorted(request.headers), "host": request.headers["host"],
        }

    @app.post("/upload")
    async def upload(request: Request):
        return {"size": len(await request.body()), "type": request.headers.get("content-type")}

    @app.get("/slow")
    def slow(seconds: float):
        time.sleep(seconds)
        return {}

    inner = APIRouter(prefix="/deep")

    @inner.get("/route")
    async def deep(value=Depends(get_thing)):
        return value

    outer = APIRouter(prefix="/outer")
    outer.include_router(inner)
    app.include_router(outer)
"""


def graded(grade, make_root, make_app, suite, *options, app=APP, **root):
    done = grade("--root", make_root(suite, **root), "01", make_app(app), "--json", *options)
    assert done.out, done.err
    return done


def failures(done):
    return {
        point["id"]: (point["message"], point["expected"], point["got"])
        for point in done.verdict["points"]
        if point["status"] != "won"
    }


def test_every_kind_of_override(grade, make_root, make_app):
    suite = """
        from gradewright.suite import AsyncValue, Namespace, Raise, Resource, Spy, Value, point


        @point("value")
        def test_value(app, client, expect, nonce):
            name = nonce()
            with app.override("get_thing", Value({"name": name})):
                expect.json(client.get("/thing"), {"name": name}, "Value should show.")
                expect.json(client.get("/outer/deep/route"), {"name": name}, "Value should show below routers.")
            expect.json(client.get("/thing"), {"name": "real"}, "The override should end with its block.")


        @point("async-value")
        def test_async_value(app, client, expect, nonce):
            name = nonce()
            with app.override("get_thing", AsyncValue({"name": name})) as double:
                expect.json(client.get("/thing"), {"name": name}, "AsyncValue should show.")
                expect.equal(1, len(double.calls), "It should have been called once.")


        @point("raise")
        def test_raise(app, client, expect):
            with app.override("get_thing", Raise(418, "tea", {"X-Pot": "green"})):
                reply = client.get("/thing")
                expect.json(reply, {"detail": "tea"}, "Raise should show.", status=418)
                expect.equal("green", reply.headers["x-pot"], "Headers should come along.")


        @point("spy")
        def test_spy(app, client, expect, nonce):
            values = [{"name": name} for name in nonce.tokens(3)]
            with app.override("get_thing", Spy(tuple(values))) as spy:
                got = [client.get("/thing").json() for _call in values]
                expect.equal(values, got, "Each call should take the next value.")
                expect.equal(3, len(spy.calls), "Three calls.")


        @point("resource")
        def test_resource(app, client, expect, nonce):
            for sync in (False, True):
                with app.override("get_thing", Resource(({"name": "one"}, {"name": "two"}), sync=sync)) as resource:
                    expect.json(client.get("/thing"), {"name": "one"}, "First opening.")
                    expect.json(client.get("/thing"), {"name": "two"}, "Second opening.")
                    events = [call["event"] + str(call["number"]) for call in resource.calls]
                    expect.equal(["open0", "close0", "open1", "close1"], events, "Open, close.")


        @point("namespace")
        def test_namespace(app, client, expect, nonce):
            name = nonce()
            with app.override("get_thing", Value(Namespace(name=name, tags=["a", None, 1.5]))):
                expect.json(client.get("/thing"), {"name": name, "tags": ["a", None, 1.5]}, "Attributes should show.")


        @point("instance")
        def test_instance_by_its_variable(app, client, expect):
            with app.override("opener", Value("replaced")):
                expect.json(client.get("/opener"), {"value": "replaced"}, "A callable instance is found by its name.")


        @point("nested")
        def test_two_overrides_and_order(app, client, expect):
            with app.override("get_thing", Value({"name": "outer"})):
                with app.override("get_thing", Value({"name": "inner"})), app.override("opener", Value("x")):
                    expect.json(client.get("/thing"), {"name": "inner"}, "Inner wins.")
                expect.json(client.get("/thing"), {"name": "outer"}, "Outer is back.")


        @point("missing")
        def test_unknown_name_is_the_learners_loss(app, client, expect):
            with app.override("get_nothing", Value(1)):
                pass
    """
    done = graded(grade, make_root, make_app, suite)
    assert done.verdict["state"] == "graded"
    lost = failures(done)
    assert list(lost) == ["missing"]
    assert "get_nothing" in lost["missing"][0]


def test_settling_restarts_logs_and_introspection(grade, make_root, make_app):
    suite = """
        from gradewright.suite import Value, point


        @point("settles")
        def test_background_work_is_over_when_a_call_returns(client, expect):
            before = client.get("/state").json()["background"]
            client.get("/background")
            expect.equal(before + 1, client.get("/state").json()["background"], "Background work should be over.")


        @point("unsettled")
        def test_settle_false_returns_with_the_reply(client, expect):
            before = client.get("/state").json()["background"]
            reply = client.get("/background", settle=False)
            expect.equal(before, client.get("/state").json()["background"], "The work should not have run yet.")
            client.settle(reply)
            expect.equal(before + 1, client.get("/state").json()["background"], "After settling it should.")


        @point("restart")
        def test_restart_takes_another_environment_and_a_new_process(app, client, expect, nonce):
            before = client.get("/state").json()
            mode = nonce()
            app.restart({"MODE": mode})
            after = client.get("/state").json()
            expect.equal("none", before["mode"], "No mode at first.")
            expect.equal(mode, after["mode"], "The new environment should be there.")
            expect.that(before["pid"] != after["pid"], "It should be another process.")
            expect.equal(0, after["count"], "Memory should not survive.")


        @point("default-again")
        def test_the_next_test_sees_the_default_environment(app, client, expect):
            expect.equal("none", client.get("/state").json()["mode"], "No mode in a fresh test.")


        @point("log")
        def test_log_has_what_a_request_printed(app, client, expect, nonce):
            text = nonce()
            client.get("/print", params={"text": text})
            expect.equal(2, app.log().count(text + "\\n"), "stdout and stderr, at once.")


        @point("log-traceback")
        def test_log_has_the_traceback_and_the_exchange_the_frames(app, client, expect):
            reply = client.get("/boom")
            expect.status(reply, 500, "An exception is a 500.")
            expect.that("ValueError: secret" in app.log(), "The traceback should be logged.")
            frames = reply.extensions["exchange"].frames
            expect.equal(["app.py", "boom"], [frames[-1]["file"], frames[-1]["function"]], "The learner's frame.")


        @point("looks")
        def test_the_app_sees_what_testclient_would_show(client, expect):
            body = client.get("/echo", headers={"x-mine": "1"}).json()
            expect.equal("testclient", body["client"], "client")
            expect.equal(["testserver", 80], body["server"], "server")
            expect.equal("testserver", body["host"], "host")
            expect.equal([], [name for name in body["headers"] if "gradewright" in name], "no engine header")
            expect.that("x-mine" in body["headers"], "own headers")


        @point("introspection")
        def test_routes_recurse_and_openapi_is_there(app, expect):
            routes = {route["path"]: route for route in app.routes()}
            deep = routes["/outer/deep/route"]
            expect.equal(["GET"], deep["methods"], "methods")
            expect.equal(True, deep["is_coroutine"], "a coroutine")
            expect.equal(["get_thing"], [item["name"] for item in deep["dependencies"]], "dependencies")
            expect.equal(False, routes["/thing"]["is_coroutine"], "not a coroutine")
            expect.that("/outer/deep/route" in app.openapi()["paths"], "OpenAPI")


        @point("upload")
        def test_bodies_of_every_kind(client, expect, nonce):
            big = b"x" * 3_000_000
            expect.json(client.post("/upload", content=big), {"size": len(big), "type": None}, "bytes")
            chunks = iter([b"a" * 1000] * 50)
            expect.json(client.post("/upload", content=chunks), {"size": 50_000, "type": None}, "chunks")
            reply = client.post("/upload", files={"f": ("a.txt", b"hello")})
            expect.that(reply.json()["type"].startswith("multipart/form-data"), "multipart")


        @point("cookies")
        def test_each_test_has_cookies_of_its_own(client, expect):
            client.cookies.set("seen", "1")
            expect.that("cookie" in client.get("/echo").json()["headers"], "sent")


        @point("parallel")
        def test_requests_from_threads(client, expect):
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(20) as pool:
                replies = list(pool.map(lambda n: client.get("/slow", params={"seconds": 0.01}).status_code, range(40)))
            expect.equal([200] * 40, replies, "all answered")
    """
    done = graded(grade, make_root, make_app, suite)
    assert failures(done) == {}
    assert done.verdict["state"] == "graded"
    assert done.code == 0


def test_a_hostile_reply_loses_a_point_and_a_broken_fixture_is_the_graders_error(grade, make_root, make_app):
    suite = """
        import pytest

        from gradewright.suite import point


        @pytest.fixture
        def broken():
            raise RuntimeError("the fixture's own mistake")


        @point("key-error")
        def test_reads_a_key_that_is_not_there(client, expect):
            client.get("/thing").json()["nothing"]
    """
    done = graded(grade, make_root, make_app, suite)
    assert (done.code, done.lost) == (1, ["key-error"])
    assert "nothing" not in failures(done)["key-error"][0], "the suite's source must not be quoted"


def test_a_fault_of_the_suite_is_never_the_submissions(grade, make_root, make_app):
    suite = """
        import pytest

        from gradewright.suite import point


        @pytest.fixture
        def broken():
            raise RuntimeError("the fixture's own mistake")


        @point("never-judged")
        def test_with_a_broken_fixture(broken):
            pass
    """
    done = graded(grade, make_root, make_app, suite)
    assert (done.code, done.verdict["state"], done.verdict["score"]) == (4, "grader_error", 0)
    assert "the fixture's own mistake" in done.verdict["problem"]["message"]


def test_a_suite_that_skips_or_has_nothing_is_a_fault_not_a_pass(grade, make_root, make_app):
    suite = """
        import pytest

        from gradewright.suite import point


        @point("skipped")
        def test_skips():
            pytest.skip("for no reason")
    """
    done = graded(grade, make_root, make_app, suite)
    assert done.code == 4
    assert done.verdict["score"] == 0


def test_the_whole_grades_limit_keeps_what_was_judged(grade, make_root, make_app):
    suite = """
        from gradewright.suite import point


        @point("one")
        def test_one(client, expect):
            expect.status(client.get("/slow", params={"seconds": 1.2}), 200, "It should answer.")


        @point("two")
        def test_two(client, expect):
            expect.status(client.get("/slow", params={"seconds": 1.2}), 200, "It should answer.")
    """
    done = graded(grade, make_root, make_app, suite, "--total-limit", "2.4")
    assert (done.code, done.verdict["state"]) == (5, "limit")
    assert sorted(point["status"] for point in done.verdict["points"]) == ["not_run", "won"]


def test_a_request_that_takes_too_long_loses_its_point_and_only_that(grade, make_root, make_app):
    suite = """
        from gradewright.suite import point


        @point("slow")
        def test_slow(client, expect):
            expect.status(client.get("/slow", params={"seconds": 30}), 200, "It should answer.")


        @point("quick")
        def test_quick(client, expect):
            expect.status(client.get("/thing"), 200, "It should answer.")
    """
    done = graded(grade, make_root, make_app, suite, "--request-limit", "1")
    assert (done.code, done.lost) == (1, ["slow"])
    assert "no reply within 1 s" in failures(done)["slow"][0]


def test_provided_modules_of_the_grader_win_over_the_learners_copies(grade, make_root, make_app):
    suite = """
        from gradewright.suite import point


        @point("twin")
        def test_twin(client, expect):
            expect.json(client.get("/"), {"who": "twin"}, "The twin should be used.")
    """
    source = """
        import store
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/")
        def who():
            return {"who": store.WHO}
    """
    folder = make_app(source, store="WHO = 'learner'")
    done = grade("--root", make_root(suite, provided={"store.py": "WHO = 'twin'\n"}), "01", folder, "--json")
    assert done.code == 0, done.err
