"""A small valid trace of units that do jobs, in which every fate happens, worked out by hand.

Two queues: of `once`, which is told first, and of `twice`, which is told afterwards and keeps keys for 10 s.
One unit each, and a second one after the first has crashed. Outcomes of `twice` bring jobs to `later`, whose
unit starts too late for them. A lease lasts 5 s; two deliveries are tried.
"""

from __future__ import annotations

from churnsim.trace import (
    DeliveryOutcome,
    Family,
    JobState,
    Meta,
    Recorder,
    Trace,
    UnitState,
    WorkInfo,
    WorkloadInfo,
)

NAN = float("nan")
START, CRASH, ARRIVED, DELIVERED, BACK, SPENT, HEARD, COMMITTED, ENDED, FORGOTTEN = range(10)

META = Meta(
    scenario="work",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(
        WorkloadInfo(
            "once", "processor", "shop", replicas=1, needed=1,
            work=WorkInfo("at-most-once", 2, 5.0, is_acknowledged_first=True),
        ),
        WorkloadInfo(
            "twice", "processor", "shop", replicas=1, needed=1,
            work=WorkInfo("exactly-once", 2, 5.0, retention=10.0)
        ),
        WorkloadInfo(
            "later", "processor", "shop", replicas=1, needed=1,
            work=WorkInfo("exactly-once", 2, 5.0, after="twice", each=1)
        ),
    ),
    causes=(
        "start", "crash", "arrived", "delivered", "lease-over", "attempts-spent", "acknowledged", "committed",
        "unit-ended", "key-forgotten",
    ),
)  # fmt: skip

# workload, slot, incarnation, ready, gone
UNITS = [
    (0, 0, 1, 0.0, 30.0),
    (0, 0, 2, 30.0, NAN),
    (1, 0, 1, 0.0, 30.0),
    (1, 0, 2, 30.0, NAN),
    (2, 0, 1, 99.0, NAN),
]

# workload, number, arrived, work, attempts, ended, fate, cause
JOBS = [
    (0, 0, 1.0, 8.0, 1, 10.0, JobState.DONE, COMMITTED),
    (0, 1, 20.0, 20.0, 1, 30.0, JobState.LOST, ENDED),
    (1, 0, 1.0, 8.0, 1, 10.0, JobState.DONE, HEARD),
    (1, 1, 15.0, 14.0, 2, 48.0, JobState.DONE, HEARD),
    (1, 2, 49.0, 3.0, 2, 65.0, JobState.DEAD, SPENT),
    (1, 3, 90.0, 30.0, 1, NAN, JobState.IN_FLIGHT, -1),
    (1, 4, 95.0, 5.0, 0, NAN, JobState.QUEUED, -1),
    *(
        (2, number, time, 9.0, 0, NAN, JobState.QUEUED, -1)
        for number, time in enumerate((9.0, 29.0, 47.0, 52.0))
    ),
]

# row of the job and number of the delivery whose outcome brought the jobs of `later`
SOURCES = [(-1, 0)] * 7 + [(2, 1), (3, 1), (3, 2), (4, 1)]

_QUEUED, _IN_FLIGHT, _DONE, _DEAD, _LOST, _ = JobState

# time, state, cause by job
STATES = [
    [(1.0, _QUEUED, ARRIVED), (1.0, _IN_FLIGHT, DELIVERED), (10.0, _DONE, COMMITTED)],
    [(20.0, _QUEUED, ARRIVED), (20.0, _IN_FLIGHT, DELIVERED), (30.0, _LOST, ENDED)],
    [(1.0, _QUEUED, ARRIVED), (1.0, _IN_FLIGHT, DELIVERED), (10.0, _DONE, HEARD)],
    [(15.0, _QUEUED, ARRIVED), (15.0, _IN_FLIGHT, DELIVERED), (35.0, _QUEUED, BACK),
     (35.0, _IN_FLIGHT, DELIVERED), (48.0, _DONE, HEARD)],
    [(49.0, _QUEUED, ARRIVED), (49.0, _IN_FLIGHT, DELIVERED), (58.0, _QUEUED, BACK),
     (59.0, _IN_FLIGHT, DELIVERED), (65.0, _DEAD, SPENT)],
    [(90.0, _QUEUED, ARRIVED), (90.0, _IN_FLIGHT, DELIVERED)],
    [(95.0, _QUEUED, ARRIVED)],
    *([(time, _QUEUED, ARRIVED)] for time in (9.0, 29.0, 47.0, 52.0)),
]  # fmt: skip

_HEARD, _LATE, _CUT = (
    DeliveryOutcome.ACKNOWLEDGED,
    DeliveryOutcome.ACKNOWLEDGEMENT_LOST,
    DeliveryOutcome.UNIT_ENDED,
)

# workload, job, attempt, unit, began, ended, outcome, resumed, kept
DELIVERIES = [
    (0, 0, 1, 0, 1.0, 10.0, _HEARD, 0.0, 8.0),
    (0, 1, 1, 0, 20.0, 30.0, _CUT, 0.0, 0.0),
    (1, 2, 1, 2, 1.0, 10.0, _HEARD, 0.0, 8.0),
    (1, 3, 1, 2, 15.0, 30.0, _CUT, 0.0, 14.0),
    (1, 3, 2, 3, 35.0, 48.0, _HEARD, 0.0, 0.0),
    (1, 4, 1, 3, 49.0, 53.0, _LATE, 0.0, 3.0),
    (1, 4, 2, 3, 59.0, 60.0, _LATE, 0.0, 0.0),
    (1, 5, 1, 3, 90.0, NAN, DeliveryOutcome.OPEN, 0.0, 10.0),
]

# workload, job, attempt, unit, committed, acknowledged, cause
OUTCOMES = [
    (0, 0, 1, 0, 10.0, 2.0, -1),
    (1, 2, 1, 2, 9.0, 10.0, -1),
    (1, 3, 1, 2, 29.0, NAN, -1),
    (1, 3, 2, 3, 47.0, 48.0, FORGOTTEN),
    (1, 4, 1, 3, 52.0, NAN, -1),
]


def record() -> Trace:
    """Record all of it."""
    recorder = Recorder()
    for unit, (workload, slot, incarnation, ready, gone) in enumerate(UNITS):
        recorder.fact(0.0 if incarnation == 1 else ready, Family.UNIT, unit, UnitState.STARTING, START)
        recorder.fact(ready, Family.UNIT, unit, UnitState.READY, START)
        if gone == gone:
            recorder.fact(gone, Family.UNIT, unit, UnitState.GONE, CRASH)
        recorder.row("units", unit=unit, workload=workload, slot=slot, incarnation=incarnation, booted=ready)
    for job, states in enumerate(STATES):
        for time, state, cause in states:
            recorder.fact(time, Family.JOB, job, state, cause)
    for table, names, rows in (
        ("jobs", ("workload", "number", "arrived", "work", "attempts", "ended", "fate", "cause"), JOBS),
        (
            "deliveries",
            ("workload", "job", "attempt", "unit", "began", "ended", "outcome", "resumed", "kept"),
            DELIVERIES,
        ),
        ("outcomes", ("workload", "job", "attempt", "unit", "committed", "acknowledged", "cause"), OUTCOMES),
    ):
        for row, values in enumerate(rows):
            source, attempt = SOURCES[row]
            key = {"job": row, "source": source, "source_attempt": attempt} if table == "jobs" else {}
            recorder.row(table, **key, **dict(zip(names, values, strict=True)))
    return recorder.finish(META)
