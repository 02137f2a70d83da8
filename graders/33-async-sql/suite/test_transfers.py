"""The hidden suite of 33-async-sql: transfers, whole or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gradewright.suite import point


@point("atomic-transfer")
def test_transfers_move_money(client, library, expect, nonce):
    one, two, three = library.fill(accounts=[nonce.number() for _account in range(3)])
    library.start()
    for _round in range(3):
        src, dst = nonce.sample((one, two, three), 2)
        amount = nonce.number(1, 300)
        because = "POST /transfers should be 200 with the balances of src and dst after it."
        library.check_moved(library.move(src, dst, amount), src, dst, amount, because)
    rest = library.accounts[one]
    because = "POST /transfers should be 409 when src has less than the amount."
    expect.status(library.move(one, two, rest + 1), 409, because)
    because = "POST /transfers should be 200 for all that src has, and leave 0."
    library.check_moved(library.move(one, two, rest), one, two, rest, because)
    same = library.accounts[two]
    because = "POST /transfers from an account to itself should be 200 and leave the balance as it is."
    expect.json(library.move(two, two, nonce.number(1, 900)), {"src": same, "dst": same}, because)
    because = "POST /transfers should be 409 when src has less than the amount, also from an account to itself."
    expect.status(library.move(two, two, same + nonce.number(1, 900)), 409, because)
    unknown = 10_000 + nonce.number()
    for src, dst, amount in ((three, unknown, 1), (unknown, three, 1), (three, unknown, library.accounts[three] + 1)):
        because = "POST /transfers should be 404 when one of the accounts is unknown, whatever the amount."
        expect.status(library.move(src, dst, amount), 404, because)
    for amount in nonce.sample((0, -1, -nonce.number(), nonce()), 4):
        because = "POST /transfers should be 422 when the amount is not an integer above 0."
        expect.status(library.move(two, three, amount), 422, because)
    for absent in ("src", "dst", "amount"):
        body = {key: value for key, value in {"src": two, "dst": three, "amount": 1}.items() if key != absent}
        expect.status(client.post("/transfers", json=body), 422, "POST /transfers should be 422 when a field is missing.")
    library.check_balances("After all of this, the accounts should hold what the transfers with a 200 made of them.")


@point("atomic-transfer")
@pytest.mark.parametrize("where", ["UPDATE", "COMMIT"])
def test_a_fault_in_the_middle_leaves_nothing(library, expect, nonce, where):
    src, dst = library.fill(accounts=(nonce.number(), nonce.number()))
    library.start(before="UPDATE|INSERT|REPLACE")
    for number in (2, 1):
        fails = f"When the {('first', 'second')[number - 1]} {where} of a transfer fails in the database,"
        library.seen.clear()
        library.failing = (where, number)
        amount = nonce.number(1, 400)
        reply = library.move(src, dst, amount)
        library.failing = None
        expect.that(
            library.seen, "POST /transfers should change the database.", expected="an UPDATE", got="no change", reply=reply
        )
        # One statement may do both; then there is no second one to fail.
        if reply.status_code == 200:
            library.check_moved(reply, src, dst, amount, f"{fails} its balances should be shown only if it took place.")
        else:
            expect.status(reply, 500, f"{fails} POST /transfers should be 500.")
        library.check_balances(f"{fails} both balances should be as before: all of it, or nothing.", reply=reply)
        amount = nonce.number(1, 400)
        because = "After a transfer that failed, the next one should be 200."
        library.check_moved(library.move(src, dst, amount), src, dst, amount, because)


@point("atomic-transfer")
def test_transfers_at_once_do_not_overdraw(library, expect, nonce):
    amount, many, enough = nonce.number(10, 300), 8, nonce.randint(3, 4)
    src, dst = library.fill(accounts=(amount * enough + nonce.number(0, amount - 1), nonce.number()))
    library.start(before="UPDATE")
    library.together()
    with ThreadPoolExecutor(many) as pool, library.before.hold():
        waiting = [pool.submit(library.move, src, dst, amount) for _request in range(many)]
        library.wait_held(waiting, 5)
        library.before.release()
        replies = sorted((future.result() for future in waiting), key=lambda reply: reply.status_code)
    at_once = f"When {many} transfers of the same amount come at once and there is enough for {enough},"
    for place, reply in enumerate(replies):
        wanted = 200 if place < enough else 409
        expect.status(reply, wanted, f"{at_once} {enough} should be 200 and the others 409: what was read may be old by now.")
    because = f"{at_once} each of these should answer the balances that it left, which are not those that another one left."
    shown, steps = [expect.keys(reply, {}, because) for reply in replies[:enough]], []
    for _transfer in range(enough):
        library.accounts[src] -= amount
        library.accounts[dst] += amount
        steps.append({"src": library.accounts[src], "dst": library.accounts[dst]})
    expect.equal(*(sorted(some, key=lambda body: str(sorted(body.items()))) for some in (steps, shown)), because)
    library.check_balances(f"{at_once} src should hold what is left, dst what it got, and no money should be lost or made.")


@point("atomic-transfer")
def test_transfers_to_and_fro_keep_the_sum(library, expect, nonce):
    one, two, three = library.fill(accounts=[10_000 + nonce.number() for _account in range(3)])
    library.start(before="UPDATE")
    asked = [(*nonce.sample((one, two, three), 2), nonce.number(1, 300)) for _request in range(20)]
    library.together()
    with ThreadPoolExecutor(len(asked)) as pool, library.before.hold():
        waiting = [pool.submit(library.move, *request) for request in asked]
        library.wait_held(waiting, 5)
        library.before.release()
        replies = [future.result() for future in waiting]
    for (src, dst, amount), reply in zip(asked, replies, strict=True):
        expect.status(reply, 200, "When transfers come at once and there is enough for all, each should be 200.")
        library.accounts[src] -= amount
        library.accounts[dst] += amount
    library.check_balances("After transfers at once, each account should hold what all of them together made of it.")
