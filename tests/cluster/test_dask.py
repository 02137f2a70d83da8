"""`grade batch --engine dask` with real schedulers and workers: the same results as here, whatever is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest

pytestmark = pytest.mark.cluster
pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

SEED = "9f3c51d0b8e64a17c25d90f1836b7ae2"
SAME = ("-e", "07", "--profile", "kata", "--seed", SEED, "--start-limit", "20", "--request-limit", "20", "--no-report")


@pytest.fixture
def running(repository, monkeypatch):
    monkeypatch.syspath_prepend(repository)
    from benchmarks.cluster import running

    return running


@pytest.fixture
def subs(repository, tmp_path):
    """Solutions, wrong solutions and every kind of trouble, in every form."""
    subs = tmp_path / "subs"
    subs.mkdir()
    for path in sorted((repository / "graders/07-depends").glob("*/*/app.py")):
        shutil.copytree(path.parent, subs / path.parent.name, ignore=shutil.ignore_patterns("__pycache__"))
    app = (subs / "annotated" / "app.py").read_text()
    with zipfile.ZipFile(subs / "zipped.zip", "w") as archive:
        archive.writestr("__MACOSX/._app.py", "x")
        archive.writestr("folder/app.py", app)
        archive.writestr("folder/../../out.py", "x")
    texts = {"needs": "import surely_missing\n", "leaves": "import os\nos._exit(0)\n", "breaks": f"{app}\n1 / 0\n"}
    for name, text in texts.items():
        (subs / name).mkdir()
        (subs / name / "app.py").write_text(text)
    (subs / "links").mkdir()
    (subs / "links" / "app.py").write_text(app)
    (subs / "links" / "secret.py").symlink_to("/etc/passwd")
    (subs / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    (subs / "empty").mkdir()
    return subs


def results(out):
    """What must not depend on where it was graded."""
    found = {}
    for path in sorted(out.glob("*/result.json")):
        verdict = json.loads(path.read_text())
        points = [(point["id"], point["status"], point["score"]) for point in verdict["points"]]
        left_out = sorted(note for note in verdict["notes"] if "left out" in note)
        kind = (verdict["problem"] or {}).get("kind")
        found[path.parent.name] = (verdict["state"], verdict["score"], points, verdict["hashes"], kind, left_out)
    return found


def start(cluster, subs, out, *more):
    command = [sys.executable, "-m", "gradewright", "batch", str(subs), "-o", str(out), *SAME, *more]
    command += ["--engine", "dask", "--scheduler", cluster.address]
    return subprocess.Popen(command, cwd=out.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_results(out, count, limit=120.0):
    until = time.monotonic() + limit
    while len(list(out.glob("*/key.json"))) < count:
        assert time.monotonic() < until, "no results"
        time.sleep(0.05)


@pytest.fixture
def local(grade, subs, tmp_path):
    """The results of this machine's own lanes."""
    out = tmp_path / "local"
    done = grade("batch", subs, "-o", out, "-j", "2", *SAME, timeout=300)
    assert done.code == 0, done.err
    return results(out)


def test_the_results_are_those_of_this_machine_and_resume_takes_them_over(grade, running, subs, local, tmp_path):
    with running() as cluster:
        _out, err = start(cluster, subs, tmp_path / "out").communicate(timeout=300)
        assert "Traceback" not in err
        assert results(tmp_path / "out") == local
        assert [result[0] for name, result in local.items() if name in ("broken", "empty")] == ["rejected", "rejected"]
        assert local["links"][5] == ["secret.py is not a regular file, so it was left out"]
        log = "".join(path.read_text() for path in cluster.folder.glob("worker-*.log"))
        assert log.count("Starting Worker plugin gradewright") == log.count("Removing Worker plugin gradewright") == 2
    done = grade("batch", subs, "-o", tmp_path / "out", *SAME, "--resume", timeout=300)
    assert f"{len(local)} results are kept, 0 submissions are graded" in done.err


def test_a_killed_worker_costs_nothing(running, subs, local, tmp_path):
    with running() as cluster:
        process = start(cluster, subs, tmp_path / "out")
        wait_for_results(tmp_path / "out", 4)
        os.killpg(cluster.workers[0].pid, signal.SIGKILL)
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        assert "Traceback" not in err
        assert results(tmp_path / "out") == local


def test_a_lost_scheduler_is_told_and_resume_does_the_rest(running, subs, local, tmp_path):
    out = tmp_path / "out"
    with running() as cluster:
        process = start(cluster, subs, out)
        wait_for_results(out, 4)
        os.killpg(cluster.scheduler.pid, signal.SIGKILL)
        _out, err = process.communicate(timeout=120)
        assert process.returncode == 4, err
        assert "was lost" in err
        assert "--resume" in err
        assert "Traceback" not in err
    kept = len(list(out.glob("*/key.json")))
    assert 4 <= kept < len(local)
    with running() as cluster:
        process = start(cluster, subs, out, "--resume")
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        assert f"{kept} results are kept" in err
    assert results(out) == local


def test_an_interrupt_leaves_the_workers_ready_for_the_next_batch(running, subs, tmp_path):
    with running() as cluster:
        process = start(cluster, subs, tmp_path / "out")
        wait_for_results(tmp_path / "out", 1)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=120)
        assert process.returncode == 130, err
        assert "Traceback" not in err
        again = start(cluster, subs, tmp_path / "out", "--resume")
        _out, err = again.communicate(timeout=300)
        assert again.returncode == 0, err


def test_a_cluster_that_is_not_there_is_told_in_a_sentence(grade, running, subs, tmp_path):
    asked = ("batch", subs, "-o", tmp_path / "out", *SAME, "--engine", "dask", "--scheduler")
    done = grade(*asked, "tcp://127.0.0.1:9")
    assert (done.code, "There is no Dask scheduler at tcp://127.0.0.1:9" in done.err) == (4, True), done.err
    assert "Traceback" not in done.err
    done = grade(*asked, "nonsense://x")
    assert done.code == 4, done.err
    with running(workers=0) as cluster:
        done = grade(*asked, cluster.address)
        assert (done.code, "has no workers" in done.err) == (4, True), done.err
