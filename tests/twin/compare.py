"""Where the fast engine and the slow twin differ."""

from __future__ import annotations

from math import isclose, isnan, nan

from churnsim.engine import Streams
from churnsim.metrics.registry import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import design, simulate
from tests.twin.slow import run
from tests.twin.tables import TIME_S, Table, from_trace, from_world

RELATIVE = 1e-9


def differences(scenario: Scenario, replication: int = 0) -> list[str]:
    """Run both ways with the same random numbers and list everything in which they differ."""
    trace = simulate(scenario, replication=replication)
    world = run(design(scenario), Streams(scenario.study.seed, replication), probe=True)
    found: list[str] = []
    fast, slow = from_trace(trace), from_world(world)
    for name in fast:
        found += _differ(name, fast[name], slow[name])
    assert world.probe is not None
    probed: Table = {(name,): (value,) for name, value in world.probe.measures().items()}
    measured = evaluate(trace, [key[0] for key in probed])
    found += _differ("measures", {key: (_number(measured[key[0]].value),) for key in probed}, probed)
    counted, availability = world.served_share, world.probe.measures()["availability"]
    if not _agree(_number(counted), availability):
        found.append(f"the slow twin disagrees with itself: counted {counted} probed {availability}")
    return found


def _differ(name: str, fast: Table, slow: Table) -> list[str]:
    found = [f"{name}: only fast {key} {fast[key]}" for key in fast.keys() - slow.keys()]
    found += [f"{name}: only slow {key} {slow[key]}" for key in slow.keys() - fast.keys()]
    for key in fast.keys() & slow.keys():
        if not all(map(_agree, fast[key], slow[key])):
            found.append(f"{name}: {key} fast {fast[key]} slow {slow[key]}")
    return sorted(found)


def _agree(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=RELATIVE, abs_tol=TIME_S) or (isnan(one) and isnan(other))


def _number(value: float | None) -> float:
    return nan if value is None else value
