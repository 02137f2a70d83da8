"""Fixtures of 02-asgi-vs-wsgi: starting raw, hearing what it says in its lifespan, and telling what failed."""

import contextlib

import pytest

from gradewright.client import Client, RequestFailed
from gradewright.worker_control.launch import StartFailed

#: What a server and raw say to each other.
STORY = [
    ["server", "lifespan.startup"],
    ["raw", "lifespan.startup.complete"],
    ["server", "lifespan.shutdown"],
    ["raw", "lifespan.shutdown.complete"],
]
WORDS = {
    "server": "the server says {}",
    "raw": "raw says {}",
    "raised": "raw raises {}",
    "returned": "raw returns",
    "silent": "raw says nothing",
}
SERVED = "uvicorn should be able to serve raw:raw."


def tell(story):
    return ", ".join(WORDS[who].format(what).rstrip(": ") for who, what in story)


def why_not(facts):
    """Why the app did not start, in a line."""
    if facts["kind"] == "not_asgi":
        return f"raw is a plain {facts.get('type')}, which uvicorn cannot await"
    own = [frame for frame in facts.get("frames", []) if not frame["file"].startswith("gradewright_")]
    place = f" ({own[-1]['file']}, line {own[-1]['line']})" if own else ""
    text = ": ".join(str(facts[key]) for key in ("exception", "message", "how") if facts.get(key))
    return f"{text or facts['kind'].replace('_', ' ')}{place}"


class Raw:
    """Starts raw in the place of app, and says in the learner's words why that does not work."""

    def __init__(self, app, aside, expect, known):
        self._app, self._aside, self._expect, self._known = app, aside, expect, known

    def start(self, target="raw:raw", because=SERVED, expected="an async raw(scope, receive, send) in raw.py"):
        try:
            self._app.restart(app=target)
        except StartFailed as failure:
            self._expect.that(False, because, expected=expected, got=why_not(failure.facts))

    def story(self):
        """Return what raw says when a server tells it to start and to stop."""
        self.start("gradewright_lifespan:app")
        said = self._expect.read(self._aside.get("/"), "raw should let the event loop run.")
        return [[who, what] for who, what in said if who in WORDS]

    def check_story(self):
        """raw acknowledges both, each at its time."""
        story = self.story()
        # Whether it returns afterwards makes no difference to a server.
        said = story[:-1] if story[len(STORY) :] == [["returned", ""]] else story
        because = "raw should acknowledge lifespan.startup and, later, lifespan.shutdown, each when it has received it."
        self._expect.that(said == STORY, because, expected=tell(STORY), got=tell(story))

    def serve(self):
        """Start raw, unless uvicorn would wait for it for ever."""
        if "story" not in self._known:
            self._known["story"] = self.story()
        story = self._known["story"]
        self._expect.that(
            story[:2] != [STORY[0], ["silent", ""]],
            "uvicorn serves nobody before raw has answered lifespan.startup.",
            expected=tell(STORY[:2]),
            got=tell(story),
        )
        self.start()


@pytest.fixture(scope="session")
def known():
    """What one test has learnt and the others need not find out again."""
    return {}


@pytest.fixture
def aside(app):
    """A client for what the grader asks of its own modules; a report shows none of that."""
    with Client(app, lambda _exchange: None) as client:
        yield client


@pytest.fixture
def raw(app, aside, expect, known):
    return Raw(app, aside, expect, known)


@pytest.fixture
def told(expect):
    """Tells a failed step in the exercise's words: `with told(because, expected): …`."""

    @contextlib.contextmanager
    def telling(because, expected):
        try:
            yield
        except RequestFailed as failure:
            expect.that(False, because, expected=expected, got=str(failure), reply=failure)

    return telling
