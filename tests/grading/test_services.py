"""Services by grant: an upstream and Redis on the grader's side. The app reaches these, and nothing else."""

import pytest

pytestmark = pytest.mark.engine

APP = """
    import os
    import socket

    import httpx
    import redis as client
    from fastapi import FastAPI

    app = FastAPI()

    def attempt(action):
        try:
            return {"ok": str(action())}
        except BaseException as error:
            return {"refused": type(error).__name__}

    @app.get("/call/{path}")
    async def call(path: str):
        async with httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"]) as upstream:
            reply = await upstream.post(f"/{path}", json={"asked": path})
        return {"status": reply.status_code, "body": reply.json()}

    @app.post("/set/{key}/{value}")
    def put(key: str, value: str):
        connection = client.Redis.from_url(os.environ["REDIS_URL"])
        connection.set(key, value, ex=60)
        return {"old": connection.incr("count"), "lua": connection.eval("return KEYS[1]", 1, key).decode()}

    @app.get("/get/{key}")
    def get(key: str):
        value = client.Redis.from_url(os.environ["REDIS_URL"]).get(key)
        return {"value": value.decode() if value else None}

    @app.get("/try/other-port")
    def other():
        return attempt(lambda: socket.create_connection(("127.0.0.1", 22), 1))

    @app.get("/try/listen")
    def listen():
        def action():
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                listener.listen()
                return listener.getsockname()
        return attempt(action)

    @app.get("/try/udp")
    def udp():
        return attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53)))

    @app.get("/try/outside")
    def outside():
        port = int(os.environ["UPSTREAM_URL"].rpartition(":")[2])
        return attempt(lambda: socket.create_connection(("192.0.2.1", port), 0.2))

    @app.get("/try/fork")
    def fork():
        return attempt(os.fork)
"""
UPSTREAM = """
    import time
    from concurrent.futures import ThreadPoolExecutor

    from gradewright.suite import UpstreamReply, point


    @point("given")
    def test_the_upstream_is_reached_and_observed(upstream, client, expect, nonce):
        word, path = nonce(), nonce()
        upstream.answer = lambda request: UpstreamReply(201, {"word": word})
        expect.json(client.get(f"/call/{path}"), {"status": 201, "body": {"word": word}}, "The upstream's answer.")
        expect.equal([["POST", f"/{path}"]], [[r.method, r.path] for r in upstream.requests], "The request was seen.")


    @point("held")
    def test_requests_are_held_until_released(upstream, client, expect):
        upstream.answer = lambda request: UpstreamReply(200, request.path)
        with ThreadPoolExecutor(8) as pool, upstream.hold():
            waiting = [pool.submit(client.get, f"/call/{n}") for n in range(8)]
            expect.that(upstream.wait_in_flight(8), "Eight at a time.", got=upstream.peak)
            upstream.release()
            expect.equal([f"/{n}" for n in range(8)], [item.result().json()["body"] for item in waiting], "All answered.")


    @point("given")
    def test_connections_are_counted_and_bodies_come_in_pieces(upstream, client, expect, nonce):
        word = nonce(30)
        parts = tuple(word[start : start + 10].encode() for start in (0, 10, 20))
        upstream.answer = lambda request: UpstreamReply(200, b'"', delay=0.05, chunks=(*parts, b'"'))
        for _call in range(2):
            began = time.monotonic()
            expect.json(client.get("/call/pieces"), {"status": 200, "body": word}, "All pieces of the body.")
            expect.that(time.monotonic() - began >= 0.25, "Each piece after a moment.", got=time.monotonic() - began)
        first, second = (request.connection for request in upstream.requests)
        expect.that(first != second, "A client for each call, and a connection.", got=[first, second])
        expect.that(upstream.wait_closed(), "Both have been closed.", got=upstream.connections)


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        for name in ("other-port", "listen", "udp", "outside", "fork"):
            body = client.get(f"/try/{name}").json()
            expect.that("refused" in body, f"{name} should be refused.", got=body)
"""
REDIS = """
    from gradewright.suite import point


    @point("given")
    def test_redis_is_shared_by_instances_and_empty_at_first(app, redis, client, new_client, expect, nonce):
        key, value = nonce(), nonce()
        expect.json(client.get(f"/get/{key}"), {"value": None}, "Empty at first.")
        expect.json(client.post(f"/set/{key}/{value}"), {"old": 1, "lua": key}, "Commands and Lua work.")
        with app.second() as other:
            expect.json(new_client(other).get(f"/get/{key}"), {"value": value}, "The other instance sees it.")
        keys = redis.keys()
        expect.equal([key, "count"], sorted(keys, key=lambda name: name == "count"), "The suite sees its keys.")
        expect.that(keys["count"] is None and 0 < keys[key] <= 60, "And when they expire.", got=keys)


    @point("emptied")
    def test_redis_is_emptied_between_tests(redis, client, expect, nonce):
        expect.keys(client.post(f"/set/{nonce()}/x"), {"old": 1}, "The counter of the other test is gone.")


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        for name in ("other-port", "listen", "udp", "fork"):
            body = client.get(f"/try/{name}").json()
            expect.that("refused" in body, f"{name} should be refused.", got=body)
"""
CASES = {"upstream": UPSTREAM, "redis": REDIS}


@pytest.mark.parametrize("profile", ["kata", "screen"])
@pytest.mark.parametrize("grant", list(CASES))
def test_grant(grade, make_root, make_app, grant, profile):
    """The app reaches the service of its grant, in both profiles, and no other address or port."""
    root = make_root(CASES[grant], extra=f'grants = ["{grant}"]\n')
    done = grade("--root", root, "01", make_app(APP), "--json", "--profile", profile)
    if profile == "screen" and done.verdict["state"] == "grader_error":
        message = done.verdict["problem"]["message"]
        assert "nothing was run" in message
        pytest.skip(f"this machine cannot hold the profile screen: {message}")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert lost == {}, done.verdict["problem"]


def test_the_embedded_redis_serves_where_there_is_no_redis_server(monkeypatch):
    """Same commands, Lua included, over the same relay."""
    import socket

    import redis

    from gradewright.worker_control import services

    monkeypatch.setattr(services.shutil, "which", lambda _name: None)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = services.Redis(listener, listener.getsockname()[1])
    try:
        assert server.real is False
        client = redis.Redis.from_url(server.url, single_connection_client=True, socket_timeout=10)
        assert client.incr("n") == 1
        assert client.eval("return redis.call('incr', KEYS[1])", 1, "n") == 2
        # A command that fails is answered, and the connection stays: scripts are sent again after NOSCRIPT.
        with pytest.raises(redis.ResponseError):
            client.execute_command("GET")
        assert client.ping()
        assert client.register_script("return redis.call('incr', KEYS[1])")(keys=["n"]) == 3
        assert abs(client.time()[0] - client.eval("return tonumber(redis.call('TIME')[1])", 0)) <= 60
        client.set("brief", 1, px=90_000)
        keys = server.keys()
        assert keys["n"] is None
        assert 0 < keys["brief"] <= 90
        server.flush()
        assert client.get("n") is None
        assert server.keys() == {}
        client.close()
    finally:
        server.close()
        listener.close()
