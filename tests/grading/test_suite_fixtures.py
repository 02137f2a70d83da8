"""What suites are given: overrides of every kind, settling, restarts, logs, introspection. Each through a real grade."""


def test_every_kind_of_override(graded, failures):
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
    done = graded("plain", suite)
    assert done.verdict["state"] == "graded"
    lost = failures(done)
    assert list(lost) == ["missing"]
    assert "get_nothing" in lost["missing"][0]


def test_settling_restarts_logs_and_introspection(graded, failures):
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
    done = graded("plain", suite)
    assert failures(done) == {}
    assert done.verdict["state"] == "graded"
    assert done.code == 0
