"""The point per-request as an otter question. It runs in the kernel that ran the submission."""

from types import SimpleNamespace
from typing import Any

from otter.test_files import test_case
from support import checks

OK_FORMAT = False
name = "per-request"
points = 1
all_or_nothing = True


@test_case()
def called_once_for_every_request(env: dict[str, Any]) -> None:
    checks.run(checks.called_once_for_every_request, SimpleNamespace(**env))
