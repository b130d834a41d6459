"""What an experiment adds to its simulations: plain loops, one worker, two workers, and the store alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

PAIRS = 3


def scenario(horizon: str = "2h") -> Any:
    """Forty pods for some hours, with an outage: 15 to 100 ms a run with its measures."""
    from churnsim.scenario import Scenario

    return Scenario.model_validate(
        {
            "name": "small",
            "horizon": horizon,
            "issuers": {"mesh": {"ttl": "20m"}},
            "workloads": {
                "web": {
                    "kind": "service",
                    "replicas": 40,
                    "lifetime": {"kind": "exponential", "mean": "1h"},
                    "startup": "5s",
                    "issuer": "mesh",
                    "traffic": {"kind": "constant", "rate": "10/s"},
                }
            },
            "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["30m"], "lasts": "25m"}],
        }
    )


def loop(runs: int, horizon: str) -> dict[str, float]:
    """Simulate and measure in a loop, and keep nothing."""
    from churnsim.metrics import evaluate
    from churnsim.simulate import simulate

    world = scenario(horizon)
    evaluate(simulate(world, seed=1, replication=runs))  # imports and tables, once
    begin, spent = perf_counter(), process_time()
    for replication in range(runs):
        evaluate(simulate(world, seed=1, replication=replication))
    return {"wall": perf_counter() - begin, "cpu": process_time() - spent}


def experiment(runs: int, horizon: str, workers: int) -> dict[str, float]:
    """The same as an experiment that is stored; start-up of workers is told apart."""
    from churnsim.experiment import run
    from churnsim.metrics import evaluate
    from churnsim.simulate import simulate

    world = scenario(horizon)
    evaluate(simulate(world, seed=1, replication=runs))
    marks: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        begin, spent = perf_counter(), process_time()
        run(
            world, replications=runs, seed=1, workers=workers, out=Path(folder),
            progress=lambda done, total, elapsed: marks.append(perf_counter() - begin),
        )  # fmt: skip
        wall, cpu = perf_counter() - begin, process_time() - spent
    # The first mark comes before any run, the next ones when the first of each worker are done.
    steady = (wall - marks[workers]) / (runs - workers) * runs
    return {"wall": wall, "cpu": cpu, "steady": steady, "start": marks[1] if workers > 1 else 0.0}


def store(runs: int, horizon: str) -> dict[str, float]:
    """Store so many runs in batches, and read them back in another object."""
    from churnsim.experiment import Run, Store
    from churnsim.experiment.conduct import BATCH_RUNS
    from churnsim.experiment.outcome import Finished
    from churnsim.experiment.plan import planned
    from churnsim.metrics import evaluate
    from churnsim.simulate import simulate

    world = scenario(horizon)
    made = [dict(evaluate(simulate(world, seed=1, replication=each))) for each in range(20)]
    plan = planned(world, replications=runs)
    finished = [Finished(Run("base", each), made[each % len(made)]) for each in range(runs)]
    with tempfile.TemporaryDirectory() as folder:
        begin = perf_counter()
        keeper = Store(Path(folder), plan)
        keeper.open(world)
        for first in range(0, runs, BATCH_RUNS):
            keeper.keep(finished[first : first + BATCH_RUNS])
        written = perf_counter() - begin
        found = Store(Path(folder), plan).load()
        read = perf_counter() - begin - written
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
    if list(found.values()) != [each.measurements for each in finished]:
        raise SystemExit("what was read back is not what was stored")
    return {"written": written, "read": read, "bytes": size / runs}


def once(*words: object) -> dict[str, float]:
    """Run one way in a process of its own."""
    return _figures(_started(*words))


def at_once(*words: object) -> dict[str, float]:
    """Run one way in two processes at the same time; the figures of the slower one."""
    both = [_started(*words), _started(*words)]
    return max(map(_figures, both), key=lambda found: found["wall"])


def _started(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.experiment", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _figures(process: subprocess.Popen[str]) -> dict[str, float]:
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, process.args))} failed")
    return {name: float(value) for name, value in (word.split("=") for word in said.split())}


def figures() -> list[tuple[str, str, str, bool]]:
    """What, figure, aim, and whether it is met; ways are run in turn and medians compared."""
    small, long = (300, "2h"), (120, "2d")
    turns = [
        (
            once("loop", *small),
            once("alone", *small),
            once("loop", *long),
            at_once("loop", long[0] // 2, long[1]),
            once("alone", *long),
            once("two", *long),
        )
        for _ in range(PAIRS)
    ]
    # In processor time, so that whatever else the machine does is not counted.
    added = median(alone["cpu"] - plain["cpu"] for plain, alone, *_ in turns) / small[0] * 1e3
    each = median(plain["cpu"] for plain, *_ in turns) / small[0] * 1e3
    length = median(plain["wall"] for _, _, plain, *_ in turns) / long[0] * 1e3
    possible = median(plain["wall"] / halves["wall"] for _, _, plain, halves, *_ in turns)
    speed = median(alone["steady"] / two["steady"] for *_, alone, two in turns)
    start = median(two["start"] for *_, two in turns)
    kept = once("store", 10_000, "2h")
    seconds = kept["written"] + kept["read"]
    return [
        (
            "processor time added to a run by plan, store and all",
            f"{added:.2f} ms (run {each:.1f} ms)",
            "< 5 ms",
            added < 5,
        ),
        (
            f"two workers against one, of two loops, {length:.0f} ms (start)",
            f"{speed:.2f}x of {possible:.2f}x ({start:.1f} s)",
            ">= 1.8x",
            speed >= 1.8,
        ),
        (
            "10,000 runs stored and read back",
            f"{kept['written']:.1f} s + {kept['read']:.1f} s ({kept['bytes'] / 1e3:.1f} kB)",
            "< 10 s",
            seconds < 10,
        ),
    ]


def main() -> None:
    """Run one way in this process and print its figures."""
    way, runs, horizon = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    ways = {
        "loop": lambda: loop(runs, horizon),
        "alone": lambda: experiment(runs, horizon, 1),
        "two": lambda: experiment(runs, horizon, 2),
        "store": lambda: store(runs, horizon),
    }
    print(" ".join(f"{name}={value!r}" for name, value in ways[way]().items()))


if __name__ == "__main__":
    main()
