"""The hidden suite of 26-websockets.

The grader is the bus, and so sees who has subscribed. That a socket stays silent is proved by order: it gets an answer to a
message of its own, and nothing else has come before that.
"""

import contextlib

import pytest

from gradewright.suite import Value, WebSocketDenied, point


@point("echo")
def test_echo_until_the_client_leaves(hall, expect, nonce):
    with contextlib.ExitStack() as stack:
        with hall.told("WS /ws/echo should accept everybody.", "an accepted WebSocket"):
            socket = stack.enter_context(hall.connect("/ws/echo"))
        for text in (*nonce.tokens(3), f" {nonce()} é ", "", nonce()):
            because = "WS /ws/echo should answer each text t, also an empty one, with echo:t, for as long as the client stays."
            with hall.told(because, f"echo:{text}"):
                socket.send_text(text)
                got = socket.receive_text()
            expect.equal(f"echo:{text}", got, because, reply=socket)
        hall.quiet(socket, "WS /ws/echo should answer each text once.")


@point("auth-before-accept")
def test_only_a_valid_token_opens_the_room(hall, expect, nonce):
    room, name = nonce(), nonce()
    with contextlib.ExitStack() as stack:
        socket = hall.join(stack, room, name)
        hall.talk(socket, name, [socket], "A message should be from the name that tokens.lookup gave for the token.")
        for params, what in (({"token": nonce(16)}, "an unknown token"), ({}, "no token")):
            because = f"A handshake with {what} should be refused with 403, and never be accepted."
            try:
                with hall.connect(f"/ws/rooms/{room}", **params) as other:
                    expect.that(False, because, expected="status 403", got="an accepted WebSocket", reply=other)
            except WebSocketDenied as denied:
                expect.status(denied.reply, 403, because)


@point("auth-before-accept")
def test_the_dependency_says_who_it_is(app, hall, nonce):
    room, other = nonce.tokens(2)
    with contextlib.ExitStack() as stack:
        with app.override("get_ws_user", Value(other)):
            because = "With get_ws_user replaced, everybody should be let in, also without a token: nothing else asks for one."
            with hall.told(because, "an accepted WebSocket"):
                socket = stack.enter_context(hall.connect(f"/ws/rooms/{room}"))
        hall.talk(socket, other, [socket], "With get_ws_user replaced, a message should be from the name that it returns.")


@point("room-broadcast")
def test_everybody_in_the_room_hears_everything_once(hall, expect, nonce):
    room, elsewhere = nonce.tokens(2)
    names = nonce.tokens(3)
    # One of the three is here twice: everybody is every socket.
    names.insert(nonce.randint(0, 3), nonce.choice(names))
    with contextlib.ExitStack() as stack:
        sockets = [hall.join(stack, room, name) for name in names]
        alone = nonce()
        loner = hall.join(stack, elsewhere, alone)
        for socket, name in zip(sockets, names, strict=True):
            hall.talk(
                socket,
                name,
                sockets,
                "Every socket in the room, also a second one of the sender's, should receive each message once.",
                once=True,
            )
        texts = [*nonce.tokens(4), f" {nonce()} é\n", nonce()]
        messages = [hall.say(sockets[0], names[0], text) for text in texts]
        for socket in sockets:
            for message in messages:
                hall.hear(
                    socket,
                    message,
                    "Everybody in the room should receive the messages once each, unchanged, in the order they were sent.",
                    once=True,
                )
        for socket in sockets:
            hall.quiet(socket, "Everybody in the room should receive each message once.")
        hall.talk(
            loner, alone, [loner], "A client in another room should receive the messages of its own room only.", once=True
        )
        hall.quiet(loner, "A client in another room should receive the messages of its own room only.")


@point("disconnect-cleanup")
@pytest.mark.parametrize("lost", [True, False], ids=["lost", "closed"])
def test_a_client_that_vanishes_is_forgotten(hall, nonce, lost):
    room, elsewhere = nonce.tokens(2)
    names = nonce.tokens(3)
    with contextlib.ExitStack() as stack:
        sockets = [hall.join(stack, room, name) for name in names]
        hall.join(stack, elsewhere, nonce())
        hall.talk(sockets[1], names[1], sockets, "Everybody in the room should receive each message.")
        hall.wait_count(room, 3, "GET /rooms/{room} should count the three clients in the room.")
        if lost:
            sockets[0].abort(settle=False)
        else:
            sockets[0].close(settle=False)
        for speaker in (1, 2):
            hall.talk(
                sockets[speaker],
                names[speaker],
                sockets[1:],
                "When a client has vanished, the others should still hear each other.",
            )
        hall.wait_count(room, 2, "When one of three clients has vanished, GET /rooms/{room} should soon count two.")
        hall.talk(sockets[2], names[2], sockets[1:], "When a client has vanished, the others should still hear each other.")
        for socket in sockets[1:]:
            socket.abort(settle=False)
        hall.wait_count(room, 0, "When all have left, GET /rooms/{room} should soon count nobody.")
        hall.wait_count(elsewhere, 1, "GET /rooms/{room} should count the clients of this room alone.")


@point("disconnect-cleanup")
def test_a_client_may_vanish_while_it_speaks(hall, nonce):
    room, names = nonce(), nonce.tokens(3)
    text = nonce()
    with contextlib.ExitStack() as stack:
        sockets = [hall.join(stack, room, name) for name in names]
        hall.talk(sockets[0], names[0], sockets, "Everybody in the room should receive each message.")
        # Its handler waits for the bus, so it cannot yet know that its client has gone when the next message arrives.
        hall.bus.park(text)
        message = hall.say(sockets[0], names[0], text)
        if not hall.bus.wait_parked():
            for socket in sockets:
                hall.hear(socket, message, "Everybody in the room should receive each message.")
        sockets[0].abort(settle=False)
        hall.client.get(f"/rooms/{room}")
        for speaker in (1, 2):
            hall.talk(
                sockets[speaker],
                names[speaker],
                sockets[1:],
                "When a client has vanished, the others should still hear each other.",
            )
        hall.bus.unpark()
        hall.wait_count(room, 2, "When one of three clients has vanished, GET /rooms/{room} should soon count two.")


@point("frame-validation")
def test_junk_is_answered_and_the_socket_stays_open(hall, expect, nonce):
    room, names = nonce(), nonce.tokens(2)
    with contextlib.ExitStack() as stack:
        sender, other = (hall.join(stack, room, name) for name in names)
        hall.talk(sender, names[0], [sender], "A good frame should come back to its sender.")
        junk = [
            ("no JSON", nonce()),
            ("no JSON object", f'["{nonce()}"]'),
            ("null", "null"),
            ("no text", f'{{"{nonce()}": 1}}'),
            ("a number as text", f'{{"text": {nonce.number()}}}'),
            ("an empty text", '{"text": ""}'),
            ("a text of 501 characters", f'{{"text": "{nonce(501)}"}}'),
        ]
        for what, frame in nonce.sample(junk, len(junk)):
            because = f'A frame with {what} should be answered with {{"error": …}}, and the socket stay open.'
            with hall.told(because, '{"error": …}'):
                sender.send_text(frame)
            got = hall.receive(sender, because, '{"error": …}')
            expect.that(isinstance(got, dict) and "error" in got, because, expected='{"error": …}', got=got, reply=sender)
            hall.talk(
                sender, names[0], [sender], f"After a frame with {what}, the sender's next good one should come back to it."
            )
        with hall.told("The others in the room should stay connected.", "an open WebSocket"):
            heard = [message.get("text", "") for message in other.pending()]
        errors = [text for text in heard if '"error"' in text]
        expect.that(
            not errors,
            "Only the sender of a malformed frame should get the error.",
            expected="none",
            got=errors[:1],
            reply=other,
        )
        long = nonce(250) + "".join(nonce.choices("äßéжλ語", k=250))
        for text, what in ((nonce(1), "one character"), (long, "500 characters, half of them not ASCII,"), (" ", "one space")):
            message = hall.say(sender, names[0], text)
            hall.hear(sender, message, f"A text of {what} should be allowed: it may have 1 to 500 characters.")


@point("connection-limit")
def test_a_room_has_five_places(hall, expect, nonce):
    room, names = nonce(), nonce.tokens(4)
    # Two of the five sockets are the same user's.
    names.append(names[nonce.randint(0, 3)])
    with contextlib.ExitStack() as stack:
        sockets = [hall.join(stack, room, name) for name in names]
        hall.talk(sockets[4], names[4], sockets[4:], "Five clients should have room in a room.")
        hall.wait_count(room, 5, "GET /rooms/{room} should count the five sockets in the room, also where two are of one user.")
        because = "The sixth client in a room should be accepted and then closed with 1013."
        with hall.told(because, "an accepted WebSocket, closed with code 1013"):
            sixth = stack.enter_context(hall.connect(f"/ws/rooms/{room}", token=hall.token(nonce())))
            message = sixth.receive()
        expect.equal({"type": "websocket.close", "code": 1013}, pick(message), because, reply=sixth)
        hall.wait_count(room, 5, "The sixth client should not count.")
        hall.talk(sockets[0], names[0], sockets[:1], "The five should be able to go on talking.")
        leaving = sockets.pop(nonce.randint(0, 4))
        leaving.close(settle=False)
        hall.wait_count(room, 4, "When one of the five has left, GET /rooms/{room} should soon count four.")
        late = nonce()
        sockets.append(hall.join(stack, room, late))
        hall.talk(sockets[-1], late, sockets[-1:], "When one of the five has left, another client should get its place.")
        stranger = nonce()
        alone = hall.join(stack, nonce(), stranger)
        hall.talk(alone, stranger, [alone], "A full room should leave room in the others.")


def pick(message):
    """What matters of a close frame; its reason is free."""
    return {key: message[key] for key in ("type", "code", "text", "bytes") if key in message}


@point("scale-out")
def test_two_instances_form_one_room(app, client, new_client, hall, nonce):
    room, here, there = nonce.tokens(3)
    with app.second() as other, contextlib.ExitStack() as stack:
        second = new_client(other)
        first = hall.join(stack, room, here)
        remote = hall.join(stack, room, there, client=second)
        # Both are in; that a subscription has reached the grader may take a moment more.
        hall.bus.wait_instances(room, 2)
        because = "A client of one instance should receive, once, what a client of the same room sends on another instance."
        for _round in range(2):
            hall.talk(remote, there, [remote, first], because, once=True)
            hall.talk(first, here, [first, remote], because, once=True)
        for socket in (first, remote):
            hall.quiet(socket, "A client should receive each message once, whichever instance it was sent on.")
        for at in (client, second):
            hall.wait_count(room, 1, "GET /rooms/{room} should count the clients of its own instance.", client=at)
