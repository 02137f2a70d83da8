"""The tests of 07-depends as Gradescope runs them: one weighted method a point. The submission is imported right here."""

import unittest

import app
import checks
from gradescope_utils.autograder_utils.decorators import weight


class TestDepends(unittest.TestCase):
    @weight(3)
    def test_injected_value(self) -> None:
        """injected-value"""
        checks.run(checks.override_shows_in_items, app)
        checks.run(checks.real_region, app)

    @weight(2)
    def test_shared_logic(self) -> None:
        """shared-logic"""
        checks.run(checks.override_changes_both_lists, app)
        checks.run(checks.real_paging_parses, app)
        checks.run(checks.real_paging_refuses, app)

    @weight(2)
    def test_runs_first(self) -> None:
        """runs-first"""
        checks.run(checks.exception_stops_the_request, app)
        checks.run(checks.refused_request_is_not_counted, app)

    @weight(2)
    def test_guard_only(self) -> None:
        """guard-only"""
        checks.run(checks.guard_refuses_and_lets_in, app)
        checks.run(checks.overridden_guard_lets_all_in, app)

    @weight(1)
    def test_per_request(self) -> None:
        """per-request"""
        checks.run(checks.called_once_for_every_request, app)

    @weight(1)
    def test_params_surface(self) -> None:
        """params-surface"""
        checks.run(checks.parameters_are_documented, app)
