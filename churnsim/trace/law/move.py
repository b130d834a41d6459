"""L02: every entity moves through its states without gaps and only as its kind allows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import STATES, EndpointState, Family, JobState, NodeState, ServiceState, UnitState
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace

_UP_AND_DOWN: dict[int, set[int]] = {
    ServiceState.UP: {ServiceState.DOWN},
    ServiceState.DOWN: {ServiceState.UP},
}

MOVES: dict[Family, dict[int, set[int]]] = {
    Family.UNIT: {
        UnitState.PENDING: {UnitState.PENDING, UnitState.STARTING, UnitState.GONE},
        UnitState.STARTING: {UnitState.READY, UnitState.DRAINING, UnitState.GONE},
        UnitState.READY: {UnitState.DRAINING, UnitState.GONE},
        UnitState.DRAINING: {UnitState.GONE},
    },
    Family.ENDPOINT: {
        EndpointState.UNLISTED: {EndpointState.LISTED},
        EndpointState.LISTED: {EndpointState.UNLISTED},
    },
    Family.ISSUER: {
        ServiceState.UP: {ServiceState.DOWN},
        ServiceState.DOWN: {ServiceState.UP, ServiceState.BLOCKED},
        ServiceState.BLOCKED: {ServiceState.UP, ServiceState.DOWN},
    },
    Family.SOURCE: _UP_AND_DOWN,
    Family.OWNER: _UP_AND_DOWN,
    Family.JOB: {
        JobState.QUEUED: {JobState.IN_FLIGHT},
        JobState.IN_FLIGHT: {
            JobState.QUEUED,
            JobState.DONE,
            JobState.DEAD,
            JobState.LOST,
            JobState.KILLED,
        },
    },
    Family.NODE: {
        NodeState.BOOTING: {NodeState.UP},
        NodeState.UP: {NodeState.DRAINING, NodeState.LOST, NodeState.GONE, NodeState.ISOLATED},
        NodeState.DRAINING: {NodeState.LOST, NodeState.GONE, NodeState.ISOLATED},
        NodeState.LOST: {NodeState.UP, NodeState.DRAINING, NodeState.NOT_READY, NodeState.GONE},
        NodeState.NOT_READY: {NodeState.UP, NodeState.DRAINING, NodeState.GONE},
        NodeState.ISOLATED: {NodeState.UP, NodeState.DRAINING, NodeState.LOST, NodeState.GONE},
    },
    Family.SINK: _UP_AND_DOWN,
}

BIRTHS: dict[Family, set[int]] = {
    Family.UNIT: {UnitState.PENDING, UnitState.STARTING},
    Family.ENDPOINT: {EndpointState.LISTED},
    Family.ISSUER: {ServiceState.UP, ServiceState.DOWN, ServiceState.BLOCKED},
    Family.SOURCE: {ServiceState.UP, ServiceState.DOWN},
    Family.OWNER: {ServiceState.UP, ServiceState.DOWN},
    Family.JOB: {JobState.QUEUED},
    Family.NODE: {NodeState.BOOTING, NodeState.UP},
    Family.SINK: {ServiceState.UP, ServiceState.DOWN},
}

_BORN = max(len(states) for states in STATES.values())  # the state before the first

_LEGAL = np.zeros((len(Family), _BORN + 1, _BORN), bool)
for _family, _moves in MOVES.items():
    for _state in BIRTHS[_family]:
        _LEGAL[_family, _BORN, _state] = True
    for _before, _after in _moves.items():
        _LEGAL[_family, _before, list(_after)] = True


@law(
    "L02",
    "The intervals of an entity are contiguous and only the last is open, at t1. Units move pending -> "
    "pending (for want of room) | starting | gone, starting -> ready | draining | gone, ready -> draining | "
    "gone, draining -> gone; they are born pending or starting or, at a stationary start, ready. Endpoints "
    "begin listed; endpoints, policy sources, owners and sinks alternate between two states; issuers move "
    "up -> down, down -> up | blocked, blocked -> up | down; nodes move booting -> up, up -> draining | lost "
    "| gone, draining -> lost | gone, lost -> not ready, lost or not ready -> up | draining | gone, up or "
    "draining -> isolated -> up | draining | lost | gone, and are born booting or, at the start, up. Jobs "
    "begin queued and move queued -> in flight, in flight -> queued | done | dead | lost | killed.",
)
def move(trace: Trace) -> Iterator[Violation]:
    """Look at each interval beside the one before it."""
    table = trace["intervals"]
    family, entity, state, start = (table[name] for name in ("family", "entity", "state", "start"))

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(start[i]), trace.label(Family(int(family[i])), int(entity[i])))

    sizes = np.array([len(states) for states in STATES.values()])
    unknown = (state < 0) | (state >= sizes[family])
    for i in first(unknown):
        yield at(f"no such state: {state[i]}", i)
    if unknown.any():
        return
    follows = np.zeros(len(family), bool)
    follows[1:] = (family[1:] == family[:-1]) & (entity[1:] == entity[:-1])
    before = np.where(follows, np.roll(state, 1), _BORN)
    stationary = ~follows & (family == Family.UNIT) & (state == UnitState.READY) & (start <= trace.meta.start)

    def words(i: int) -> str:
        kind = Family(int(family[i]))
        now = trace.state_name(kind, int(state[i]))
        return f"{trace.state_name(kind, int(before[i]))} -> {now}" if follows[i] else f"born {now}"

    for i in first(~_LEGAL[family, before, state] & ~stationary):
        yield at(f"illegal move: {words(i)}", i)
    left = np.roll(table["end"], 1)
    for i in first(follows & (left != start)):
        yield at(f"the state before ended at {left[i]}, not where this begins", i)
    last = np.append(~follows[1:], np.ones(min(len(follows), 1), bool))
    for i in first(last & (table["end"] != trace.meta.t1)):
        yield at("the last interval does not reach t1", i)
    for i in first(table["open"] != last):
        yield at("an interval is open iff it is the last", i)
