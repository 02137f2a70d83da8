"""The grader's child process: it imports pytest while the zygote warms up, then runs one hidden suite against one submission.

It decides. Learner code never runs here; what comes from the worker is bytes on a socket and size-capped JSON.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

#: pytest's parts that a grade has no use for; each costs time to import and to configure.
UNUSED_PLUGINS = (
    "cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "monkeypatch",
    "pastebin", "recwarn", "setuponly", "setupplan", "stepwise", "subtests", "terminalprogress", "threadexception", "tmpdir",
    "unittest", "unraisableexception", "warnings",
)  # fmt: skip


def main(control: int, zygote: int) -> None:
    """Entry point: `control` is the socket to the command line's process, `zygote` the one to the fork server."""
    gc.disable()
    import socket

    if sys.platform == "linux":
        from gradewright.sandbox.privileges import die_with_parent

        die_with_parent(os.getppid())
    from gradewright.protocol import Channel

    channel = Channel(socket.socket(fileno=control))
    zygote_socket = socket.socket(fileno=zygote)

    try:
        order, _fds = channel.receive()
    except EOFError:
        return
    gc.enable()
    gc.freeze()
    _run(order, channel, zygote_socket)
    # Nothing to tidy: the interpreter's own shutdown costs 20 ms and the kernel frees everything.
    os._exit(0)


def _run(order: dict[str, Any], channel: Any, zygote_socket: Any) -> None:
    from gradewright.suite.plugin import GradePlugin
    from gradewright.suite.recorder import Recorder
    from gradewright.worker_control.app import AppHandle
    from gradewright.worker_control.launch import Launch
    from gradewright.worker_control.pump import Pump
    from gradewright.worker_control.zygote import ZygoteClient, ZygoteGone

    zygote = ZygoteClient(zygote_socket, order["sockets"], Pump())
    app = AppHandle(zygote, Launch(**order["launch"]))
    plugin = GradePlugin(app, Recorder(channel.send), bytes.fromhex(order["seed"]), order["points"])
    try:
        zygote.configure(order["configure"])
        configured = zygote.wait_configured()
        channel.send({"event": "configured", "layers": configured["layers"], "versions": configured["versions"]})
        absent = [name for name in ("fastapi", "uvicorn") if name not in configured["versions"]]
        if absent:
            plugin.fault = f"the Python that runs the app has no {' and no '.join(absent)}; install it there"
        plugin.open_services(order["configure"]["services"], configured["ports"], zygote.listeners)
        plugin.fault = plugin.fault or missing_layers(order["required_layers"], configured["layers"])
        if plugin.fault is None:
            app.start()
            run_pytest(Path(order["suite"]), plugin)
    except ZygoteGone as error:
        plugin.fault = f"the zygote failed: {error}"
    finish(app, plugin, channel)


def missing_layers(required: list[str], layers: list[dict[str, Any]]) -> str | None:
    """Return why the submission must not run, if a layer that this profile requires does not hold."""
    held = {layer["name"] for layer in layers if layer["held"]}
    absent = [f"{layer['name']} ({layer['detail']})" for layer in layers if layer["name"] in set(required) - held]
    unknown = [name for name in required if name not in {layer["name"] for layer in layers}]
    if not absent and not unknown:
        return None
    return f"the profile screen is not possible on this machine, so nothing was run: {', '.join([*absent, *unknown])} absent"


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
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR) and plugin.fault is None:
        plugin.fault = f"pytest itself failed ({code})"


def finish(app: Any, plugin: Any, channel: Any) -> None:
    """Send what the grade ended with: how the app was found, what it printed, and a problem or fault if there was one."""
    worker = app.worker
    facts = {"app": worker.app_name, "notes": worker.notes} if worker is not None else {"app": "", "notes": []}
    plugin.finish()
    channel.send({"event": "done", "problem": plugin.start_problem, "fault": plugin.fault, "output": app.output, **facts})
