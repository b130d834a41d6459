"""The trust gap of a run: where, when, how long and why enforced trust differed from intended trust."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.gap.cached import cached
from churnsim.metrics.gap.disowned import disownings
from churnsim.metrics.gap.forgery import forgeries
from churnsim.metrics.gap.lapse import lapses, misjudged, spared
from churnsim.metrics.gap.lockout import lockouts
from churnsim.metrics.gap.necessity import closings
from churnsim.metrics.gap.orphan import orphans
from churnsim.metrics.gap.stale import stale
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, concatenate, rows
from churnsim.metrics.gap.theft import thefts
from churnsim.metrics.gap.unit import units_wrong
from churnsim.metrics.overlap import Floats, Ints, Mask, inside, position
from churnsim.trace import LapseMode, Trace
from churnsim.trace.intervals import Spans

__all__ = [
    "Cause",
    "Episodes",
    "GapFamily",
    "Gaps",
    "Side",
    "concatenate",
    "episodes",
    "gaps",
    "necessities",
    "units_wrong",
]


@dataclass(frozen=True, eq=False, slots=True)
class Episodes:
    """One row for each maximal stretch in which some point is wrong about a pair: the security view.

    A pair is a unit (family credential), a thief (theft), a forger, or a principal at one workload (policy).

    Parameters
    ----------
    side, family, pair : ndarray of int
        Codes of `Side` and `GapFamily`; row in `units`, in `thefts`, in `forgers`, or
        ``workload * principals + principal``.
    start, end : ndarray of float
        Bounds [s]; `end` is t1 where `open`.
    open : ndarray of bool
        Whether it went on at t1 (right-censored).
    begins : ndarray of bool
        Whether it began inside the measured window, so that it counts as an episode of it.
    seconds : ndarray of float
        Length inside the measured window [s].
    """

    side: Ints
    family: Ints
    pair: Ints
    start: Floats
    end: Floats
    open: Mask
    begins: Mask
    seconds: Floats

    def __len__(self) -> int:
        return self.start.size


def necessities(trace: Trace) -> Gaps:
    """Find when removing one cause alone would have closed a gap of a run; worked out once for a trace.

    Rows like those of `gaps`, with what is removed as `cause`. Those of different causes may overlap, where
    either would do; where none is, no single one would. Of a lapse, `seconds` and `weight` count the
    principals that the version in force would have judged rightly. `episode` is -1.
    """
    known = _CLOSED.get(trace)
    if known is None:
        known = _CLOSED[trace] = concatenate(*_closings(trace))
    return known


def gaps(trace: Trace) -> Gaps:
    """Attribute every stretch of over- and under-trust of a run to its cause; worked out once for a trace."""
    return _attribution(trace)[0]


def episodes(trace: Trace) -> Episodes:
    """Join the gaps of a run to episodes of pairs; worked out once for a trace."""
    return _attribution(trace)[1]


_CLOSED: WeakKeyDictionary[Trace, Gaps] = WeakKeyDictionary()
_KNOWN: WeakKeyDictionary[Trace, tuple[Gaps, Episodes]] = WeakKeyDictionary()


def _attribution(trace: Trace) -> tuple[Gaps, Episodes]:
    known = _KNOWN.get(trace)
    if known is None:
        known = _KNOWN[trace] = _episodes(trace, concatenate(*_parts(trace)))
    return known


def _parts(trace: Trace) -> Iterator[Gaps]:
    yield rows(Side.OVER, GapFamily.CREDENTIAL, start=np.empty(0))
    for issuer in range(len(trace.meta.issuers)):
        yield from orphans(trace, issuer)
        yield from disownings(trace, issuer)
        yield from thefts(trace, issuer)
        yield from forgeries(trace, issuer)
        yield from lockouts(trace, issuer)
    for workload, info in enumerate(trace.meta.workloads):
        if info.policy >= 0:
            yield from stale(trace, info.policy, workload)
            yield from lapses(trace, info.policy, workload)
            yield from cached(trace, info.policy, workload)


def _closings(trace: Trace) -> Iterator[Gaps]:
    found = gaps(trace)
    # Without its cache a unit goes by its version, which says otherwise: each of the three would do alone.
    versions = (Cause.STALE_POLICY, Cause.UNREACHED_POLICY)
    yield found.where(np.isin(found.cause, (*versions, Cause.DECISION_CACHE, Cause.NEGATIVE_CACHE)))
    yield found.where(np.isin(found.cause, (Cause.STOLEN_KEY, Cause.ORPHAN_UNIT)))
    for issuer in range(len(trace.meta.issuers)):
        yield from closings(trace, found, issuer)
    for workload, info in enumerate(trace.meta.workloads):
        if info.policy >= 0:
            yield from spared(trace, info.policy, workload)


def _episodes(trace: Trace, found: Gaps) -> tuple[Gaps, Episodes]:
    meta = trace.meta
    principals = max((info.principals for info in meta.policies), default=0)
    is_one_pair = (found.family != GapFamily.POLICY) | (found.principal >= 0)
    pair = np.where(found.family == GapFamily.CREDENTIAL, found.unit, found.theft)
    pair = np.where(found.family == GapFamily.POLICY, found.workload * principals + found.principal, pair)
    code = (pair * len(GapFamily) + found.family) * len(Side) + found.side

    pieces = [Spans(found.start, found.end, code).where(is_one_pair)]
    for workload, info in enumerate(meta.workloads):
        for mode in LapseMode:
            side = Side.UNDER if mode.denies else Side.OVER
            if info.policy >= 0:
                spans = misjudged(trace, info.policy, workload, mode)
                each = (workload * principals + spans.group) * len(GapFamily) + GapFamily.POLICY
                pieces.append(Spans(spans.start, spans.end, each * len(Side) + side))
    columns = (np.concatenate([getattr(p, name) for p in pieces]) for name in ("start", "end", "group"))
    joined = Spans.of(*columns)
    member = position(joined.group, joined.start, code, found.start, "right") - 1
    is_open = np.bincount(member[is_one_pair & found.open], minlength=len(joined)) > 0
    family = joined.group // len(Side) % len(GapFamily)
    return replace(found, episode=np.where(is_one_pair, member, -1)), Episodes(
        side=joined.group % len(Side),
        family=family,
        pair=joined.group // (len(Side) * len(GapFamily)),
        start=joined.start,
        end=joined.end,
        open=is_open | ((family == GapFamily.POLICY) & (joined.end >= meta.t1)),
        begins=(joined.start >= meta.t0) & (joined.start < meta.t1),
        seconds=inside(joined.start, joined.end, meta.t0, meta.t1),
    )
