"""docs/screening.md: its commands run as they stand, one after the other, in an empty folder."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.engine


def test_every_command_runs(repository, tmp_path):
    text = (repository / "docs/screening.md").read_text()
    screen = re.search(r"^```toml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)[1]
    (tmp_path / "screen.toml").write_text(screen)
    rest = re.sub(r"^```toml\n.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```\n(.*?)^```$", rest, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 7
    # Not every machine that tests has all the layers that strangers' code needs.
    script = "\n".join(blocks).replace("-o out/ --profile screen", "-o out/ --profile kata")
    if importlib.util.find_spec("diffinite") is None:
        script = "\n".join(line for line in script.splitlines() if "similar" not in line)
    shell = f'set -e\ngrade() {{ "{sys.executable}" -m gradewright "$@"; }}\n{script}'
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("kata.zip", "out/summary.csv", "cohort.html", "cohort.csv", "anonymous.html", "out/pseudonyms.json"):
        assert (tmp_path / name).is_file(), name
    assert [line for line in done.stdout.splitlines() if line.startswith("AGREES  07-depends")]
