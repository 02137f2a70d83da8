"""The `point` marker."""

from __future__ import annotations

import pytest


def point(point_id: str, *, first: bool = False) -> pytest.MarkDecorator:
    """Tie a test to the interview point `point_id`. A point is won when all of its tests pass.

    Tests with `first` run before the others, in a secret order among themselves: what is said of an app that nobody has asked
    anything yet then needs no restart (see AppHandle.fresh).
    """
    return pytest.mark.point(point_id, first=first)
