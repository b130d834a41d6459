"""What befalls tenants on shared nodes: small worlds, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace

DEADLY = {"kind": "deadly-request", "tenant": "one", "at": ["10m"], "lasts": "1m"}
MEASURES = tuple(
    f"blast_radius.tenants_{effect}.{which}" for effect in ("hit", "down") for which in ("mean", "max")
)


def run(failures: list[dict[str, Any]], **pools: list[str]) -> Trace:
    """A fresh hour; each tenant has a unit on each of the two nodes of its pools, and needs half of them."""
    nodes = {name: {"zone": "a", "count": 2} for name in ("left", "right")}
    web = {"kind": "service", "needed": "50%"}
    workloads = {
        f"web-{tenant}": web
        | {"tenant": tenant, "replicas": 2 * len(names), "placement": {"kind": "spread", "pools": names}}
        for tenant, names in pools.items()
    }
    tree = {"name": "tenants", "horizon": "1h", "start": "fresh", "nodes": nodes, "workloads": workloads}
    return simulate(Scenario.model_validate(tree | {"failures": failures}))


LEFT, RIGHT, BOTH = ["left"], ["right"], ["left", "right"]


def told(trace: Trace) -> list[float | None]:
    return [found.value for found in evaluate(trace, MEASURES).values()]


def test_deadly_requests_take_down_the_nodes_of_their_tenant_and_no_other() -> None:
    """The tenant stands on the left, where both nodes die for a minute; who is on the right goes on."""
    trace = run([DEADLY], one=LEFT, two=RIGHT)
    units, placed = trace["units"], trace["placements"]
    dead = units["unit"][units["gone"] == 600.0]
    assert trace["nodes"]["pool"][placed["node"][np.isin(placed["unit"], dead)]].tolist() == [0, 0]
    assert units["created"][units["incarnation"] == 2].tolist() == [660.0, 660.0]


def test_a_tenant_is_hit_by_a_unit_that_it_loses_and_down_if_it_has_fewer_than_it_needs() -> None:
    """One and two lose all, three keeps the half that it needs, four loses nothing."""
    trace = run([DEADLY], one=LEFT, two=LEFT, three=BOTH, four=RIGHT)
    assert told(trace) == [0.75, 0.75, 0.5, 0.5]


def test_the_mean_is_over_failures_and_the_worst_is_of_one() -> None:
    """One takes along three of four tenants, and three, which stands everywhere, takes all later."""
    late = DEADLY | {"tenant": "three", "at": ["20m"]}
    trace = run([DEADLY, late], one=LEFT, two=LEFT, three=BOTH, four=RIGHT)
    assert told(trace) == [0.875, 1.0, 0.75, 1.0]


def test_where_nothing_strikes_no_tenant_is_hit() -> None:
    """Nothing that can; something that does not."""
    assert told(run([], one=LEFT)) == [None, None, None, None]
    assert told(run([DEADLY | {"at": ["2h"]}], one=LEFT)) == [None, 0.0, None, 0.0]
