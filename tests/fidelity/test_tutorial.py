"""FastAPI's own tutorial tests, through Gradewright's client instead of the stock TestClient.

The tests and the apps they test come from FastAPI's sdist, in the installed version. `exceptions.toml` names every test that
passes with the stock client and cannot pass with an app in another process, each with its reason; all others must pass.
Run it with `python -m pytest -m fidelity tests/fidelity` (needs `pip install -e .[fidelity]` and a package index).
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.fidelity

HERE = Path(__file__).resolve().parent
NEEDED = ("dirty_equals", "inline_snapshot", "sqlmodel", "strawberry", "yaml", "trio")


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """A folder with FastAPI's tests/ and docs_src/, without those that need an OpenTelemetry exporter in the same process."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"these packages are not installed: {', '.join(missing)} (pip install -e .[fidelity])")
    folder = tmp_path_factory.mktemp("fastapi")
    wanted = f"fastapi=={importlib.metadata.version('fastapi')}"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "fastapi", "-d", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True)
    archives = list(folder.glob("fastapi-*.tar.gz"))
    if not archives:
        pytest.skip(f"the sdist of {wanted} could not be downloaded: {done.stderr[-300:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    root = next(path for path in folder.iterdir() if path.is_dir())
    target = folder / "run"
    for name in ("tests", "docs_src", "docs"):
        shutil.copytree(root / name, target / name)
    shutil.rmtree(target / "tests" / "test_tutorial" / "test_opentelemetry", ignore_errors=True)
    (target / "pytest.ini").write_text("[pytest]\n")
    return target


def run(folder: Path, *options: str) -> dict[str, str]:
    """Run the tutorial tests in a copy of `folder`; return test id → outcome."""
    copy = folder.with_name(f"{folder.name}-{len(options)}")
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-v", "tests/test_tutorial", "-W", "ignore", "--tb=no"]
    command += ["-p", "anyio.pytest_plugin", "-p", "no:cacheprovider", *options]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(HERE)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=900)
    found = re.findall(r"^(tests/\S.*?) (PASSED|FAILED|ERROR|XFAIL|SKIPPED)", done.stdout, re.MULTILINE)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    return dict(found)


def test_every_tutorial_test_passes_but_the_reasoned_exceptions(source):
    exceptions = tomllib.loads((HERE / "exceptions.toml").read_text())
    reasons = {prefix: entry["reason"] for entry in exceptions["group"] for prefix in entry["tests"]}
    assert all(reasons.values())
    # Tests that patch json or builtins in this very process would break the client itself: they are not run at all.
    unsafe = [test for entry in exceptions["group"] if entry.get("deselect") for test in entry["tests"]]
    skipped = [word for test in unsafe for word in ("--deselect", test)]
    stock = run(source)
    ours = run(source, "-p", "plugin", *skipped)
    passing = [test for test, outcome in stock.items() if outcome == "PASSED"]
    lost = [test for test in passing if ours.get(test) != "PASSED"]
    unexplained = [test for test in lost if not any(test.startswith(prefix) for prefix in reasons)]
    idle = [prefix for prefix in reasons if not any(test.startswith(prefix) for test in lost)]
    print(f"{len(passing) - len(lost)} of {len(passing)} pass; {len(lost)} are exceptions")
    assert unexplained == []
    assert idle == [], "these exceptions are not needed any more"
