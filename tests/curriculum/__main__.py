"""Prints docs/curriculum.md: `python -m tests.curriculum > docs/curriculum.md`."""

from tests.curriculum.page import render

print(render(), end="")
