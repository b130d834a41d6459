"""Survival: what a run looks like to somebody who has nothing but the artefacts that are left of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.metrics.overlap import Mask
from churnsim.trace import Trace
from churnsim.trace.code import Fate
from churnsim.trace.intervals import rank


def surviving(trace: Trace) -> Trace:
    """Return a run without the issuances and adoptions of which no artefact is left.

    Facts of workloads whose outcomes of that kind make no artefact stay, and so do all that are older than
    the world, or belong to thieves. Unchanged where nothing is missing.
    """
    credentials, adoptions = trace["credentials"], trace["adoptions"]
    known = _left(trace, "issuance", "credentials", "issued") | (credentials["bearer"] >= 0)
    read = _left(trace, "adoption", "adoptions", "applied")
    if known.all() and read.all():
        return trace
    tables: dict[str, Any] = dict(trace.tables)
    tables["credentials"] = {name: column[known] for name, column in credentials.items()}
    tables["adoptions"] = {name: column[read] for name, column in adoptions.items()}
    place = np.cumsum(known) - 1
    for name in ("learned", "unanswered"):
        rows = trace.rows(name, known[trace[name]["credential"]])
        tables[name] = rows | {"credential": place[rows["credential"]]}
    return Trace(trace.meta, tables)


def _left(trace: Trace, kind: str, table: str, instant: str) -> Mask:
    """Which rows of a table are still known from an artefact, or were never owed one."""
    artefacts, facts, meta = trace["artefacts"], trace[table], trace.meta
    workload = trace["units"]["workload"][facts["unit"]]
    makers = [code for code, info in enumerate(meta.artefacts) if meta.outcomes[info.outcome].kind == kind]
    told = {meta.outcomes[meta.artefacts[code].outcome].workload for code in makers}
    mine = np.isin(artefacts["artefact"], makers) & (artefacts["fate"] == Fate.DURABLE)
    order = np.lexsort((artefacts["start"][mine], artefacts["unit"][mine]))
    unit, made = artefacts["unit"][mine][order], artefacts["start"][mine][order]
    row = np.maximum(rank(unit, made, facts["unit"], facts[instant]) - 1, 0)
    survives = np.zeros(workload.size, bool)
    if made.size:
        survives = (unit[row] == facts["unit"]) & (made[row] == facts[instant])
    return np.asarray(survives | ~np.isin(workload, [*told]) | (facts[instant] < meta.start))
