"""Which cause, removed alone, would have closed which gap: counterfactual necessity.

A gap may have several such causes at once (either would do), or none (two would have to go together).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.otherwise import Closed, without
from churnsim.metrics.gap.supply import supplied
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Ints, inside
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance
from churnsim.trace.holder import of_thieves, of_units, own
from churnsim.trace.intervals import Spans

_SORTS = (
    (Side.OVER, GapFamily.CREDENTIAL),
    (Side.OVER, GapFamily.THEFT),
    (Side.UNDER, GapFamily.CREDENTIAL),
)


def closings(trace: Trace, found: Gaps, issuer: int) -> list[Gaps]:
    """When removing one cause alone closes a gap of a unit or thief of `issuer`, a row for each stretch.

    Parameters
    ----------
    trace : Trace
        The run.
    found : Gaps
        Its gaps.
    issuer : int
        Whose credentials.

    Returns
    -------
    list of Gaps
        Rows like those of the gaps; `cause` is what is removed, and rows of different causes may overlap.
        What it means that a cause is removed:

        - `leeway`, `clock_skew`: it is 0 at every point of the issuer;
        - `revocation_not_propagated`: every point refuses what is revoked from that instant on;
        - `orphan_credential`: what nobody had revoked when its unit was gone is refused from then on;
        - `undetected_theft`: detected at once and decided upon as fast as it was: what was revoked is refused
          as much earlier as it was detected late, what the thief renewed after that is never issued;
        - `awaiting_decision`: the same from the detection on, decided upon at once;
        - `awaiting_expiry`: what is not revoked is refused once it is decided to act;
        - `open_connection`: every request is checked; without another cause connections stay as they are;
        - `false_revocation`: nothing is refused as revoked;
        - `expired_issuer_outage`: who asked while the issuer was down is answered at once, or once its owner
          is up;
        - `expired_owner_outage`: who was due while its owner was down is answered at once, or once the issuer
          is up;
        - `expired_partition`: who did not reach the issuer is answered at once, or once it and the owner
          are up;
        - `expired_queue`: a request is signed the instant it first comes to the desk;
        - whatever else keeps a credential from coming in time: it comes in time.

    Source: methods 1.1, cause attribution.
    """
    issuers = np.array([info.issuer for info in trace.meta.workloads], np.int64)
    mine = found.where(np.isin(found.family, (GapFamily.CREDENTIAL, GapFamily.THEFT)))
    mine = mine.where(issuers[mine.workload] == issuer)
    if not len(mine):
        return []
    return [
        _rows(trace, issuer, side, family, cause, closed)
        for side, family in _SORTS
        for cause, closed in _of(trace, mine, side, family, issuer)
        if len(closed)
    ]


def _of(trace: Trace, found: Gaps, side: Side, family: GapFamily, issuer: int) -> Iterator[Closed]:
    """Yield each cause of one side of one family, and when removing it closes a gap, by pair."""
    found = found.where((found.side == side) & (found.family == family))
    holder = found.theft if family == GapFamily.THEFT else found.unit
    points = int(np.count_nonzero(trace["points"]["issuer"] == issuer))
    pair = holder * points + found.point
    if side == Side.UNDER:
        yield from supplied(trace, issuer, found, pair)
    for accepted in _held(trace, issuer, family, holder):
        here = np.isin(holder, accepted.holder)
        gap = Spans.of(found.start[here], found.end[here], pair[here])
        if len(gap):
            yield from without(trace, issuer, accepted, gap, side, family)


def _held(trace: Trace, issuer: int, family: GapFamily, holder: Ints) -> Iterator[Acceptance]:
    """Yield the acceptance of what some units, or thieves, hold."""
    if family == GapFamily.THEFT:
        yield from of_thieves(trace, issuer)
    else:
        row = own(trace, issuer)
        yield from of_units(trace, issuer, row[np.isin(trace["credentials"]["unit"][row], holder)])


def _rows(trace: Trace, issuer: int, side: Side, family: GapFamily, cause: Cause, closed: Spans) -> Gaps:
    meta, points = trace.meta, trace["points"]
    mine = points["issuer"] == issuer
    holder, place = np.divmod(closed.group, np.count_nonzero(mine))
    is_theft = family == GapFamily.THEFT
    unit = trace["thefts"]["unit"][holder] if is_theft else holder
    weight = points["weight"][mine][place]
    return rows(
        side,
        family,
        cause=cause,
        workload=trace["units"]["workload"][unit],
        unit=unit,
        theft=holder if is_theft else -1,
        point=place,
        start=closed.start,
        end=closed.end,
        open=closed.end >= meta.t1,
        weight=weight,
        seconds=weight * inside(closed.start, closed.end, meta.t0, meta.t1),
    )
