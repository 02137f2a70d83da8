"""A thousand submissions with known answers, one batch an exercise: every grade right, none lost, none repeated after a kill.

Drawn from all solutions and wrong solutions, in every form that a platform sends, and three of a hundred are hostile. A
solution earns everything, a wrong solution loses what its wrong.toml says, and a hostile one gets what stands in HOSTILE. Then
all of it again, with the coordinator killed on the way; every restart resumes, and the results must be those of the first time.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import pairs
from gradewright.authoring.files import read_wrong
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot, find_root
from gradewright.model import Exercise

SEED = "5eed" * 8
#: One in so many is hostile.
HOSTILE_EVERY = 33
_FORGE = "import os, signal\nfor _n in range(3, 100):\n    try: os.write(_n, b'{}' * 100)\n    except OSError: pass\n"
_FORGE += "for _pid in (os.getppid(), -1):\n    try: os.kill(_pid, signal.SIGKILL)\n    except OSError: pass\n"
#: What is appended to a source, and how it must end. None: in any way, but without a point that the source alone would lose.
HOSTILE: dict[str, tuple[str, str | None]] = {
    "leaves": ("import os; os._exit(0)", "ungradable"),
    "raises": ("raise SystemExit('bye')", "ungradable"),
    "hangs": ("import time; time.sleep(1000)", "ungradable"),
    "burns": ("while True: pass", "ungradable"),
    "hoards": ("hoard = bytearray(8 << 30)", "limit"),
    "forges": (_FORGE, None),
}
FORMS = ("folder", "zip", "tar.gz", "nested zip")


@dataclass(frozen=True, slots=True)
class Known:
    """A submission's answer: it may end in `states`; it loses all of `lost` and no more than `may_lose` where that is set."""

    slug: str
    source: str
    states: frozenset[str]
    lost: frozenset[str]
    may_lose: frozenset[str] | None

    def check(self, verdict: dict[str, Any]) -> str:
        """Return what is wrong with a verdict, or ""."""
        lost = {point["id"] for point in verdict["points"] if point["status"] != "won"}
        if verdict["state"] not in self.states:
            return f"{self.source} is {verdict['state']}: {(verdict['problem'] or {}).get('message', '')[:200]}"
        if not self.lost <= lost:
            return f"{self.source} wins {sorted(self.lost - lost)}"
        if self.may_lose is not None and verdict["state"] == "graded" and not lost <= self.may_lose:
            return f"{self.source} loses {sorted(lost - self.may_lose)}"
        return ""


def measure(size: int, profile: str, lanes: int, kills: int, only: list[str]) -> dict[str, Any]:
    """Grade `size` submissions, then again with `kills`; `only` are exercises, all if empty. Figures are counts and seconds."""
    root = find_root(str(pairs.REPOSITORY))
    catalogue = Catalogue(root)
    exercises = [catalogue.load(name) for name in only or catalogue.slugs()]
    with tempfile.TemporaryDirectory(prefix="gw-thousand-") as name:
        folder = Path(name)
        known = _draw(folder / "subs", root, exercises, size)
        options = ["-j", str(lanes), "--profile", profile, "--seed", SEED]
        slugs = sorted({one.slug for one in known.values()})
        started = time.perf_counter()
        for slug in slugs:
            _run(folder, slug, "out", options)
        seconds = time.perf_counter() - started
        first = _results(folder / "out")
        wrong = [f"{key}: {text}" for key, verdict in first.items() if key in known and (text := known[key].check(verdict))]
        found: dict[str, Any] = {
            "name": "thousand",
            "submissions": len(known),
            "exercises": len(slugs),
            "hostile": sum(one.source.startswith("hostile") for one in known.values()),
            "seconds": seconds,
            "per_second": len(known) / seconds,
            "states": dict(Counter(verdict["state"] for verdict in first.values())),
            "lost": sorted(set(known) - set(first)),
            "wrong": wrong,
        }
        if kills:
            found |= _killed(folder, slugs, options, kills, first)
    failures = ("lost", "wrong", "differ_after_kills", "repeated_after_kills")
    return {**found, "met": not any(found.get(name) for name in failures) and found.get("kills", 0) == kills}


def _draw(target: Path, root: ContentRoot, exercises: list[Exercise], size: int) -> dict[str, Known]:
    """Write the submissions, a folder an exercise; return the answers by `exercise/submission`. The draw is always the same."""
    draw = random.Random(SEED)
    every = [(exercise, path) for exercise in exercises for path in _sources(root, exercise)]
    known: dict[str, Known] = {}
    pool: list[tuple[Exercise, Path]] = []
    kinds = list(HOSTILE)
    hostile = 0
    for number in range(size):
        pool = pool or draw.sample(every, len(every))
        exercise, path = pool.pop()
        ids = [point.id for point in exercise.points]
        expected, may_lose = read_wrong(path, ids) if path.parent.name == "wrong" else ([], {})
        files = {
            file.relative_to(path).as_posix(): file.read_bytes()
            for file in sorted(path.rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts and file.name != "wrong.toml"
        }
        name = f"s{number:04d}"
        app = f"{exercise.app.partition(':')[0].replace('.', '/')}.py"
        # Where the grader brings the app itself, what is appended to it never runs: then the next one is hostile.
        own = app in files and app.removesuffix(".py") not in exercise.given
        kind = kinds[hostile % len(kinds)] if number >= hostile * HOSTILE_EVERY and own else ""
        hostile += bool(kind)
        source = f"{path.parent.name}/{path.name}"
        if kind:
            text, state = HOSTILE[kind]
            files[app] += f"\n{text}\n".encode()
            states = frozenset({state} if state else {"graded", "ungradable", "limit"})
            answer = Known(exercise.slug, f"hostile {kind} {source}", states, frozenset(expected), None)
        else:
            answer = Known(exercise.slug, source, frozenset({"graded"}), frozenset(expected), frozenset({*expected, *may_lose}))
        known[f"{exercise.slug}/{name}"] = answer
        _write(target / exercise.slug, name, files, FORMS[number % len(FORMS)])
    return known


def _sources(root: ContentRoot, exercise: Exercise) -> list[Path]:
    folders = (root.solutions(exercise.slug), root.wrong(exercise.slug))
    return [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()) if path.is_dir()]


def _write(target: Path, name: str, files: dict[str, bytes], form: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    if form == "folder":
        for file, content in files.items():
            (target / name / file).parent.mkdir(parents=True, exist_ok=True)
            (target / name / file).write_bytes(content)
    elif form == "tar.gz":
        with tarfile.open(target / f"{name}.tar.gz", "w:gz") as archive:
            for file, content in files.items():
                info = tarfile.TarInfo(file)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    else:
        with zipfile.ZipFile(target / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            above = "" if form == "zip" else "Answer of today/"
            for file, content in files.items():
                archive.writestr(above + file, content)
            if above:
                archive.writestr("__MACOSX/._Answer of today", b"\0")
                archive.writestr(f"{above}.venv/lib/app.py", b"raise SystemExit")


def _command(slug: str, out: str, options: list[str]) -> list[str]:
    return [pairs.grade_command(), "-q", "batch", f"subs/{slug}", "-e", slug, "-o", f"{out}/{slug}", *options]


def _run(folder: Path, slug: str, out: str, options: list[str]) -> None:
    # 4 where a grade was the grader's fault: that is then a wrong answer, and counted as one.
    done = subprocess.run(_command(slug, out, options), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"grade batch of {slug} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _results(out: Path) -> dict[str, dict[str, Any]]:
    return {
        path.parent.relative_to(out).as_posix(): json.loads((path.parent / "result.json").read_text())
        for path in sorted(out.glob("*/*/key.json"))
    }


def _killed(folder: Path, slugs: list[str], options: list[str], kills: int, first: dict[str, Any]) -> dict[str, Any]:
    """Grade all again, killing the coordinator `kills` times; return what is not as it was the first time."""
    out = folder / "again"
    moments = [len(first) * number // (kills + 1) for number in range(1, kills + 1)]
    seen: dict[Path, int] = {}
    done = 0
    for slug in slugs:
        while True:
            process = subprocess.Popen(
                _command(slug, "again", [*options, "--resume"]),
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if not _kill_at(process, out, moments):
                break
            done += 1
            # Written before the kill, so never again.
            seen |= {path: path.stat().st_mtime_ns for path in out.glob("*/*/key.json") if path not in seen}
    now = _results(out)
    kept = {path for path in seen if _verdict_of(path)["state"] not in ("limit", "grader_error")}
    return {
        "kills": done,
        "differ_after_kills": [key for key in sorted({*first, *now}) if _outcome(first.get(key)) != _outcome(now.get(key))],
        "repeated_after_kills": [path.parent.name for path in sorted(kept) if path.stat().st_mtime_ns != seen[path]],
    }


def _kill_at(process: subprocess.Popen[bytes], out: Path, moments: list[int]) -> bool:
    """Wait for a batch, or kill it when so many results are there as the next moment says; return whether it was killed."""
    while process.poll() is None:
        if moments and sum(1 for _path in out.glob("*/*/key.json")) >= moments[0]:
            moments.pop(0)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.05)
    return False


def _verdict_of(key: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((key.parent / "result.json").read_text())
    return found


def _outcome(verdict: dict[str, Any] | None) -> tuple[Any, ...]:
    if verdict is None:
        return ("lost",)
    return (verdict["state"], verdict["score"], *((point["id"], point["status"]) for point in verdict["points"]))
