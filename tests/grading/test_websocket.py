"""The client's WebSockets, through real grades: what suites can do with one, and what a server can do to it."""

APP = """
    import asyncio
    import os

    from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
    from fastapi.responses import JSONResponse

    app = FastAPI()
    state = {"gone": [], "ended": 0}
    rooms = {}

    def get_name():
        return "real"

    @app.get("/state")
    def show():
        return {**state, "pid": os.getpid()}

    @app.websocket("/ws/echo")
    async def echo(socket: WebSocket):
        await socket.accept()
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                state["gone"].append([message["code"], message.get("reason")])
                await asyncio.sleep(0.05)
                state["ended"] += 1
                return
            kind = "text" if message.get("text") is not None else "bytes"
            await socket.send({"type": "websocket.send", kind: message[kind]})

    @app.websocket("/ws/double")
    async def double(socket: WebSocket):
        await socket.accept()
        while True:
            await socket.send_json({"twice": 2 * (await socket.receive_json())["n"]})

    @app.websocket("/ws/chat")
    async def chat(socket: WebSocket):
        headers = [(b"X-Room", b"one"), (b"set-cookie", b"k=v")]
        await socket.accept(subprotocol=socket.scope["subprotocols"][-1], headers=headers)
        await socket.close()

    @app.websocket("/ws/unoffered")
    async def unoffered(socket: WebSocket):
        await socket.accept(subprotocol="mine")

    @app.websocket("/ws/rooms/{room}")
    async def join(socket: WebSocket, room: str):
        await socket.accept()
        members = rooms.setdefault(room, [])
        members.append(socket)
        try:
            while True:
                text = await socket.receive_text()
                for member in members:
                    await member.send_text(text)
        except WebSocketDisconnect:
            members.remove(socket)

    @app.websocket("/ws/seen")
    async def seen(socket: WebSocket, q: str = ""):
        await socket.accept()
        await socket.send_json({
            "q": q, "token": socket.headers.get("x-token"), "cookie": socket.cookies.get("who"),
            "root": socket.scope["root_path"], "client": socket.client.host, "host": socket.headers["host"],
            "engine": [name for name in socket.headers if "gradewright" in name or "extensions" in name],
        })
        await socket.close()

    @app.websocket("/ws/named")
    async def named(socket: WebSocket, name=Depends(get_name)):
        await socket.accept()
        await socket.send_text(name)
        await socket.close(4001, "that was all")

    @app.websocket("/ws/refused")
    async def refused(socket: WebSocket):
        await socket.close(4403, "not you")

    @app.websocket("/ws/unauthorized")
    async def unauthorized(socket: WebSocket):
        raise HTTPException(401, "who are you", {"WWW-Authenticate": "Bearer"})

    @app.websocket("/ws/full")
    async def full(socket: WebSocket):
        await socket.send_denial_response(JSONResponse({"full": True}, 503, {"retry-after": "7"}))

    @app.websocket("/ws/boom")
    async def boom(socket: WebSocket):
        await socket.accept()
        raise ValueError(await socket.receive_text())

    @app.websocket("/ws/boom-before")
    async def boom_before(socket: WebSocket):
        raise ValueError("before accept")

    @app.websocket("/ws/never")
    async def never(socket: WebSocket):
        await asyncio.sleep(60)

    @app.websocket("/ws/deaf")
    async def deaf(socket: WebSocket):
        await socket.accept()
        await asyncio.sleep(60)

    @app.websocket("/ws/flood")
    async def flood(socket: WebSocket, size: int):
        await socket.accept()
        while True:
            await socket.send_bytes(b"x" * size)
            await asyncio.sleep(0)

    @app.websocket("/ws/exit")
    async def leave(socket: WebSocket):
        await socket.accept()
        os._exit(3)

    RAW = {
        "masked": b"\\x81\\x81\\0\\0\\0\\0a", "opcode": b"\\x83\\x00", "reserved": b"\\xc1\\x01a", "utf8": b"\\x81\\x01\\xff",
        "huge": b"\\x82\\x7f" + (1 << 40).to_bytes(8, "big"), "pings": b"\\x89\\x00" * 20_000,
        "fragments": b"\\x01\\x00" + b"\\x00\\x00" * 20_000, "ping": b"\\x89\\x02hi\\x81\\x05after", "deep": None,
    }

    @app.websocket("/ws/raw/{kind}")
    async def raw(socket: WebSocket, kind: str):
        await socket.accept()
        if RAW[kind] is None:
            await socket.send_text("[" * 200_000)
        else:
            protocol(socket).transport.write(RAW[kind])
        await asyncio.sleep(0.05)
        await socket.receive()

    def protocol(socket):
        import gc
        for item in gc.get_objects():
            if type(item).__name__ == "WebSocketsSansIOProtocol" and item.scope["path"] == socket.scope["path"]:
                return item
"""


def graded(grade, make_root, make_app, suite, *options):
    done = grade("--root", make_root(suite), "01", make_app(APP), "--json", *options)
    assert done.out, done.err
    return done


def failures(done):
    return {
        point["id"]: (point["message"], point["expected"], point["got"])
        for point in done.verdict["points"]
        if point["status"] != "won"
    }


def exchanges(done, point):
    return done.point(point)["exchanges"]


def test_messages_handshakes_and_ends(grade, make_root, make_app):
    suite = """
        import contextlib
        import time

        import pytest

        from gradewright.client import WebSocketDenied, WebSocketDisconnect
        from gradewright.suite import Value, point


        @point("echo")
        def test_every_kind_of_message_comes_back(client, expect, nonce):
            text = nonce() + "\\n\\u00e9"
            with client.websocket_connect("/ws/echo") as socket:
                socket.send_text(text)
                expect.equal(text, socket.receive_text(), "text", reply=socket)
                socket.send_bytes(b"\\x00\\xff")
                expect.that(socket.receive_bytes() == b"\\x00\\xff", "bytes")
                socket.send_json({"a": [1, None]})
                expect.equal({"a": [1, None]}, socket.receive_json(), "JSON")
                socket.send_json({"a": 1}, mode="binary")
                expect.equal({"a": 1}, socket.receive_json(mode="binary"), "JSON in bytes")
                socket.send_text("raw")
                expect.equal({"type": "websocket.send", "text": "raw"}, socket.receive(), "raw")
                big = "x" * 900_000
                socket.send_text(big)
                expect.that(socket.receive_text() == big, "a big one")
            expect.equal("", socket.error, "It should end well.")


        @point("pending")
        def test_what_has_arrived_shows_without_waiting(client, expect):
            with client.websocket_connect("/ws/echo") as socket:
                for number in range(3):
                    socket.send_text(str(number))
                expect.equal("0", socket.receive_text(), "first")
                deadline = time.monotonic() + 2
                while len(socket.pending()) < 2 and time.monotonic() < deadline:
                    time.sleep(0.005)
                expect.equal(["1", "2"], [message["text"] for message in socket.pending()], "still there")
                expect.equal(["1", "2"], [socket.receive_text(), socket.receive_text()], "to be received")
                expect.equal([], socket.pending(), "nothing more")


        @point("settles")
        def test_the_handler_has_ended_when_the_block_has(client, expect):
            before = client.get("/state").json()
            with client.websocket_connect("/ws/echo") as socket:
                pass
            after = client.get("/state").json()
            expect.equal(before["ended"] + 1, after["ended"], "ended")
            expect.equal([1000, ""], after["gone"][-1], "told")
            with client.websocket_connect("/ws/echo", settle=False) as socket:
                socket.close(4005, "off", settle=False)
            expect.equal(after["ended"], client.get("/state").json()["ended"], "not waited for")
            socket.close()
            expect.equal(after["ended"] + 1, client.get("/state").json()["ended"], "waited for later")


        @point("abort")
        def test_a_lost_connection_is_seen_by_the_app(client, expect):
            before = client.get("/state").json()["ended"]
            with client.websocket_connect("/ws/echo") as socket:
                socket.send_text("x")
                socket.receive_text()
                socket.abort()
                state = client.get("/state").json()
            expect.equal(before + 1, state["ended"], "ended")
            expect.that(state["gone"][-1][0] in (1005, 1006), "no code", got=state["gone"])


        @point("subprotocol")
        def test_subprotocol_headers_and_cookies_of_the_handshake(client, expect):
            with client.websocket_connect("/ws/chat", subprotocols=["a", "b"]) as socket:
                expect.equal("b", socket.accepted_subprotocol, "chosen")
                expect.equal("one", socket.headers["x-room"], "header")
                names = [name.decode() for name, _value in socket.extra_headers]
                expect.equal(["set-cookie", "x-room"], sorted(names), "extra")
                expect.equal("v", client.cookies.get("k"), "cookie")
                expect.equal(1000, socket.receive()["code"], "closed")


        @point("several")
        def test_several_sockets_and_requests_at_once(client, new_client, expect, nonce):
            text = nonce()
            with contextlib.ExitStack() as stack:
                first, *others = [stack.enter_context(new_client().websocket_connect("/ws/rooms/a")) for _ in range(8)]
                apart = stack.enter_context(client.websocket_connect("/ws/rooms/b"))
                expect.status(client.get("/state"), 200, "requests beside it")
                first.send_text(text)
                expect.equal([text] * 8, [socket.receive_text() for socket in (first, *others)], "all told")
                apart.send_text("own")
                expect.equal("own", apart.receive_text(), "only its own came before its own answer")
                expect.equal([], apart.pending(), "nothing else")


        @point("seen")
        def test_what_the_app_sees(client, new_client, expect, nonce):
            token = nonce()
            client.cookies.set("who", "me")
            with client.websocket_connect("/ws/seen?q=a%20b", headers={"x-token": token}) as socket:
                seen = {"q": "a b", "token": token, "cookie": "me", "root": "", "engine": []}
                expect.equal({**seen, "client": "testclient", "host": "testserver"}, socket.receive_json(), "seen")
            with new_client(root_path="/api").websocket_connect("/api/ws/seen", params={"q": "z"}) as socket:
                got = socket.receive_json()
                expect.equal(["/api", "z"], [got["root"], got["q"]], "root_path")


        @point("override")
        def test_overrides_reach_websocket_routes_and_a_close_has_code_and_reason(app, client, expect, nonce):
            name = nonce()
            with app.override("get_name", Value(name)), client.websocket_connect("/ws/named") as socket:
                expect.equal(name, socket.receive_text(), "overridden")
                with pytest.raises(WebSocketDisconnect) as caught:
                    socket.receive_text()
                expect.equal([4001, "that was all"], [caught.value.code, caught.value.reason], "close")
                with pytest.raises(WebSocketDisconnect):
                    socket.send_text("too late")
                expect.equal(4001, socket.receive()["code"], "again")
            expect.equal([4001, "that was all"], list(socket.app_close), "reported")


        @point("denied")
        def test_refused_handshakes(client, expect):
            def denied(path):
                with pytest.raises(WebSocketDenied) as caught, client.websocket_connect(path):
                    pass
                return caught.value

            plain = denied("/ws/refused")
            expect.equal([403, 4403, "not you"], [plain.status, plain.code, plain.reason], "a close before accept")
            answer = denied("/ws/unauthorized")
            expect.json(answer.reply, {"detail": "who are you"}, "a denial response", status=401)
            expect.equal("Bearer", answer.headers["www-authenticate"], "header")
            expect.equal(None, answer.code, "no close")
            full = denied("/ws/full")
            expect.equal([503, {"full": True}, "7"], [full.status, full.json(), full.headers["retry-after"]], "full")
            expect.equal(403, denied("/nowhere").status, "no such route")
            boom = denied("/ws/boom-before")
            expect.equal([500, "boom_before"], [boom.status, boom.frames[-1]["function"]], "an exception before accept")
            expect.that("before accept" in boom.reply.extensions["exchange"].error, "its text")
    """
    done = graded(grade, make_root, make_app, suite)
    assert failures(done) == {}
    assert (done.code, done.verdict["state"]) == (0, "graded")


def test_a_lost_point_shows_the_transcript_and_the_frames(grade, make_root, make_app):
    suite = """
        from gradewright.suite import point


        @point("boom")
        def test_boom(client):
            with client.websocket_connect("/ws/echo") as other, client.websocket_connect("/ws/boom") as socket:
                socket.send_text("secret")
                with client.websocket_connect("/ws/echo"):
                    socket.receive_text()


        @point("refused")
        def test_refused(client):
            with client.websocket_connect("/ws/refused"):
                pass


        @point("wrong")
        def test_wrong(client, expect):
            with client.websocket_connect("/ws/double") as socket:
                socket.send_json({"n": 3})
                expect.equal({"twice": 7}, socket.receive_json(), "It should be 7.", reply=socket)


        @point("text")
        def test_text_where_json_is_due(client):
            with client.websocket_connect("/ws/named") as socket:
                socket.receive_json()


        @point("unoffered")
        def test_unoffered(client):
            with client.websocket_connect("/ws/unoffered"):
                pass
    """
    done = graded(grade, make_root, make_app, suite)
    lost = failures(done)
    assert lost["boom"][:2] == (
        "WS /ws/boom: the connection ended without a close frame: the handler raised ValueError: secret",
        "an open WebSocket",
    )
    (boom,) = [exchange for exchange in exchanges(done, "boom") if exchange["target"] == "/ws/boom"]
    assert (boom["held"], boom["status"], boom["reply"], boom["curl"]) == (False, 101, "→ secret", "")
    assert boom["frames"][-1]["function"] == "boom"
    assert [exchange["held"] for exchange in exchanges(done, "boom") if exchange["target"] == "/ws/echo"] == [None, None]
    assert lost["refused"][0] == "WS /ws/refused: the handshake was refused with status 403 (close code 4403: not you)"
    assert exchanges(done, "refused")[0]["reply"] == "← refused with close 4403 not you"
    assert lost["wrong"] == ("It should be 7.", '{"twice":7}', '{"twice":6}')
    assert exchanges(done, "wrong")[0]["reply"] == '→ {"n":3}\n← {"twice":6}\n→ close 1000'
    assert exchanges(done, "wrong")[0]["error"] == ""
    assert "not JSON" in lost["text"][0]
    assert "no subprotocols supported" in lost["unoffered"][0]


def test_a_server_that_waits_floods_or_breaks_the_protocol(grade, make_root, make_app):
    suite = """
        import time

        import pytest

        from gradewright.client import BadReply, ServerDied, TimedOut
        from gradewright.suite import point


        @point("never")
        def test_no_answer_to_the_handshake(app, client, expect):
            app.restart()
            began = time.monotonic()
            with pytest.raises(TimedOut, match="handshake was not answered within 1 s") as caught:
                with client.websocket_connect("/ws/never"):
                    pass
            expect.that(0.9 < time.monotonic() - began < 2, "in time")
            expect.equal("never", caught.value.frames[-1]["function"], "where")


        @point("quiet")
        def test_no_message_and_the_socket_stays_usable(client, expect):
            with client.websocket_connect("/ws/echo") as socket:
                with pytest.raises(TimedOut, match="no message within 0.1 s"):
                    socket.receive_text(timeout=0.1)
                socket.send_text("still here")
                expect.equal("still here", socket.receive_text(), "usable")


        @point("deaf")
        def test_a_handler_that_does_not_end(client, expect):
            with pytest.raises(TimedOut, match="handler did not end within 0.3 s"):
                with client.websocket_connect("/ws/deaf", timeout=0.3):
                    pass


        @point("unread")
        def test_nothing_reads_what_is_sent(client, expect):
            with client.websocket_connect("/ws/deaf", timeout=0.3, settle=False) as socket:
                with pytest.raises(TimedOut, match="did not take a message"):
                    for _ in range(100):
                        socket.send_bytes(bytes(500_000))


        @point("flood")
        @pytest.mark.parametrize(("size", "what"), [(100_000, "more than 16 MiB"), (1, "more than 10000 messages")])
        def test_floods_end(client, expect, size, what):
            with client.websocket_connect("/ws/flood", params={"size": size}) as socket:
                with pytest.raises(BadReply, match=what):
                    while True:
                        socket.pending()
                with pytest.raises(BadReply, match=what):
                    socket.send_text("x")


        @point("protocol")
        @pytest.mark.parametrize(
            ("kind", "what"),
            [
                ("masked", "masking"), ("opcode", "opcode"), ("reserved", "reserved bits"), ("utf8", "not UTF-8"),
                ("huge", "larger than 1 MiB"), ("pings", "more than 10000"), ("fragments", "more than 10000"),
                ("deep", "nested too deeply"),
            ],
        )
        def test_broken_frames(client, kind, what):
            # The frame may arrive together with the handshake's answer, so connecting may raise already.
            with pytest.raises(BadReply, match=what):
                with client.websocket_connect("/ws/raw/" + kind) as socket:
                    socket.receive_json()


        @point("ping")
        def test_a_ping_is_no_message(client, expect):
            with client.websocket_connect("/ws/raw/ping") as socket:
                expect.equal("after", socket.receive_text(), "only the message")


        @point("dies")
        def test_the_server_dies(client):
            with pytest.raises(ServerDied, match="exit code 3"):
                with client.websocket_connect("/ws/exit") as socket:
                    socket.receive_text()
    """
    done = graded(grade, make_root, make_app, suite, "--request-limit", "1")
    assert failures(done) == {}
    assert done.code == 0
    assert len(exchanges(done, "flood")[0]["reply"]) < 5000
