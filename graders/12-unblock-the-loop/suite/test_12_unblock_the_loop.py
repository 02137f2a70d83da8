"""The hidden suite of 12-unblock-the-loop.

Nothing is timed: the grader's twins of market, audit and store hold calls, and /ping must be answered meanwhile.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from gradewright.suite import Value, point

#: Seconds that a held request may last: longer than anything here waits.
LONG = {"extensions": {"limit": 25}}
#: Seconds in which an answer that has been sent certainly arrives.
MOMENT = 0.3
#: Requests at the same time; the brief promises no more than 20.
MANY = 10


def new_order(nonce):
    return {"sku": nonce(), "qty": nonce.number(1, 100)}


@point("handler-unblocked")
def test_quotes_do_not_stall(client, expect, services, loop, nonce):
    symbol, *symbols = nonce.tokens(MANY + 1)
    answer = {"sym": symbol, "price": services.price(symbol)}
    expect.json(client.get(f"/quote/{symbol}"), answer, "GET /quote/{sym} should answer the symbol and its price.")
    answers = [{"sym": symbol, "price": services.price(symbol)} for symbol in symbols]
    loop.check_many(services.quote, [f"/quote/{symbol}" for symbol in symbols], answers)


def converted(amount, rate):
    return {"amount": amount, "rate": rate, "result": amount * rate}


@point("dependency-unblocked")
def test_the_rate_does_not_stall(client, expect, services, loop, nonce):
    amount, *amounts = nonce.sample(range(1, 10_000), MANY + 1)
    answer = converted(amount, services.rate)
    expect.json(client.get(f"/convert/{amount}"), answer, "GET /convert/{amount} should answer amount, rate and result.")
    answers = [converted(amount, services.rate) for amount in amounts]
    loop.check_many(services.rates, [f"/convert/{amount}" for amount in amounts], answers)


@point("dependency-unblocked")
def test_the_rate_is_a_dependency(app, client, expect, nonce):
    amount, rate = nonce.number(1, 9999), nonce.number(10, 4000) / 8
    with app.override("get_rate", Value(rate)):
        reply = client.get(f"/convert/{amount}")
        expect.json(reply, converted(amount, rate), "With get_rate replaced, GET /convert/{amount} should use what it returns.")


@point("middleware-unblocked")
def test_every_post_has_its_line(client, expect, services, nonce):
    posts = [("/orders", new_order(nonce), 201), ("/orders", {"sku": nonce()}, 422), (f"/{nonce()}", None, 404)]
    for path, body, status in nonce.sample(posts, 3):
        services.audit.forget()
        reply = client.post(path, json=body, settle=False)
        expect.status(reply, status, f"This POST {path} should still be {status}.")
        because = f"By the time that POST {path} has been answered with {status}, one audit line should have been written."
        expect.equal([f"POST {path}"], services.lines, because, reply=reply)
        client.settle(reply)
    services.audit.forget()
    reply = client.get("/ping")
    expect.equal([], services.lines, "A GET should leave no audit line.", reply=reply)


@point("middleware-unblocked")
def test_writing_the_line_does_not_stall(client, expect, services, loop, nonce):
    with ThreadPoolExecutor(1) as pool, services.audit.hold():
        waiting = pool.submit(client.post, "/orders", json=new_order(nonce), settle=False, **LONG)
        loop.wait_call(services.audit, waiting, "POST /orders should write an audit line.")
        loop.ping("While the audit line of a POST is being written, GET /ping should be answered.")
        time.sleep(MOMENT)
        expect.that(
            not waiting.done(),
            "POST /orders should be answered when its audit line has been written, not before.",
            expected="no answer yet",
            got="an answer, while the line was still being written",
            reply=waiting.result() if waiting.done() else None,
        )
        services.audit.release()
        expect.status(waiting.result(), 201, "POST /orders should still be 201.")


@point("stream-unblocked")
def test_the_report_arrives_line_by_line(expect, services, loop, read):
    lines = [f"{line}\n" for line in services.report_lines]
    with services.report.hold():
        # Released before the reader is waited for, whatever happens in between.
        reader = read("/report")
        for number in range(len(lines) + 1):
            calls = loop.wait_call(
                services.report, reader.reply, "GET /report should send what the report yields.", count=number + 1
            )
            loop.ping("While GET /report waits for its next line, GET /ping should be answered.")
            sent = "".join(lines[:number])
            reader.wait(sent)
            expect.that(
                reader.text == sent,
                "GET /report should send each line as soon as the report yields it, with a line end.",
                expected=sent or "nothing yet",
                got=reader.text or "nothing yet",
            )
            calls[number].answer(services.report_lines[number] if number < len(lines) else None)
        services.report.release()
        reply = reader.reply.result()
    expect.status(reply, 200, "GET /report should still be 200.")
    kind = reply.headers.get("content-type", "")
    expect.that(
        kind.partition(";")[0].strip().lower() == "text/plain",
        "GET /report should still be text/plain.",
        expected="Content-Type: text/plain",
        got=f"Content-Type: {kind}",
        reply=reply,
    )
    expect.that(
        reader.text == "".join(lines),
        "GET /report should send all lines of the report, and nothing else.",
        expected="".join(lines),
        got=reader.text,
        reply=reply,
    )


@point("awaited-write")
def test_an_order_is_saved_before_the_answer(app, client, expect, services, loop, nonce):
    order = new_order(nonce)
    with ThreadPoolExecutor(1) as pool, services.save.hold():
        waiting = pool.submit(client.post, "/orders", json=order, settle=False, **LONG)
        loop.wait_call(services.save, waiting, "POST /orders should save the order.")
        loop.ping("While an order is being saved, GET /ping should be answered.")
        time.sleep(MOMENT)
        expect.that(
            not waiting.done(),
            "POST /orders should be answered when the order has been saved, not before.",
            expected="no answer yet",
            got="an answer, while the order was still being saved",
            reply=waiting.result() if waiting.done() else None,
        )
        services.save.release()
        reply = waiting.result()
    check_saved(reply, order, expect, services)
    order = new_order(nonce)
    check_saved(client.post("/orders", json=order, settle=False), order, expect, services)
    expect.that(
        "'save' was never awaited" not in app.log(),
        "Every call of store.save should be awaited.",
        expected="no warning in the log",
        got="RuntimeWarning: coroutine 'save' was never awaited",
    )


def check_saved(reply, order, expect, services):
    """The answer names an order that has been saved by now, as it was sent."""
    answer = expect.keys(reply, {}, "POST /orders should answer 201 with the new order's id.", status=201)
    number = answer.get("id")
    expect.that(
        isinstance(number, str) and answer.keys() == {"id"},
        "POST /orders should answer with the new order's id, a text.",
        expected='{"id": <text>}',
        got=answer,
        reply=reply,
    )
    saved = services.orders.get(number, "nothing of that id")
    expect.equal({"id": number, **order}, saved, "By the time of the answer, the order should be in the store.", reply=reply)


@point("awaited-read")
def test_a_saved_order_is_read(client, expect, services, nonce):
    for _order in range(2):
        order = {"id": nonce(), **new_order(nonce)}
        services.orders[order["id"]] = order
        path = f"/orders/{order['id']}"
        expect.json(client.get(path), order, "GET /orders/{id} should answer the order that store.load returns.")
    path = f"/orders/{nonce()}"
    expect.status(client.get(path), 404, f"GET {path} should be 404, because store.load returns None for this id.")
