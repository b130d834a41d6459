"""Measure speed and memory side by side with the slow ways, and print the ratios."""

from __future__ import annotations

import subprocess
import sys
from math import log
from statistics import median
from time import perf_counter

from benchmarks import experiment

PAIRS = 3


def once(way: str, size: int) -> dict[str, float]:
    """Run one way in a process of its own; walls exclude imports, memory is the whole process."""
    command = [sys.executable, "-m", "benchmarks.reference", way, str(size)]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return {name: float(value) for name, value in (word.split("=") for word in words)}


def side_by_side(ways: dict[str, int], pairs: int = PAIRS) -> dict[str, dict[str, float]]:
    """Run all ways in turn, `pairs` times, and return the medians of their figures."""
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(pairs):
        for way, size in ways.items():
            runs[way].append(once(way, size))
    return {way: {name: median(run[name] for run in each) for name in each[0]} for way, each in runs.items()}


def start_up(*arguments: str) -> float:
    """Median wall time [s] of a whole command."""
    walls = []
    for _ in range(2 * PAIRS + 1):
        begin = perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        walls.append(perf_counter() - begin)
    return median(walls)


def say(what: str, figure: str, aim: str, met: bool) -> None:
    """Print one line."""
    print(f"{what:<58} {figure:>28}   aim {aim:<18} {'met' if met else 'MISSED'}", flush=True)


def fanned_out() -> None:
    """Print the figures of 20,000 points and a change a minute for a day."""
    both = side_by_side({"pulled": 20_000, "polled": 200}, 1)
    fast = both["pulled"]
    each = {way: figures["wall"] / figures["changes"] for way, figures in both.items()}
    ratio = each["polled"] / each["pulled"]
    changed = f"{fast['changes'] / 1e6:.0f} million point-changes"
    walls = f"{ratio:.0f}x ({each['polled'] * 1e6:.1f} us / {each['pulled'] * 1e6:.2f} us)"
    say(f"{changed}, against every poll an event", walls, ">= 10x", ratio >= 10)
    say("to measure them all, of the time to simulate them",
        f"{fast['measuring'] / fast['wall']:.2f} ({fast['measuring']:.0f} s)", "<= 1.5",
        fast["measuring"] <= 1.5 * fast["wall"])  # fmt: skip
    for way, figures in {"pulled": fast, **side_by_side({"pushed": 20_000}, 1)}.items():
        memory = figures["memory"]
        say(f"memory of the whole process, {way}", f"{memory / 1e6:.0f} MB", "< 1000 MB", memory < 1e9)


def shipped() -> None:
    """Print the figures of 2,000 units that ship what they keep every half minute for a day."""
    both = side_by_side({"archived": 2000, "relived": 20}, 1)
    fast = both["archived"]
    each = {way: figures["wall"] / figures["artefacts"] for way, figures in both.items()}
    ratio = each["relived"] / each["archived"]
    what = f"{fast['artefacts'] / 1e3:.0f}k records, {fast['logs'] / 1e6:.0f}M logs, against all events"
    walls = f"{ratio:.0f}x ({each['relived'] * 1e6:.0f} us / {each['archived'] * 1e6:.1f} us)"
    say(what, walls, ">= 10x", ratio >= 10)
    say(
        "memory of the whole process, evidence",
        f"{fast['memory'] / 1e6:.0f} MB",
        "< 1000 MB",
        fast["memory"] < 1e9,
    )


def requested() -> None:
    """Print the figures of a million requests to a function."""
    both = side_by_side({"called": 1_000_000, "processes": 1_000_000}, 1)
    fast, slow = both["called"], both["processes"]
    ratio = fast["wall"] / slow["wall"]
    walls = f"{ratio:.2f}x ({fast['wall']:.1f} s / {slow['wall']:.1f} s)"
    say("a million requests to a function, against a process each", walls, "<= 1x", ratio <= 1)
    say(
        "memory of the whole process, a million requests",
        f"{fast['memory'] / 1e6:.0f} MB",
        "< 1000 MB",
        fast["memory"] < 1e9,
    )


def widened() -> None:
    """Print how a scenario with every kind of workload grows, from 500 to 50,000 units."""
    sizes = (500, 5_000, 50_000)
    found = [side_by_side({"platform": size}, PAIRS if size < sizes[-1] else 1)["platform"] for size in sizes]
    walls = [each["wall"] for each in found]
    power = log(walls[-1] / walls[0]) / log(sizes[-1] / sizes[0])
    grown = f"units^{power:.2f} (" + ", ".join(f"{wall:.1f} s" for wall in walls) + ")"
    say("all kinds of workloads, from 500 to 50,000 units", grown, "<= units^1.15", power <= 1.15)
    memory = found[-1]["memory"]
    say("memory of the whole process, 50,000 units", f"{memory / 1e6:.0f} MB", "< 2000 MB", memory < 2e9)


def main() -> None:
    """Print every figure beside its aim."""
    print("Reference world: 2,000 pods, 24 h, hourly certificates, a poll a minute, 5,000 requests/s")
    both = side_by_side({"fast": 2000, "slow": 2000})
    fast, slow = both["fast"], both["slow"]
    ratio = slow["wall"] / fast["wall"]
    walls = f"{ratio:.1f}x ({slow['wall']:.1f} s / {fast['wall']:.2f} s)"
    say("faster than every poll and renewal an event", walls, ">= 8x", ratio >= 8)
    shares = f"{fast['served']:.6f} {slow['served']:.6f}"
    say("agrees: served share, churnsim and the slow way", shares, "equal to 1e-6", shares[:8] == shares[9:])
    memory = f"{fast['memory'] / 1e6:.0f} MB (slow {slow['memory'] / 1e6:.0f} MB)"
    say("memory of the whole process", memory, "< 300 MB", fast["memory"] < 300e6)
    loops = side_by_side({"dispatch": 600_000, "bare": 600_000})
    rates = loops["dispatch"]["rate"] / loops["bare"]["rate"]
    say("events dispatched, against a bare SimPy loop",
        f"{rates:.2f}x ({loops['dispatch']['rate'] / 1e3:.0f} k/s)", ">= 0.5x", rates >= 0.5)  # fmt: skip
    queues = side_by_side({"queued": 100_000, "resource": 100_000, "unidentified": 100_000})
    ratio = queues["queued"]["wall"] / queues["resource"]["wall"]
    walls = f"{ratio:.2f}x ({queues['queued']['wall']:.2f} s / {queues['resource']['wall']:.2f} s)"
    say("100,000 renewals at 4 signers, against a bare SimPy queue", walls, "<= 3x", ratio <= 3)
    each = (queues["queued"]["memory"] - queues["unidentified"]["memory"]) / queues["queued"]["live"]
    live = f"{each:.0f} B ({queues['queued']['live']:,.0f})"
    say("memory that each live credential adds to its unit", live, "< 1000 B", each < 1000)
    sizes = (200, 2_000, 20_000)
    walls_by_size = [
        side_by_side({"fast": size}, 1 if size > 2000 else PAIRS)["fast"]["wall"] for size in sizes
    ]
    power = log(walls_by_size[-1] / walls_by_size[0]) / log(sizes[-1] / sizes[0])
    grown = f"pods^{power:.2f} (" + ", ".join(f"{wall:.2f} s" for wall in walls_by_size) + ")"
    say("growth from 200 to 20,000 pods", grown, "<= pods^1.15", power <= 1.15)
    fanned_out()
    shipped()
    requested()
    widened()
    for line in experiment.figures():
        say(*line)
    python = start_up("-c", "pass")
    for words in (("--help",), ("validate", "scenarios/quickstart.yaml")):
        wall = start_up("-m", "churnsim", *words)
        say(
            f"start of churnsim {' '.join(words)}",
            f"{wall:.2f} s ({wall / python:.0f}x python -c pass)",
            "< 0.5 s",
            wall < 0.5,
        )


if __name__ == "__main__":
    main()
