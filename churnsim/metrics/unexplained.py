"""Durable outcomes that nobody can explain once their unit is gone, by cause, workload and tenant."""

from __future__ import annotations

import numpy as np

from churnsim.metrics import evidence
from churnsim.metrics.explanation import CAUSES, unexplained
from churnsim.metrics.grouping import by_tenant, by_workload
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Ints
from churnsim.metrics.registry import measure
from churnsim.trace import Trace

_EXPLAINED, _OWES_NOTHING = -1, -2


@measure("outcomes.unexplained", unit="share", better="lower", parts="cause", members=CAUSES)
def of_all(trace: Trace) -> dict[str, Ratio]:
    """Share of the outcomes in the ledger that cannot be explained 15 min later; first artefact missing.

    Of workloads whose commits owe any evidence; one that owes it of two kinds needs both. Every time that an
    outcome took effect counts, however often it did.
    """
    _, missing = _missing(trace)
    total = float(missing.size)
    parts = {cause: Ratio(_number(missing == code), total) for code, cause in enumerate(CAUSES)}
    return {"": Ratio(_number(missing >= 0), total), **parts}


@measure("outcomes.workload.unexplained", unit="share", better="lower", parts="workload")
def of_workloads(trace: Trace) -> dict[str, Ratio]:
    """Share of the outcomes in the ledger that cannot be explained 15 min later, by workload."""
    return _by(trace, by_workload(trace))


@measure("outcomes.tenant.unexplained", unit="share", better="lower", parts="tenant")
def of_tenants(trace: Trace) -> dict[str, Ratio]:
    """Share of the outcomes in the ledger that cannot be explained 15 min later, by tenant."""
    return _by(trace, by_tenant(trace))


def _by(trace: Trace, groups: dict[str, list[int]]) -> dict[str, Ratio]:
    workload, missing = _missing(trace)
    found: dict[str, Ratio] = {}
    for name, members in groups.items():
        mine = missing[np.isin(workload, members)]
        found[name] = Ratio(_number(mine >= 0), float(mine.size))
    return found


def _missing(trace: Trace) -> tuple[Ints, Ints]:
    """Workload of each outcome that owes evidence, and place in `CAUSES` of why it lacks some."""
    table, meta = trace["outcomes"], trace.meta
    old = (table["committed"] >= meta.t0) & (table["committed"] < meta.t1 - evidence.PATIENCE_S)
    workload, unit, instant = (table[name][old] for name in ("workload", "unit", "committed"))
    missing = np.full(unit.size, _OWES_NOTHING)
    for info in meta.outcomes:
        if info.kind != "commit":
            continue
        mine = workload == info.workload
        missing[mine & (missing == _OWES_NOTHING)] = _EXPLAINED
        for cause, spans in unexplained(trace, info, evidence.PATIENCE_S).items():
            lacks = mine & (missing == _EXPLAINED) & spans.contains(instant, unit)
            missing[lacks] = CAUSES.index(cause)
    owing = missing > _OWES_NOTHING
    return workload[owing].astype(np.int64), missing[owing]


def _number(chosen: np.ndarray) -> float:
    return float(np.count_nonzero(chosen))
