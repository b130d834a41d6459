"""Every table and column a trace may hold, declared before anything fills them."""

from __future__ import annotations

from churnsim.trace.table.column import NAN, Column, Table
from churnsim.trace.table.cost import BILL
from churnsim.trace.table.credential import (
    CONNECTIONS,
    CREDENTIALS,
    LEARNED,
    POINTS,
    SIGNINGS,
    THEFTS,
    UNANSWERED,
)
from churnsim.trace.table.evidence import ARTEFACTS, OBSTRUCTIONS
from churnsim.trace.table.key import BUNDLES, FORGERS, KEYS, WITHDRAWALS
from churnsim.trace.table.life import (
    CLOCKS,
    CUTS,
    ENVIRONMENTS,
    INTERVALS,
    RESIDENTS,
    REVISIONS,
    TARGETS,
    UNITS,
)
from churnsim.trace.table.node import LOSSES, NODES, NOISES, PLACEMENTS
from churnsim.trace.table.policy import ADOPTIONS, CACHED, COMMITS, LAPSES, OFFBOARDINGS, POLLS
from churnsim.trace.table.request import CALLS, INVOCATIONS, THROTTLES, TRAFFIC, UNINTENDED, UNSERVED
from churnsim.trace.table.work import DELIVERIES, JOBS, OUTCOMES

__all__ = ["NAN", "SCHEMA", "SCHEMA_VERSION", "UNINTENDED", "UNSERVED", "Column", "Table"]

SCHEMA_VERSION = 3

SCHEMA: dict[str, Table] = {
    table.name: table
    for table in (
        INTERVALS,
        UNITS,
        CUTS,
        CLOCKS,
        TARGETS,
        REVISIONS,
        CREDENTIALS,
        SIGNINGS,
        LEARNED,
        UNANSWERED,
        CONNECTIONS,
        POINTS,
        COMMITS,
        OFFBOARDINGS,
        ADOPTIONS,
        POLLS,
        LAPSES,
        CACHED,
        THEFTS,
        KEYS,
        WITHDRAWALS,
        BUNDLES,
        FORGERS,
        JOBS,
        DELIVERIES,
        OUTCOMES,
        INVOCATIONS,
        THROTTLES,
        ENVIRONMENTS,
        RESIDENTS,
        NODES,
        PLACEMENTS,
        LOSSES,
        NOISES,
        ARTEFACTS,
        OBSTRUCTIONS,
        TRAFFIC,
        CALLS,
        BILL,
    )
}
