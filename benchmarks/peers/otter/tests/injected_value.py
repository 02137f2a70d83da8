"""The point injected-value as an otter question. It runs in the kernel that ran the submission."""

from types import SimpleNamespace
from typing import Any

from otter.test_files import test_case
from support import checks

OK_FORMAT = False
name = "injected-value"
points = 3
all_or_nothing = True


@test_case()
def override_shows_in_items(env: dict[str, Any]) -> None:
    checks.run(checks.override_shows_in_items, SimpleNamespace(**env))


@test_case()
def real_region(env: dict[str, Any]) -> None:
    checks.run(checks.real_region, SimpleNamespace(**env))
