"""Where a suspended task really waits: asyncio shows the outermost coroutine only, and that one is never the learner's."""

from __future__ import annotations

import asyncio
import gc
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Any

from gradewright.worker.problem import Frame, describe_code

MAX_DEPTH = 200

#: Attribute of the frame, and of what it awaits, for each kind of object that can be suspended.
_SUSPENDED = {
    CoroutineType: ("cr_frame", "cr_await"),
    GeneratorType: ("gi_frame", "gi_yieldfrom"),
    AsyncGeneratorType: ("ag_frame", "ag_await"),
}


def frames_of(task: asyncio.Task[Any]) -> list[Frame]:
    """Return the learner's frames of a suspended task, outermost first."""
    entries = []
    current: Any = task.get_coro()
    for _step in range(MAX_DEPTH):
        if current is None:
            break
        names = _SUSPENDED.get(type(current))
        if names is None:
            current = _inside(current)
            continue
        frame: FrameType | None = getattr(current, names[0])
        if frame is not None:
            entries.append((frame.f_code.co_filename, frame.f_lineno or 0, frame.f_code.co_name))
        current = getattr(current, names[1])
    return describe_code(entries)


def _inside(wrapper: Any) -> Any:
    """Return what `anext()`, `asend()` or `__await__()` wraps: those objects have no attribute for it."""
    if isinstance(wrapper, asyncio.Future):
        return None
    return next((found for found in gc.get_referents(wrapper) if type(found) in _SUSPENDED), None)
