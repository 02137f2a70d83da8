"""The point guard-only as an otter question. It runs in the kernel that ran the submission."""

from types import SimpleNamespace
from typing import Any

from otter.test_files import test_case
from support import checks

OK_FORMAT = False
name = "guard-only"
points = 2
all_or_nothing = True


@test_case()
def guard_refuses_and_lets_in(env: dict[str, Any]) -> None:
    checks.run(checks.guard_refuses_and_lets_in, SimpleNamespace(**env))


@test_case()
def overridden_guard_lets_all_in(env: dict[str, Any]) -> None:
    checks.run(checks.overridden_guard_lets_all_in, SimpleNamespace(**env))
