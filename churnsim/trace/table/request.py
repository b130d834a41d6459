"""Requests: those that functions handle one by one, all of them by bucket, and calls."""

from __future__ import annotations

from dataclasses import replace

from churnsim.trace.table.column import (
    ON_AVERAGE,
    UNIT,
    WORKLOAD,
    Column,
    Table,
    code,
    maybe,
    requests,
    row,
    seconds,
)

INVOCATIONS = Table(
    "invocations",
    "One row for every request to a function that a unit took, or that let one be started. It waited for its "
    "unit to be ready on `[arrived, began)`, and was served on `[began, ended)`.",
    (
        WORKLOAD,
        row("number", "0, 1, ... for each workload, in order of arrival, those turned away included"),
        seconds("arrived", "came"),
        UNIT,
        maybe("began", "its unit began with it"),
        maybe("ended", "done, given up or cut short"),
        code("outcome", "what became of it", "invocation", "int8"),
    ),
    sort=("workload", "number"),
    key=("workload", "number"),
)

THROTTLES = Table(
    "throttles",
    "Requests to a function that were turned away, as many units as there may be having no place for them.",
    (
        WORKLOAD,
        row("number", "0, 1, ... for each workload, in order of arrival, those that a unit took included"),
        seconds("time", "came"),
    ),
    sort=("workload", "number"),
)

_FATES = (
    requests("served", "intended and answered"),
    requests("no_endpoint", "intended, endpoint list empty, or no unit of a function ready in time"),
    requests("dead_endpoint", "intended, sent to a unit that could not answer"),
    requests("credential_rejected", "intended, credential refused"),
    requests("stale_deny", "intended, denied by an old policy version"),
    requests(
        "fail_closed",
        "intended, denied: the policy had lapsed or was poisoned, or a token could not be checked",
    ),
    requests("denied", "not intended and not let through"),
    requests("stale_allow", "not intended, allowed by an old policy version"),
    requests("fail_open", "not intended, allowed because the policy had lapsed or was poisoned"),
    requests("cached_deny", "intended, denied by a cached decision"),
    requests("cached_allow", "not intended, allowed by a cached decision"),
    requests("shed", "intended, turned away by a unit that had more than it can serve"),
    requests("evidence_blocked", "intended, refused because its evidence could not be kept"),
    requests("throttled", "intended, turned away because no unit had a place and no more may be started"),
    requests("dependency", "intended, given up because a call that it takes failed"),
    requests("bad_version", "intended, failed by a unit of a bad version"),
)

TRAFFIC = Table(
    "traffic",
    "Requests from outside by workload and bucket; the buckets of a workload tile [t0, t1). `served` to "
    "`fail_closed`, `cached_deny`, `shed`, `evidence_blocked`, `throttled`, `dependency` and `bad_version` "
    "partition `intended`; `denied` to `fail_open` and `cached_allow` partition the rest of `offered`. "
    "Requests to a function are those that came.",
    (
        WORKLOAD,
        seconds("start", "bucket begins"),
        seconds("end", "bucket ends"),
        Column("load", "float64", ON_AVERAGE, "what the scenario offers in the bucket"),
        requests("offered", "all requests"),
        requests("intended", "of principals whom the newest policy version allows"),
        *_FATES,
    ),
    sort=("workload", "start"),
)

CALLS = Table(
    "calls",
    "What workloads ask of each other, by bucket, on average: calls, and what became of each attempt.",
    (
        code("workload", "the caller", "workload"),
        code("callee", "whom it calls", "workload"),
        seconds("start", "bucket begins"),
        seconds("end", "bucket ends"),
        Column("first", "float64", ON_AVERAGE, "calls, each of which is attempted once at least"),
        Column("failed", "float64", ON_AVERAGE, "calls of which every attempt failed"),
        Column("attempts", "float64", ON_AVERAGE, "requests sent"),
        *(replace(column, unit=ON_AVERAGE) for column in _FATES),
        Column("timed_out", "float64", ON_AVERAGE, "intended, answered once the caller waited no longer"),
    ),
    sort=("workload", "callee", "start"),
)

#: Causes of intended requests that were not served: columns of `traffic`.
UNSERVED = (
    "no_endpoint",
    "dead_endpoint",
    "credential_rejected",
    "stale_deny",
    "fail_closed",
    "cached_deny",
    "shed",
    "evidence_blocked",
    "throttled",
    "dependency",
    "bad_version",
)

#: Outcomes of requests that were not intended: columns of `traffic`.
UNINTENDED = ("denied", "stale_allow", "fail_open", "cached_allow")
