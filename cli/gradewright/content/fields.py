"""What is wrong with a TOML file, said as its author would look for it: the place, what it may be, the closest known name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gradewright.errors import did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

#: pydantic's kinds of errors, in words that fit behind the name of a field.
_KINDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text, in quotes",
    "tuple_type": "must be a list, in brackets",
    "string_too_short": "is empty",
}
_PATTERNS = {
    "slug": "must be two digits and words in lower case, joined by hyphens, such as 01-orders",
    "id": "must be words in lower case and digits, joined by hyphens, such as paid-once",
    "name": "must be words in lower case and digits, joined by hyphens, such as acme-backend",
    "seed": 'is "own" or 32 hex digits',
}


def place(location: Iterable[int | str], data: Any = None) -> str:
    """Return where an error is, such as `points, number 2 (paid-once), weight`: an entry of a list has its id beside it."""
    words = []
    for part in location:
        data = _inside(data, part)
        if isinstance(part, int):
            name = data.get("id") or data.get("exercise") if isinstance(data, dict) else None
            words.append(f"number {part + 1}" + (f" ({name})" if isinstance(name, str) else ""))
        else:
            words.append(part)
    return ", ".join(words)


def _inside(data: Any, part: int | str) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def explain(error: ValidationError, model: type[BaseModel], data: Any) -> tuple[str, str]:
    """Return the first error as a sentence without its full stop, and a hint or ""."""
    first = error.errors(include_url=False)[0]
    location: tuple[int | str, ...] = first["loc"]
    last = str(location[-1]) if location else ""
    said = _KINDS.get(first["type"]) or _said(first, last)
    where = place(location, data)
    hint = ""
    if first["type"] == "extra_forbidden":
        known = list(_model_at(model, location[:-1]).model_fields)
        hint = did_you_mean(last, known) or f"known are {', '.join(name for name in known if name not in ('slug', 'root'))}"
    return f"{where}{': ' if where else ''}{said}", hint


def _said(error: Any, last: str) -> str:
    context = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch" and last in _PATTERNS:
        return _PATTERNS[last]
    if error["type"] == "literal_error":
        return f"must be {context['expected']}"
    if error["type"] in ("too_short", "too_long"):
        bound = f"at least {context['min_length']}" if error["type"] == "too_short" else f"at most {context['max_length']}"
        return f"needs {bound}; there are {context['actual_length']}"
    text: str = error["msg"]
    return text[0].lower() + text[1:]


def _model_at(model: type[BaseModel], location: Iterable[int | str]) -> type[BaseModel]:
    """Return the model of the table at `location`, as far as its fields are tables."""
    from typing import get_args

    from pydantic import BaseModel

    for part in location:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = [each for each in get_args(field.annotation) if isinstance(each, type)] if field is not None else []
        model = next((each for each in inner if issubclass(each, BaseModel)), model)
    return model
