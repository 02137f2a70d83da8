"""The point runs-first as an otter question. It runs in the kernel that ran the submission."""

from types import SimpleNamespace
from typing import Any

from otter.test_files import test_case
from support import checks

OK_FORMAT = False
name = "runs-first"
points = 2
all_or_nothing = True


@test_case()
def exception_stops_the_request(env: dict[str, Any]) -> None:
    checks.run(checks.exception_stops_the_request, SimpleNamespace(**env))


@test_case()
def refused_request_is_not_counted(env: dict[str, Any]) -> None:
    checks.run(checks.refused_request_is_not_counted, SimpleNamespace(**env))
