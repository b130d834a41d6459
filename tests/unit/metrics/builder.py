"""Small traces made by hand, from rows instead of columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from churnsim.trace import DeskInfo, Family, IssuerInfo, Meta, PolicyInfo, Trace, WorkloadInfo

NAN = float("nan")


def trace(
    *,
    window: tuple[float, float] = (0.0, 100.0),
    start: float | None = None,
    workloads: tuple[WorkloadInfo, ...] | None = None,
    issuers: tuple[IssuerInfo, ...] = (),
    policies: tuple[PolicyInfo, ...] = (),
    **tables: list[Mapping[str, Any]],
) -> Trace:
    """Build a trace of one workload, or given ones, from lists of rows; columns may be left out."""
    if workloads is None:
        workloads = (workload(issuer=len(issuers) - 1, policy=len(policies) - 1),)
    meta = Meta(
        scenario="made by hand",
        scenario_hash="",
        seed=0,
        replication=0,
        start=window[0] if start is None else start,
        t0=window[0],
        t1=window[1],
        workloads=workloads,
        issuers=issuers,
        policies=policies,
    )
    return Trace.of(meta, {name: _columns(rows) for name, rows in tables.items()})


def _columns(rows: list[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = {name for row in rows for name in row}
    return {name: [row[name] for row in rows] for name in sorted(names)}


def workload(
    name: str = "web",
    *,
    replicas: int = 1,
    needed: int = 1,
    issuer: int = -1,
    policy: int = -1,
    owned: int = 0,
) -> WorkloadInfo:
    return WorkloadInfo(name, "service", "shop", replicas, needed, issuer, policy, owned=owned)


def issuer(
    ttl: float = 20.0,
    *,
    leeway: float = 0.0,
    renew_mean: float = 10.0,
    desk: DeskInfo | None = None,
    backdate: float = 0.0,
) -> IssuerInfo:
    return IssuerInfo("mesh", ttl, leeway, renew_mean, revocable=True, desk=desk, backdate=backdate)


def policy(principals: int = 1) -> PolicyInfo:
    return PolicyInfo("authz", principals, "pull", "last-good")


def unit(
    number: int,
    *,
    created: float = 0.0,
    ready: float | None = None,
    stopped: float = NAN,
    gone: float | None = None,
    workload: int = 0,
    **more: float,
) -> dict[str, Any]:
    """Row of `units` that is created, placed, booted and ready at once unless told otherwise."""
    ready = created if ready is None else ready
    gone = stopped if gone is None else gone
    row = {"placed": created, "booted": ready, "ready": ready, "stopped": stopped, "gone": gone} | more
    return {"unit": number, "workload": workload, "slot": number, "incarnation": 1, "created": created} | row


def points(*skews: float) -> list[dict[str, Any]]:
    """Verification points of equal weight, by clock error [s]."""
    return [
        {"issuer": 0, "point": number, "skew": skew, "weight": 1 / len(skews)}
        for number, skew in enumerate(skews)
    ]


def credential(
    unit: int,
    serial: int,
    issued: float,
    expires: float,
    *,
    asked: float | None = None,
    due: float | None = None,
    revoked: float = NAN,
    bearer: int = -1,
    tries: int = 0,
) -> dict[str, Any]:
    return {
        "issuer": 0,
        "unit": unit,
        "bearer": bearer,
        "serial": serial,
        "asked": issued if asked is None else asked,
        "issued": issued,
        "expires": expires,
        "due": (issued + expires) / 2 if due is None else due,
        "revoked": revoked,
        "tries": tries,
    }


def learned(credential: int, at: float, *, point: int = 0) -> dict[str, Any]:
    return {"issuer": 0, "credential": credential, "point": point, "at": at}


def outage(start: float, end: float, *, family: int = 2, entity: int = 0) -> dict[str, Any]:
    return {
        "family": family,
        "entity": entity,
        "state": 1,
        "start": start,
        "end": end,
        "cause": 0,
        "open": False,
    }


def listed(unit: int, start: float = 0.0, end: float = 100.0) -> dict[str, Any]:
    """When a unit is in the endpoint list."""
    return outage(start, end, family=int(Family.ENDPOINT), entity=unit)


def permissions(*allowed: int) -> list[dict[str, Any]]:
    """Version 0 of the policy, one permission a principal."""
    return [
        {"policy": 0, "version": 0, "time": 0.0, "principal": principal, "allowed": value}
        for principal, value in enumerate(allowed)
    ]


def commit(version: int, time: float, allowed: int, *, principal: int = 0) -> dict[str, Any]:
    return {"policy": 0, "version": version, "time": time, "principal": principal, "allowed": allowed}


def adoption(unit: int, version: int, applied: float, *, read: float | None = None) -> dict[str, Any]:
    return {
        "unit": unit,
        "version": version,
        "read": applied if read is None else read,
        "applied": applied,
    }
