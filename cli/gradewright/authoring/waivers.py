"""graders/NN-slug/waivers.toml: mutants that cannot be told from their original, and transforms that a brief forbids.

```toml
[[waiver]]
reason = "why nothing that a client or a double sees can differ"
diff = '''
-    log: list[int] = []
+    log: list[int] = None
'''

[[transform]]
name = "def-to-async"
reason = "the brief asks for a def"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gradewright.content.root import ContentRoot
from gradewright.errors import ContentError

FILE_NAME = "waivers.toml"


@dataclass(frozen=True, slots=True)
class Waiver:
    """Changed lines (`-` and `+` lines of a diff, indentation ignored) and the reason why they may survive."""

    lines: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of one exercise; `transforms` maps a transform's name to the reason why it is left out."""

    mutants: tuple[Waiver, ...] = ()
    transforms: tuple[tuple[str, str], ...] = ()

    def waives(self, diff: str) -> Waiver | None:
        lines = changed_lines(diff)
        return next((waiver for waiver in self.mutants if waiver.lines == lines), None)


def changed_lines(diff: str) -> tuple[str, ...]:
    """Return the lines that a diff removes and adds, without their indentation."""
    return tuple(
        line[0] + line[1:].strip()
        for line in diff.splitlines()
        if line[:1] in ("-", "+") and not line.startswith(("---", "+++"))
    )


def read_waivers(root: ContentRoot, slug: str) -> Waivers:
    """Return the waivers of `slug`; an exercise without the file has none. Raises ContentError."""
    path = root.suite(slug).parent / FILE_NAME
    if not path.exists():
        return Waivers()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        mutants = tuple(_waiver(entry) for entry in data.pop("waiver", []))
        transforms = tuple((str(entry["name"]), _reason(entry)) for entry in data.pop("transform", []))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(f"{path}: {type(error).__name__}: {error}", hint="docs/authoring.md shows the form") from None
    if data:
        raise ContentError(f"{path}: unknown {', '.join(data)}", hint="it may have [[waiver]] and [[transform]]")
    return Waivers(mutants, transforms)


def _waiver(entry: dict[str, Any]) -> Waiver:
    lines = changed_lines(entry["diff"])
    if not lines:
        raise ValueError("a diff without - and + lines")
    return Waiver(lines, _reason(entry))


def _reason(entry: dict[str, Any]) -> str:
    reason = str(entry["reason"]).strip()
    if not reason:
        raise ValueError("a waiver without a reason")
    return reason


def unused(waivers: Iterable[Waiver], used: set[Waiver]) -> list[str]:
    """Return a line for each waiver that nothing needed: it would hide a survivor that comes later."""
    return [f"a waiver matches no survivor: {' / '.join(waiver.lines)}" for waiver in waivers if waiver not in used]
