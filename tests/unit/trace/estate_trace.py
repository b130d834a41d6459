"""A small valid trace of environments, in which every fate happens, worked out by hand.

Two environments of two units at once. The first loses a unit and is torn down; the second is orphaned, loses
a unit and is swept; the third is refused; the fourth is orphaned for good; the fifth stands.
"""

from __future__ import annotations

from churnsim.trace import (
    EnvironmentFate,
    EstateInfo,
    Family,
    Meta,
    Recorder,
    Trace,
    UnitState,
    WorkloadInfo,
)

NAN = float("nan")

META = Meta(
    scenario="estate",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(
        WorkloadInfo(
            "previews",
            "environment",
            "shop",
            replicas=0,
            needed=0,
            slots=4,
            estate=EstateInfo(units=2, most=2),
        ),
    ),
    causes=("environment-opened", "torn-down"),
)

# slot, incarnation, created, gone, environment, until
UNITS = [
    (0, 1, 1.0, 20.0, 0, NAN),
    (0, 2, 60.0, NAN, 3, 80.0),
    (1, 1, 1.0, 10.0, 0, NAN),
    (1, 2, 10.0, 20.0, 0, NAN),
    (1, 3, 60.0, NAN, 3, 80.0),
    (2, 1, 5.0, 50.0, 1, 30.0),
    (2, 2, 70.0, NAN, 4, NAN),
    (3, 1, 5.0, 40.0, 1, 30.0),
    (3, 2, 40.0, 50.0, 1, 30.0),
    (3, 3, 70.0, NAN, 4, NAN),
]

# opened, closed, removed, fate
ENVIRONMENTS = [
    (1.0, 20.0, 20.0, EnvironmentFate.TORN_DOWN),
    (5.0, 30.0, 50.0, EnvironmentFate.SWEPT),
    (6.0, NAN, NAN, EnvironmentFate.REFUSED),
    (60.0, 80.0, NAN, EnvironmentFate.ORPHANED),
    (70.0, NAN, NAN, EnvironmentFate.STANDING),
]

# time, units
TARGETS = [(0.0, 0), (1.0, 2), (5.0, 4), (10.0, 3), (10.0, 4), (20.0, 2), (30.0, 0), (60.0, 2), (70.0, 4),
           (80.0, 2)]  # fmt: skip


def record() -> Trace:
    """Record all of it."""
    recorder = Recorder()
    for unit, (slot, incarnation, created, gone, number, until) in enumerate(UNITS):
        recorder.fact(created, Family.UNIT, unit, UnitState.STARTING, 0)
        recorder.fact(created, Family.UNIT, unit, UnitState.READY, 0)
        if gone == gone:
            recorder.fact(gone, Family.UNIT, unit, UnitState.GONE, 1)
        recorder.row("units", unit=unit, workload=0, slot=slot, incarnation=incarnation, booted=created)
        recorder.row("residents", unit=unit, number=number, until=until)
    for number, (opened, closed, removed, fate) in enumerate(ENVIRONMENTS):
        recorder.row(
            "environments",
            workload=0,
            number=number,
            opened=opened,
            closed=closed,
            removed=removed,
            fate=fate,
        )
    for time, units in TARGETS:
        recorder.row("targets", workload=0, time=time, units=units)
    return recorder.finish(META)
