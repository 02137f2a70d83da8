"""Takes one defence after another out of a copy of the program, and wants the test that guards it to fail.

The copy lies in site-packages of an environment of its own, as an installed program does, so that the grader, the zygote and
the workers all import it: they ignore PYTHONPATH. Nothing in the program can switch a defence off.
"""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import venv
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradewright.content.root import find_root, package_folder
from gradewright.worker_control import bubblewrap

pytestmark = pytest.mark.ablation

TESTS = Path(__file__).resolve().parents[1]
EXERCISE = "07-depends"
SOLUTION = TESTS.parent / "graders" / EXERCISE / "solutions" / "annotated" / "app.py"
HONEST = "hostile/test_walls.py::test_honest_solution_is_graded[{walls}-honest]"


@dataclass(frozen=True)
class Ran:
    """What became of each test: passed, skipped, or why it failed."""

    became: dict[str, str]
    output: str


def edits_of(defence: dict[str, Any], table: ModuleType) -> list[dict[str, Any]]:
    shadows = [entry for entry in table.load() if entry["name"] in defence.get("also_off", ())]
    return [*defence.get("assume", ()), defence, *shadows]


def build(place: Path, edits: Iterable[dict[str, Any]]) -> Path:
    """Make an environment with a changed copy of the program, and return its interpreter."""
    venv.create(place / "env", symlinks=True, with_pip=False)
    packages = next((place / "env").glob("lib/python*/site-packages"))
    package = packages / "gradewright"
    shutil.copytree(package_folder(), package, ignore=shutil.ignore_patterns("__pycache__", "_content"))
    root = find_root(start=package_folder()).path
    for part in ("exercises", "starter", "graders"):
        shutil.copytree(root / part / EXERCISE, package / "_content" / part / EXERCISE)
    for edit in edits:
        file = package / edit["file"]
        source = file.read_text(encoding="utf-8")
        assert source.count(edit["old"]) == 1, (edit["file"], edit["old"])
        file.write_text(source.replace(edit["old"], edit["new"]), encoding="utf-8")
    # As plain lines: a .pth file in a folder that is added this way, such as an editable install's, is not read.
    others = [path for path in (*sys.path, *site.getsitepackages()) if path.endswith(("site-packages", "dist-packages"))]
    (packages / "others.pth").write_text("\n".join(dict.fromkeys(others)) + "\n", encoding="utf-8")
    return place / "env" / "bin" / "python"


def run_tests(python: Path, tests: Iterable[str], place: Path) -> Ran:
    """Run tests with an environment's program."""
    report = place / "report.xml"
    words = [str(python), "-m", "pytest", "-c", str(TESTS.parent / "pyproject.toml"), "-m", "", "-q", "-p", "no:cacheprovider"]
    words += [f"--junitxml={report}", f"--basetemp={place / 'b'}", *(str(TESTS / test) for test in dict.fromkeys(tests))]
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, timeout=900)
    became = {}
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        file = "/".join(case.attrib["classname"].split(".")[-2:]) + ".py"
        bad = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        what = "passed" if bad is None else "skipped" if bad.tag == "skipped" else bad.attrib["message"]
        became[f"{file}::{case.attrib['name']}"] = what
    return Ran(became, done.stdout[-3000:] + done.stderr[-1000:])


def failed_by_assertion(what: str) -> bool:
    """Return whether a test failed because something was not as it should be, and not because it could not run."""
    text = what.removeprefix('failed on setup with "')
    return text.startswith(("AssertionError", "assert ", "Failed: DID NOT RAISE"))


def missing(needs: str) -> str:
    """Return what this machine lacks to show a defence, or ""."""
    release = [int(part) for part in os.uname().release.split(".")[:2] if part.isdigit()]
    have = {
        "": True,
        "root": os.geteuid() == 0,
        "an ordinary user": os.geteuid() != 0,
        "bubblewrap": bubblewrap.works(),
        "redis-server": shutil.which("redis-server") is not None,
        "Linux 6.14": release >= [6, 14],
        "multipath TCP": Path("/proc/sys/net/mptcp/enabled").exists(),
    }
    return ", ".join(need for need in needs.split(", ") if not have[need])


def honest_for(tests: Iterable[str]) -> list[str]:
    walls = {"bubblewrap" if "[bubblewrap-" in test else "bare" for test in tests}
    return [HONEST.format(walls=kind) for kind in sorted(walls)]


def wanted(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Return the collected entries that this machine can show."""
    found = [item.callspec.params.get("defence") for item in request.session.items if hasattr(item, "callspec")]
    return [entry for entry in found if entry and not missing(entry.get("needs", ""))]


@pytest.fixture(scope="session")
def baseline(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All named tests of the collected entries on an unchanged copy: what fails there says nothing about a defence."""
    place = tmp_path_factory.mktemp("a")
    tests = [test for entry in wanted(request) for test in entry["test"]]
    return run_tests(build(place, []), tests, place)


@pytest.fixture(scope="session")
def mutants(
    request: pytest.FixtureRequest, table: ModuleType, tmp_path_factory: pytest.TempPathFactory, baseline: Ran
) -> Iterator[dict[str, Future[tuple[Ran | None, Ran]]]]:
    """The tests of every collected entry on its changed copy, and on one with its assumptions alone, two at a time."""

    def run(entry: dict[str, Any]) -> tuple[Ran | None, Ran]:
        assumed = None
        if entry.get("assume"):
            place = tmp_path_factory.mktemp("a")
            assumed = run_tests(build(place, entry["assume"]), entry["test"], place)
        place = tmp_path_factory.mktemp("a")
        ran = run_tests(build(place, edits_of(entry, table)), [*entry["test"], *honest_for(entry["test"])], place)
        shutil.rmtree(place, ignore_errors=True)
        return assumed, ran

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {entry["name"]: pool.submit(run, entry) for entry in wanted(request)}


def test_without_it_its_test_fails(
    defence: dict[str, Any], baseline: Ran, mutants: dict[str, Future[tuple[Ran | None, Ran]]]
) -> None:
    if lacks := missing(defence.get("needs", "")):
        pytest.skip(f"can only be shown with {lacks}")
    assumed, ran = mutants[defence["name"]].result(timeout=900)
    before = assumed or baseline
    assert {test: before.became.get(test) for test in defence["test"]} == dict.fromkeys(defence["test"], "passed"), (
        before.output
    )
    honest = honest_for(defence["test"])
    assert {test: ran.became.get(test) for test in honest} == dict.fromkeys(honest, "passed"), ran.output
    for test in defence["test"]:
        assert failed_by_assertion(ran.became.get(test, "was not run")), (ran.became.get(test), ran.output)


#: In each process of a grade, one harmless change that its verdict shows.
CANARIES = [
    {"file": "worker/ground.py", "old": 'found = {"python":', "new": 'found = {"canary": "zygote", "python":'},
    {"file": "worker_control/launch.py", "old": '"LANG": "C.UTF-8",', "new": '"LANG": "C.UTF-8", "CANARY": "child",'},
    {"file": "worker/child.py", "old": "    os.umask(0o077)\n", "new": "    os.umask(0o077)\n    print('canary: worker')\n"},
    {"file": "session/grade.py", "old": '"gradewright": __version__', "new": '"gradewright": "canary"'},
]


@pytest.mark.parametrize("walls", ["with", "without"])
def test_every_process_runs_the_changed_copy(tmp_path: Path, walls: str) -> None:
    python = build(tmp_path, CANARIES)
    (tmp_path / "app").mkdir()
    source = SOLUTION.read_text(encoding="utf-8") + "\nimport os\nprint('canary:', os.environ['CANARY'])\n"
    (tmp_path / "app" / "app.py").write_text(source, encoding="utf-8")
    hide = "from gradewright.worker_control import bubblewrap; bubblewrap.find = lambda: None; " if walls == "without" else ""
    code = f"{hide}import sys; from gradewright.__main__ import main; main()"
    words = [str(python), "-c", code, EXERCISE, str(tmp_path / "app"), "--json", "--no-report"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    verdict = json.loads(done.stdout)
    assert verdict["score"] == 11, done.stderr
    assert (verdict["versions"]["canary"], verdict["versions"]["gradewright"]) == ("zygote", "canary")
    assert "canary: worker" in verdict["output"]["text"]
    assert "canary: child" in verdict["output"]["text"]
