"""Packages imported only when an app wants something of them.

`import email_validator` compiles regular expressions for 20 ms, and FastAPI does it at every start. Few apps check an e-mail.
`import uvicorn` brings its command line along, Click and all, and the processes of its reloader; the server needs neither.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import sys
import threading
from collections.abc import Iterable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAMES = ("email_validator", "uvicorn")
#: Of these, modules inside can be imported while the package itself is not; and where some of its names really come from.
OPEN = {"uvicorn": {"Config": "uvicorn.config", "Server": "uvicorn.server"}}
#: What a lane loads before it forks: each of its workers would pay for it again.
IN_LANES = ("email_validator",)


class _Postponed(ModuleType):
    """Stands in `sys.modules` for a package, and becomes it as soon as somebody wants something of it."""

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        # What looks through all modules for those of the submission must not load this one.
        self.__file__ = spec.origin
        self.__dict__.update(_loading=threading.RLock(), _path=list(sys.path))
        if spec.name in OPEN:
            self.__path__ = list(spec.submodule_search_locations or ())

    def __getattr__(self, name: str) -> Any:
        home = OPEN.get(self.__name__, {}).get(name)
        if home is not None:
            return getattr(importlib.import_module(home), name)
        if name == "__version__":
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                return importlib.metadata.version(self.__name__)
        self.become()
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None

    def become(self) -> None:
        """Import the package, once, and have from then on all that it has."""
        with self.__dict__["_loading"]:
            if sys.modules.get(self.__name__) is self:
                self.__dict__.update(vars(self._load()))

    def _load(self) -> ModuleType:
        """Import the real package. An app may have changed the import path meanwhile: the one of the start counts."""
        own_path = sys.path[:]
        sys.path[:] = [*self.__dict__["_path"], *own_path]
        del sys.modules[self.__name__]
        try:
            package = importlib.import_module(self.__name__)
        except BaseException:
            sys.modules[self.__name__] = self
            raise
        finally:
            sys.path[:] = own_path
        # Modules inside that were imported before are attributes of the stand-in only.
        for name, inside in vars(self).items():
            if isinstance(inside, ModuleType) and inside is sys.modules.get(f"{self.__name__}.{name}"):
                vars(package).setdefault(name, inside)
        return package


def postpone() -> None:
    """Put a stand-in in the place of each package of NAMES that is installed and not imported yet."""
    for name in NAMES:
        if name not in sys.modules and (spec := importlib.util.find_spec(name)) is not None:
            sys.modules[name] = _Postponed(spec)


def load(names: Iterable[str]) -> None:
    """Import those of `names` that were postponed."""
    for name in names:
        if isinstance(module := sys.modules.get(name), _Postponed):
            module.become()
