"""What a worker says about itself, brought into shape: known fields, right types, bounded sizes. Anything else is dropped.

The worker's end of the control socket is in the submission's hands, so these facts may be invented. They explain; they
never decide, and no shape of them may upset the grader.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: Problems that a worker may report. The others (`start_timeout`, `ended_at_start`) are the grader's own findings.
WORKER_PROBLEMS = frozenset(
    {"syntax_error", "import_error", "module_not_found", "relative_import", "circular_import", "input_at_import",
     "not_allowed", "exit_at_import", "no_app_file", "no_app_object", "not_asgi", "factory_failed", "startup_failed"}
)  # fmt: skip

_TEXTS = ("exception", "message", "missing", "code", "wanted", "file", "attribute", "type")
_LISTS = ("candidates", "found")
MAX_TEXT = 2000
MAX_NAME = 300
MAX_LINE = 10_000_000
MAX_FRAMES = 10
MAX_ENTRIES = 20


def text(value: object, limit: int = MAX_TEXT) -> str:
    """Return a value as text that can be encoded, cut to `limit`; only text and numbers have one."""
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1 << 63):
        return str(value)
    if isinstance(value, str):
        return value[:limit].encode("utf-8", "replace").decode()
    return ""


def texts(value: object, limit: int = MAX_NAME) -> list[str]:
    """Return the texts of a list."""
    return [text(item, limit) for item in value[:MAX_ENTRIES] if isinstance(item, str)] if isinstance(value, list) else []


def _line(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < MAX_LINE


def frames(value: object) -> list[dict[str, Any]]:
    """Return the well-formed frames of a list, the innermost ones."""
    good = []
    for frame in value[-10 * MAX_FRAMES :] if isinstance(value, list) else []:
        if isinstance(frame, dict) and _line(frame.get("line")) and isinstance(frame.get("file"), str):
            function = text(frame.get("function"), MAX_NAME)
            good.append({"file": text(frame["file"], MAX_NAME), "line": frame["line"], "function": function})
    return good[-MAX_FRAMES:]


def stacks(value: object) -> list[list[dict[str, Any]]]:
    """Return the well-formed, non-empty stacks of a list."""
    found: Iterable[list[dict[str, Any]]] = map(frames, value[:MAX_ENTRIES]) if isinstance(value, list) else ()
    return [stack for stack in found if stack]


def problem(message: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a reported problem; an unknown kind becomes `import_error`."""
    kind = message.get("kind")
    facts: dict[str, Any] = {"kind": kind if isinstance(kind, str) and kind in WORKER_PROBLEMS else "import_error"}
    facts.update((name, text(message[name])) for name in _TEXTS if name in message)
    facts.update((name, texts(message[name])) for name in _LISTS if name in message)
    facts["frames"] = frames(message.get("frames"))
    place = message.get("syntax")
    if isinstance(place, dict) and isinstance(place.get("file"), str) and _line(place.get("line")):
        facts["syntax"] = {"file": text(place["file"], MAX_NAME), "line": place["line"]}
    return facts


def ended_with(error: object) -> tuple[str, list[dict[str, Any]]]:
    """Return the exception that a call ended with as text, and its frames; ("", []) when there was none."""
    if not isinstance(error, dict):
        return "", []
    return f"{text(error.get('exception'), 200)}: {text(error.get('message'), 1500)}", frames(error.get("frames"))
