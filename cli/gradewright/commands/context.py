"""What every command gets: where content comes from, how to print, and the engine that may already be warm."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from gradewright.content.root import ContentRoot, find_root

if TYPE_CHECKING:
    from gradewright.content.catalogue import Catalogue
    from gradewright.session.processes import Engine


@dataclass(slots=True)
class Context:
    """Global options and the running engine. `engine` is taken by the first grade; later ones start their own."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    root_option: str | None = None
    only_trusted_roots: bool = False
    engine: Engine | None = None
    owned: list[Engine] = field(default_factory=list)

    def root(self) -> ContentRoot:
        return find_root(self.root_option, ancestors=not self.only_trusted_roots)

    def catalogue(self) -> Catalogue:
        from gradewright.content.catalogue import Catalogue

        return Catalogue(self.root())

    def take_engine(self) -> Engine:
        """Return a warm engine for one grade."""
        from gradewright.session.processes import Engine

        if self.engine is not None:
            engine, self.engine = self.engine, None
            return engine
        engine = Engine.start()
        self.owned.append(engine)
        return engine

    def close(self) -> None:
        for engine in self.owned:
            engine.close()
        self.owned.clear()

    @property
    def use_color(self) -> bool:
        """Whether results are coloured: --color wins, then NO_COLOR and FORCE_COLOR, then whether stdout is a terminal."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()

    def out(self, text: str = "", **style: Any) -> None:
        """Print a result line on stdout."""
        click.echo(click.style(text, **style) if style else text, color=self.use_color)

    def progress(self, text: str) -> None:
        """Print a remark on stderr, unless --quiet."""
        if not self.quiet:
            click.echo(text, err=True, color=self.use_color)


pass_context = click.make_pass_decorator(Context)
