"""Excess: over-trust beyond what was agreed with those who rely on it."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.overlap import Floats, Ints
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import GapFamily, Side, episodes
from churnsim.trace import Trace


@measure("overtrust.excess", unit="pair s", better="lower")
def credential_excess(trace: Trace) -> Scalar:
    """Over-trust of units and thieves beyond the agreed exposure g of their issuer: Σ (W - g)⁺.

    Over episodes W at any point begun in the window; open ones as far as seen. Undefined where no issuer has
    an agreed exposure.
    """
    return _excess(trace, (GapFamily.CREDENTIAL, GapFamily.THEFT))


@measure("overtrust.excess_share", unit="share", better="lower")
def credential_excess_share(trace: Trace) -> Ratio:
    """Share of exposures of units and thieves that outlast the agreed exposure g of their issuer.

    Of those begun in the window and more than g before its end, for which the answer is known.
    """
    return _share(trace, (GapFamily.CREDENTIAL, GapFamily.THEFT))


@measure("overtrust.policy_excess", unit="pair s", better="lower")
def policy_excess(trace: Trace) -> Scalar:
    """Over-trust of principals beyond the agreed exposure g of their policy: Σ (W - g)⁺."""
    return _excess(trace, (GapFamily.POLICY,))


@measure("overtrust.policy_excess_share", unit="share", better="lower")
def policy_excess_share(trace: Trace) -> Ratio:
    """Share of wrongly allowed principals for whom that outlasts the agreed exposure of their policy."""
    return _share(trace, (GapFamily.POLICY,))


def _excess(trace: Trace, families: tuple[GapFamily, ...]) -> Scalar:
    length, agreed, _ = _begun(trace, families)
    if not np.isfinite(_agreements(trace, families)).any():
        return Scalar(None)
    return Scalar(float(np.maximum(length - agreed, 0.0).sum()))


def _share(trace: Trace, families: tuple[GapFamily, ...]) -> Ratio:
    length, agreed, start = _begun(trace, families)
    known = start < trace.meta.t1 - agreed
    return Ratio(float(np.count_nonzero(length[known] > agreed[known])), float(np.count_nonzero(known)))


def _begun(trace: Trace, families: tuple[GapFamily, ...]) -> tuple[Floats, Floats, Floats]:
    """Length, agreed length and beginning [s] of every exposure begun in the window, if agreed."""
    found = episodes(trace)
    chosen = np.flatnonzero((found.side == Side.OVER) & found.begins & np.isin(found.family, families))
    agreed = _agreements(trace, families)[_workload(trace, found.family[chosen], found.pair[chosen])]
    bound = np.isfinite(agreed)
    chosen = chosen[bound]
    return (found.end - found.start)[chosen], agreed[bound], found.start[chosen]


def _agreements(trace: Trace, families: tuple[GapFamily, ...]) -> Floats:
    """Agreed exposure [s] of the issuer, or the policy, of each workload; NaN for none."""
    meta = trace.meta
    if GapFamily.POLICY in families:
        known = [meta.policies[info.policy].agreed if info.policy >= 0 else np.nan for info in meta.workloads]
    else:
        known = [meta.issuers[info.issuer].agreed if info.issuer >= 0 else np.nan for info in meta.workloads]
    return np.array(known, np.float64)


def _workload(trace: Trace, family: Ints, pair: Ints) -> Ints:
    """Workload that each pair belongs to."""
    principals = max((info.principals for info in trace.meta.policies), default=0)
    found = pair // max(principals, 1)
    units, thefts = trace["units"]["workload"], trace["thefts"]["workload"]
    for code, table in ((GapFamily.CREDENTIAL, units), (GapFamily.THEFT, thefts)):
        found[family == code] = table[pair[family == code]]
    return found
