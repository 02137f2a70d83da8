"""The grader's side of the bus, and the steps that the tests of 26-websockets share."""

import contextlib
import dataclasses
import json
import threading
import time

import pytest

from gradewright.client import RequestFailed
from gradewright.suite import TimedOut

#: Seconds that a message may take. The brief promises a second; a busy machine gets more.
PATIENCE = 4.0
#: Seconds after which a count is taken for wrong. Nothing but a short request is waited for, and five tests may wait in vain.
COUNTED = 2.5


class Bus:
    """The grader's side of bus: gives what is published to every subscription of the room, in order."""

    def __init__(self, app):
        self._lock = threading.Lock()
        self._rooms = {}
        self._parking = None
        self._parked = None
        app.serve("bus.publish", self._publish)
        app.serve("bus.next", self._next)

    def _next(self, call):
        room, subscription = call.args
        with self._lock:
            queued, _waiting = self._rooms.setdefault(room, {}).setdefault(tuple(subscription), ([], []))
            if queued:
                messages, queued[:] = list(queued), []
                return messages
            # Answered later, when there is something to say.
            self._rooms[room][tuple(subscription)][1].append(dataclasses.replace(call))
            call.answered = True
            return None

    def _publish(self, call):
        room, message = call.args
        with self._lock:
            # What a message looks like on the bus is the app's own affair; only its text is known.
            if self._parking and self._parking in json.dumps(message):
                self._parked = dataclasses.replace(call)
                call.answered = True
                return
            for queued, waiting in self._rooms.get(room, {}).values():
                if waiting:
                    waiting.pop().answer([message])
                else:
                    queued.append(message)

    def park(self, text):
        """From now on, whoever publishes this text waits, and nobody hears it."""
        self._parking = text

    def wait_parked(self):
        """Return whether somebody does, soon."""
        until = time.monotonic() + 2.0
        while self._parked is None and time.monotonic() < until:
            time.sleep(0.01)
        return self._parked is not None

    def unpark(self):
        self._parking = None
        if self._parked is not None:
            self._parked.answer()

    def wait_instances(self, room, count):
        """Wait until `count` processes have subscribed to the room, or until it seems that they never will."""
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            with self._lock:
                if len({process for process, _number in self._rooms.get(room, {})}) >= count:
                    return
            time.sleep(0.01)


def compact(message):
    """A message as it looks on the wire."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


class Hall:
    """Joins rooms and speaks in them; each step has its sentence for when it fails."""

    def __init__(self, app, client, expect, nonce):
        self.app, self.client, self.expect, self.nonce = app, client, expect, nonce
        self.bus = Bus(app)
        self._names = {}
        self._said = []
        app.serve("tokens.lookup", lambda call: self._names.get(call.args[0]) if isinstance(call.args[0], str) else None)

    def token(self, name):
        """Return the token of the one who has this name."""
        for token, owner in self._names.items():
            if owner == name:
                return token
        token = self.nonce(16)
        self._names[token] = name
        return token

    @contextlib.contextmanager
    def told(self, because, expected):
        """A failed step is told in the exercise's words."""
        try:
            yield
        except RequestFailed as failure:
            if isinstance(failure, TimedOut):
                # The next test must not suffer from what hangs here.
                self.app.stop()
            self.expect.that(False, because, expected=expected, got=str(failure), reply=failure)

    def connect(self, path, *, client=None, **params):
        return (client or self.client).websocket_connect(path, params=params, settle=False, timeout=PATIENCE)

    def join(self, stack, room, name, *, client=None):
        """Return an open socket in the room."""
        with self.told(f"{name} has a valid token and should be let into the room.", "an accepted WebSocket"):
            return stack.enter_context(self.connect(f"/ws/rooms/{room}", client=client, token=self.token(name)))

    def say(self, socket, name, text):
        """Send a text; return the message that it should become."""
        with self.told("A client in the room should be able to send a message.", "an open WebSocket"):
            socket.send_json({"text": text})
        self._said.append({"from": name, "text": text})
        return self._said[-1]

    def receive(self, socket, because, expected, *, message=None, once=False):
        """Return what comes next; unless all may come only `once`, messages of this test that come again are passed over."""
        with self.told(because, expected):
            got = socket.receive_json()
            while not once and got != message and got in self._said:
                got = socket.receive_json()
        return got

    def hear(self, socket, message, because, *, once=False):
        """The next message that the socket receives is this one."""
        expected = compact(message)
        got = self.receive(socket, because, expected, message=message, once=once)
        if got != message and got in self._said:
            self.expect.that(False, because, expected=expected, got=f"{compact(got)} once more", reply=socket)
        self.expect.equal(message, got, because, reply=socket)

    def quiet(self, socket, because):
        """Nothing more has come."""
        with self.told(because, "no further message"):
            found = socket.pending()
        shown = [message.get("text", message["type"]) for message in found]
        self.expect.that(not found, because, expected="no further message", got=", ".join(shown), reply=socket)

    def talk(self, speaker, name, listeners, because, *, once=False):
        """One message of the speaker reaches every listener. That it comes `once` is the matter of two points alone."""
        message = self.say(speaker, name, self.nonce())
        for listener in listeners:
            self.hear(listener, message, because, once=once)

    def wait_count(self, room, count, because, *, client=None):
        """GET /rooms/{room} shows this count, soon."""
        until = time.monotonic() + COUNTED
        while True:
            reply = (client or self.client).get(f"/rooms/{room}")
            with contextlib.suppress(ValueError):
                if reply.status_code != 200 or reply.json() == {"count": count}:
                    break
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        self.expect.json(reply, {"count": count}, because)


@pytest.fixture
def hall(app, client, expect, nonce):
    return Hall(app, client, expect, nonce)
