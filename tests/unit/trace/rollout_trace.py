"""A small valid trace of two rollouts of a workload of two units, worked out by hand.

One unit more may be there, none may be missing; a start-up takes 10 s. The first version comes at 20 s and is
complete at 40 s; the second comes at 60 s, makes no progress for 20 s and is taken back.
"""

from __future__ import annotations

from churnsim.trace import Family, Meta, Recorder, RolloutInfo, Trace, UnitState, WorkloadInfo

NAN = float("nan")
START, OUT, BACK, ADMITTED, NO_PROGRESS = range(5)

META = Meta(
    scenario="versions",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(
        WorkloadInfo(
            "web", "service", "shop", replicas=2, needed=1, slots=2, rollout=RolloutInfo("rolling", 0.5, 0.0)
        ),
    ),
    causes=("start", "rolled-out", "rolled-back", "admitted", "no-progress"),
)

_PENDING, _STARTING, _READY, _DRAINING, _GONE = UnitState

# unit, slot, incarnation, revision; states with their instants and causes
UNITS = [
    (0, 0, 1, 0, [(0.0, _READY, START), (40.0, _GONE, OUT)]),
    (1, 1, 1, 0, [(0.0, _READY, START), (30.0, _GONE, OUT)]),
    (2, 2, 1, 1, [(20.0, _STARTING, OUT), (30.0, _READY, ADMITTED)]),
    (3, 1, 2, 1, [(30.0, _STARTING, OUT), (40.0, _READY, ADMITTED)]),
    (4, 0, 2, 2, [(60.0, _STARTING, OUT), (80.0, _GONE, BACK)]),
]
BOOTED_AT = {0: 0.0, 1: 0.0, 2: 30.0, 3: 40.0, 4: NAN}
TARGETS = [(0.0, 0), (20.0, 1), (40.0, 0), (60.0, 1), (80.0, 0)]

# revision, committed, began, completed, bad, noticed, restored, cause
REVISIONS = [
    (1, 20.0, 20.0, 40.0, False, NAN, NAN, -1),
    (2, 60.0, 60.0, NAN, True, 80.0, 80.0, NO_PROGRESS),
]


def record(meta: Meta = META) -> Trace:
    """Record it."""
    recorder = Recorder()
    for unit, slot, incarnation, revision, states in UNITS:
        for time, state, cause in states:
            recorder.fact(time, Family.UNIT, unit, state, cause)
        recorder.row(
            "units", unit=unit, workload=0, slot=slot, incarnation=incarnation, booted=BOOTED_AT[unit],
            revision=revision,
        )  # fmt: skip
    for time, spare in TARGETS:
        recorder.row("targets", workload=0, time=time, units=2, spare=spare)
    for revision, committed, began, completed, is_bad, noticed, restored, cause in REVISIONS:
        recorder.row(
            "revisions", workload=0, revision=revision, committed=committed, began=began, completed=completed,
            bad=is_bad, noticed=noticed, restored=restored, cause=cause,
        )  # fmt: skip
    return recorder.finish(meta)
