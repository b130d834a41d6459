"""Digests of a trace: equal if and only if the traces are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family
from churnsim.trace.schema import SCHEMA, SCHEMA_VERSION

if TYPE_CHECKING:
    from churnsim.trace.trace import Trace

Rows = dict[str, NDArray[Any]]

#: Tables whose rows belong to one workload each; the others belong to issuers and policies, or to all.
_OF_OTHERS = (
    "points",
    "keys",
    "withdrawals",
    "bundles",
    "forgers",
    "commits",
    "offboardings",
    "nodes",
    "bill",
)
_OF_WORKLOAD = tuple(name for name in SCHEMA if name not in _OF_OTHERS)


def of_trace(trace: Trace) -> str:
    """Return the SHA-256 (hex) of meta and tables."""
    return _hash(repr(trace.meta), ((name, trace[name]) for name in trace))


def of_workload(trace: Trace, workload: str) -> str:
    """Return the SHA-256 (hex) of one workload's rows in local coordinates.

    Units count from the workload's first, thefts from its first, issuers, policies and causes go by name, so
    that nothing changes when the scenario gains another workload, failure or issuer.
    """
    meta = trace.meta
    info = meta.workloads[trace.code("workload", workload)]
    issuer = meta.issuers[info.issuer].name if info.issuer >= 0 else None
    policy = meta.policies[info.policy].name if info.policy >= 0 else None
    head = (
        info.name,
        info.kind,
        info.tenant,
        info.replicas,
        info.needed,
        info.rate,
        issuer,
        policy,
        info.work,
    )
    window = (meta.start, meta.t0, meta.t1, meta.requests)
    return _hash(repr((head, window)), _local(trace, trace.code("workload", workload)))


def _local(trace: Trace, code: int) -> Iterator[tuple[str, Rows]]:
    """Yield the tables of one workload, every reference to a row counted from the workload's first."""
    low, high = (int(row) for row in np.searchsorted(trace["units"]["workload"], (code, code + 1)))
    theft = int(np.searchsorted(trace["thefts"]["workload"], code))
    credential = int(np.searchsorted(trace["credentials"]["unit"], low))
    job = int(np.searchsorted(trace["jobs"]["workload"], code))
    offset = {"unit": low, "theft": theft, "credential": credential, "job": job}
    owner = sum(workload < code for workload, _, _ in trace.meta.owners)
    for name in _OF_WORKLOAD:
        rows = trace.rows(name, _mine(trace, name, code, low, high))
        for column, first in offset.items():
            if column in rows:
                rows[column] = rows[column] - first
        if "entity" in rows:
            first_of = np.select(
                [rows["family"] == Family.OWNER, rows["family"] == Family.JOB], [owner, job], low
            )
            rows["entity"] = rows["entity"] - first_of
        if "bearer" in rows:
            rows["bearer"] = np.where(rows["bearer"] >= 0, rows["bearer"] - theft, -1)
        if "source" in rows:
            rows["source"] = np.append(trace["jobs"]["number"], -1)[rows["source"]]
        rows.pop("workload", None)
        rows.pop("node", None)  # nodes are numbered across workloads
        yield name, {column: _named(trace, name, column, array) for column, array in rows.items()}


def _mine(trace: Trace, name: str, code: int, low: int, high: int) -> NDArray[np.bool_]:
    """Tell which rows of a table belong to the workload `code`, whose units are rows low to high."""
    table = trace[name]
    if "workload" in table:
        return np.asarray(table["workload"] == code)
    if name in ("learned", "unanswered"):
        unit = trace["credentials"]["unit"][table["credential"]]
    elif name == "intervals":
        unit = np.where(table["family"] <= Family.ENDPOINT, table["entity"], -1)
        of_owner = np.append([workload for workload, _, _ in trace.meta.owners], -1).astype(np.int64)
        owner = np.where(table["family"] == Family.OWNER, table["entity"], -1)
        of_job = np.append(trace["jobs"]["workload"], -1)
        job = np.where(table["family"] == Family.JOB, table["entity"], -1)
        mine = (of_owner[owner] == code) | (of_job[job] == code)
        return np.asarray(((unit >= low) & (unit < high)) | mine)
    else:
        unit = table["unit"]
    return np.asarray((unit >= low) & (unit < high))


def _named(trace: Trace, table: str, column: str, array: NDArray[Any]) -> NDArray[Any]:
    """Replace codes that depend on the rest of the scenario by a number that depends on the name alone."""
    codes = SCHEMA[table].column(column).codes
    if codes not in ("workload", "issuer", "policy", "artefact", "cause"):
        return array
    names = [*trace.names(codes), ""]  # the last stands for code -1
    numbers = [hashlib.sha256(name.encode()).digest()[:8] for name in names]
    return np.asarray(np.frombuffer(b"".join(numbers), np.int64)[array])


def _hash(head: str, tables: Iterator[tuple[str, Mapping[str, NDArray[Any]]]]) -> str:
    sha = hashlib.sha256(f"{SCHEMA_VERSION} {head}".encode())
    for name, columns in tables:
        for column, array in columns.items():
            sha.update(f"|{name}.{column}:{array.dtype.str}:{len(array)}|".encode())
            sha.update(_canonical(array).tobytes())
    return sha.hexdigest()


def _canonical(array: NDArray[Any]) -> NDArray[Any]:
    """Give equal numbers equal bits: one zero, one NaN."""
    if array.dtype.kind != "f":
        return np.ascontiguousarray(array)
    return np.asarray(np.where(np.isnan(array), np.nan, array + 0.0))
