"""What points would accept, were one cause of what they accept or refuse removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Side
from churnsim.metrics.overlap import Floats
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance, acceptances
from churnsim.trace.intervals import Spans, difference, intersection

Closed = tuple[Cause, Spans]


def without(
    trace: Trace, issuer: int, accepted: Acceptance, gap: Spans, side: Side, family: GapFamily
) -> Iterator[Closed]:
    """Yield each cause at the points, and what of `gap` is closed where they judge without it."""
    true_clock = _judged(_with_true_clocks(trace, issuer), issuer, accepted)
    if side == Side.UNDER:
        yield Cause.CLOCK_SKEW, _let_in(gap, accepted, true_clock)
        unrevoked = np.full(accepted.until.shape, np.inf)
        yield Cause.FALSE_REVOCATION, _let_in(gap, accepted, _judging(accepted, learned=unrevoked))
        for guard in accepted.holes:
            if guard.name in Cause.__members__:
                others = {other: spans for other, spans in accepted.holes.items() if other != guard}
                yield Cause[guard.name], intersection(gap, replace(accepted, holes=others).accepted())
        return
    removed = {
        Cause.CLOCK_SKEW: true_clock,
        Cause.LEEWAY: _judged(_without_leeway(trace, issuer), issuer, accepted),
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
        if not _same(otherwise, accepted):
            yield cause, difference(gap, otherwise.enforced())
    if len(accepted.connected):
        yield Cause.OPEN_CONNECTION, difference(gap, accepted.accepted())


def _without_thief(trace: Trace, issuer: int, accepted: Acceptance) -> dict[Cause, Acceptance]:
    """What points accept of thieves who are detected at once, acted upon at once, or refused from then on."""
    stolen, learned, revoked = trace["thefts"], accepted.learned, accepted.revoked[:, None]
    time, detected, decided = (
        np.nan_to_num(stolen[name][accepted.holder], nan=np.inf)[:, None]
        for name in ("time", "detected", "decided")
    )
    is_own = (trace["credentials"]["bearer"][accepted.row] == -1)[:, None]
    is_known = np.isfinite(decided)
    response = np.subtract(decided, detected, where=is_known, out=np.zeros(decided.shape))

    def acted_upon(instant: Floats, earlier: Floats) -> Acceptance:
        """Judged as if it had been decided at an instant, and everything been so much earlier [s]."""
        would_be = np.minimum(learned, instant) if trace.meta.issuers[issuer].revocable else learned
        known = np.where(revoked == decided, np.maximum(learned - earlier, time), would_be)
        comes = is_own | (accepted.issued[:, None] < instant)
        return _judging(accepted, learned=np.where(comes, known, -np.inf))

    late = np.subtract(detected, time, where=np.isfinite(detected), out=np.zeros(detected.shape))
    followed = np.where(revoked > decided, np.minimum(learned, decided), learned)
    return {
        Cause.UNDETECTED_THEFT: acted_upon(time + response, late),
        Cause.AWAITING_DECISION: acted_upon(np.where(is_known, detected, np.inf), response),
        Cause.AWAITING_EXPIRY: _judging(accepted, learned=followed),
    }


def _with_true_clocks(trace: Trace, issuer: int) -> Trace:
    """The run as points with clocks that are right would judge it."""
    points = dict(trace["points"])
    others = points["issuer"] != issuer
    points |= {name: np.where(others, points[name], 0.0) for name in ("skew", "drift")}
    return Trace(trace.meta, {**trace.tables, "points": points})


def _without_leeway(trace: Trace, issuer: int) -> Trace:
    """The run as points that forgive nothing would judge it."""
    issuers = list(trace.meta.issuers)
    issuers[issuer] = replace(issuers[issuer], leeway=0.0)
    return Trace(replace(trace.meta, issuers=tuple(issuers)), trace.tables)


def _judged(otherwise: Trace, issuer: int, accepted: Acceptance) -> Acceptance:
    """The same credentials in the same hands, judged in another run."""
    blocks = acceptances(
        otherwise, issuer, accepted.row, accepted.holder, accepted.connected, accepted.issued
    )
    return next(blocks)


def _same(one: Acceptance, other: Acceptance) -> bool:
    """Whether both accept the same, as far as the ends and the number of holes tell."""
    holes = ({guard: len(spans) for guard, spans in each.holes.items()} for each in (one, other))
    return np.array_equal(one.until, other.until) and next(holes) == next(holes)


def _judging(accepted: Acceptance, *, learned: Floats) -> Acceptance:
    """What would be accepted if points refused what is revoked from other instants on."""
    return replace(accepted, learned=learned, until=np.minimum(accepted.lapsed, learned))


def _let_in(gap: Spans, accepted: Acceptance, otherwise: Acceptance) -> Spans:
    """What of a lockout points that judge otherwise would have spared."""
    if _same(otherwise, accepted):
        return gap.where(np.zeros(len(gap), bool))
    return intersection(gap, otherwise.accepted())
