"""Peers on the same checks: whole processes in turn with bare pytest, and batches in two lanes.

A peer counts only if it gives a right submission full marks and a wrong one less. One that cannot be installed or run here is
named with the reason; that is a finding about this machine, not an error. All but ours run the submission in the process that
decides about its marks, where it can change them: the times are those of a weaker promise.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import batch, pairs
from benchmarks.peers import graders
from benchmarks.peers.environments import Unusable
from benchmarks.peers.graders import Grader

WRONG = pairs.REPOSITORY / "graders" / "07-depends" / "wrong" / "direct-call"
#: Submissions of ours in one batch, and of a peer: enough that starting and ending do not show, few enough to wait for.
SIZE, PEER_SIZE = 200, 4
IN_BATCHES = ("otter-grader", "check50", "gradescope-utils")
TARGET = 20.0


def measure(runs: int, envs: Path | None = None) -> dict[str, Any]:
    """Install, check and time all peers; `envs` keeps their environments for the next time."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for part, source in (("right", pairs.SOLUTION), ("wrong", WRONG)):
            shutil.copytree(source, work / part, ignore=shutil.ignore_patterns("__pycache__", "*.toml"))
        usable, rows = _prepared(work, (envs or work / "envs").resolve())
        times = _timed(usable, rows, work, runs)
        for peer, found in times.items():
            rows[peer] |= _figures(found, times["pytest"])
        rates = _rates([one for one in usable if one.name in IN_BATCHES], rows, runs, work)
    result = {"name": "peers", "runs": runs, "target": TARGET, "peers": list(rows.values()), "batch": rates}
    otter = rates["peers"].get("otter-grader")
    # No verdict without otter: there is nothing to compare with.
    return result | ({"met": otter["ratio"] >= TARGET} if otter else {})


def _prepared(work: Path, envs: Path) -> tuple[list[Grader], dict[str, dict[str, Any]]]:
    """Make all graders and let each grade a right and a wrong submission. Returns the usable ones and a row for each."""
    usable: list[Grader] = []
    rows: dict[str, dict[str, Any]] = {}
    for kind in graders.ALL:
        folder = work / "graders" / kind.name
        folder.mkdir(parents=True)
        peer = kind(folder)
        row: dict[str, Any] = {"peer": kind.name, "same_process": kind.same_process, "runs_in": kind.runs_in}
        rows[kind.name] = row
        try:
            peer.make(envs)
            right, wrong = peer.tell_apart(work / "right", work / "wrong", work / "out" / kind.name)
        except Unusable as problem:
            row |= {"version": peer.version, "reason": str(problem)}
        else:
            row |= {"version": peer.version, "right": str(right), "wrong": str(wrong)}
            usable.append(peer)
    if any("reason" in rows[kind.name] for kind in (graders.Pytest, graders.Ours)):
        raise SystemExit(f"nothing to compare with: {rows}")
    return usable, rows


def _timed(usable: list[Grader], rows: dict[str, dict[str, Any]], work: Path, runs: int) -> dict[str, list[float]]:
    """Let all take turns: a round to warm up, then `runs` rounds. Returns each one's seconds, round by round."""
    times: dict[str, list[float]] = {peer.name: [] for peer in usable}
    for number in range(runs + 1):
        # Each round starts with another one: none always runs after the same neighbour's end of work.
        start = number % len(usable)
        for peer in [*usable[start:], *usable[:start]]:
            if peer.name not in times:
                continue
            try:
                seconds = peer.full(work / "right", work / "out" / peer.name)
            except Unusable as problem:
                if peer.name in {graders.Pytest.name, graders.Ours.name}:
                    raise SystemExit(f"{peer.name}: {problem}") from problem
                rows[peer.name]["reason"] = str(problem)
                del times[peer.name]
            else:
                if number:
                    times[peer.name].append(seconds)
    return times


def _figures(found: list[float], bare: list[float]) -> dict[str, float]:
    """Return median and spread of the seconds, and of the ratios to bare pytest in the same round."""
    ratios = [mine / other for mine, other in zip(found, bare, strict=True)]
    return {
        "seconds": statistics.median(found), "seconds_min": min(found), "seconds_max": max(found),
        "ratio": statistics.median(ratios), "ratio_min": min(ratios), "ratio_max": max(ratios),
    }  # fmt: skip


def _rate(peer: Grader, folder: Path, out: Path) -> float:
    """Return submissions a second of a peer that is started for each submission, in two lanes."""
    subs = sorted((folder / "subs").iterdir())[:PEER_SIZE]
    started = time.perf_counter()
    with ThreadPoolExecutor(batch.LANES) as pool:
        list(pool.map(lambda sub: peer.full(sub, out / sub.name), subs))
    return len(subs) / (time.perf_counter() - started)


def _rates(peers: list[Grader], rows: dict[str, dict[str, Any]], runs: int, work: Path) -> dict[str, Any]:
    """Return rates of ours and of the peers, and the ratios in the same round. One round to warm up."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {peer.name: [] for peer in peers if "reason" not in rows[peer.name]}
    with batch.cohort(SIZE) as folder:
        for number in range(runs + 1):
            rate = batch.our_rate(folder)[0]
            if number:
                ours.append(rate)
            for peer in peers:
                if peer.name not in theirs:
                    continue
                try:
                    rate = _rate(peer, folder, work / "out" / "batch" / peer.name)
                except Unusable as problem:
                    rows[peer.name]["batch_reason"] = str(problem)
                    del theirs[peer.name]
                else:
                    if number:
                        theirs[peer.name].append(rate)
    found: dict[str, Any] = {}
    for name, rates in theirs.items():
        ratios = [mine / other for mine, other in zip(ours, rates, strict=True)]
        found[name] = {"rate": statistics.median(rates), "rate_min": min(rates), "rate_max": max(rates),
                       "ratio": statistics.median(ratios), "ratio_min": min(ratios), "ratio_max": max(ratios)}  # fmt: skip
    return {"lanes": batch.LANES, "unit": "submissions/s", "size": SIZE, "peer_size": PEER_SIZE,
            "rate": statistics.median(ours), "rate_min": min(ours), "rate_max": max(ours), "peers": found}  # fmt: skip


def describe(result: dict[str, Any]) -> str:
    """Return the figures as text."""
    lines = [f"One grade of 07-depends, {result['runs']} rounds: seconds and ratio to bare pytest, median (least to most)"]
    for row in result["peers"]:
        title = f"{row['peer']} {row['version']}"
        if "reason" in row:
            lines.append(f"  {title:<25} {row['reason']}")
            continue
        seconds = f"{row['seconds']:.2f} s ({row['seconds_min']:.2f} to {row['seconds_max']:.2f})"
        ratio = f"{row['ratio']:.2f} ({row['ratio_min']:.2f} to {row['ratio_max']:.2f})"
        lines.append(f"  {title:<25} {seconds:<26} {ratio:<24} right {row['right']}, wrong {row['wrong']}")
    rates = result["batch"]
    lines += ["", f"Batches in {rates['lanes']} lanes: submissions a second and ours / theirs"]
    lines.append(f"  {'gradewright':<25} {rates['rate']:.2f} ({rates['rate_min']:.2f} to {rates['rate_max']:.2f})")
    for name, row in rates["peers"].items():
        rate = f"{row['rate']:.2f} ({row['rate_min']:.2f} to {row['rate_max']:.2f})"
        lines.append(f"  {name:<25} {rate:<26} {row['ratio']:.1f} ({row['ratio_min']:.1f} to {row['ratio_max']:.1f})")
    lines += [f"  {row['peer']:<25} {row['batch_reason']}" for row in result["peers"] if "batch_reason" in row]
    met = {True: "met", False: "missed", None: "not measured"}[result.get("met")]
    lines += [f"  target: ours / otter-grader at least {result['target']:g}: {met}", "", "Where the submission runs"]
    for row in result["peers"]:
        risk = "where it can change its marks" if row["same_process"] else "which decides nothing"
        lines.append(f"  {row['peer']:<25} in {row['runs_in']}, {risk}")
    return "\n".join(lines)
