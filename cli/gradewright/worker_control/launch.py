"""How the app is started: what all starts of a submission share, what one start adds, and the files it starts from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any


class StartFailed(Exception):
    """A worker did not get to serve; `facts` say why (see worker.loader and `AppHandle.wait_ready`)."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(str(facts.get("kind")))
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Launch:
    """What every start of this submission has in common. Paths are absolute; times are in seconds.

    `root` is the app's working directory and `scratch` its temporary folder. Both may exist only inside the namespaces of
    the zygote, so the grader never opens anything in them. `app` is where the submission's own app is, if it was said, and
    `front` a provided module's that is served in its place and loads it.
    """

    root: str
    scratch: str
    app: str | None = None
    front: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    start_limit: float = 10.0
    request_limit: float = 5.0

    def spec(self, start: Start) -> dict[str, Any]:
        """Return the fork message's fields for one start."""
        base = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": self.scratch,
            "TMPDIR": self.scratch,
            "PYTHONUNBUFFERED": "1",
        }
        environment = {**base, **self.environment, **start.env}
        front = start.app or self.front
        spec = {"root": self.root, "app": front or self.app, "env": environment, "files": start.files}
        if front:
            spec["behind"] = self.app
        if not start.command:
            return spec
        return {**spec, "mode": "command", "argv": list(start.command), "default_port": start.port}


@dataclass(frozen=True, slots=True)
class Start:
    """What one start adds: environment variables, files (path inside the submission → text), another app to serve,
    or a command that serves on the port in the environment variable PORT, or untold on `port`."""

    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    app: str | None = None
    command: tuple[str, ...] = ()
    port: int = 0

    @property
    def plain(self) -> bool:
        return self == Start()


def parse_fault(text: str, root: str) -> list[dict[str, Any]]:
    """Return the learner's frames in faulthandler's output, outermost first."""
    pattern = re.compile(r'^  File "(?P<file>[^"\n]{1,500})", line (?P<line>\d{1,7}) in (?P<function>.{1,200})$', re.MULTILINE)
    frames = []
    prefix = os.path.realpath(root) + os.sep
    for match in pattern.finditer(text):
        if match["file"].startswith(prefix):
            name = match["file"][len(prefix) :]
            frames.append({"file": name, "line": int(match["line"]), "function": match["function"]})
    return frames[::-1][-20:]
