"""Workloads put together by what a measure is split by: each for itself, or all of a tenant."""

from __future__ import annotations

from churnsim.trace import Trace


def by_workload(trace: Trace) -> dict[str, list[int]]:
    """Return every workload by its name, all of them under ""."""
    return _with_all({info.name: [code] for code, info in enumerate(trace.meta.workloads)})


def by_tenant(trace: Trace) -> dict[str, list[int]]:
    """Return the workloads of every tenant by its name, all of them under ""."""
    groups: dict[str, list[int]] = {}
    for code, info in enumerate(trace.meta.workloads):
        groups.setdefault(info.tenant, []).append(code)
    return _with_all(groups)


def _with_all(groups: dict[str, list[int]]) -> dict[str, list[int]]:
    return {"": [code for members in groups.values() for code in members], **groups}
