"""Known answers on failures: each kind there is goes on for as long as a run does, as often as its law says.

The kinds are found by scanning, and what they strike is guessed, so that a kind that is added is held to this
too. A long run is cut into slices, which stand for replications: the last ones count as much as the first.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.model.failure import FAILURES
from churnsim.model.spell import Spells
from churnsim.testing.example import examples
from churnsim.trace import Family, NodeState, ServiceState, Trace, UnitState
from tests.theory.oracle import FIRST, exp, known, run, world

SLICE = 12 * 3600.0  # s
UP, DOWN = 50 * 60.0, 10 * 60.0  # s

_SERVICES = (Family.ISSUER, Family.SOURCE, Family.OWNER, Family.SINK)
_FALLEN = (NodeState.LOST, NodeState.DRAINING, NodeState.ISOLATED)

#: What strikes without a state of its own: the table and column that tell when.
_TOLD = {
    "theft": ("thefts", "time"),
    "key-theft": ("forgers", "time"),
    "key-removal": ("withdrawals", "start"),
    "noisy-neighbour": ("noises", "start"),
}

WORLD: dict[str, Any] = {
    "issuers": {
        "mesh": {
            "ttl": "1h",
            "capacity": {"service": "1s"},
            "keys": {"every": "24h", "bundle": {"kind": "push", "delay": "1s"}},
        }
    },
    "policies": {
        "authz": {
            "principals": 3,
            "refresh": {"kind": "push", "delay": "1s"},
            "changes": {"every": exp("10m")},
        }
    },
    "nodes": {"rack": {"zone": "here", "count": 4}},
    "workloads": {
        "web": {
            "kind": "service",
            "replicas": 3,
            "issuer": "mesh",
            "policy": "authz",
            "owner": {"kind": "agent", "units": 3},
        }
    },
    "sinks": {"archive": {}},
}


def recurring(kind: str) -> dict[str, Any] | None:
    """A failure of this kind that strikes by law and, if it lasts, lasts by law; None: it does neither."""
    recipe = FAILURES.all()[kind]
    if "every" not in recipe.model_fields:
        return None
    written = {"kind": kind, **examples(recipe)[0], "every": exp(f"{UP}s")}
    written.pop("at", None)
    if "lasts" in recipe.model_fields:
        written["lasts"] = exp(f"{DOWN}s") if issubclass(recipe, Spells) else "1s"
    if "within" in recipe.model_fields:
        written["within"] = "0s"  # all that one strike hits at once, so that strikes can be counted
    return written


@cache
def long_run(kind: str, replication: int) -> Trace:
    return run(
        world(**WORLD, horizon=f"{FIRST * SLICE}s", failures=[recurring(kind)]), replication, check=False
    )


def struck(kind: str, trace: Trace) -> NDArray[np.float64]:
    """When failures of this kind struck [s], each once, however many it struck."""
    if kind in _TOLD:
        table, column = _TOLD[kind]
        return np.asarray(trace[table][column])
    states = trace["intervals"]
    is_wrong = np.isin(states["family"], _SERVICES) & (states["state"] == ServiceState.DOWN)
    is_wrong |= (states["family"] == Family.UNIT) & (states["state"] == UnitState.GONE)
    is_wrong |= (states["family"] == Family.NODE) & np.isin(states["state"], _FALLEN)
    causes = [trace.code("cause", cause) for cause in FAILURES.all()[kind].causes]
    return np.unique(states["start"][is_wrong & np.isin(states["cause"], causes)])


def slowed(kind: str, trace: Trace) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """When something was asked of a service that is slow now and then [s], and whether it was."""
    if kind == "issuer-brownout":
        asked, took = trace["signings"]["began"], trace["signings"]["ended"] - trace["signings"]["began"]
    else:
        commits, copies = trace["commits"], trace["adoptions"]
        when = np.zeros(int(commits["version"].max()) + 1)
        when[commits["version"]] = commits["time"]
        asked = when[copies["version"]]
        took = copies["applied"] - asked
    chosen = asked >= 0.0
    return asked[chosen], took[chosen] > 1.2


def occurrences(kind: str, replication: int) -> float:
    """In one slice."""
    number, part = divmod(replication, FIRST)
    when = struck(kind, long_run(kind, number)) - part * SLICE
    return float(np.count_nonzero((when >= 0.0) & (when < SLICE)))


def down(kind: str, replication: int) -> float:
    """Share of one slice for which the service is down."""
    number, part = divmod(replication, FIRST)
    trace = long_run(kind, number)
    states = trace["intervals"]
    wrong = np.isin(states["family"], _SERVICES) & (states["state"] == ServiceState.DOWN)
    start, end = states["start"][wrong] - part * SLICE, states["end"][wrong] - part * SLICE
    return float((np.clip(end, 0.0, SLICE) - np.clip(start, 0.0, SLICE)).sum()) / SLICE


def slow(kind: str, replication: int) -> float:
    """Share of what is asked in one slice that is slow."""
    number, part = divmod(replication, FIRST)
    asked, is_slow = slowed(kind, long_run(kind, number))
    inside = (asked >= part * SLICE) & (asked < (part + 1) * SLICE)
    return float(is_slow[inside].mean())


def expected(kind: str) -> float:
    """Occurrences in a slice, by the renewal theorem: every cycle has one, whatever the laws."""
    recipe = FAILURES.all()[kind]
    if kind == "crash":
        return WORLD["workloads"]["web"]["replicas"] * SLICE / UP
    return SLICE / (UP + DOWN if issubclass(recipe, Spells) else UP)


def hold_every_kind() -> None:
    """Declare what is known of every kind that there is."""
    for kind in FAILURES.all():
        if recurring(kind) is None:
            continue
        if kind.endswith("brownout"):
            known(f"{kind}: slow time of a long run", DOWN / (UP + DOWN), power=0.15)(partial(slow, kind))
            continue
        known(f"{kind}: strikes in a long run", expected(kind), power=0.1)(partial(occurrences, kind))
        if kind.endswith("outage") and kind != "zone-outage":
            known(f"{kind}: down time of a long run", DOWN / (UP + DOWN), power=0.15)(partial(down, kind))


hold_every_kind()
