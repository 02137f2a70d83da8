"""`grade watch` as people use it: in a terminal with keys, and without one."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gradewright.history import History, progress

RULES = "h hint · r rerun · n next · l list · q quit"
BROKEN = "P3 does not pass any more"


def edit(folder, old, new):
    """Save app.py as an editor does that renames a finished file into place."""
    app = folder / "app.py"
    text = app.read_text()
    assert old in text
    new_file = folder / "app.py.tmp"
    new_file.write_text(text.replace(old, new))
    os.replace(new_file, app)


def test_saves_and_keys_in_a_terminal(terminal, submission, tmp_path):
    screen = terminal("watch", "07", submission)
    assert "FULL MARKS  11/11" in screen.expect(RULES)
    assert screen.modes_now != screen.modes, "keys come one by one"

    edit(submission, "401", "403")
    assert "app.py saved" in screen.expect("\x1b\\[2J")
    shown = screen.expect(RULES)
    assert "do not pass any more" in shown or "does not pass any more" in shown
    assert "PARTIAL" in shown

    screen.type("\x1b[H")
    screen.type("h")
    assert "  1/3  " in screen.expect(RULES), "an arrow or Home is no key of ours, h is"
    screen.type("H")
    assert "  2/3  " in screen.expect(RULES)

    (submission / "app.py").write_text((submission / "app.py").read_text() + "\ndef (:\n")
    assert "UNGRADABLE" in screen.expect(RULES)
    screen.type("h")
    screen.expect("nothing was judged yet.*" + RULES)
    edit(submission, "\ndef (:\n", "")
    assert "No point changed" in screen.expect(RULES)
    edit(submission, "403", "401")
    assert "now pass" in screen.expect(RULES)
    screen.type("h")
    screen.expect("nothing to hint at.*" + RULES)

    screen.type("l")
    assert "01-first-app" in screen.expect(RULES)
    screen.type("r")
    assert "No point changed" in screen.expect(RULES)

    screen.type("n")
    following = screen.expect(RULES)
    assert "NOT YET" in following
    assert list(tmp_path.glob("08-*/app.py")) or list(tmp_path.glob("09-*/app.py")), "its starter was put in place"

    screen.type("q")
    assert screen.ended() == 0
    assert screen.modes_now == screen.modes
    kept = progress.read_all(History(tmp_path / ".grade", pytest.fail))
    assert kept["07-depends"].best == 11
    assert kept["07-depends"].attempts >= 5
    assert (tmp_path / ".grade" / "07-depends.html").is_file()


def test_ctrl_c_leaves_the_terminal_as_it_was(terminal, submission):
    screen = terminal("watch", "07", submission, columns=120)
    screen.expect("grading 07-depends")
    screen.interrupt()
    assert screen.ended() == 130
    assert screen.modes_now == screen.modes
    assert "Traceback" not in screen.seen


def test_sigterm_leaves_the_terminal_as_it_was_and_progress_without_a_place_is_no_matter(terminal, submission, tmp_path):
    (tmp_path / ".grade").mkdir()
    (tmp_path / ".grade" / "history.db").mkdir()
    screen = terminal("watch", "07", submission)
    screen.expect(RULES)
    screen.process.send_signal(signal.SIGTERM)
    assert screen.ended() == 143
    assert screen.modes_now == screen.modes


class Piped:
    """`grade watch` without a terminal: what it prints comes line by line, results and remarks apart."""

    def __init__(self, folder, *arguments):
        command = [sys.executable, "-m", "gradewright", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.printed = ""
        self.results, self.remarks = queue.SimpleQueue(), queue.SimpleQueue()
        self.readers = [
            threading.Thread(target=self.read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.results), (self.process.stderr, self.remarks))
        ]
        for reader in self.readers:
            reader.start()

    def read(self, stream, lines):
        for line in stream:
            self.printed += line
            lines.put(line)

    def result(self, *words):
        """Wait for a result line with these words in it."""
        return self.wait(self.results, words)

    def remark(self, *words):
        return self.wait(self.remarks, words)

    @staticmethod
    def wait(lines, words):
        while True:
            line = lines.get(timeout=60)
            if all(word in line for word in words):
                return line

    def verdict(self):
        return json.loads(self.result())

    def end(self, number):
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.finish()

    def finish(self):
        code = self.process.wait(20)
        for reader in self.readers:
            reader.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture
def piped(tmp_path):
    made = []

    def start(*arguments):
        made.append(Piped(tmp_path, *arguments))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
            each.finish()


def test_json_is_one_verdict_a_line_and_sigterm_ends_it(piped, submission, tmp_path):
    watch = piped("watch", "07", submission, "--json", "--no-report")
    assert watch.verdict()["score"] == 11
    edit(submission, "401", "403")
    assert watch.verdict()["score"] < 11
    watch.remark("app.py saved: grading 07-depends")
    assert watch.end(signal.SIGTERM) == 143
    assert watch.results.empty()
    assert not list(tmp_path.glob(".grade/*.html"))


def test_without_a_terminal_it_goes_line_by_line_and_survives_a_deleted_folder(piped, submission, tmp_path):
    watch = piped("watch", "07", submission, "--poll")
    watch.result("FULL MARKS")
    submission.rename(tmp_path / "elsewhere")
    watch.remark("mine is gone. Waiting until it is there again.")
    (tmp_path / "elsewhere").rename(submission)
    watch.result("No point changed")
    assert watch.end(signal.SIGINT) == 130
    assert "\x1b" not in watch.printed
    assert RULES not in watch.printed


def test_a_save_during_a_grade_starts_it_again(piped, submission):
    """The first grade would take until its limit; what is shown is about the file as it is now."""
    (submission / "app.py").write_text("import time\ntime.sleep(100)\n")
    watch = piped("watch", "07", submission, "--json", "--start-limit", "50")
    watch.remark("grading")
    time.sleep(1)
    (submission / "app.py").write_text("x = 1\n")
    began = time.monotonic()
    assert watch.verdict()["state"] == "ungradable"
    assert time.monotonic() - began < 20
    assert watch.end(signal.SIGINT) == 130


def test_grader_processes_that_die_are_replaced(piped, submission):
    watch = piped("watch", "07", submission, "--json")
    assert watch.verdict()["score"] == 11
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(watch.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    for pid in children:
        os.kill(int(pid), signal.SIGKILL)
    edit(submission, "401", "401 ")
    assert watch.verdict()["score"] == 11
    assert watch.end(signal.SIGINT) == 130


def saves(piped, submission, number):
    """Save so many times; return descriptors, memory in KiB, processes and threads, early and at the end."""
    watch = piped("watch", "07", submission, "--json")
    pid = watch.process.pid
    watch.verdict()
    text = (submission / "app.py").read_text()

    def state():
        status = Path(f"/proc/{pid}/status").read_text()
        memory, threads = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) for name in ("VmRSS", "Threads"))
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in listed.splitlines()]
        below, found = set(), {str(pid)}
        while found:
            below |= found
            found = {child for child, parent in pairs if parent in below} - below
        return len(os.listdir(f"/proc/{pid}/fd")), memory, len(below), threads

    early = None
    for count in range(number):
        (submission / "app.py").write_text(f"{text}\n# {count}\n")
        verdict = watch.verdict()
        assert verdict["score"] == 11, (count, verdict["state"], verdict["problem"])
        if count == min(10, number // 2):
            early = state()
    time.sleep(0.5)
    late = state()
    assert watch.end(signal.SIGINT) == 130
    return early, late


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [20, pytest.param(1000, marks=pytest.mark.engine)])
def test_many_saves_do_not_make_it_grow(piped, submission, number):
    early, late = saves(piped, submission, number)
    assert late[0] <= early[0] + 2, "descriptors"
    assert late[1] <= early[1] + 16 * 1024, "memory"
    assert late[2] <= early[2] + 2, "processes"
    assert late[3] <= early[3], "threads"
    print(early, late)


@pytest.mark.parametrize(
    ("data", "keys"),
    [(b"h", "h"), (b"Rq", "rq"), (b"\x1b[Hh", "h"), (b"\x1bOPn\x1b[1;5C", "n"), (b"\x1b", ""), (b"\xc3", "�"), (b"", "\x04")],
)
def test_only_letters_that_were_typed_are_keys(data, keys):
    from gradewright.watch.terminal import typed

    assert typed(data) == keys
