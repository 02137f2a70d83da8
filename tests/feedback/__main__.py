"""Prints docs/feedback.md: `python -m tests.feedback > docs/feedback.md`. It grades every wrong solution: some minutes."""

from tests.feedback.page import collect, render

print(render(collect()), end="")
