"""`grade watch`: the same grade again after each save."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradewright.commands import store
from gradewright.commands.context import Context, complete_exercise, pass_context
from gradewright.commands.grading import (
    check_options,
    choices,
    grade_options,
    prepare_report,
    print_verdict,
    submission_path,
)
from gradewright.errors import EXIT_INTERRUPTED, BadInput, GradewrightError, UsageError
from gradewright.history import progress

if TYPE_CHECKING:
    from gradewright.content.catalogue import Catalogue
    from gradewright.model import Verdict
    from gradewright.session.options import GradeOptions
    from gradewright.watch.loop import Loop, Running, Target, Watching
    from gradewright.watch.runner import Ended
    from gradewright.watch.watcher import Change

KEYS = "h hint · r rerun · n next · l list · q quit"
#: Rows that the verdict itself must leave: the keys, and the line that says what is being graded.
RESERVED = 3


@click.command()
@click.argument("exercise", shell_complete=complete_exercise)
@click.argument("path", required=False)
@grade_options
@click.option("--poll", is_flag=True, help="Look for changes ten times a second, where the file system does not tell of them.")
@click.option("--json", "as_json", is_flag=True, help="Print each verdict as one line of JSON.")
@pass_context
def watch(context: Context, /, exercise: str, path: str | None, **options: Any) -> int:
    """Grade EXERCISE now and after each save, and say what changed.

    PATH is a folder or a Python file; without it, ./EXERCISE, which is started if it is not there. At a terminal, single keys
    give a hint, grade again, go on to the next exercise, list all, and quit. Ctrl-C ends it anywhere.

    For example: grade watch 07-depends
    """
    context.json = context.json or options["as_json"]
    check_options(context, options)
    catalogue = context.catalogue()
    record = catalogue.load(exercise)
    folder = submission_path(context, record, path)
    if not folder.exists():
        raise BadInput(f"{folder} does not exist.", hint="name the folder with your app.py")
    if folder.is_file() and folder.suffix != ".py":
        raise BadInput(f"{folder} is neither a folder nor a Python file.", hint=f"grade {record.slug} {folder}")
    from gradewright.watch.loop import Loop, Target

    interactive = not context.json and _at_terminal()
    screen = _Screen(context, options, interactive=interactive)
    loop = Loop(_Bench(context, catalogue, options, choices(options), folder), screen)
    with _signals(loop), _keys(loop) if interactive else contextlib.nullcontext():
        code = loop.run(Target(record, folder))
    screen.leave()
    return code


def _at_terminal() -> bool:
    from gradewright.watch.terminal import in_foreground

    return sys.stdout.isatty() and sys.platform != "win32" and in_foreground(0)


@contextlib.contextmanager
def _signals(loop: Loop) -> Iterator[None]:
    """Turn the signals that end a program into an event, so that nothing is left behind. A second Ctrl-C does not wait."""
    from gradewright.watch.loop import Stop

    def stop(number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        loop.tell(Stop(EXIT_INTERRUPTED if number == signal.SIGINT else 128 + number))

    numbers = [signal.SIGINT, signal.SIGTERM] + ([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])
    before = [(number, signal.signal(number, stop)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextlib.contextmanager
def _keys(loop: Loop) -> Iterator[None]:
    from gradewright.watch.loop import Key
    from gradewright.watch.terminal import keys

    with keys(0, lambda name: loop.tell(Key(name))) as set_up:
        # The shell had the terminal while the program was stopped.
        before = signal.signal(signal.SIGCONT, lambda _number, _frame: set_up())
        try:
            yield
        finally:
            signal.signal(signal.SIGCONT, before)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Makes what the loop works with. `--app` is about the first submission only: the next one is another app."""

    context: Context
    catalogue: Catalogue
    options: dict[str, Any]
    choices: GradeOptions
    first: Path

    def runner(self, target: Target, tell: Callable[[Ended], object]) -> Running:
        from gradewright.session.steady import SteadyGrader
        from gradewright.watch.runner import Runner

        wanted = self.choices if target.path == self.first else replace(self.choices, app=None)
        root = self.context.root_of(target.exercise)
        grader = SteadyGrader(root, target.exercise, wanted, python=self.options["python"] or "")
        return Runner(grader, tell, meanwhile=None if self.options["no_report"] else prepare_report)

    def watcher(self, target: Target, tell: Callable[[Change], object]) -> Watching:
        from gradewright.watch.watcher import Watcher

        return Watcher(target.path, tell, poll=self.options["poll"])

    def following(self, target: Target) -> Target | None:
        """Return the next exercise after `target` that has not all points yet, around the end to the start."""
        from gradewright.watch.loop import Target

        exercises, slug = self.catalogue.all(), target.exercise.slug
        exercise = progress.following(exercises, progress.read_all(self.context.history), slug)
        if exercise is None or exercise.slug == slug:
            return None
        return Target(exercise, submission_path(self.context, exercise, None))


class _Screen:
    """Shows what happens: at a terminal one verdict at a time with the keys below it, else line after line."""

    def __init__(self, context: Context, options: dict[str, Any], *, interactive: bool) -> None:
        self._context = context
        self._options = options
        self._interactive = interactive
        self._status = False

    def grading(self, target: Target, names: tuple[str, ...]) -> None:
        from gradewright.reports.fitting import clean

        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        what = f"{clean(names[0], 40)}{more} saved: " if names else ""
        text = f"{what}grading {target.exercise.slug} …"
        if not self._interactive:
            self._context.progress(text)
            return
        self._clear_status()
        click.echo(text[: shutil.get_terminal_size().columns - 1], nl=False)
        self._status = True

    def verdict(self, target: Target, verdict: Verdict, changes: list[str]) -> None:
        """Show first and file afterwards: the report takes longer than the verdict's lines."""
        if self._context.json:
            click.echo(verdict.model_dump_json(by_alias=True))
        else:
            self._print(target, verdict, changes)
        try:
            if not self._options["no_report"]:
                opened = progress.hints_used(self._context.history, target.exercise.slug)
                store.write_report(verdict, target.exercise, None, opened)
        except UsageError as error:
            self._context.progress(f"note  {error}")
        progress.record(self._context.history, verdict)

    def _print(self, target: Target, verdict: Verdict, changes: list[str]) -> None:
        room = None
        if self._interactive:
            columns, rows = shutil.get_terminal_size()
            room = columns, rows - RESERVED - len(changes)
            self._clear_screen()
        report = None if self._options["no_report"] else store.report_path(verdict.exercise)
        opened = progress.hints_used(self._context.history, target.exercise.slug)
        every_frame = self._options["traceback"]
        print_verdict(self._context, verdict, report=report, every_frame=every_frame, opened=opened, room=room)
        for line in changes:
            self._context.out(line, bold=True)
        self._end_block()

    def failed(self, target: Target, error: GradewrightError) -> None:  # noqa: ARG002 - the message names the place
        self._clear_status()
        self._remark(f"{error}{f'  try  {error.hint}' if error.hint else ''}")

    def gone(self, target: Target) -> None:
        self._remark(f"{target.path} is gone. Waiting until it is there again.")

    def no_next(self) -> None:
        self._remark("All other exercises have full marks.")

    def hint(self, target: Target, verdict: Verdict | None) -> None:
        from gradewright.commands import hint

        lost = [point.id for point in verdict.points if point.status == "lost"] if verdict else []
        if lost:
            self._clear_status()
            point = next(point for point in target.exercise.points if point.id == lost[0])
            hint.show(self._context, target.exercise, point)
            self._end_block()
        elif verdict is not None and verdict.state == "graded":
            self._remark("Nothing is lost, so there is nothing to hint at. n goes on to the next exercise.")
        else:
            self._remark("Hints are for lost points, and nothing was judged yet.")

    def listing(self) -> None:
        from gradewright.commands.list import show

        self._clear_status()
        show(self._context, self._context.catalogue().all())
        self._end_block()

    def leave(self) -> None:
        """Leave the cursor at the start of a line."""
        self._clear_status()

    def _remark(self, text: str) -> None:
        self._clear_status()
        if self._interactive:
            self._context.out(text)
            self._end_block()
        else:
            self._context.progress(text)

    def _end_block(self) -> None:
        if self._interactive:
            self._context.out(KEYS, dim=True)
        else:
            self._context.out()

    def _clear_status(self) -> None:
        if self._status:
            self._control("\r\x1b[K")
            self._status = False

    def _clear_screen(self) -> None:
        self._control("\x1b[2J\x1b[H" if os.environ.get("TERM", "dumb") != "dumb" else "\n")
        self._status = False

    def _control(self, sequence: str) -> None:
        # Past Click, which would take it out where colour is off.
        sys.stdout.write(sequence)
        sys.stdout.flush()
