"""An environment for each peer: its newest release, with the versions of FastAPI and pytest that this environment has."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

#: What the submission and the checks import. The same versions for all: only the peers may differ.
SHARED = ("fastapi", "starlette", "pydantic", "httpx", "httpx2", "pytest")
INSTALL_SECONDS = 600


class Unusable(Exception):
    """A peer cannot be installed or run here; the text says why."""


def prepare(folder: Path, packages: tuple[str, ...]) -> Path:
    """Return the python of the environment in `folder`, made now unless it was made before. Raises Unusable."""
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    wanted = [*packages, *(f"{name}=={metadata.version(name)}" for name in SHARED)]
    # Written last: an install that was cut short is made again.
    done = folder / "installed.txt"
    if done.exists() and done.read_text().splitlines() == wanted:
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted])
    done.write_text("\n".join(wanted))
    return python


def version(python: Path, package: str) -> str:
    """Return the version of a package in an environment."""
    code = "import sys\nfrom importlib import metadata\nprint(metadata.version(sys.argv[1]))"
    return _run([str(python), "-c", code, package]).strip()


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unusable(f"not installed within {INSTALL_SECONDS} s") from None
    except OSError as problem:
        raise Unusable(f"not installed: {problem}") from problem
    if done.returncode != 0:
        raise Unusable(f"not installed: {last_line(done.stderr)}")
    return done.stdout


def last_line(text: str) -> str:
    """Return the line that says what went wrong: the last that is not a mere remark."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no output"])[-1][:200]
