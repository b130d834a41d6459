"""A small valid trace of a function, in which every outcome of a request happens, worked out by hand.

One slot is kept, one more filled on demand; a unit has two places. The kept unit is ready from the start.
"""

from __future__ import annotations

from churnsim.trace import Family, InvocationOutcome, Meta, Recorder, Trace, UnitState, WorkloadInfo

NAN = float("nan")
START, REQUEST, ADMITTED, IDLE, CRASH, REPLACEMENT = range(6)
OPEN, DONE, GAVE_UP, CUT_SHORT = InvocationOutcome

META = Meta(
    scenario="function",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(
        WorkloadInfo("fetch", "function", "shop", replicas=1, needed=0, rate=0.1, slots=2, kept=1, places=2),
    ),
    causes=("start", "request", "admitted", "idle", "crash", "replacement"),
)

# slot, incarnation; time, state, cause
LIVES = [
    (0, 1, [(0.0, UnitState.READY, START), (60.0, UnitState.GONE, CRASH)]),
    (0, 2, [(60.0, UnitState.STARTING, REPLACEMENT), (70.0, UnitState.READY, ADMITTED)]),
    (1, 1, [(12.0, UnitState.STARTING, REQUEST), (20.0, UnitState.READY, ADMITTED),
            (45.0, UnitState.GONE, IDLE)]),
]  # fmt: skip

# number, arrived, unit, began, ended, outcome
REQUESTS = [
    (0, 10.0, 0, 10.0, 30.0, DONE),
    (1, 11.0, 0, 11.0, 31.0, DONE),
    (2, 12.0, 2, 20.0, 35.0, DONE),
    (3, 13.0, 2, NAN, 18.0, GAVE_UP),
    (4, 18.5, 2, 20.0, 25.0, DONE),
    (6, 50.0, 0, 50.0, 60.0, CUT_SHORT),
    (7, 65.0, 1, 70.0, 71.0, DONE),
    (8, 90.0, 1, 90.0, NAN, OPEN),
]

TURNED_AWAY = [(5, 19.0)]

# time, units wanted
TARGETS = [(0.0, 1), (12.0, 2), (45.0, 1)]


def record() -> Trace:
    """Hand it to a recorder, row by row."""
    recorder = Recorder()
    for unit, (slot, incarnation, moves) in enumerate(LIVES):
        for time, state, cause in moves:
            recorder.fact(time, Family.UNIT, unit, state, cause)
        ready = next(time for time, state, _ in moves if state == UnitState.READY)
        recorder.row("units", unit=unit, workload=0, slot=slot, incarnation=incarnation, booted=ready)
    for number, arrived, unit, began, ended, outcome in REQUESTS:
        recorder.row(
            "invocations", workload=0, number=number, arrived=arrived, unit=unit, began=began, ended=ended,
            outcome=outcome,
        )  # fmt: skip
    for number, time in TURNED_AWAY:
        recorder.row("throttles", workload=0, number=number, time=time)
    for time, units in TARGETS:
        recorder.row("targets", workload=0, time=time, units=units)
    return recorder.finish(META)
