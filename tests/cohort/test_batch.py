"""`grade batch`: one result each, whatever happens to the others; nothing crosses from one submission to the next."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.engine

SUITE = """
    from gradewright.suite import point


    @point("clean")
    def test_nothing_was_there(app, client, expect):
        expect.json(client.get("/found"), [], "Nothing of another submission is there.")


    @point("works")
    def test_it_works(app, client, expect, nonce):
        word = nonce()
        expect.json(client.get(f"/echo?word={word}"), {"word": word}, "It echoes.")
"""
#: Looks for traces, then leaves as many as it can: files, a thread, memory in /dev/shm, a changed time stamp.
APP = """
    import os
    import threading
    import time

    from fastapi import FastAPI

    places = [os.getcwd(), os.environ["TMPDIR"], "/dev/shm", "/tmp"]
    MINE = {"app.py"}

    def look():
        found = []
        for place in places:
            try:
                found += [f"{place}/{name}" for name in os.listdir(place) if "trace" in name]
            except OSError:
                pass
        for pid in range(2, 400):
            try:
                command = open(f"/proc/{pid}/environ").read()
            except OSError:
                continue
            if "TRACE" in command and pid != os.getpid():
                found.append(f"process {pid}")
        return found

    found = look()
    os.environ["TRACE"] = "1"
    for place in places:
        try:
            with open(os.path.join(place, "trace-%d" % time.time_ns()), "w") as file:
                file.write("here")
            os.makedirs(os.path.join(place, "trace-folder", "deep"))
        except OSError:
            pass
    # Its own folders shut behind it: the next submission's must be open again.
    for place in places[:2]:
        try:
            os.chmod(place, 0o000)
        except OSError:
            pass
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    app = FastAPI()

    @app.get("/found")
    def shown():
        return found

    @app.get("/echo")
    def echo(word: str):
        return {"word": word}
"""


def table(out):
    with (out / "summary.csv").open(encoding="utf-8", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


@pytest.fixture
def cohort(make_root, make_app, tmp_path):
    """A content root and a folder of submissions: three good ones, and one of every kind of trouble."""
    root = make_root(SUITE)
    subs = tmp_path / "subs"
    subs.mkdir()
    good = make_app(APP)
    for name in ("ada", "bob"):
        shutil.copytree(good, subs / name)
    shutil.make_archive(str(subs / "cyd"), "zip", good.parent, good.name)
    texts = {
        "hangs": "import time\ntime.sleep(1000)\n",
        "leaves": "import os\nos._exit(0)\n",
        "needs": "import surely_missing_package\n",
    }
    for name, text in texts.items():
        (subs / name).mkdir()
        (subs / name / "app.py").write_text(text)
    (subs / "broken.zip").write_bytes(b"PK\x03\x04 this is no archive")
    (subs / "empty").mkdir()
    (subs / "notes.txt").write_text("not a submission")
    return root, subs


def test_every_submission_gets_its_own_result(grade, cohort, tmp_path):
    root, subs = cohort
    out = tmp_path / "out"
    arguments = ("batch", subs, "-e", "01", "-o", out, "-j", "2", "--profile", "kata", "--start-limit", "3")
    done = grade("--root", root, *arguments)
    assert done.code == 0, done.err
    rows = table(out)
    states = {name: row["state"] for name, row in rows.items()}
    assert states == {
        "ada": "graded",
        "bob": "graded",
        "cyd": "graded",
        "hangs": "ungradable",
        "leaves": "ungradable",
        "needs": "ungradable",
        "broken": "rejected",
        "empty": "rejected",
    }
    # The good ones also say that they found no trace of each other.
    assert {rows[name]["score"] for name in ("ada", "bob", "cyd")} == {rows["ada"]["max_score"]}
    for name in rows:
        verdict = json.loads((out / name / "result.json").read_text())
        assert verdict["state"] == states[name]
        assert "<html" in (out / name / "report.html").read_text()
    intake = (out / "intake.md").read_text()
    assert "Missing package surely_missing_package (1)" in intake
    assert "notes.txt is no folder, archive or Python file" in intake


def test_nothing_crosses_in_a_lane(grade, make_root, make_app, tmp_path):
    root, good = make_root(SUITE), make_app(APP)
    subs = tmp_path / "subs"
    for number in range(5):
        shutil.copytree(good, subs / f"copy-{number}x")
    out = tmp_path / "out"
    done = grade("--root", root, "batch", subs, "-e", "01", "-o", out, "-j", "1", "--profile", "kata", "--no-report")
    assert done.code == 0, done.err
    rows = table(out)
    assert len(rows) == 5
    assert all(row["score"] == row["max_score"] for row in rows.values()), rows


def test_resume_repeats_nothing_and_tells_what_changed(grade, cohort, tmp_path):
    root, subs = cohort
    for name in ("hangs", "leaves", "needs"):
        shutil.rmtree(subs / name)
    out = tmp_path / "out"
    arguments = ("--root", root, "batch", subs, "-e", "01", "-o", out, "--profile", "kata")
    grade(*arguments)
    stamps = {path: path.stat().st_mtime_ns for path in out.glob("*/result.json")}
    (subs / "bob" / "app.py").write_text((subs / "bob" / "app.py").read_text().replace('{"word": word}', "{}"))
    done = grade(*arguments, "--resume")
    changed = [path.parent.name for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp]
    assert changed == ["bob"]
    assert "bob: " in done.out
    assert "submission changed" in done.out


def test_a_killed_batch_goes_on(cohort, tmp_path):
    root, subs = cohort
    for name in ("leaves", "needs"):
        shutil.rmtree(subs / name)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "gradewright", "--root", str(root), "batch", str(subs), "-e", "01", "-o", str(out)]
    command += ["-j", "1", "--profile", "kata", "--start-limit", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(out.glob("*/key.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/key.json")}
    assert kept
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert {name: (out / name / "key.json").stat().st_mtime_ns for name in kept} == kept
    assert len(table(out)) == 6


def test_a_grant_gets_a_new_zygote_each_time(grade, make_root, make_app, tmp_path):
    """A process that a submission may start could outlive it; the next submission must not meet it."""
    app = APP + "\n    if not found:\n        if os.fork() == 0:\n            time.sleep(1000)\n"
    root, good = make_root(SUITE, extra='grants = ["processes"]\n'), make_app(app)
    subs = tmp_path / "subs"
    for number in range(3):
        shutil.copytree(good, subs / f"copy-{number}x")
    out = tmp_path / "out"
    done = grade("--root", root, "batch", subs, "-e", "01", "-o", out, "-j", "1", "--profile", "kata", "--no-report")
    assert done.code == 0, done.err
    rows = table(out)
    assert all(row["score"] == row["max_score"] for row in rows.values()), rows
