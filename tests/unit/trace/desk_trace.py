"""A small valid trace of an issuer with a desk, at which every outcome happens, worked out by hand.

One signer, a queue of two, first in first out; a bucket of three tokens, one every two seconds; holders give
up after 10 s. Five units from before the world hold credentials that fall due from 10 s on.
"""

from __future__ import annotations

from churnsim.trace import (
    DeskInfo,
    Family,
    IssuerInfo,
    Meta,
    Recorder,
    ServiceState,
    SigningOutcome,
    Trace,
    UnitState,
    WorkloadInfo,
)

NAN = float("nan")

META = Meta(
    scenario="desk",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=0.0,
    t1=100.0,
    workloads=(WorkloadInfo("web", "service", "shop", replicas=5, needed=1, issuer=0),),
    issuers=(
        IssuerInfo(
            "mesh", ttl=50.0, renew_mean=20.0, desk=DeskInfo(1, "fifo", 2, rate=0.5, burst=3.0, timeout=10.0)
        ),
    ),
    causes=("start", "outage", "lifetime"),
)

_IN_VAIN, _DOWN, _GONE = SigningOutcome.TIMED_OUT, SigningOutcome.FAILED, SigningOutcome.WITHDRAWN

# unit, serial, arrived, began, ended, concluded, outcome; in order of arrival
SIGNINGS = [
    (0, 2, 10.0, 10.0, 14.0, 14.0, SigningOutcome.SIGNED),
    (1, 2, 11.0, 14.0, 18.0, 18.0, SigningOutcome.SIGNED),
    (4, 2, 11.5, 18.0, 20.0, 20.0, SigningOutcome.SIGNED),
    (2, 2, 12.0, NAN, 12.0, 12.0, SigningOutcome.FULL),  # its token is gone all the same
    (3, 2, 13.0, NAN, 13.0, 13.0, SigningOutcome.LIMITED),  # half a token is there
    (2, 2, 30.0, 30.0, 34.0, 34.0, SigningOutcome.SIGNED),
    (3, 2, 31.0, 34.0, 43.0, 41.0, _IN_VAIN),
    (3, 2, 60.0, 60.0, 62.0, 62.0, _DOWN),
    (3, 2, 70.0, 70.0, 73.0, 73.0, SigningOutcome.SIGNED),
    (0, 3, 77.0, 77.0, 85.0, 85.0, SigningOutcome.SIGNED),
    (2, 3, 78.0, NAN, 80.0, 80.0, _GONE),
    (1, 3, 95.0, 95.0, NAN, NAN, SigningOutcome.WAITING),
]

# unit, serial, asked, issued, due, tries
CREDENTIALS = [
    *((unit, 1, -10.0, -10.0, due, 0) for unit, due in enumerate((10.0, 11.0, 12.0, 13.0, 11.5))),
    (0, 2, 10.0, 14.0, 77.0, 0),
    (1, 2, 11.0, 18.0, 95.0, 0),
    (4, 2, 11.5, 20.0, 120.0, 0),
    (2, 2, 12.0, 34.0, 78.0, 1),
    (3, 2, 13.0, 73.0, 130.0, 3),
    (0, 3, 77.0, 85.0, 140.0, 0),
]


def record(meta: Meta = META, *, owner_down: float | None = None) -> Trace:
    """Record it; with an instant at which the only owner of a workload goes down for a second, that too."""
    recorder = Recorder()
    for unit in range(5):
        recorder.fact(-10.0, Family.UNIT, unit, UnitState.READY, 0)
        recorder.row("units", unit=unit, workload=0, slot=unit, incarnation=1, booted=-10.0)
    recorder.fact(80.0, Family.UNIT, 2, UnitState.GONE, 2)
    recorder.fact(80.0, Family.UNIT, 5, UnitState.PENDING, 2)
    recorder.row("units", unit=5, workload=0, slot=2, incarnation=2, booted=NAN)
    for time, state in ((0.0, ServiceState.UP), (62.0, ServiceState.DOWN), (66.0, ServiceState.UP)):
        recorder.fact(time, Family.ISSUER, 0, state, int(time > 0))
    if owner_down is not None:
        for time, state in (
            (0.0, ServiceState.UP),
            (owner_down, ServiceState.DOWN),
            (owner_down + 1.0, ServiceState.UP),
        ):
            recorder.fact(time, Family.OWNER, 0, state, int(time > 0))
    for unit, serial, asked, issued, due, tries in CREDENTIALS:
        recorder.row(
            "credentials", issuer=0, unit=unit, serial=serial, asked=asked, issued=issued,
            expires=issued + 50.0, due=due, tries=tries,
        )  # fmt: skip
    for unit, serial, arrived, began, ended, concluded, outcome in SIGNINGS:
        recorder.row(
            "signings", issuer=0, unit=unit, serial=serial, arrived=arrived, began=began, ended=ended,
            concluded=concluded, outcome=outcome,
        )  # fmt: skip
    return recorder.finish(meta)
