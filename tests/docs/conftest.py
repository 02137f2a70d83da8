"""Pages that are executed: what a reader would type and save, in order, and an installation to do it in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(?P<language>[\w-]*)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A block of a page: commands (no language and no file), or a file with its text. `text` blocks are output."""

    language: str
    file: str
    text: str

    @property
    def is_command(self) -> bool:
        return not self.language and not self.file


def read_steps(page: Path) -> list[Step]:
    """Return the blocks of a page that a reader acts on, in order."""
    found = [Step(each["language"], each["file"] or "", each["text"]) for each in _FENCE.finditer(page.read_text())]
    return [step for step in found if step.is_command or step.file]


@pytest.fixture
def steps() -> Callable[[str], list[Step]]:
    """The steps of a page, named from the top of the repository."""
    return lambda name: read_steps(REPOSITORY / name)


def run_script(script: str, folder: Path, bin_folder: Path | None, timeout: float) -> subprocess.CompletedProcess[str]:
    path = os.environ["PATH"]
    shell = "set -e\n"
    if bin_folder is not None:
        path = f"{bin_folder}{os.pathsep}{path}"
    else:
        shell += f'grade() {{ "{sys.executable}" -m gradewright "$@"; }}\n'
    environment = {**os.environ, "PATH": path}
    words = ["bash", "-c", shell + script]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout)


@pytest.fixture
def follow(tmp_path: Path) -> Callable[..., str]:
    """Do what the steps say in an empty folder, `tmp_path`/here, literally; returns all output of their commands.

    With `installed`, commands are those of that environment; else of the checkout.
    """

    def do(todo: list[Step], *, installed: Path | None = None, timeout: float = 300) -> str:
        folder = tmp_path / "here"
        folder.mkdir(exist_ok=True)
        output = ""
        for step in todo:
            if step.file:
                path = folder / step.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.text)
                continue
            done = run_script(step.text, folder, installed and installed / "bin", timeout)
            assert done.returncode == 0, f"{step.text}\n{done.stdout}\n{done.stderr}"
            output += done.stdout
        return output

    return do


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the built wheel and the locked packages, and nothing of the checkout."""
    place = tmp_path_factory.mktemp("installed")

    def run(*words: str | Path) -> None:
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, cwd=place)
        assert done.returncode == 0, done.stdout + done.stderr

    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", place / "dist", REPOSITORY)
    run(sys.executable, "-m", "venv", place / "env")
    pip = (place / "env/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", REPOSITORY / "constraints.txt")
    run(*pip, "--no-deps", next((place / "dist").glob("*.whl")))
    return place / "env"
