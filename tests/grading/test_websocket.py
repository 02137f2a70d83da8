"""What a server can do to the client's WebSockets, through a real grade."""


def test_a_server_that_waits_floods_or_breaks_the_protocol(graded, failures):
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
    done = graded("sockets", suite, "--request-limit", "1")
    assert failures(done) == {}
    assert done.code == 0
    assert len(done.point("flood")["exchanges"][0]["reply"]) < 5000
