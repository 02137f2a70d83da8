"""What one grade needs inside the grader's child: the app, the recorder, the services, and what went wrong."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any

from gradewright.suite.recorder import Recorder
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.launch import Launch
from gradewright.worker_control.pump import Pump
from gradewright.worker_control.zygote import ZygoteClient, ZygoteGone

Send = Callable[[dict[str, Any]], None]


class Judging:
    """One submission being graded. `fault` is the grader's or machine's own failure, `problem` why the app did not start."""

    def __init__(self, order: dict[str, Any], send: Send, zygote: socket.socket) -> None:
        self._order = order
        self._send = send
        self.seed = bytes.fromhex(order["seed"])
        self.until_lost = bool(order.get("until_lost"))
        self.first = {point: place for place, point in enumerate(order.get("first", ()))}
        self.recorder = Recorder(send)
        self._zygote = ZygoteClient(zygote, order["sockets"], Pump())
        self.app = AppHandle(self._zygote, Launch(**order["launch"]))
        self.services: dict[str, Any] = {}
        self.fault: str | None = None
        self.problem: dict[str, Any] | None = None
        self._served: dict[str, Any] = {"app": "", "notes": []}

    def note_app(self) -> None:
        """Keep what the submission's own app is called: a suite may serve others later."""
        worker = self.app.worker
        if worker is not None:
            self._served = {"app": worker.app_name, "notes": list(worker.notes)}

    def open(self) -> None:
        """Configure the zygote and start the app without waiting for it. A failure is kept in `fault`."""
        order = self._order
        try:
            self._zygote.configure(order["configure"])
            configured = self._zygote.wait_configured()
            self._send({"event": "configured", "layers": configured["layers"], "versions": configured["versions"]})
            absent = [name for name in ("fastapi", "uvicorn") if name not in configured["versions"]]
            if absent:
                self.fault = f"the Python that runs the app has no {' and no '.join(absent)}; install it there"
            self._open_services(order["configure"]["services"], configured["ports"])
            self.fault = self.fault or missing_layers(order["required_layers"], configured["layers"])
            if self.fault is None:
                self.app.start()
        except (ZygoteGone, OSError) as error:
            self.fault = f"the app could not be started: {error}"

    def _open_services(self, names: list[str], ports: list[int]) -> None:
        """Start the services that the exercise's grants name, on listeners inside the app's network."""
        if not names:
            return
        from gradewright.worker_control import services

        kinds: dict[str, Callable[[socket.socket, int], Any]] = {"upstream": services.Upstream, "redis": services.Redis}
        for name, port, listener in zip(names, ports, self._zygote.listeners, strict=True):
            self.services[name] = kinds[name](socket.socket(fileno=listener), port)
            self.app.launch.environment[f"{name.upper()}_URL"] = self.services[name].url

    def close(self) -> None:
        """End the last worker, and tell what the grade ended with: how the app was found, what it printed, what went wrong."""
        if not self._served["app"]:
            self.note_app()
        with contextlib.suppress(Exception):
            self.app.stop()
        redis = self.services.get("redis")
        if redis is not None:
            redis.close()
        self._send({"event": "done", "problem": self.problem, "fault": self.fault, "output": self.app.output, **self._served})


def missing_layers(required: list[str], layers: list[dict[str, Any]]) -> str | None:
    """Return why the submission must not run, if a layer that this profile requires does not hold."""
    held = {layer["name"] for layer in layers if layer["held"]}
    absent = [f"{layer['name']} ({layer['detail']})" for layer in layers if layer["name"] in set(required) - held]
    unknown = [name for name in required if name not in {layer["name"] for layer in layers}]
    if not absent and not unknown:
        return None
    return f"the profile screen is not possible on this machine, so nothing was run: {', '.join([*absent, *unknown])} absent"
