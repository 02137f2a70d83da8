"""The `point` marker."""

from __future__ import annotations

import pytest


def point(point_id: str) -> pytest.MarkDecorator:
    """Tie a test to the interview point `point_id`. A point is won when all of its tests pass."""
    return pytest.mark.point(point_id)
