"""Known answers on calls: layers that fail independently of each other, and one that all have in common."""

from __future__ import annotations

from typing import Any

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from tests.theory.oracle import exp, known, run, world

UP_S, DOWN_S = 3000.0, 1000.0
A = UP_S / (UP_S + DOWN_S)


def flaky(**more: Any) -> dict[str, Any]:
    """One unit that is out for a quarter of the time."""
    start = {"startup": exp(f"{DOWN_S:g}s"), "endpoints": {"removal": "0s"}}
    return {"kind": "service", "replicas": 1, "lifetime": exp(f"{UP_S:g}s"), **start, **more}


def front(**calls: Any) -> dict[str, Any]:
    """A unit that never fails by itself."""
    return {
        "kind": "service",
        "replicas": 1,
        "traffic": {"kind": "constant", "rate": "10/s"},
        "calls": calls,
    }


def asked(**workloads: Any) -> Scenario:
    return world(horizon="200h", window="1h", workloads=workloads)


def availability(scenario: Scenario, replication: int) -> float:
    found = evaluate(run(scenario, replication), ["availability"])["availability"].value
    assert found is not None
    return float(found)


_LAYERS = asked(web=front(cart="100%"), cart=flaky(calls={"stock": "100%"}), stock=flaky())
_BESIDE = asked(web=front(cart="100%", stock={"share": "40%", "retries": 5}), cart=flaky(), stock=flaky())
_SHARED = asked(
    web=front(cart="100%", stock="100%"),
    cart={"kind": "service", "replicas": 1, "calls": {"base": {"share": "100%", "retries": 2}}},
    stock={"kind": "service", "replicas": 1, "calls": {"base": "100%"}},
    base=flaky(),
)


@known("layers that fail by themselves: product of availabilities", A**2)
def layers(replication: int) -> float:
    return availability(_LAYERS, replication)


@known("two callees, one for 40 % of the requests: A (1 - 0.4 (1 - A))", A * (1 - 0.4 * (1 - A)))
def beside(replication: int) -> float:
    return availability(_BESIDE, replication)


@known("O08: two callees that lean on the same one: A, not its square", A)
def shared(replication: int) -> float:
    return availability(_SHARED, replication)
