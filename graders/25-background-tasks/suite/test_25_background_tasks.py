"""The hidden suite of 25-background-tasks.

What comes before and what after the reply is proved by rendezvous: the twin keeps a call unanswered, and the reply has come, or
must not have come, meanwhile. The queue of jobs is the grader's own, so the app can be killed.
"""

import signal
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import Raise, Value, point
from gradewright.suite.waiting import wait_until

ROUTES = ("/signup", "/payments")
#: Mails that are being sent while others ask.
MAILS = 4


@point("reply-first")
def test_the_reply_does_not_wait_for_the_mail(client, office):
    sent = {}
    for _signup in range(2):
        email = office.email()
        with ThreadPoolExecutor(1) as pool, office.mail.hold():
            waiting = pool.submit(office.signup, email, settle=False)
            office.wait_called(
                office.mail, [[email]], [waiting], "POST /signup should send one mail, to the e-mail in the body."
            )
            reply = office.wait_reply(
                waiting, office.mail, "POST /signup should be answered at once, while its mail is still being sent."
            )
            office.accepted(reply, 'POST /signup should be 202 with {"status": "accepted"}.')
        client.settle(reply)
        sent[email] = 1
    office.check_mails(sent, "POST /signup should send its mail exactly once.", reply=reply)


@point("only-on-success")
def test_only_who_is_signed_up_gets_a_mail(client, office, expect, nonce):
    email = office.email()
    office.accepted(office.signup(email), "POST /signup with a new e-mail should be 202.")
    reply = office.signup(email)
    expect.status(reply, 409, "POST /signup with an e-mail that was signed up before should be 409.")
    other = email.swapcase() if nonce.random() < 0.5 else email.replace("Ada", "ada")
    other = f"{other.partition('@')[0]}@example.com"
    office.accepted(office.signup(other), "E-mails are compared exactly: one in other letters, A instead of a, is a new one.")
    number = nonce.number()
    for body in nonce.sample(({}, {"email": ""}, {"email": number}, {"email": None}), 4):
        reply = client.post("/signup", json=body)
        expect.status(reply, 422, "POST /signup without a non-empty text as its email should be 422.")
    expect.status(office.signup(email), 409, "POST /signup with an e-mail that was signed up before should stay 409.")
    last = office.email()
    reply = office.signup(last)
    office.accepted(reply, "POST /signup with a new e-mail should be 202, also after others got 409 and 422.")
    because = "Only a POST /signup that gets 202 should send a mail: a 409 or a 422 sends none."
    office.check_mails({email: 1, other: 1, last: 1, "": 0, number: 0, None: 0}, because, reply=reply)


@point("only-on-success")
def test_who_has_the_202_is_signed_up_before_the_mail_is_sent(client, office, expect):
    email = office.email()
    with ThreadPoolExecutor(2) as pool, office.mail.hold():
        waiting = [pool.submit(office.signup, email, settle=False)]
        office.wait_called(office.mail, [[email]], waiting, "POST /signup should call mailer.send with the e-mail in the body.")
        # That the reply does not wait for the mail, and that a mail blocks nobody, are other points' matters.
        if wait_until(waiting[0].done, 1.5):
            waiting.append(pool.submit(office.signup, email, settle=False))
            wait_until(waiting[1].done, 1.5)
    replies = [future.result() for future in waiting]
    expect.status(replies[0], 202, "POST /signup with a new e-mail should be 202.")
    because = "An e-mail that has got its 202 should be signed up, also while its mail is being sent: the next one is 409."
    for reply in replies[1:]:
        expect.status(reply, 409, because)
    for reply in replies:
        client.settle(reply)
    office.check_mails({email: 1}, "An e-mail that was signed up should get one mail, and none for its 409.", reply=replies[-1])


@point("failure-contained")
def test_a_mail_that_fails_costs_the_client_nothing(app, office, expect, nonce):
    try:
        for _failure in range(2):
            email, secret, before = office.email(), nonce(20), len(app.log())
            office.failing[email] = secret
            reply = office.signup(email)
            office.accepted(
                reply, "POST /signup should be 202 also when mailer.send raises: the client has its answer by then."
            )
            expect.that(
                wait_until(lambda to=email: office.mails(to), 1.0),
                "POST /signup should send a mail, which fails in this check.",
                expected="a call of mailer.send",
                got="none",
                reply=reply,
            )
            logged = office.wait_logged(before, secret)
            expect.that(
                secret in logged and "Traceback" in logged,
                "When mailer.send raises, the server's output should hold the traceback with the exception's text; "
                "nobody else will ever hear of the failure.",
                expected=f"a traceback that ends with MailFailed: {secret}",
                got=logged.strip() or "no output",
                reply=reply,
            )
            expect.status(
                office.signup(email), 409, "An e-mail that got its 202 should be signed up, also when its mail has failed."
            )
            email = office.email()
            reply = office.signup(email)
            office.accepted(reply, "After a mail that failed, the next POST /signup should be 202.")
            office.check_mails({email: 1}, "After a mail that failed, the next POST /signup should send its mail.", reply=reply)
    finally:
        # What broke here costs this point only.
        app.restart()


@point("loop-free")
def test_others_are_answered_while_mails_are_sent(client, office):
    emails = [office.email() for _mail in range(MAILS)]
    with ThreadPoolExecutor(MAILS) as pool, office.mail.hold():
        waiting = [pool.submit(office.signup, email, settle=False) for email in emails]
        wanted = [[email] for email in emails]
        office.wait_called(office.mail, wanted, waiting, "POST /signup should call mailer.send with the e-mail in the body.")
        # Their 202 tells that the mails have been handed over; whether all are sent at the same time is open.
        wait_until(lambda: all(future.done() for future in waiting), 2.0)
        office.check_ping("mailer.send")
        paid = office.check_others(MAILS)
    for reply in (paid, *(future.result() for future in waiting)):
        client.settle(reply)


@point("loop-free")
def test_ping_answers_while_the_audit_is_written(client, office, expect):
    # That each of the two routes is audited is another point's matter.
    with ThreadPoolExecutor(2) as pool, office.audit.hold():
        waiting = [pool.submit(office.ask, path, settle=False) for path in ROUTES]
        because = "POST /signup and POST /payments should lead to calls of mailer.audit with the path of the request."
        office.wait_called(office.audit, [[path] for path in ROUTES], waiting, because)
        office.check_ping("mailer.audit")
    for future in waiting:
        client.settle(future.result())


@point("durable-queue")
def test_the_reply_waits_for_the_queue(client, office, expect):
    for _payment in range(2):
        amount = office.amount()
        with ThreadPoolExecutor(1) as pool, office.enqueue.hold():
            waiting = pool.submit(office.pay, amount, settle=False)
            office.wait_called(
                office.enqueue,
                [["payment", {"amount": amount}]],
                [waiting],
                "POST /payments should put its payment into the queue with jobs.enqueue.",
            )
            # A reply that has been sent already is here in a moment.
            expect.that(
                not wait_until(waiting.done, 0.2),
                "POST /payments should be answered when jobs.enqueue has returned, not before: "
                "until then a crash loses the payment.",
                expected="no reply while jobs.enqueue is at work",
                got="a reply while jobs.enqueue was still at work",
                reply=waiting.result() if waiting.done() else None,
            )
            office.enqueue.release()
            reply = waiting.result()
        client.settle(reply)
        office.check_payment(amount, reply)


@point("durable-queue")
def test_a_payment_survives_a_crash(app, office, expect, nonce):
    paid = []
    for _crash in range(2):
        amount = office.amount()
        reply = office.pay(amount, settle=False)
        app.signal(signal.SIGKILL)
        app.wait_exit()
        paid.append((amount, reply))
        expect.status(reply, 202, "POST /payments should be 202.")
        app.restart()
    amount = office.amount()
    paid.append((amount, office.pay(amount)))
    for amount, reply in paid:
        expect.that(
            office.jobs(amount),
            "The server was killed right after the 202, and the queue does not hold the payment: no worker will ever do it.",
            expected=f"one job for the amount {amount}",
            got="no job for it",
            reply=reply,
        )
        office.check_payment(amount, reply)
    expect.equal(
        len(paid),
        len(office.queue),
        "After the crashes, the number of jobs in the queue should be the number of payments.",
        reply=paid[-1][1],
    )


@point("durable-queue")
def test_only_a_good_amount_becomes_a_job(client, office, expect, nonce):
    bad = ({"amount": 0}, {"amount": -office.amount()}, {"amount": f"x{nonce(7)}"}, {"amount": 1.5}, {"amount": None}, {})
    for body in nonce.sample(bad, len(bad)):
        reply = client.post("/payments", json=body)
        expect.status(reply, 422, "POST /payments should be 422 when amount is not an integer above 0.")
    good = (1, nonce.number(2**31, 2**53 - 1))
    for amount in good:
        reply = office.pay(amount)
        expect.status(reply, 202, "POST /payments should be 202 for every integer above 0, also for 1 and for a large one.")
        office.check_payment(amount, reply)
    expect.equal(len(good), len(office.queue), "A POST /payments that gets 422 should make no job.", reply=reply)


@point("from-dependency")
def test_the_audit_is_written_after_the_reply(app, client, office, expect, nonce):
    # The audit of an earlier test, still under way in a thread, must not be counted here.
    app.restart()
    for path in nonce.sample(ROUTES * 2, 4):
        office.audit.forget()
        with ThreadPoolExecutor(1) as pool, office.audit.hold():
            waiting = pool.submit(office.ask, path, settle=False)
            office.wait_called(
                office.audit,
                [[path]],
                [waiting],
                f"POST {path} should lead to a call of mailer.audit with the path of the request.",
            )
            reply = office.wait_reply(
                waiting, office.audit, f"POST {path} should be answered before mailer.audit is called, not after."
            )
            expect.status(reply, 202, f"POST {path} should be 202.")
        client.settle(reply)
        expect.status(client.get("/ping"), 200, "GET /ping should be 200.")
        office.check_audits([[path]], f"POST {path} should be audited once, and GET /ping not at all.", reply)


@point("from-dependency")
def test_the_audit_waits_for_the_handler(app, client, office, expect):
    app.restart()
    amount = office.amount()
    with ThreadPoolExecutor(1) as pool, office.enqueue.hold():
        waiting = pool.submit(office.pay, amount, settle=False)
        wanted = ["payment", {"amount": amount}]
        office.wait_called(office.enqueue, [wanted], [waiting], "POST /payments should call jobs.enqueue.")
        # An audit that comes after the reply may be seen a moment before it.
        early = wait_until(lambda: office.audit.calls, 0.2) and not wait_until(waiting.done, 1.0)
        office.enqueue.release()
        reply = waiting.result()
    expect.that(
        not early,
        "mailer.audit should be called after the response has been sent, not while POST /payments is still at work.",
        expected="no call of mailer.audit before the reply",
        got="a call of mailer.audit before the reply",
        reply=reply,
    )
    client.settle(reply)
    expect.status(reply, 202, "POST /payments should be 202.")
    expect.that(
        wait_until(lambda: office.audit.calls, 1.0),
        "POST /payments should lead to a call of mailer.audit after the reply.",
        expected="a call of mailer.audit",
        got="none",
        reply=reply,
    )


@point("from-dependency")
def test_the_routes_depend_on_audit(app, office, expect, nonce):
    app.restart()
    email, amount = office.email(), office.amount()
    code = nonce.choice((402, 403, 410, 412, 418, 423, 424, 428, 451))
    with app.override("audit", Raise(code)):
        for reply, path in ((office.signup(email), "/signup"), (office.pay(amount), "/payments")):
            expect.status(reply, code, f"POST {path} should be {code} when audit raises {code}: it depends on it.")
        because = "When audit raises, nothing should be sent, queued or audited."
        office.check_mails({email: 0}, because, reply=reply)
        expect.equal([], office.queue, because, reply=reply)
        office.check_audits([], because, reply)
    with app.override("audit", Value(None)):
        for path in nonce.sample(ROUTES, 2):
            reply = office.ask(path)
            because = f"With audit replaced, nothing should call mailer.audit for POST {path}: only the dependency does that."
            office.check_audits([], because, reply)
    reply = office.signup(email)
    office.accepted(reply, "An e-mail whose sign-up was stopped by audit should not count as signed up.")
    expect.that(
        wait_until(lambda: office.audit.calls, 1.0),
        "With audit itself back in place, POST /signup should be audited.",
        expected="a call of mailer.audit",
        got="none",
        reply=reply,
    )
