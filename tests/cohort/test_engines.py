"""`grade batch --engine dask` where there is no cluster to be seen: what is asked for, what travels, and who may grade."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from gradewright.cohort.arrivals import Arrival
from gradewright.cohort.cluster import parcel
from gradewright.content.root import find_root
from gradewright.session.options import GradeOptions


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--scheduler", "tcp://127.0.0.1:9"], "--scheduler is for --engine dask"),
        (["--engine", "dask"], "needs the address of a scheduler"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "-j", "2"], "-j is for this machine's lanes"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "--python", sys.executable], "--python is for this machine"),
    ],
)
def test_options_that_contradict_each_other(grade, tmp_path, options, told):
    done = grade("batch", tmp_path, "-e", "07", "-o", tmp_path / "out", "--profile", "kata", *options)
    assert done.code == 2
    assert told in done.err


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    (tmp_path / "subs" / "ada").mkdir(parents=True)
    (tmp_path / "subs" / "ada" / "app.py").write_text("x = 1\n")
    code = (
        "import sys; sys.modules['distributed'] = None\nfrom gradewright.commands.main import run\nsys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "batch", "subs", "-e", "07", "-o", "out", "--profile", "kata", "--engine", "dask"]
    command += ["--scheduler", "tcp://127.0.0.1:9"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "pip install 'gradewright[cluster]'" in done.stderr


def test_a_submission_travels_as_plain_files(tmp_path):
    folder = tmp_path / "ada"
    (folder / "odd: name").mkdir(parents=True)
    (folder / "app.py").write_text("x = 1\n")
    (folder / "odd: name" / "back\\slash.py").write_text("y = 2\n")
    (folder / "link.py").symlink_to("/etc/passwd")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "big.py").write_text("no")
    sent = parcel.take(Arrival("ada", "ada", folder), tmp_path / "suite")
    target = tmp_path / "target"
    target.mkdir()
    parcel.unpack(sent.content, target)
    found = {path.relative_to(target).as_posix(): path.read_text() for path in target.rglob("*") if path.is_file()}
    assert found == {"app.py": "x = 1\n", "odd: name/back\\slash.py": "y = 2\n"}
    assert sent.notes == ("link.py is not a regular file, so it was left out",)


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a/../../out.py"])
def test_a_parcel_cannot_leave_its_folder(tmp_path, name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(ValueError, match="a parcel with the name"):
        parcel.unpack(content.getvalue(), tmp_path)


def test_no_solution_goes_to_the_workers(repository):
    content = parcel.exercise(find_root(str(repository)), "07-depends")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert "graders/07-depends/suite/test_07_depends.py" in names
    assert not [name for name in names if "/solutions/" in name or "/wrong/" in name or "waivers" in name]


def test_a_worker_with_other_versions_does_not_grade(repository, tmp_path):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    from gradewright.cohort.cluster.lanes import LanePlugin, Order, Unfit, versions

    content = parcel.exercise(find_root(str(repository)), "07-depends")
    worker = SimpleNamespace(state=SimpleNamespace(nthreads=1), local_directory=str(tmp_path))
    for told, fit in ((versions(), True), ("gradewright 0.0.1", False)):
        plugin = LanePlugin("gradewright-test", Order("07-depends", content, GradeOptions(), told))
        plugin.setup(worker)
        try:
            assert (plugin._unfit == "") == fit
            if not fit:
                with pytest.raises(Unfit, match=r"is graded with gradewright 0\.0\.1"):
                    plugin.grade(b"")
        finally:
            plugin.teardown(worker)
        assert list(tmp_path.iterdir()) == []
