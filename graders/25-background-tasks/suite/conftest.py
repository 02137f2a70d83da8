"""The grader's side of mailer and jobs, and the steps that the tests of 25-background-tasks share."""

import time

import pytest

from gradewright.suite import TimedOut, TwinRaise
from gradewright.suite.waiting import wait_until

#: Seconds that a held request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 25}}
#: Seconds within which that which follows a reply has begun.
GRACE = 1.0
#: Seconds within which a trivial route answers while mails are being sent.
PING = {"extensions": {"limit": 2.5}}


class Office:
    """Takes the mails, the audit and the jobs. All that is random is drawn here: twins answer on another thread."""

    def __init__(self, app, client, expect, nonce):
        self.app, self.client, self.expect, self.nonce = app, client, expect, nonce
        self._ids = nonce.tokens(60, 16)
        self.queue = []
        self.failing = {}
        self.owed = []
        self.mail = app.serve("mailer.send", self._send)
        self.audit = app.serve("mailer.audit", lambda _call: None)
        self.enqueue = app.serve("jobs.enqueue", self._enqueue)

    def _send(self, call):
        to = call.args[0] if call.args and isinstance(call.args[0], str) else ""
        if to in self.failing:
            raise TwinRaise("MailFailed", self.failing[to])

    def _enqueue(self, call):
        # Past the last id the call fails in the app; no honest one gets there.
        job_id = self._ids.pop()
        self.queue.append({"id": job_id, "kind": call.args[0], "payload": call.args[1]})
        return job_id

    @staticmethod
    def told(twin, calls):
        """Calls as they would be written."""
        shown = (f"{twin.name}({', '.join(repr(value) for value in args)})" for args in calls)
        return "; ".join(shown) or f"no call of {twin.name}"

    def email(self):
        """Return an e-mail that nobody has used."""
        return f"Ada.{self.nonce(10)}@example.com"

    def amount(self):
        return self.nonce.randint(10_000, 99_999_999)

    def signup(self, email, *, settle=True):
        reply = self.client.post("/signup", json={"email": email}, settle=settle, **LONG)
        if reply.status_code == 202:
            self.owed.append(email)
        return reply

    def wait_for_late_mails(self):
        """A thread of the app's own may be late with a mail: the next test must not get it."""
        wait_until(lambda: all(self.mails(email) for email in list(self.owed)), GRACE)

    def ask(self, path, *, settle=True):
        """Send a good request to one of the two routes."""
        return self.signup(self.email(), settle=settle) if path == "/signup" else self.pay(self.amount(), settle=settle)

    def pay(self, amount, *, settle=True):
        return self.client.post("/payments", json={"amount": amount}, settle=settle, **LONG)

    def accepted(self, reply, because):
        self.expect.keys(reply, {"status": "accepted"}, because, status=202)

    def mails(self, email):
        """Return how many mails went to this e-mail."""
        return sum(call.args == [email] for call in list(self.mail.calls))

    def jobs(self, amount):
        """Return the jobs in the queue for a payment of this amount."""
        return [job for job in list(self.queue) if job["kind"] == "payment" and job["payload"] == {"amount": amount}]

    def wait_called(self, twin, wanted, waiting, because):
        """Wait until the twin has been called with one of these lists of arguments, to which these requests should lead."""
        answered = []

        def over():
            """It has been called, or nothing more is to be expected: what follows a reply follows it soon."""
            if not answered and all(future.done() for future in waiting):
                answered.append(time.monotonic())
            if answered and all(future.result().status_code >= 400 for future in waiting):
                return True
            late = bool(answered) and time.monotonic() > answered[0] + GRACE
            return late or any(call.args in wanted for call in list(twin.calls))

        wait_until(over)
        seen = [call.args for call in list(twin.calls)]
        self.expect.that(
            any(args in seen for args in wanted),
            because,
            expected=self.told(twin, wanted[:1]),
            got=self.told(twin, seen[-3:]),
            reply=waiting[0].result() if waiting[0].done() else None,
        )

    def wait_reply(self, waiting, twin, because):
        """Return the reply, which has to come although the twin's call is held."""
        came = wait_until(waiting.done, 1.5)
        if not came:
            twin.release()
        reply = waiting.result()
        expected = f"the reply while {twin.name} is still at work"
        self.expect.that(came, because, expected=expected, got=f"no reply as long as {twin.name} is at work", reply=reply)
        return reply

    def wait_logged(self, before, text):
        """Return what was logged since; a log that is written by a thread may take a moment."""
        wait_until(lambda: text in (logged := self.app.log()[before:]) and "Traceback" in logged, 2.0)
        return self.app.log()[before:]

    def check_ping(self, at_work):
        """A trivial route answers although a call is held."""
        because = f"While {at_work} is at work, GET /ping should answer: what blocks should not run on the event loop."
        try:
            reply = self.client.get("/ping", **PING)
        except TimedOut as late:
            self.expect.that(False, because, expected='{"pong":true}', got=str(late), reply=late)
        self.expect.json(reply, {"pong": True}, because)

    def check_others(self, mails):
        """A payment is answered although so many mails are held; what it is answered is not asked here."""
        amount = self.amount()
        because = f"While {mails} mails are being sent, POST /payments should be answered: nobody waits until a mail is done."
        try:
            return self.client.post("/payments", json={"amount": amount}, settle=False, **PING)
        except TimedOut as late:
            self.expect.that(False, because, expected="the reply", got=str(late), reply=late)

    def check_payment(self, amount, reply):
        """The payment is in the queue once, under the id that the reply shows."""
        body = self.expect.keys(reply, {}, "POST /payments should be 202.", status=202)
        found = self.jobs(amount)
        self.expect.that(
            len(found) == 1,
            "POST /payments should put its payment into the queue exactly once.",
            expected=f"one job for the amount {amount}",
            got=f"{len(found)} jobs for it",
            reply=reply,
        )
        self.expect.equal(
            {"job_id": found[0]["id"]},
            {"job_id": body.get("job_id")},
            "POST /payments should show the id that jobs.enqueue returned, unchanged.",
            reply=reply,
        )

    def check_audits(self, wanted, because, reply):
        """These calls of mailer.audit have been made, and no others."""
        time.sleep(0.05)
        got = [call.args for call in list(self.audit.calls)]
        expected, shown = self.told(self.audit, wanted), self.told(self.audit, got[-5:])
        self.expect.that(got == wanted, because, expected=expected, got=shown, reply=reply)

    def check_mails(self, wanted, because, *, reply):
        """Each of these e-mails got as many mails as it should, also when a thread of the app's takes a moment more."""
        wait_until(lambda: all(self.mails(email) >= count for email, count in wanted.items()), GRACE)
        time.sleep(0.05)
        for email, count in wanted.items():
            found = self.mails(email)
            self.expect.that(
                found == count,
                because,
                expected=f"{mail_count(count)} to {email!r}",
                got=mail_count(found),
                reply=reply,
            )


def mail_count(count):
    return {0: "no mail", 1: "one mail"}.get(count, f"{count} mails")


@pytest.fixture
def office(app, client, expect, nonce):
    office = Office(app, client, expect, nonce)
    yield office
    office.wait_for_late_mails()
