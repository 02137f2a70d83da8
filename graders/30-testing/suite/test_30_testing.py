"""The hidden suite of 30-testing: what the learner's tests notice, and what they should not have minded."""

import pytest

from gradewright.suite import point


def told(failed):
    return f"failing: {', '.join(sorted({name.partition('::')[2] or name for name in failed})[:6])}"


class Report:
    """Tells the learner what the laboratory found."""

    def __init__(self, lab, expect):
        self.lab, self._expect = lab, expect

    def green(self):
        """The tests pass where everything is as promised."""
        lab, that = self.lab, self._expect.that
        if lab.first is None:
            errors = [name for name, outcome in lab.collected.items() if outcome == "error"]
            got = "an error while it was imported" if errors else "no test was run, or the run never came to an end"
            that(False, "pytest should be able to collect test_app.py and to run it.", expected="tests that run", got=got)
        failed = lab.first["failed"]
        that(
            not failed,
            "Every test should pass on the good target, in the order of the file.",
            expected="no failing test",
            got=told(failed),
        )
        that(lab.first["passed"], "At least one test should run and pass.", expected="a test that passes", got="none")
        that(
            lab.finished,
            "The tests should be quick: all their runs together may take 40 s.",
            expected="all runs ended",
            got="the time was up, or the process ended",
        )
        unsteady = lab.unsteady
        that(
            not unsteady,
            "A test should pass every time on a target that keeps every promise, however it is made inside; "
            "otherwise it says nothing when it fails on a broken one.",
            expected="no failing test on a good target",
            got=told(unsteady),
        )

    def notices(self, point):
        """Each of this point's broken targets makes a test fail."""
        self.green()
        targets = [found for found in self.lab.broken if found.point == point]
        missed = [found.breaks for found in targets if found.by is None]
        more = f" (and {len(missed) - 4} more)" if len(missed) > 4 else ""
        self._expect.that(
            not missed,
            f"At least one test should fail on each broken target. {len(missed)} of {len(targets)} went unnoticed.",
            expected="a failing test when a promise is broken",
            got=f"every test passed although {'; although '.join(missed[:4])}{more}",
        )

    def notices_anything(self):
        self.green()
        self._expect.that(
            any(found.by for found in self.lab.broken),
            "Tests that never fail are steady, and worth nothing: at least one broken target should be noticed.",
            expected="a failing test on one broken target",
            got="every test passed on every broken target",
        )


@pytest.fixture
def report(lab, expect):
    return Report(lab, expect)


@point("kills-success")
def test_successes(report):
    report.notices("kills-success")


@point("kills-validation")
def test_limits(report):
    report.notices("kills-validation")


@point("kills-auth")
def test_permissions(report):
    report.notices("kills-auth")


@point("kills-errors")
def test_failures(report):
    report.notices("kills-errors")


@point("overrides-externals")
def test_rates_are_replaced_and_used(report, expect):
    report.notices("overrides-externals")
    offline = report.lab.offline
    expect.that(
        not offline,
        "The tests should pass without a network: whatever needs rates should replace get_rates.",
        expected="no failing test while get_rates cannot reach its service",
        got=told(offline),
    )


@point("overrides-externals")
def test_nothing_is_left_replaced(report, expect):
    report.notices("overrides-externals")
    left = report.lab.first["left"]
    expect.that(
        not left,
        "When the last test is over, app.dependency_overrides should be empty: the next file would test something else.",
        expected="app.dependency_overrides == {}",
        got=f"still replaced: {', '.join(left)}",
    )


@point("async-client")
def test_what_only_concurrency_and_startup_show(report, expect):
    report.notices("async-client")
    by = {hit.rpartition(" by ")[2] for hits in report.lab.hits for hit in hits}
    expect.that(
        "async client" in by,
        "At least one request should come from an async client that calls the app over ASGITransport, in the loop of the test.",
        expected="a request of httpx.AsyncClient",
        got=f"requests of {', '.join(sorted(by)) or 'nobody'} only",
    )


@point("not-brittle")
def test_any_order(report, expect):
    report.notices_anything()
    bound = {*report.lab.reversed, *report.lab.bound}
    expect.that(
        not bound,
        "The tests should pass on the good target in any order, alone too: none should need what another one left behind.",
        expected="no failing test in another order",
        got=told(bound),
    )


@point("not-brittle")
def test_any_good_target(report, expect):
    report.notices_anything()
    expect.that(
        report.lab.finished_elsewhere,
        "The tests should run on a target that is made otherwise, too.",
        expected="a run that ends",
        got="they could not be collected there, or did not end in time",
    )
    failed = report.lab.elsewhere
    expect.that(
        not failed,
        "The tests should pass in any order on a target that keeps every promise with other error texts, ids and insides: "
        "they should ask for what is promised, and for no more.",
        expected="no failing test",
        got=told(failed),
    )
