"""A check50 checks package for 07-depends. Each check runs in a worker of check50's pool, which imports the submission."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import check50
import check50.py
from fastapi.testclient import TestClient

# check50 loads this file by its path, so its folder is not on the path yet.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import checks


def verify(check: Callable[[Any, TestClient], None]) -> None:
    """Import the submission and run one check; a failed assertion is a failed check, not an error of the grader."""
    module = check50.py.import_("app.py")
    try:
        checks.run(check, module)
    except AssertionError as problem:
        raise check50.Failure(str(problem)) from problem


@check50.check()
def exists() -> None:
    """app.py exists"""
    check50.exists("app.py")


@check50.check(exists)
def override_shows_in_items() -> None:
    """a replaced get_region shows in /items"""
    verify(checks.override_shows_in_items)


@check50.check(exists)
def real_region() -> None:
    """/items shows the real region"""
    verify(checks.real_region)


@check50.check(exists)
def override_changes_both_lists() -> None:
    """a replaced paging changes both lists"""
    verify(checks.override_changes_both_lists)


@check50.check(exists)
def real_paging_parses() -> None:
    """paging parses skip and limit"""
    verify(checks.real_paging_parses)


@check50.check(exists)
def real_paging_refuses() -> None:
    """paging refuses what is out of bounds"""
    verify(checks.real_paging_refuses)


@check50.check(exists)
def exception_stops_the_request() -> None:
    """an exception of verify_token stops the request"""
    verify(checks.exception_stops_the_request)


@check50.check(exists)
def refused_request_is_not_counted() -> None:
    """a refused request is not counted"""
    verify(checks.refused_request_is_not_counted)


@check50.check(exists)
def guard_refuses_and_lets_in() -> None:
    """the guard refuses and lets in"""
    verify(checks.guard_refuses_and_lets_in)


@check50.check(exists)
def overridden_guard_lets_all_in() -> None:
    """a replaced guard lets everybody in"""
    verify(checks.overridden_guard_lets_all_in)


@check50.check(exists)
def called_once_for_every_request() -> None:
    """get_region is called once for every request"""
    verify(checks.called_once_for_every_request)


@check50.check(exists)
def parameters_are_documented() -> None:
    """skip and limit are documented"""
    verify(checks.parameters_are_documented)
