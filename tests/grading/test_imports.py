"""What each process of a grade may import. A cold grade is mostly imports, and who imports what is also the trust boundary."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: What the command line does before the zygote runs.
FIRST = "import gradewright.commands.main, gradewright.session.workspace, gradewright.worker_control.spawn"
ZYGOTE = "from gradewright.worker import births; births.warm()"
CHILD = "import gradewright.suite.child, gradewright.suite.plugin, gradewright.suite.judging, pytest"
COMMAND = (
    "import gradewright.commands.run, gradewright.commands.cli, gradewright.session.grade, gradewright.commands.store;"
    "import gradewright.history;"
    "from gradewright.reports import html; html.prepare()"
)


def modules(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-E", "-P", "-c", f"{code}\nimport sys\nprint(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def packages(found: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in found}


def test_hardly_anything_comes_before_the_zygote():
    found = modules(FIRST)
    assert packages(found).isdisjoint({"click", "pydantic", "jinja2", "pytest", "httpx", "fastapi"})
    assert found.isdisjoint({"json", "typing", "dataclasses", "inspect", "tempfile", "shutil", "logging", "argparse"})


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        (ZYGOTE, {"pytest", "httpx", "jinja2", "_pytest", "pygments"}),
        (CHILD, {"fastapi", "starlette", "uvicorn", "pydantic", "jinja2", "click", "rich"}),
        (
            COMMAND,
            {"fastapi", "starlette", "uvicorn", "pytest", "httpx", "asyncio", "ssl", "pygments", "watchfiles", "sqlite3"},
        ),
    ],
    ids=["zygote", "child", "command"],
)
def test_a_process_leaves_out_what_is_not_its_own(code, absent):
    assert packages(modules(code)).isdisjoint(absent)


@pytest.mark.parametrize(
    ("code", "own"),
    [
        (ZYGOTE, {"protocol", "relay", "worker", "sandbox", "emptying"}),
        (CHILD, {"protocol", "client", "suite", "worker_control"}),
    ],
    ids=["zygote", "child"],
)
def test_own_parts_stay_on_their_side(code, own):
    found = {name.split(".")[1] for name in modules(code) if name.startswith("gradewright.")}
    assert found <= own
