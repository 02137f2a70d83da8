"""raw, imported as if nothing but Python itself were installed.

While raw is imported, only the standard library and the submission's own modules can be. Afterwards the server gets back what
it runs on, and nothing else comes back: so a framework that is imported later, inside a function, is missing as well.
"""

import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
#: What serves raw, and needs its own modules while it does.
SERVER = frozenset({"gradewright", "uvicorn", "h11", "httptools", "click"})


class OnlyStandard:
    """A finder before all others, which finds nothing and refuses what is not there."""

    serving = False

    def find_spec(self, name, *_where):
        top = name.partition(".")[0]
        if not is_own(top) and not (self.serving and top in SERVER):
            raise ModuleNotFoundError(f"No module named {top!r}", name=top)


def is_own(top):
    """Whether a top-level module is Python's or the submission's."""
    paths = [os.path.join(place, name) for place in (HERE, os.path.join(HERE, "src")) for name in (top, f"{top}.py")]
    return top in sys.stdlib_module_names or top == "__main__" or any(map(os.path.exists, paths))


finder = OnlyStandard()
hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if not is_own(name.partition(".")[0])}
sys.meta_path.insert(0, finder)
try:
    raw = importlib.import_module("raw").raw
finally:
    sys.modules.update((name, module) for name, module in hidden.items() if name.partition(".")[0] in SERVER)
    finder.serving = True
