"""A scenario small enough to know its numbers by heart, and simulations of it that fail in every way.

Workers import this module by name, so everything in it can be sent to them.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from churnsim.experiment.plan import Point, planned
from churnsim.experiment.work import Work
from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar
from churnsim.scenario.candidate import candidates
from churnsim.scenario.design.grid import GridDesign


@dataclass(frozen=True)
class Study:
    replications: int = 6
    seed: int = 3
    sweep: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    design: GridDesign = field(default_factory=GridDesign)
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class FakeScenario:
    name: str = "fake"
    study: Study = Study()
    hash: str = "0123456789abcdef" * 4
    values: Mapping[str, Any] = field(default_factory=dict)

    def with_(self, settings: Mapping[str, Any]) -> FakeScenario:
        return replace(self, values={**self.values, **settings})

    def canonical(self) -> dict[str, Any]:
        return {"name": self.name, **self.values}

    def origin(self, path: str) -> SimpleNamespace:
        return SimpleNamespace(file="fake.yaml", how="file")


def steady(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """One number a run: it tells setting, seed and replication apart."""
    return {"value": 1000.0 * scenario.values.get("x", 0) + 10.0 * seed + replication}


def swallows_an_interrupt(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """As a library does that clears errors which it does not expect."""
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    return steady(scenario, seed=seed, replication=replication)


def shifted(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """As on a machine that computes differently."""
    return {"value": steady(scenario, seed=seed, replication=replication)["value"] + 1e-9}


def fails_at_two(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    if replication == 2:
        raise ZeroDivisionError("no, not two")
    return steady(scenario, seed=seed, replication=replication)


def fails_always(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    raise ZeroDivisionError("no")


def naps(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """Takes 20 ms."""
    time.sleep(0.02)
    return steady(scenario, seed=seed, replication=replication)


def leaves_its_mark(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """Leaves its process id behind, and takes 0.1 s."""
    (Path(scenario.values["folder"]) / f"worker-{os.getpid()}").touch()
    time.sleep(0.1)
    return steady(scenario, seed=seed, replication=replication)


def counts_stored_at_two(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """At its end, long after the others, replication 2 writes down how many runs are stored by then."""
    if replication == 2:
        folder = Path(scenario.values["folder"])
        time.sleep(3.0)
        stored = [path.read_text().count('["base",') for path in folder.rglob("status.jsonl")]
        (folder / f"stored-{sum(stored)}").touch()
    return steady(scenario, seed=seed, replication=replication)


def noisy(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """Normal numbers around 100, with the deviation that the scenario says."""
    rng = np.random.default_rng([seed, replication])
    return {"value": 100.0 + scenario.values.get("x", 1) * float(rng.standard_normal())}


def killed_once_at_two(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    mark = Path(scenario.values["folder"]) / "killed"
    if replication == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return steady(scenario, seed=seed, replication=replication)


def killed_always_at_two(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    if replication == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return steady(scenario, seed=seed, replication=replication)


def killed_always(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def interrupted_at_four(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    if replication == 4:
        raise KeyboardInterrupt
    return steady(scenario, seed=seed, replication=replication)


def slow(scenario: FakeScenario, *, seed: int, replication: int) -> dict[str, float]:
    """Leaves its process id behind, then takes its time."""
    (Path(scenario.values["folder"]) / f"worker-{os.getpid()}").touch()
    time.sleep(0.2 if replication < 4 else 60.0)
    return steady(scenario, seed=seed, replication=replication)


def cannot_travel(scenario: FakeScenario, *, seed: int, replication: int) -> Any:
    return (
        {"value": lambda: replication}
        if replication == 2
        else steady(scenario, seed=seed, replication=replication)
    )


def evaluate(trace: Mapping[str, Any]) -> dict[str, Measurement]:
    """A measurement of every kind."""
    value = trace["value"]
    if callable(value):
        return {"level": value}
    return {
        "level": Scalar(value),
        "nothing": Scalar(None),
        "share": Ratio(value, 2.0 * value),
        "peak": Peak(value),
        "life": Durations(np.array([value, 2.0 * value]), np.array([False, True]), 0.5),
    }


def work(
    simulate: Any = steady, *, replications: int | None = None, scenario: FakeScenario | None = None
) -> Work:
    fake: Any = scenario or FakeScenario()
    points = map(Point.of, candidates(fake).settings)
    return Work(fake, planned(fake, points, replications=replications), simulate, evaluate)
