"""What points would accept, were one cause of what they accept or refuse removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Side
from churnsim.metrics.overlap import Floats
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance
from churnsim.trace.intervals import Spans, difference, intersection

Closed = tuple[Cause, Spans]


def without(
    trace: Trace, issuer: int, accepted: Acceptance, gap: Spans, side: Side, family: GapFamily
) -> Iterator[Closed]:
    """Yield each cause at the points, and what of `gap` is closed where they judge without it."""
    shape = accepted.until.shape
    true_clock = np.broadcast_to((accepted.expires + trace.meta.issuers[issuer].leeway)[:, None], shape)
    if side == Side.UNDER:
        yield Cause.CLOCK_SKEW, _let_in(gap, accepted, _judging(accepted, lapsed=true_clock))
        unrevoked = np.full(shape, np.inf)
        yield Cause.FALSE_REVOCATION, _let_in(gap, accepted, _judging(accepted, learned=unrevoked))
        for guard in accepted.holes:
            if guard.name in Cause.__members__:
                others = {other: spans for other, spans in accepted.holes.items() if other != guard}
                yield Cause[guard.name], intersection(gap, replace(accepted, holes=others).accepted())
        return
    removed = {
        Cause.CLOCK_SKEW: _judging(accepted, lapsed=true_clock),
        Cause.LEEWAY: _judging(accepted, lapsed=accepted.elapsed),
        Cause.REVOCATION_NOT_PROPAGATED: _judging(
            accepted, learned=np.minimum(accepted.learned, accepted.revoked[:, None])
        ),
    }
    if family == GapFamily.THEFT:
        removed |= _without_thief(trace, issuer, accepted)
    else:
        gone = trace["units"]["gone"][accepted.holder]
        outlives = (accepted.revoked > gone)[:, None]
        ended = np.where(outlives, np.minimum(accepted.learned, gone[:, None]), accepted.learned)
        removed[Cause.ORPHAN_CREDENTIAL] = _judging(accepted, learned=ended)
    for cause, otherwise in removed.items():
        if not np.array_equal(otherwise.until, accepted.until):
            yield cause, difference(gap, otherwise.accepted())


def _without_thief(trace: Trace, issuer: int, accepted: Acceptance) -> dict[Cause, Acceptance]:
    """What points accept of thieves who are detected at once, or refused once they are detected."""
    stolen, learned = trace["thefts"], accepted.learned
    time = stolen["time"][accepted.holder][:, None]
    detected = np.nan_to_num(stolen["detected"][accepted.holder], nan=np.inf)[:, None]
    is_own = (trace["credentials"]["bearer"][accepted.row] == -1)[:, None]
    revoked = accepted.revoked[:, None]
    late = np.where(np.isfinite(detected), detected - time, 0.0)
    would_be = np.minimum(learned, time) if trace.meta.issuers[issuer].revocable else learned
    at_once = np.where(revoked == detected, np.maximum(learned - late, time), would_be)
    at_once = np.where(is_own, at_once, -np.inf)
    followed = np.where(revoked > detected, np.minimum(learned, detected), learned)
    return {
        Cause.UNDETECTED_THEFT: _judging(accepted, learned=at_once),
        Cause.AWAITING_EXPIRY: _judging(accepted, learned=followed),
    }


def _judging(
    accepted: Acceptance, *, lapsed: Floats | None = None, learned: Floats | None = None
) -> Acceptance:
    """What would be accepted if points refused as expired or as revoked from other instants on."""
    lapsed = accepted.lapsed if lapsed is None else lapsed
    learned = accepted.learned if learned is None else learned
    return replace(accepted, lapsed=lapsed, learned=learned, until=np.minimum(lapsed, learned))


def _let_in(gap: Spans, accepted: Acceptance, otherwise: Acceptance) -> Spans:
    """What of a lockout points that judge otherwise would have spared."""
    if np.array_equal(otherwise.until, accepted.until):
        return gap.where(np.zeros(len(gap), bool))
    return intersection(gap, otherwise.accepted())
