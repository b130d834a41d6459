"""A small valid trace of two nodes, one of which is lost with a unit, worked out by hand.

The pool keeps two nodes of two places and two cores each. At 20 s the first node is lost; at 30 s it is
found not ready, at 50 s its unit is evicted and finds no room until 60 s, when a unit has drained off the
second node; at 70 s the lost node is given up and another ordered, which is up at 80 s. The second is told
to drain at 90 s. Nodes have the image that units need at the start; the new one pulls it for 3 s.
"""

from __future__ import annotations

from churnsim.trace import Family, Meta, NodeState, PoolInfo, Recorder, Trace, UnitState, WorkloadInfo

NAN = float("nan")
START, LOST, MISSED, EVICTED, NO_ROOM, SCHEDULED, LIFETIME, GIVEN_UP, BOOTED, ADDED, UNNEEDED = range(11)

META = Meta(
    scenario="nodes",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(WorkloadInfo("web", "service", "shop", replicas=3, needed=1, hand=2, has_image=True),),
    pools=(PoolInfo("rack", "here", "any", count=2, units=2, cpu=2.0, price=1.0),),
    causes=(
        "start", "node-loss", "heartbeat-missed", "evicted", "no-room", "scheduled", "lifetime",
        "node-given-up", "node-booted", "node-added", "node-unneeded",
    ),
)  # fmt: skip

_PENDING, _STARTING, _READY, _DRAINING, _GONE = UnitState

# unit, slot, incarnation; states with their instants and causes
UNITS = [
    (0, 0, 1, [(0.0, _READY, START), (20.0, _GONE, LOST)]),
    (1, 1, 1, [(0.0, _READY, START), (55.0, _DRAINING, LIFETIME), (60.0, _GONE, LIFETIME)]),
    (2, 2, 1, [(0.0, _READY, START)]),
    (3, 0, 2, [
        (50.0, _PENDING, EVICTED), (50.0, _PENDING, NO_ROOM), (60.0, _STARTING, SCHEDULED),
        (65.0, _READY, SCHEDULED),
    ]),
    (4, 1, 2, [(55.0, _PENDING, LIFETIME), (80.0, _STARTING, SCHEDULED), (85.0, _READY, SCHEDULED)]),
]  # fmt: skip
BOOTED_AT = {0: 0.0, 1: 0.0, 2: 0.0, 3: 65.0, 4: 85.0}

_BOOTING, _UP, _NODE_DRAINING, _LOST, _NOT_READY, _NODE_GONE, _ISOLATED = NodeState

# node, slot, incarnation, ordered, up, drained, gone; states
NODES = [
    (0, 0, 1, 0.0, 0.0, NAN, 70.0,
     [(0.0, _UP, START), (20.0, _LOST, LOST), (30.0, _NOT_READY, MISSED), (70.0, _NODE_GONE, GIVEN_UP)]),
    (1, 1, 1, 0.0, 0.0, 90.0, NAN, [(0.0, _UP, START), (90.0, _NODE_DRAINING, LIFETIME)]),
    (2, 0, 2, 70.0, 80.0, NAN, NAN, [(70.0, _BOOTING, START), (80.0, _UP, BOOTED)]),
    (3, 1, 2, 90.0, NAN, NAN, NAN, [(90.0, _BOOTING, START)]),
]  # fmt: skip

# unit, node, time, when the node has its image
PLACEMENTS = [(0, 0, 0.0, 0.0), (1, 1, 0.0, 0.0), (2, 1, 0.0, 0.0), (3, 1, 60.0, 60.0), (4, 2, 80.0, 83.0)]


def record(meta: Meta = META) -> Trace:
    """Record it."""
    recorder = Recorder()
    for unit, slot, incarnation, states in UNITS:
        for time, state, cause in states:
            recorder.fact(time, Family.UNIT, unit, state, cause)
        recorder.row(
            "units", unit=unit, workload=0, slot=slot, incarnation=incarnation, booted=BOOTED_AT[unit]
        )
    for node, slot, incarnation, ordered, up, drained, gone, states in NODES:
        for time, state, cause in states:
            recorder.fact(time, Family.NODE, node, state, cause)
        recorder.row(
            "nodes", node=node, pool=0, slot=slot, incarnation=incarnation, ordered=ordered, up=up,
            drained=drained, gone=gone,
        )  # fmt: skip
    for unit, node, time, pulled in PLACEMENTS:
        recorder.row("placements", unit=unit, node=node, time=time, cpu=1.0, pulled=pulled)
    recorder.row("noises", workload=0, start=40.0, end=60.0, left=0.5)
    recorder.row("losses", unit=0, node=0, noticed=30.0, replaced=50.0)
    return recorder.finish(meta)
