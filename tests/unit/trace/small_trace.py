"""A small valid trace in which everything that can happen happens once, and a way to mutate it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from churnsim.trace import (
    ArtefactInfo,
    CallInfo,
    EndpointState,
    Family,
    Fate,
    IssuerInfo,
    LapseMode,
    Meta,
    OutcomeInfo,
    PolicyInfo,
    Recorder,
    ServiceState,
    SinkInfo,
    Trace,
    UnitState,
    WorkloadInfo,
)

START, CRASH, ROLLOUT, OUTAGE = range(4)

META = Meta(
    scenario="small",
    scenario_hash="0",
    seed=1,
    replication=0,
    start=0.0,
    t0=10.0,
    t1=100.0,
    workloads=(
        WorkloadInfo(
            "web",
            "service",
            "shop",
            replicas=2,
            needed=1,
            issuer=0,
            policy=0,
            rate=2.0,
            owned=1,
            clock_bound=0.5,
            calls=(CallInfo(1, share=0.5, most=2.0, timeout=3.0),),
        ),
        WorkloadInfo("db", "service", "shop", replicas=1, needed=1),
    ),
    issuers=(IssuerInfo("mesh", ttl=20.0, leeway=1.0, renew_mean=10.0, revocable=True),),
    policies=(
        PolicyInfo(
            "authz",
            principals=2,
            refresh="pull",
            when_stale="deny",
            cache="fixed",
            cache_allow=60.0,
            tenants=2,
        ),
    ),
    sinks=(SinkInfo("archive", retention=50.0),),
    artefacts=(
        ArtefactInfo("record", outcome=0, sink=0, size=100.0),
        ArtefactInfo("log", outcome=1, sink=0, size=1000.0, kept=0.5),
    ),
    outcomes=(
        OutcomeInfo("issuance", 0, "issuance", owes=(0,)),
        OutcomeInfo("answer", 0, "request", owes=(1, 0)),
    ),
    failures=("crash", "issuer-outage"),
    causes=("start", "crash", "rollout", "outage"),
)

# Provisional unit numbers in order of birth -> (workload, slot, incarnation, booted).
UNITS = {
    0: (0, 0, 1, -36.0),
    1: (0, 1, 1, -16.0),
    2: (1, 0, 1, -5.0),
    3: (0, 0, 2, 33.5),
    4: (0, 1, 2, 62.0),  # would have booted at 62, but crashes at 61
    5: (0, 1, 3, 66.0),
}

LIVES = {
    0: [(-40.0, UnitState.PENDING, START), (-39.0, UnitState.STARTING, START),
        (-35.0, UnitState.READY, START),
        (30.0, UnitState.GONE, CRASH)],
    1: [(-20.0, UnitState.PENDING, START), (-20.0, UnitState.STARTING, START),
        (-15.0, UnitState.READY, START),
        (60.0, UnitState.DRAINING, ROLLOUT), (65.0, UnitState.GONE, ROLLOUT)],
    2: [(-5.0, UnitState.READY, START)],
    3: [(30.0, UnitState.PENDING, CRASH), (31.0, UnitState.STARTING, START), (34.0, UnitState.READY, START)],
    4: [(60.0, UnitState.STARTING, ROLLOUT), (61.0, UnitState.GONE, CRASH)],
    5: [(61.0, UnitState.PENDING, CRASH), (63.0, UnitState.STARTING, START), (66.0, UnitState.READY, START)],
}  # fmt: skip

ENDPOINTS = {
    0: [(-34.0, EndpointState.LISTED), (32.0, EndpointState.UNLISTED)],
    1: [(-14.0, EndpointState.LISTED), (60.0, EndpointState.UNLISTED)],
    2: [(-5.0, EndpointState.LISTED)],
    3: [(35.0, EndpointState.LISTED)],
    5: [(67.0, EndpointState.LISTED)],
}

# unit, bearer -> instants of issue; each falls due 10 s later.
CREDENTIALS = {
    (0, -1): [-6.0, 4.0, 14.0, 24.0],
    (1, -1): [-2.0, 8.0, 18.0, 28.0, 38.0, 48.0, 58.0],
    (1, 0): [37.0],
    (3, -1): [33.5, 43.5, 56.0, 66.0, 76.0, 86.0, 96.0],  # 53.5 fell into the outage
    (5, -1): [66.0, 76.0, 86.0, 96.0],
}

# unit -> version, read, applied
ADOPTIONS = {
    0: [(0, -1.0, 0.0), (1, 25.0, 25.25)],
    1: [(0, -3.0, -2.75), (1, 22.0, 22.25)],
    3: [(1, 33.0, 33.25), (1, 45.0, 45.25), (2, 75.0, 75.25)],  # 45 is the instant of recovery
    5: [(1, 66.0, 66.0), (2, 71.0, 71.25)],
}


def record(meta: Meta = META, *, number: dict[int, int] | None = None, shift: int = 0) -> Trace:
    """Record the small world.

    `number` gives other provisional numbers to the units; `shift` = 1 moves every code by one, to leave room
    for a neighbour before it (see `record_beside_a_neighbour`).
    """
    recorder = Recorder()
    fill(recorder, number or {unit: unit for unit in UNITS}, shift)
    return recorder.finish(meta)


def record_beside_a_neighbour() -> Trace:
    """Record the small world with a tenant beside it that comes first in every list and in time."""
    recorder = Recorder()
    for time, state in ((-90.0, UnitState.READY), (50.0, UnitState.GONE)):
        recorder.fact(time, Family.UNIT, 0, state, 0)
    recorder.fact(50.0, Family.UNIT, 1, UnitState.PENDING, 0)
    for unit in (0, 1):
        recorder.row("units", unit=unit, workload=0, slot=0, incarnation=unit + 1, booted=-90.0)
    recorder.row("credentials", issuer=0, unit=0, serial=1, asked=-1.0, issued=-1.0, expires=9.0, due=5.0)
    recorder.row("thefts", theft=1, workload=0, unit=0, serial=1, time=2.0)
    fill(recorder, {unit: unit + 2 for unit in UNITS}, 1)
    beside = replace(
        META,
        workloads=(
            WorkloadInfo("audit", "service", "other", replicas=1, needed=1, issuer=0, owned=1),
            *(replace(info, issuer=info.issuer + (info.issuer >= 0), policy=info.policy + (info.policy >= 0),
                      calls=tuple(replace(call, callee=call.callee + 1) for call in info.calls))
              for info in META.workloads),
        ),
        issuers=(IssuerInfo("other", ttl=10.0), *META.issuers),
        policies=(PolicyInfo("other", principals=1, refresh="push", when_stale="allow"), *META.policies),
        causes=("reclaim", *META.causes),
    )  # fmt: skip
    return recorder.finish(beside)


def fill(recorder: Recorder, number: dict[int, int], shift: int) -> None:
    """Record what happens in the small world."""
    for unit, life in LIVES.items():
        workload, slot, incarnation, booted = UNITS[unit]
        recorder.row(
            "units",
            unit=number[unit],
            workload=workload + shift,
            slot=slot,
            incarnation=incarnation,
            booted=booted,
        )
        for time, state, cause in life:
            recorder.fact(time, Family.UNIT, number[unit], state, cause + shift)
    for unit, listings in ENDPOINTS.items():
        for time, listing in listings:
            recorder.fact(time, Family.ENDPOINT, number[unit], listing, START + shift)
    for family, down, up in ((Family.ISSUER, 50.0, 56.0), (Family.SOURCE, 40.0, 45.0)):
        recorder.fact(0.0, family, shift, ServiceState.UP, START + shift)
        recorder.fact(down, family, shift, ServiceState.DOWN, OUTAGE + shift)
        recorder.fact(up, family, shift, ServiceState.UP, OUTAGE + shift)
    for owner in (0, 1):  # of slots web/0 and web/1
        recorder.fact(0.0, Family.OWNER, owner + shift, ServiceState.UP, START + shift)
    recorder.fact(70.0, Family.OWNER, 1 + shift, ServiceState.DOWN, OUTAGE + shift)
    recorder.fact(76.0, Family.OWNER, 1 + shift, ServiceState.UP, OUTAGE + shift)
    for (unit, bearer), issued in CREDENTIALS.items():
        valid_from = np.array(issued)
        recorder.block(
            "credentials", issuer=shift, unit=number[unit], bearer=bearer, serial=np.arange(len(issued)) + 1,
            asked=np.append(valid_from[0], valid_from[:-1] + 10.0), issued=valid_from,
            expires=valid_from + 20.0, due=valid_from + 10.0,
        )  # fmt: skip
    recorder.amend("credentials", unit=number[0], bearer=-1, serial=4, revoked=30.5)
    recorder.block("points", issuer=shift, point=[0, 1], skew=[0.0, 0.25], weight=[0.5, 0.5])
    recorder.row("learned", issuer=shift, unit=number[0], bearer=-1, serial=4, point=1, at=36.0)
    recorder.row("thefts", theft=0, workload=shift, unit=number[1], serial=3, time=25.0, can_renew=True)
    recorder.amend("thefts", theft=0, detected=47.0, decided=47.0)
    # The sixth credential of the robbed unit; the neighbour has one before it.
    recorder.row("unanswered", issuer=shift, credential=16 + shift, point=1, start=52.0, end=56.0)
    recorder.row("connections", issuer=shift, unit=number[1], bearer=0, point=0, start=58.0, end=60.0)
    recorder.block(
        "keys",
        issuer=shift,
        key=[0, 1],
        published=[0.0, 35.0],
        activated=[0.0, 40.0],
        deactivated=[40.0, np.nan],
        removed=[61.0, np.nan],
    )
    recorder.row("withdrawals", issuer=shift, key=1, start=70.0, end=75.0)
    recorder.block(
        "bundles",
        issuer=shift,
        key=[0, 0, 1, 1, 1, 1],
        point=[0, 1, 0, 0, 1, 1],
        start=[0.0, 0.0, 36.0, 76.0, 38.0, 78.0],
        end=[62.0, 63.0, 71.0, np.nan, 73.0, np.nan],
    )
    recorder.row("forgers", forger=0, issuer=shift, key=0, time=22.0, detected=30.0, rotated=40.0)
    recorder.amend("forgers", forger=0, reissued=48.0)
    recorder.block(
        "commits", policy=shift, version=[0, 0, 1, 2, 3], time=[0.0, 0.0, 20.0, 70.0, 90.0],
        principal=[0, 1, 0, 0, 1], allowed=[1, 1, 0, 1, 0],
    )  # fmt: skip
    recorder.row("offboardings", policy=shift, tenant=1, left=80.0, version=3)
    for unit, versions in ADOPTIONS.items():
        version, read, applied = zip(*versions, strict=True)
        recorder.block("adoptions", unit=number[unit], version=version, read=read, applied=applied)
    recorder.block(
        "polls", policy=shift, unit=[number[unit] for unit in (0, 1, 3, 5)], polls=[2, 3, 4, 5],
        seconds=[20.0, 55.0, 66.0, 34.0], age_integral=1.0, peaks=1, peak_sum=1.0,
    )  # fmt: skip
    recorder.block(
        "cuts", unit=[number[3], number[3]], family=[Family.ISSUER, Family.SOURCE],
        start=[49.0, 46.0], end=[52.0, 48.0],
    )  # fmt: skip
    recorder.row("lapses", policy=shift, unit=number[3], start=43.0, end=45.25, mode=LapseMode.DENY)
    recorder.row("cached", policy=shift, unit=number[1], principal=0, start=22.25, end=26.0, allowed=1)
    recorder.fact(0.0, Family.SINK, 0, ServiceState.UP, START + shift)
    recorder.fact(45.0, Family.SINK, 0, ServiceState.DOWN, OUTAGE + shift)
    recorder.fact(55.0, Family.SINK, 0, ServiceState.UP, OUTAGE + shift)
    _keep_evidence(recorder, number)
    recorder.block(
        "traffic", workload=shift, start=[10.0, 55.0], end=[55.0, 100.0], load=90.0,
        offered=90.0, intended=80.0,
        served=70.0, no_endpoint=1.0, dead_endpoint=2.0,
        credential_rejected=3.0, stale_deny=3.0, fail_closed=1.0,
        denied=5.0, stale_allow=1.0, fail_open=2.0, cached_allow=2.0,
    )  # fmt: skip
    recorder.block(
        "calls", workload=shift, callee=1 + shift, start=[10.0, 55.0], end=[55.0, 100.0],
        first=38.0, failed=1.0, attempts=40.0, served=36.0, dead_endpoint=3.0, timed_out=1.0,
    )  # fmt: skip
    quantity = np.array([182.0 / 3600.0, 3.0, 19.0, 14.0, 180.0, 90.0 / 3600.0])
    items = ["unit_hours", "starts", "issuances", "policy_fetches", "requests", "unit_hours"]
    whose = shift + np.array([0, 0, 0, 0, 0, 1])
    recorder.block("bill", item=items, workload=whose, quantity=quantity, price=0.5, amount=quantity * 0.5)


def _keep_evidence(recorder: Recorder, number: dict[int, int]) -> None:
    """Record what became of issuance records and of logs, each fate once."""
    for (unit, bearer), issued in CREDENTIALS.items():
        at = np.array([time for time in issued if time >= META.start and bearer == -1])
        if at.size:
            is_late = at > 80.0  # the flush at 90 s is the last
            shipped = np.where(is_late, np.nan, np.ceil((at + 1.0) / 10.0) * 10.0)
            shipped = np.where((shipped >= 45.0) & (shipped < 55.0), 60.0, shipped)
            recorder.block(
                "artefacts", artefact=0, unit=number[unit], start=at, end=at, number=1.0,
                shipped=shipped, durable=shipped + 2.0,
                fate=np.where(is_late, Fate.BUFFERED, np.where(shipped < 48.0, Fate.RETENTION_EXPIRED, 0)),
            )  # fmt: skip
    logs = [
        (0, 10.0, 20.0, 10.0, 10.0, 20.0, 21.0, Fate.DURABLE),
        (0, 20.0, 25.0, 5.0, 0.0, np.nan, np.nan, Fate.BUFFER_OVERFLOW),
        (0, 25.0, 30.0, 5.0, 0.0, np.nan, np.nan, Fate.DIED_BEFORE_FLUSH),
        (0, 10.0, 30.0, 20.0, 0.0, np.nan, np.nan, Fate.SAMPLED_OUT),
        (1, 10.0, 40.0, 30.0, 10.0, 20.0, 21.0, Fate.DURABLE),
        (1, 40.0, 50.0, 10.0, 0.0, np.nan, np.nan, Fate.SINK_OUTAGE),
        (1, 50.0, 60.0, 10.0, 0.0, 60.0, 61.0, Fate.KEY_UNVERIFIABLE),
        (3, 35.0, 95.0, 65.0, 0.0, 95.0, 96.0, Fate.DURABLE),
        (3, 95.0, 100.0, 5.0, 0.0, np.nan, np.nan, Fate.BUFFERED),
    ]
    for unit, start, end, count, period, shipped, durable, fate in logs:
        recorder.row(
            "artefacts", artefact=1, unit=number[unit], start=start, end=end, number=count, period=period,
            shipped=shipped, durable=durable, fate=fate, troubled=0.0 if fate == Fate.SAMPLED_OUT else 0.1,
        )  # fmt: skip
    recorder.block(
        "clocks", unit=[number[unit] for unit in (0, 3, 1, 4, 5)], error=[0.25, -1.0, 0.0, 2.0, 0.5]
    )
    recorder.row("obstructions", unit=number[3], start=97.0, end=98.0)


def mutate(trace: Trace, table: str, column: str, row: int, value: object) -> Trace:
    """Return the trace with one value changed."""
    changed = np.array(trace[table][column])
    changed[row] = value
    tables = {name: dict(columns) for name, columns in trace.tables.items()}
    tables[table][column] = changed
    return replace(trace, tables=tables)
