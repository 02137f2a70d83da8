"""What the tests of 31-settings share: environments and .env files, starts that must fail, and the grader's own module."""

import re

import pytest

from gradewright.client import Client
from gradewright.suite.refusals import REFUSALS, all_is_well
from gradewright.worker_control.launch import StartFailed

VARIABLES = ("APP_NAME", "APP_DATABASE_URL", "APP_JWT_SECRET", "APP_DEBUG", "APP_MAX_ITEMS")
#: Characters of a secret that prove that it was shown: Pydantic cuts what it shows of long values.
PART = 8


def spoken(text):
    """Return what was printed without the source lines of tracebacks."""
    lines, after_place = [], False
    for line in text.splitlines():
        if not (line.startswith("    ") and after_place):
            lines.append(line)
            after_place = re.match(r'\s*File ".*", line \d+', line) is not None
    return "\n".join(lines)


def in_dotenv(values):
    """Return the text of a .env file."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


class Refusal:
    """What came of a start that should fail: `instead` is None if it did, and `text` is what was printed."""

    def __init__(self, instead, text):
        self.instead, self.text = instead, text

    @property
    def named(self):
        """The variables that were named."""
        words = re.findall(r"APP_[A-Z_]+", spoken(self.text).upper())
        return [name for name in VARIABLES if name in words]


class Config:
    """Environments for the app, and the app under them. `secrets` are the texts that must not be shown."""

    variables = VARIABLES

    def __init__(self, app, nonce):
        self._app, self._nonce = app, nonce
        self.secrets = []

    def secret(self, length=40, letters=None):
        """Return a new secret, of these letters."""
        self.secrets.append("".join(self._nonce.choices(letters, k=length)) if letters else self._nonce(length))
        return self.secrets[-1]

    def url(self):
        """Return a new database URL with a password."""
        return f"postgresql://{self._nonce()}:{self.secret(12)}@{self._nonce()}/{self._nonce()}"

    def good(self, **changes):
        """Return the variables that an app needs at least, with changes; None takes one out."""
        values = {"APP_NAME": self._nonce(), "APP_DATABASE_URL": self.url(), "APP_JWT_SECRET": self.secret(), **changes}
        return {name: value for name, value in values.items() if value is not None}

    def start(self, environment, dotenv=None, *, module=None):
        """Start the app with these variables of its own, and no others, and with this .env. Raises StartFailed."""
        target = f"gradewright_{module}:app" if module else None
        files = {".env": in_dotenv(dotenv or {})}
        self._app.restart({"GRADED_ENVIRONMENT": "given", **environment}, files=files, app=target)

    def serve(self, environment, dotenv=None, *, module=None, expect, because):
        """Start the app, which has to serve."""
        try:
            self.start(environment, dotenv, module=module)
        except StartFailed as failure:
            expect.that(False, because, expected="it serves", got=f"it does not start: {self.reason(failure)}")

    def refuse(self, environment, dotenv=None):
        """Start the app, which should not serve; return the Refusal."""
        try:
            self.start(environment, dotenv)
        except StartFailed as failure:
            facts = failure.facts
            kind = facts.get("kind")
            if kind == "start_timeout":
                return Refusal("it neither starts nor ends", "")
            text = self._app.log()
            if kind not in REFUSALS:
                return Refusal(f"it breaks down ({kind})", text)
            return Refusal("it ends with exit code 0, which says that all is well" if all_is_well(facts) else None, text)
        return Refusal("it starts", self._app.log())

    def edit(self, values):
        """Edit .env beside the running app, and start another instance: a context manager that gives it."""
        return self._app.second({"GRADED_EDIT": in_dotenv(values)})

    def leaked(self, text):
        """Return whether a secret, or a good part of one, stands in the text."""
        return any(secret[at : at + PART] in text for secret in self.secrets for at in range(len(secret) - PART + 1))

    def hide(self, text):
        """Return the text for a report."""
        return text.strip()[-1500:] or "nothing"

    def reason(self, failure):
        facts = failure.facts
        return ": ".join(str(facts[key]) for key in ("exception", "message") if facts.get(key)) or facts.get("kind")


@pytest.fixture
def config(app, nonce):
    return Config(app, nonce)


@pytest.fixture
def ask(app, expect):
    """Return a function that asks the grader's own module something; a report shows none of that."""
    with Client(app, lambda _exchange: None) as aside:

        def send(path, because, body=None):
            answer = expect.read(aside.post(f"/gradewright/{path}", json=body), because)
            expect.that("problem" not in answer, because, got=answer.get("problem"))
            return answer

        yield send
