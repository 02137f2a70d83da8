"""Packages that FastAPI imports in case an app needs them, imported only when one does.

`import email_validator` compiles regular expressions for 20 ms, and FastAPI does it at every start. Few apps check an e-mail.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAMES = ("email_validator",)


class _Postponed(ModuleType):
    """Stands in `sys.modules` for a package, and becomes it as soon as somebody wants something of it."""

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        # What looks through all modules for those of the submission must not load this one.
        self.__file__ = spec.origin
        self.__dict__.update(_loading=threading.RLock(), _path=list(sys.path))

    def __getattr__(self, name: str) -> Any:
        with self.__dict__["_loading"]:
            if sys.modules.get(self.__name__) is self:
                self.__dict__.update(vars(self._load()))
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None

    def _load(self) -> ModuleType:
        """Import the real package. An app may have changed the import path meanwhile: the one of the start counts."""
        own_path = sys.path[:]
        sys.path[:] = [*self.__dict__["_path"], *own_path]
        del sys.modules[self.__name__]
        try:
            return importlib.import_module(self.__name__)
        except BaseException:
            sys.modules[self.__name__] = self
            raise
        finally:
            sys.path[:] = own_path


def postpone() -> None:
    """Put a stand-in in the place of each package of NAMES that is installed and not imported yet."""
    for name in NAMES:
        if name not in sys.modules and (spec := importlib.util.find_spec(name)) is not None:
            sys.modules[name] = _Postponed(spec)


def load() -> None:
    """Import what was postponed: where many workers are forked, each would pay for it again."""
    for name in NAMES:
        if isinstance(module := sys.modules.get(name), _Postponed):
            module.__getattr__("__version__")
