"""A small valid trace of units that are created for jobs, worked out by hand.

Two units at once, a start-up of 2 s, ten seconds for a job. The first job is done, the second killed, the
third done; the fourth waits for the end of the second.
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

HIRED, ADMITTED, OVER, ARRIVED, DELIVERED, HEARD, KILLED = range(7)

META = Meta(
    scenario="errand",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(
        WorkloadInfo(
            "ci", "runner", "shop", replicas=0, needed=0, slots=2,
            work=WorkInfo("at-least-once", 2, 5.0, time_limit=10.0, units=2),
        ),
    ),
    causes=("hired", "admitted", "job-over", "arrived", "delivered", "acknowledged", "time-limit"),
)  # fmt: skip

# slot, incarnation, created, ready, gone
UNITS = [(0, 1, 1.0, 3.0, 7.0), (0, 2, 20.0, 22.0, 32.0), (0, 3, 32.0, 34.0, 37.0), (1, 1, 25.0, 27.0, 35.0)]

# arrived, work, unit, began, ended, is_killed
JOBS = [
    (1.0, 4.0, 0, 3.0, 7.0, False),
    (20.0, 30.0, 1, 22.0, 32.0, True),
    (25.0, 8.0, 3, 27.0, 35.0, False),
    (26.0, 3.0, 2, 34.0, 37.0, False),
]

# time, units
TARGETS = [(0.0, 0), (1.0, 1), (7.0, 0), (20.0, 1), (25.0, 2), (32.0, 1), (32.0, 2), (35.0, 1), (37.0, 0)]


def record() -> Trace:
    """Record all of it."""
    recorder = Recorder()
    for unit, (slot, incarnation, created, ready, gone) in enumerate(UNITS):
        recorder.fact(created, Family.UNIT, unit, UnitState.STARTING, HIRED)
        recorder.fact(ready, Family.UNIT, unit, UnitState.READY, ADMITTED)
        recorder.fact(gone, Family.UNIT, unit, UnitState.GONE, OVER)
        recorder.row("units", unit=unit, workload=0, slot=slot, incarnation=incarnation, booted=ready)
    for time, units in TARGETS:
        recorder.row("targets", workload=0, time=time, units=units)
    for job, (arrived, work, unit, began, ended, is_killed) in enumerate(JOBS):
        fate = JobState.KILLED if is_killed else JobState.DONE
        cause = KILLED if is_killed else HEARD
        outcome = DeliveryOutcome.KILLED if is_killed else DeliveryOutcome.ACKNOWLEDGED
        recorder.fact(arrived, Family.JOB, job, JobState.QUEUED, ARRIVED)
        recorder.fact(began, Family.JOB, job, JobState.IN_FLIGHT, DELIVERED)
        recorder.fact(ended, Family.JOB, job, fate, cause)
        recorder.row(
            "jobs", job=job, workload=0, number=job, arrived=arrived, work=work, attempts=1, ended=ended,
            fate=fate, cause=cause,
        )  # fmt: skip
        recorder.row(
            "deliveries", workload=0, job=job, attempt=1, unit=unit, began=began, ended=ended,
            outcome=outcome, kept=0.0 if is_killed else work,
        )  # fmt: skip
        if not is_killed:
            recorder.row(
                "outcomes", workload=0, job=job, attempt=1, unit=unit, committed=ended, acknowledged=ended
            )
    return recorder.finish(META)
