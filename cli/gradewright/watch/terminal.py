"""Single keys from a terminal, and the terminal as it was before, however the program ends."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

#: An arrow, Home or a function key: its name ends in a letter that nobody typed.
NAMED_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)


def typed(data: bytes) -> str:
    """Return the letters in what a terminal sent, in lower case, without named keys; "\x04" for its end."""
    return NAMED_KEY.sub("", data.decode(errors="replace")).lower() if data else "\x04"


def in_foreground(descriptor: int) -> bool:
    """Return whether `descriptor` is a terminal that listens to this process. A job in the background must leave it alone."""
    try:
        return os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, AttributeError):
        return False


@contextlib.contextmanager
def keys(descriptor: int, tell: Callable[[str], object]) -> Iterator[Callable[[], None]]:
    """Call `tell` with each key pressed on the terminal `descriptor`, from a thread; with "\\x04" at its end.

    Yields a function that sets the terminal up once more, for when a stopped program is continued.
    """
    if sys.platform == "win32":
        raise OSError("no terminal modes here")
    import termios
    import tty

    before: list[Any] = termios.tcgetattr(descriptor)
    wake, stop = os.pipe()

    def listen() -> None:
        while True:
            ready, _w, _x = select.select([descriptor, wake], [], [])
            if wake in ready:
                return
            try:
                data = os.read(descriptor, 64)
            except OSError:
                data = b""
            for letter in typed(data):
                tell(letter)
            if not data:
                return

    def set_up() -> None:
        if in_foreground(descriptor):
            # Not raw: Ctrl-C and Ctrl-Z keep their meaning.
            tty.setcbreak(descriptor, termios.TCSADRAIN)

    thread = threading.Thread(target=listen, name="watch-keys", daemon=True)
    try:
        set_up()
        thread.start()
        yield set_up
    finally:
        if in_foreground(descriptor):
            with contextlib.suppress(termios.error):
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        os.write(stop, b"x")
        if thread.is_alive():
            thread.join(1.0)
        os.close(wake)
        os.close(stop)
