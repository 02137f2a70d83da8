"""The grader's child process: it imports pytest while the zygote warms up, then runs one hidden suite.

It decides. Learner code never runs here; what comes from the worker is bytes on a socket and size-capped JSON. For a single
grade it runs the suite once. As a template it collects the suite once and forks for every grade that is asked for.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: pytest's parts that a grade has no use for; each costs time to import and to configure.
UNUSED_PLUGINS = (
    "cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "monkeypatch",
    "pastebin", "recwarn", "setuponly", "setupplan", "stepwise", "subtests", "terminalprogress", "threadexception", "tmpdir",
    "unittest", "unraisableexception", "warnings",
)  # fmt: skip


def main(control: int, zygote: int) -> None:
    """Entry point: `control` is the socket to the command line's process, `zygote` the one to the fork server.

    A template has no zygote of its own (-1): one comes with every order.
    """
    gc.disable()
    # The thread that hears the worker must not wait 5 ms, Python's default, for the one that collects.
    sys.setswitchinterval(0.0005)
    import socket

    if sys.platform == "linux":
        from gradewright.sandbox.privileges import die_with_parent

        die_with_parent(os.getppid())
    from gradewright.protocol import Channel

    channel = Channel(socket.socket(fileno=control))
    try:
        order, _fds = channel.receive()
    except EOFError:
        return
    if zygote < 0:
        _serve(order, channel)
    else:
        gc.enable()
        gc.freeze()
        _run(order, channel, socket.socket(fileno=zygote))
    # Nothing to tidy: the interpreter's own shutdown costs 20 ms and the kernel frees everything.
    os._exit(0)


def _run(order: dict[str, Any], channel: Any, zygote: Any) -> None:
    from gradewright.suite.judging import Judging
    from gradewright.suite.plugin import GradePlugin

    judging = Judging(order, channel.send, zygote)
    # The zygote is still warming up, and the app starts as soon as it is warm: pytest collects meanwhile.
    ready = _at_once(judging.open)

    def begin() -> Judging:
        ready()
        return judging

    run_pytest(Path(order["suite"]), GradePlugin(order["points"], begin))
    judging.close()


def _at_once(work: Callable[[], None]) -> Callable[[], None]:
    """Start `work` on a thread, and return a function that waits for it and raises what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def wait() -> None:
        thread.join()
        if raised:
            raise raised[0]

    return wait


def _serve(order: dict[str, Any], channel: Any) -> None:
    """Collect the suite, then grade in a fork for each order. Returns in such a fork, or when no more orders come."""
    from gradewright.suite.plugin import GradePlugin
    from gradewright.suite.template import Template

    template = Template(channel)
    run_pytest(Path(order["suite"]), GradePlugin(order["points"], template.next))
    if template.judging is not None:
        template.judging.close()


def run_pytest(suite: Path, plugin: Any) -> None:
    """Run the suite in this process. Its exit code is never a pass: only recorded outcomes count."""
    import pytest

    arguments = [
        "-c",
        str(Path(__file__).with_name("pytest.ini")),
        "--rootdir",
        str(suite),
        "--confcutdir",
        str(suite),
    ]
    arguments += ["--import-mode=importlib", "--assert=plain", "-q", "--no-header", "--no-summary"]
    arguments += [word for name in UNUSED_PLUGINS for word in ("-p", f"no:{name}")]
    sys.dont_write_bytecode = True
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    code = pytest.main([*arguments, str(suite)], plugins=[plugin])
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        plugin.note_fault(f"pytest itself failed ({code})")
