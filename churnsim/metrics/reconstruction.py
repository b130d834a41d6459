"""Reconstruction: how much of the over-trust could be explained from the artefacts that survive alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics import evidence
from churnsim.metrics.explanation import kept, kept_in_trouble, unexplained
from churnsim.metrics.gap.cached import cached_units
from churnsim.metrics.gap.fold import Fold
from churnsim.metrics.gap.policy import Decisions, decisions
from churnsim.metrics.gap.stale import by_reach, stale_units
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats, Ints, inside, overlap, remainder
from churnsim.metrics.overtrust import CREDENTIAL_CAUSES, POLICY_CAUSES
from churnsim.metrics.registry import measure
from churnsim.metrics.survival import surviving
from churnsim.metrics.trust import Cause, GapFamily, Gaps, Side, gaps
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, intersection, union

_CAUSES = (*CREDENTIAL_CAUSES, *POLICY_CAUSES)
_TOLD = ("issuance", "adoption", "request")

Sums = tuple[Floats, Floats]  # what is told rightly, and all there is, by cause [pair s]


@measure(
    "reconstruction.share",
    unit="share",
    better="higher",
    parts="cause",
    members=[cause.word for cause in _CAUSES],
)
def share(trace: Trace) -> dict[str, Ratio]:
    """Share of over-trusted pair-seconds whose true cause the artefacts tell that are left at the end.

    The attribution is done again without the issuances and adoptions of which no artefact is left; it must
    name the same pair, point and cause at the same instant. What a unit decided wrongly must be found in its
    log too, if its decisions owe any evidence. What nothing owes evidence for is taken to be known. Up to 15
    min before the end, for what is on its way then may still arrive.
    """
    told, whole = np.zeros(len(Cause)), np.zeros(len(Cause))
    if any(info.kind in _TOLD for info in trace.meta.outcomes):
        left = surviving(trace)
        parts = [_held(trace, left)]
        workloads = enumerate(trace.meta.workloads)
        parts += [_decided(trace, left, code) for code, info in workloads if info.policy >= 0]
        told, whole = (sum(column, np.zeros(len(Cause))) for column in zip(*parts, strict=True))
    shares = {cause.word: Ratio(float(told[cause]), float(whole[cause])) for cause in _CAUSES}
    return {"": Ratio(float(told.sum()), float(whole.sum())), **shares}


def _held(trace: Trace, left: Trace) -> Sums:
    """Over-trust of units that are gone, of thieves and of forgers."""
    true, found = (_credentials(each) for each in (trace, left))
    points = int(max(rows.point.max(initial=0) for rows in (true, found))) + 1

    def key(rows: Gaps) -> Ints:
        holder = np.where(rows.family == GapFamily.CREDENTIAL, rows.unit, rows.theft)
        return ((holder * points + rows.point) * len(GapFamily) + rows.family) * len(Cause) + rows.cause

    met = overlap(Spans(true.start, true.end, key(true)), Spans.of(found.start, found.end, key(found)))
    seconds = true.weight[met.left] * inside(met.start, met.end, *_window(trace))
    whole = true.weight * inside(true.start, true.end, *_window(trace))
    return _by_cause(true.cause[met.left], seconds), _by_cause(true.cause, whole)


def _credentials(trace: Trace) -> Gaps:
    found = gaps(trace)
    return found.where((found.side == Side.OVER) & (found.family != GapFamily.POLICY))


def _decided(trace: Trace, left: Trace, workload: int) -> Sums:
    """Over-trust of principals by the units of a workload."""
    policy, fold = trace.meta.workloads[workload].policy, Fold(trace, workload)
    head, lost, (kept_share, by_rote) = decisions(trace, policy), *_unlogged(trace, workload)
    told, whole = np.zeros(len(Cause)), np.zeros(len(Cause))

    def add(cause: Cause, wrong: Spans, agreed: Spans) -> None:
        whole[cause] += _weighed(trace, fold, wrong)
        told[cause] += kept_share * _weighed(trace, fold, remainder(agreed, lost))

    for wrong, agreed in _stale(trace, left, workload, head):
        said = {cause: spans for cause, spans, _ in by_reach(trace, agreed)}
        for cause, spans, _ in by_reach(trace, wrong):
            add(cause, spans, said[cause])
    wrong, change = cached_units(trace, policy, workload, head)
    wrong = wrong.where(head.allowed[change] == 0)
    add(Cause.DECISION_CACHE, wrong, wrong)
    rote = gaps(trace)
    rote = rote.where((rote.side == Side.OVER) & (rote.workload == workload) & (rote.principal < 0))
    rote = rote.where(rote.family == GapFamily.POLICY)
    logged = remainder(Spans(rote.start, rote.end, rote.unit), lost)
    seconds = by_rote * rote.weight[logged.group] * inside(logged.start, logged.end, *_window(trace))
    told += _by_cause(rote.cause[logged.group], seconds)
    whole += _by_cause(rote.cause, rote.weight * inside(rote.start, rote.end, *_window(trace)))
    return told, whole


def _stale(trace: Trace, left: Trace, workload: int, head: Decisions) -> Iterator[tuple[Spans, Spans]]:
    """Yield when units go by a version that wrongly allows, and when it can be told, by unit."""
    policy = trace.meta.workloads[workload].policy
    principals = trace.meta.policies[policy].principals

    def allowing(each: Trace) -> Iterator[tuple[Spans, Ints]]:
        for wrong, change in stale_units(each, policy, workload, head):
            over = head.allowed[change] == 0
            yield wrong.where(over), head.principal[change[over]]

    if left is trace:
        yield from ((wrong, wrong) for wrong, _ in allowing(trace))
        return
    parts = [Spans(each.start, each.end, each.group * principals + who) for each, who in allowing(left)]
    found = union(*parts) if parts else Spans.of([], [])
    for wrong, whom in allowing(trace):
        met = overlap(Spans(wrong.start, wrong.end, wrong.group * principals + whom), found)
        yield wrong, Spans(met.start, met.end, wrong.group[met.left])


def _unlogged(trace: Trace, workload: int) -> tuple[Spans, tuple[float, float]]:
    """When what units decide cannot be explained, by unit, and of which share of the rest it can.

    The second share is that of what they decide by rote.
    """
    kinds = [info for info in trace.meta.outcomes if (info.kind, info.workload) == ("request", workload)]
    if not kinds:
        return Spans.of([], []), (1.0, 1.0)
    lacking = [
        union(*unexplained(trace, info, evidence.PATIENCE_S).values(), Spans.of([], [])) for info in kinds
    ]
    shares = (
        max(min(share(trace, owed) for owed in info.owes) for info in kinds)
        for share in (kept, kept_in_trouble)
    )
    return intersection(*lacking), (next(shares), next(shares))


def _weighed(trace: Trace, fold: Fold, wrong: Spans) -> float:
    return float(fold.weigh(*(np.clip(each, *_window(trace)) for each in (wrong.start, wrong.end)))[0].sum())


def _window(trace: Trace) -> tuple[float, float]:
    return trace.meta.t0, max(trace.meta.t1 - evidence.PATIENCE_S, trace.meta.t0)


def _by_cause(cause: Ints, seconds: Floats) -> Floats:
    return np.bincount(cause, seconds, len(Cause)).astype(float)
