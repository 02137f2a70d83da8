"""The point shared-logic as an otter question. It runs in the kernel that ran the submission."""

from types import SimpleNamespace
from typing import Any

from otter.test_files import test_case
from support import checks

OK_FORMAT = False
name = "shared-logic"
points = 2
all_or_nothing = True


@test_case()
def override_changes_both_lists(env: dict[str, Any]) -> None:
    checks.run(checks.override_changes_both_lists, SimpleNamespace(**env))


@test_case()
def real_paging_parses(env: dict[str, Any]) -> None:
    checks.run(checks.real_paging_parses, SimpleNamespace(**env))


@test_case()
def real_paging_refuses(env: dict[str, Any]) -> None:
    checks.run(checks.real_paging_refuses, SimpleNamespace(**env))
