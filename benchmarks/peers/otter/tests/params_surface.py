"""The point params-surface as an otter question. It runs in the kernel that ran the submission."""

from types import SimpleNamespace
from typing import Any

from otter.test_files import test_case
from support import checks

OK_FORMAT = False
name = "params-surface"
points = 1
all_or_nothing = True


@test_case()
def parameters_are_documented(env: dict[str, Any]) -> None:
    checks.run(checks.parameters_are_documented, SimpleNamespace(**env))
