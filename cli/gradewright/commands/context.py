"""What every command gets: where content comes from, how to print, and the engine that may already be warm."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradewright.content.root import ContentRoot, find_root
from gradewright.errors import GradewrightError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator

    from click.shell_completion import CompletionItem

    from gradewright.content.catalogue import Catalogue
    from gradewright.history import History
    from gradewright.model import Exercise
    from gradewright.session.processes import Engine


@dataclass(slots=True)
class Context:
    """Global options and the running engine. `engine` is taken by the first grade; later ones start their own."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    root_option: str | None = None
    packs: list[str] = field(default_factory=list)
    only_trusted_roots: bool = False
    engine: Engine | None = None
    owned: list[Engine] = field(default_factory=list)
    working: list[threading.Thread] = field(default_factory=list)
    _history: History | None = None

    @property
    def history(self) -> History:
        """What was done in this folder so far."""
        from gradewright.commands.store import FOLDER
        from gradewright.history import History

        if self._history is None:
            self._history = History(FOLDER, self.progress)
        return self._history

    def root(self) -> ContentRoot:
        """Return the content root: the one that `--root` names, the nearest, or the packaged one."""
        root = find_root(self.root_option, ancestors=not self.only_trusted_roots)
        if not (root.path / "pack.toml").is_file():
            return root
        from gradewright.content.packs import open_pack

        return open_pack(root.path)

    def named_packs(self) -> tuple[ContentRoot, ...]:
        """Return the packs that the command line, the environment or pyproject.toml names."""
        from gradewright.content.packs import chosen

        return chosen(self.packs, os.environ, Path.cwd(), settings=not self.only_trusted_roots)

    def catalogue(self) -> Catalogue:
        """Return the exercises of the named packs, of the root, and of the installed packs."""
        from gradewright.content.catalogue import Catalogue

        return Catalogue(self.root(), self.named_packs(), self._installed_packs)

    def root_of(self, exercise: Exercise) -> ContentRoot:
        """Return where an exercise is from. Where strangers' code is graded it says where other packs' suites lie, too."""
        root = self.catalogue().root_of(exercise.slug)
        if not self.only_trusted_roots:
            return root
        others = [pack for pack in self._installed_packs() if pack.path != root.path]
        hidden = [place for pack in others for place in (str(pack.path), *pack.beside)]
        return replace(root, beside=(*root.beside, *hidden))

    def _installed_packs(self) -> list[ContentRoot]:
        """Return the installed packs that can be used; a broken one costs only itself."""
        from gradewright.content.packs import installed

        found = []
        for pack in installed():
            try:
                found.append(pack.open())
            except GradewrightError as error:
                self.progress(f"note  {error} It was left out.")
        return found

    def add_packs(self, packs: Iterable[str]) -> None:
        """Take exercises from these packs, too: folders, or names of installed ones."""
        self.packs += [pack for pack in packs if pack not in self.packs]

    @property
    def pack_words(self) -> str:
        """The options that a command to be typed next needs for the same packs, with a space before each."""
        return "".join(f" --pack {shlex.quote(pack)}" for pack in self.packs)

    def take_engine(self) -> Engine:
        """Return a warm engine for one grade."""
        from gradewright.session.processes import Engine

        if self.engine is not None:
            engine, self.engine = self.engine, None
            self.owned.append(engine)
            return engine
        engine = Engine.start()
        self.owned.append(engine)
        return engine

    @contextlib.contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Say what is being waited for, at a terminal and from the second second on, and take it away again."""
        if self.quiet or not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb":
            yield
            return
        import threading

        ended = threading.Event()

        def tell() -> None:
            if not ended.wait(1.0):
                click.echo(f"{text} …", nl=False, err=True)
                ended.wait()
                # Past Click, which would take it out where colour is off.
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

        thread = threading.Thread(target=tell, name="waiting", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def later(self, work: Callable[[], object]) -> None:
        """Do `work` while the engine's processes end; `close` waits for both."""
        import threading

        thread = threading.Thread(target=work, name="later")
        thread.start()
        self.working.append(thread)

    def close(self) -> None:
        for engine in self.owned:
            engine.close()
        self.owned.clear()
        for thread in self.working:
            thread.join()
        self.working.clear()

    @property
    def use_color(self) -> bool:
        """Whether results are coloured: --color wins, then NO_COLOR and FORCE_COLOR, then whether stdout is a terminal."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()

    def out(self, text: str = "", *, newline: bool = True, **style: Any) -> None:
        """Print a result line on stdout."""
        click.echo(click.style(text, **style) if style else text, color=self.use_color, nl=newline)

    @property
    def columns(self) -> int | None:
        """The width of the terminal, or None where results go to a file or another program."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def document(self, data: Any) -> None:
        """Print one JSON document on stdout."""
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))

    def progress(self, text: str) -> None:
        """Print a remark on stderr, unless --quiet."""
        if not self.quiet:
            click.echo(text, err=True, color=self.use_color)


def complete_exercise(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete an exercise's name; see `commands.completion`, which a grade does not import."""
    from gradewright.commands.completion import exercise

    return exercise(ctx, parameter, incomplete)


pass_context = click.make_pass_decorator(Context)


def _add_packs(ctx: click.Context, _option: click.Parameter, packs: tuple[str, ...]) -> None:
    ctx.ensure_object(Context).add_packs(packs)


#: Stands before the command and behind it: `grade --pack acme list`, `grade 01-orders --pack acme`.
pack_option = click.option(
    "--pack",
    "packs",
    multiple=True,
    metavar="FOLDER",
    expose_value=False,
    callback=_add_packs,
    help="Also take exercises from this pack: a folder, or the name of an installed one.",
)
