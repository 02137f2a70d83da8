"""What suites can do with a WebSocket, through real grades: messages, handshakes, ends, and what a lost point shows."""


def test_messages_handshakes_and_ends(graded, failures):
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
    done = graded("sockets", suite)
    assert failures(done) == {}
    assert (done.code, done.verdict["state"]) == (0, "graded")


def test_a_lost_point_shows_the_transcript_and_the_frames(graded, failures):
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
    done = graded("sockets", suite)
    lost = failures(done)
    assert lost["boom"][:2] == (
        "WS /ws/boom: the connection ended without a close frame: the handler raised ValueError: secret",
        "an open WebSocket",
    )
    (boom,) = [exchange for exchange in done.point("boom")["exchanges"] if exchange["target"] == "/ws/boom"]
    assert (boom["held"], boom["status"], boom["reply"], boom["curl"]) == (False, 101, "→ secret", "")
    assert boom["frames"][-1]["function"] == "boom"
    assert [exchange["held"] for exchange in done.point("boom")["exchanges"] if exchange["target"] == "/ws/echo"] == [
        None,
        None,
    ]
    assert lost["refused"][0] == "WS /ws/refused: the handshake was refused with status 403 (close code 4403: not you)"
    assert done.point("refused")["exchanges"][0]["reply"] == "← refused with close 4403 not you"
    assert lost["wrong"] == ("It should be 7.", '{"twice":7}', '{"twice":6}')
    assert done.point("wrong")["exchanges"][0]["reply"] == '→ {"n":3}\n← {"twice":6}\n→ close 1000'
    assert done.point("wrong")["exchanges"][0]["error"] == ""
    assert "not JSON" in lost["text"][0]
    assert "no subprotocols supported" in lost["unoffered"][0]
