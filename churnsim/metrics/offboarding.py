"""Off-boarding: how long a tenant that has left is still let in somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.gap.policy import decisions
from churnsim.metrics.measurement import Durations, Peak, Ratio
from churnsim.metrics.overlap import Floats, Ints, Mask, inside
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import GapFamily, Side, episodes
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, difference, intersection, union

PHASES = ("orphan_grant", "propagation")


@measure("offboarding.mean", unit="s", better="lower", parts="phase", members=PHASES)
def mean(trace: Trace) -> dict[str, Ratio]:
    """Mean time a tenant that has left is let in: tenant-seconds in the window / tenants that left in it.

    By what would have ended it: that the source takes back the last of its grants, which are orphans; then,
    that no unit lets any of its principals in any more. Orphans are no over-trust: the newest version means
    what it says.
    """
    known, t0, t1 = _departed(trace), trace.meta.t0, trace.meta.t1
    left = float(np.count_nonzero(known.within))
    parts = {
        phase: float(inside(spans.start, spans.end, t0, t1).sum())
        for phase, spans in zip(PHASES, (known.orphans, known.late), strict=True)
    }
    return {"": Ratio(sum(parts.values()), left)} | {each: Ratio(sum_, left) for each, sum_ in parts.items()}


@measure("offboarding.p95", unit="s", better="lower")
def p95(trace: Trace) -> Durations:
    """95th percentile, over tenants that left in the window, of last instant let in - leaving; 0 if never."""
    lasting, is_open = _lasting(trace)
    return Durations(lasting, is_open, 0.95)


@measure("offboarding.max", unit="s", better="lower")
def longest(trace: Trace) -> Peak:
    """Longest time from a tenant's leaving in the window to the last instant it is let in, as far as seen."""
    lasting, _ = _lasting(trace)
    return Peak(float(lasting.max()) if lasting.size else None)


@dataclass(frozen=True, eq=False, slots=True)
class _Departed:
    """Tenants that have left: when, whether in the window, and when each is let in by its row.

    `orphans` while the newest version still allows one of its principals, `late` while some unit lets one in
    although it no longer does.
    """

    left: Floats
    within: Mask
    orphans: Spans
    late: Spans


_KNOWN: WeakKeyDictionary[Trace, _Departed] = WeakKeyDictionary()


def _departed(trace: Trace) -> _Departed:
    known = _KNOWN.get(trace)
    if known is None:
        known = _KNOWN[trace] = _find(trace)
    return known


def _find(trace: Trace) -> _Departed:
    meta, table = trace.meta, trace["offboardings"]
    row = np.arange(len(table["left"]))
    gone, orphans, late = Spans.of(table["left"], meta.t1, row), Spans.of([], [], []), Spans.of([], [], [])
    for policy, info in enumerate(meta.policies):
        mine = np.flatnonzero(table["policy"] == policy)
        if not mine.size:
            continue
        of = np.full(info.tenants, -1)
        of[table["tenant"][mine]] = mine
        of = of[info.tenant(np.arange(info.principals))]  # row of each principal
        head = decisions(trace, policy)
        granted = (head.allowed == 1) & (of[head.principal] >= 0)
        orphans = union(
            orphans, Spans.of(head.start[granted], head.end[granted], of[head.principal[granted]])
        )
        users = [code for code, each in enumerate(meta.workloads) if each.policy == policy]
        late = union(late, _late(trace, users, of))
    orphans = intersection(orphans, gone)
    within = (table["left"] >= meta.t0) & (table["left"] < meta.t1)
    return _Departed(table["left"], within, orphans, difference(intersection(late, gone), orphans))


def _late(trace: Trace, workloads: list[int], of: Ints) -> Spans:
    """When some unit of these workloads lets in a principal wrongly, by the row of its tenant."""
    found = episodes(trace)
    most = max(info.principals for info in trace.meta.policies)
    over = (found.side == Side.OVER) & (found.family == GapFamily.POLICY)
    over &= np.isin(found.pair // most, workloads)
    whose = of[found.pair[over] % most]
    known = whose >= 0
    return Spans.of(found.start[over][known], found.end[over][known], whose[known])


def _lasting(trace: Trace) -> tuple[Floats, Mask]:
    """How long each tenant that left in the window was let in [s], and whether it still was at t1."""
    known, t1 = _departed(trace), trace.meta.t1
    last = known.left.copy()
    for spans in (known.orphans, known.late):
        np.maximum.at(last, spans.group, np.minimum(spans.end, t1))
    return (last - known.left)[known.within], (last >= t1)[known.within]
