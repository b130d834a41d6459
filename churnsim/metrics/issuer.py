"""Issuers as shared services: how busy they are, how long requests wait, how many they refuse."""

from __future__ import annotations

import math

import numpy as np

from churnsim.metrics.measurement import Durations, Peak, Ratio, Scalar
from churnsim.metrics.overlap import Floats, Mask, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Family, ServiceState, SigningOutcome, Trace
from churnsim.trace.intervals import steps

_REFUSALS = (SigningOutcome.LIMITED, SigningOutcome.FULL)


@measure("issuer.utilisation", unit="1", better="lower")
def utilisation(trace: Trace) -> Ratio:
    """Busy share of the signers, ∫busy dt / (signers × window); signed in no time: signed / (rate × window).

    Over all issuers with a capacity; one whose signatures take no time and that has no limit has no bound
    and is left out. Work done in vain is work.
    """
    table, meta = trace["signings"], trace.meta
    window = meta.t1 - meta.t0
    used, capable = 0.0, 0.0
    for issuer, info in enumerate(meta.issuers):
        if info.desk is None:
            continue
        mine = table["issuer"] == issuer
        if info.desk.takes_time:
            busy = inside(table["began"][mine], table["ended"][mine], meta.t0, meta.t1)
            used += float(busy[~np.isnan(table["began"][mine])].sum())
            capable += info.desk.signers * window
        elif not math.isnan(info.desk.rate):
            ended = table["ended"][mine & ~np.isnan(table["began"])]
            used += float(((ended >= meta.t0) & (ended < meta.t1)).sum()) / info.desk.rate
            capable += window
    return Ratio(used, capable)


@measure("issuer.wait.mean", unit="s", better="lower")
def wait_mean(trace: Trace) -> Ratio:
    """Mean time in the queue of an issuer, from arrival until a signer begins: ∫waiting dt / admitted.

    By Little's law: seconds waited in the window over requests that arrived in it and were not refused, those
    that gave up included with the time they waited.
    """
    table, meta = trace["signings"], trace.meta
    waited = inside(table["arrived"], _left(trace), meta.t0, meta.t1)
    return Ratio(float(waited.sum()), float(np.count_nonzero(_admitted(trace))))


@measure("issuer.wait.p99", unit="s", better="lower")
def wait_p99(trace: Trace) -> Durations:
    """99th percentile of the time in the queue, of those admitted in the window; never taken: censored."""
    table, meta = trace["signings"], trace.meta
    chosen = _admitted(trace)
    left = np.fmin(_left(trace), meta.t1)
    return Durations((left - table["arrived"])[chosen], np.isnan(table["began"][chosen]), 0.99)


@measure("issuer.queue.max", unit="requests", better="lower")
def queue_max(trace: Trace) -> Peak:
    """Most requests that waited at one issuer at any instant of the window; worst issuer."""
    table, meta = trace["signings"], trace.meta
    left, worst = _left(trace), None
    for issuer, info in enumerate(meta.issuers):
        if info.desk is not None:
            mine = table["issuer"] == issuer
            most = steps(table["arrived"][mine], left[mine]).maximum(meta.t0, meta.t1)
            worst = most if worst is None else max(worst, most)
    return Peak(worst)


@measure(
    "issuer.refused.share",
    unit="share",
    better="lower",
    parts="reason",
    members=[outcome.name.lower() for outcome in _REFUSALS],
)
def refused_share(trace: Trace) -> dict[str, Ratio]:
    """Share of requests that arrive in the window and are refused: no token of the limit, or a full queue."""
    table = trace["signings"]
    arrived = _in_window(trace)
    total = float(np.count_nonzero(arrived))
    counts = {
        outcome.name.lower(): float(np.count_nonzero(arrived & (table["outcome"] == outcome)))
        for outcome in _REFUSALS
    }
    parts: dict[str, Ratio] = {"": Ratio(sum(counts.values()), total)}
    return parts | {name: Ratio(count, total) for name, count in counts.items()}


@measure("issuer.wasted.share", unit="share", better="lower")
def wasted_share(trace: Trace) -> Ratio:
    """Share of the signers' busy time in the window spent in vain: nobody waited for the signature then."""
    table, meta = trace["signings"], trace.meta
    served = ~np.isnan(table["began"])
    busy = inside(table["began"], table["ended"], meta.t0, meta.t1)[served]
    vain = (table["outcome"] != SigningOutcome.SIGNED) & (table["outcome"] != SigningOutcome.WAITING)
    return Ratio(float(busy[vain[served]].sum()), float(busy.sum()))


@measure("issuer.blocked", unit="share", better="lower")
def blocked(trace: Trace) -> Scalar:
    """Share of the window in which an issuer could start if what it needs were up; worst issuer.

    1 for a whole window: the loop of needs that never recovers.
    """
    meta = trace.meta
    spells = trace.intervals(Family.ISSUER, ServiceState.BLOCKED)
    lengths = inside(spells["start"], spells["end"], meta.t0, meta.t1)
    shares = np.bincount(spells["entity"], lengths, len(meta.issuers)) / (meta.t1 - meta.t0)
    needy = [issuer for issuer, info in enumerate(meta.issuers) if info.has_needs]
    return Scalar(float(shares[needy].max()) if needy else None)


def _left(trace: Trace) -> Floats:
    """When each request left the queue [s]; infinite where it is there at t1."""
    table = trace["signings"]
    return np.asarray(np.nan_to_num(np.fmin(table["began"], table["ended"]), nan=np.inf))


def _in_window(trace: Trace) -> Mask:
    arrived, meta = trace["signings"]["arrived"], trace.meta
    return np.asarray((arrived >= meta.t0) & (arrived < meta.t1))


def _admitted(trace: Trace) -> Mask:
    return np.asarray(_in_window(trace) & ~np.isin(trace["signings"]["outcome"], _REFUSALS))
