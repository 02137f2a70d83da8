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
#: Where some of their names really come from: to want one of these is not to want the whole package.
HOMES = {"uvicorn": {"Config": "uvicorn.config", "Server": "uvicorn.server"}}
#: A module inside that has the name of something else in its package, which only the whole package tells apart.
NAMESAKES = {"email_validator": ("validate_email",), "uvicorn": ("main",)}


class _Postponed(ModuleType):
    """A package whose code has not run yet. It runs, in this very module, as soon as somebody wants something of it.

    (`importlib.util.LazyLoader` does so for any attribute, and the import system itself asks for some.)
    """

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        assert spec.loader is not None
        self.__spec__, self.__loader__, self.__package__ = spec, spec.loader, spec.parent
        # What looks through all modules for those of the submission must not load this one.
        self.__file__ = spec.origin
        self.__dict__.update(_lock=threading.RLock(), _import_path=list(sys.path), _begun=False)
        # Modules inside can be imported while the package itself is not.
        self.__path__ = list(spec.submodule_search_locations or ())

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in NAMESAKES.get(self.__name__, ()):
            self.become()

    def __getattr__(self, name: str) -> Any:
        home = HOMES.get(self.__name__, {}).get(name)
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
        """Run the package's code, once. Its own modules may ask for what is not there yet: then it is not."""
        with self.__dict__["_lock"]:
            if self.__dict__["_begun"]:
                return
            before = dict(self.__dict__)
            self.__dict__["_begun"] = True
            # An app may have changed the import path meanwhile: the one of the start counts.
            own_path = sys.path[:]
            sys.path[:] = [*self.__dict__["_import_path"], *own_path]
            try:
                self.__loader__.exec_module(self)  # type: ignore[union-attr]
            except BaseException:
                self.__dict__.clear()
                self.__dict__.update(before)
                raise
            finally:
                sys.path[:] = own_path


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
