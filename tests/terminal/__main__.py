"""Writes the goldens anew: `python -m tests.terminal`. Look at the difference before you keep it."""

from tests.terminal.views import GOLDENS, VIEWS, show

for name in VIEWS:
    (GOLDENS / f"{name}.txt").write_text(show(name), encoding="utf-8")
