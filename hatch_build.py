"""Ship the content trees inside the wheel, but never in an editable install.

An editable install finds exercises/, starter/ and graders/ in the checkout. A copy placed in site-packages by the static
`force-include` table would go stale there and be graded instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# graders/<exercise>/solutions and graders/<exercise>/wrong stay in the sdist: answers are not installed.
SHIPPED_GRADER_PARTS = ("suite", "worker")
SKIPPED = {"__pycache__", ".pytest_cache", ".DS_Store"}


class ContentHook(BuildHookInterface):
    """Adds the three content trees below ``gradewright/_content``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for tree in ("exercises", "starter", "graders"):
            for path in sorted((root / tree).rglob("*")):
                relative = path.relative_to(root)
                if not path.is_file() or SKIPPED.intersection(relative.parts) or path.suffix == ".pyc":
                    continue
                if tree == "graders" and relative.parts[2] not in SHIPPED_GRADER_PARTS:
                    continue
                build_data["force_include"][str(path)] = f"gradewright/_content/{relative.as_posix()}"
