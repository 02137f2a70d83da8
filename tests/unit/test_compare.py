"""JSON as a client sees it: no true for 1, no "5" for 5; and the checks' messages."""

import httpx
import pytest

from gradewright.client.exchange import Exchange
from gradewright.client.failures import TimedOut
from gradewright.suite.compare import NotJson, read_json, same
from gradewright.suite.expect import CheckFailed, Expect


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("5", 5, False),
        (None, False, False),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1, 2], [2, 1], False),
        ([], {}, False),
    ],
)
def test_same(a, b, equal):
    assert same(a, b) is equal
    assert same(b, a) is equal


def reply(body: bytes, status: int = 200, kind: str = "application/json") -> httpx.Response:
    exchange = Exchange("GET", "/x")
    return httpx.Response(status, content=body, headers={"content-type": kind}, extensions={"exchange": exchange})


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{}", "text/html"), (b"{", "application/json"), (b"[" * 100_000, "application/json"), (b"9" * 5000, "application/json")],
    ids=["html", "broken", "deep", "huge-number"],
)
def test_a_body_that_cannot_be_read_is_told_not_raised(body, kind):
    with pytest.raises(NotJson):
        read_json(reply(body, kind=kind))
    with pytest.raises(CheckFailed):
        Expect(lambda: None).json(reply(body, kind=kind), {}, "It should be JSON.")


def test_a_check_that_holds_marks_its_exchange_and_is_counted():
    counted = []
    good = reply(b'{"a": 1}')
    Expect(lambda: counted.append(1)).json(good, {"a": 1}, "Should hold.")
    assert good.extensions["exchange"].held is True
    assert counted == [1]


def test_a_failed_check_says_expected_and_got_and_marks_its_exchange():
    bad = reply(b'{"a": "1"}')
    with pytest.raises(CheckFailed) as failure:
        Expect(lambda: None).json(bad, {"a": 1}, "a should be a number.")
    assert (failure.value.message, failure.value.expected, failure.value.got) == (
        "a should be a number.",
        '{"a":1}',
        '{"a":"1"}',
    )
    assert bad.extensions["exchange"].held is False


def test_a_later_check_that_holds_does_not_hide_an_earlier_failure():
    bad = reply(b"{}", status=500)
    expect = Expect(lambda: None)
    with pytest.raises(CheckFailed):
        expect.status(bad, 200, "Should be 200.")
    expect.status(bad, 500, "Is 500.")
    assert bad.extensions["exchange"].held is False


def test_error_at_wants_the_place_not_only_the_status():
    body = b'{"detail":[{"loc":["query","limit"],"msg":"x"}]}'
    expect = Expect(lambda: None)
    expect.error_at(reply(body, 422), "query", "limit", because="limit is bad.")
    with pytest.raises(CheckFailed) as failure:
        expect.error_at(reply(body, 422), "query", "skip", because="skip is bad.")
    assert failure.value.got == "errors at query.limit"
    for hostile in (b'{"detail":"no"}', b'{"detail":[7]}', b'{"detail":[{"loc":7}]}', b"[]"):
        with pytest.raises(CheckFailed):
            expect.error_at(reply(hostile, 422), "query", "skip", because="skip is bad.")


def test_that_fails_on_falsy_values_only():
    expect = Expect(lambda: None)
    expect.that([1], "Something is there.")
    with pytest.raises(CheckFailed):
        expect.that([], "Something is there.")


def test_a_request_that_got_no_reply_can_be_shown_too():
    late = TimedOut("no reply within 2 s")
    late.exchange = Exchange(method="GET", target="/ping")
    expect = Expect(lambda: None)
    with pytest.raises(CheckFailed) as failure:
        expect.that(False, "GET /ping should answer.", expected="an answer", got=str(late), reply=late)
    assert failure.value.exchange is late.exchange
    assert (late.exchange.held, late.exchange.message) == (False, "GET /ping should answer.")
    with pytest.raises(CheckFailed) as failure:
        expect.equal(1, 2, "Nothing was sent.", reply=TimedOut("no reply"))
    assert failure.value.exchange is None
