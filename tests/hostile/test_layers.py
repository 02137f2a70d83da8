"""Where a layer is missing, strangers' code does not run at all, and one's own runs with a plain word about it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.hostile

WITHOUT_BUBBLEWRAP = """
import sys
from gradewright.worker_control import bubblewrap
bubblewrap.find = lambda: None
from gradewright.__main__ import main
main()
"""
APP = "print('IT RAN', flush=True)\nopen('/tmp/ran', 'w').close()\nfrom fastapi import FastAPI\napp = FastAPI()\n"


def run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    (tmp_path / "app.py").write_text(APP)
    words = [sys.executable, "-c", WITHOUT_BUBBLEWRAP, "07-depends", str(tmp_path), "--no-report", *arguments]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def test_screen_refuses_to_run_without_every_layer(tmp_path: Path) -> None:
    code, out = run(tmp_path, "--profile", "screen", "--json")
    verdict = json.loads(out)
    assert (code, verdict["state"], verdict["score"]) == (4, "grader_error", 0)
    assert {point["status"] for point in verdict["points"]} == {"not_run"}
    assert "IT RAN" not in verdict["output"]["text"]
    assert "bubblewrap" in verdict["problem"]["message"]


def test_kata_runs_and_records_the_missing_layer(tmp_path: Path) -> None:
    code, out = run(tmp_path, "--json")
    verdict = json.loads(out)
    assert (code, verdict["state"]) == (3, "ungradable")  # the file in /tmp is refused by the layers that hold
    missing = {layer["name"]: layer["detail"] for layer in verdict["isolation"] if not layer["held"]}
    assert "bubblewrap" in missing
    assert missing["bubblewrap"]
    assert "bubblewrap" not in verdict["layers"]
