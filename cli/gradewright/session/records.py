"""What the grader's child has sent, sorted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Records:
    """The records of one grade: tests with their points, outcomes by test, and what came first and last."""

    tests: list[tuple[str, str]] = field(default_factory=list)
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    configured: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def sort(cls, records: list[dict[str, Any]]) -> Records:
        sorted_ = cls()
        for record in records:
            event = record["event"]
            if event == "collected":
                sorted_.tests = [(test, point) for test, point in record["tests"]]
            elif event == "outcome":
                sorted_.outcomes[record["test"]] = record
            elif event == "configured":
                sorted_.configured = record
            elif event == "done":
                sorted_.done = record
        return sorted_
