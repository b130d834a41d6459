"""Afterlife: how long a credential is still accepted after it should have ended."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.gap.theft import loot
from churnsim.metrics.measurement import Durations, Measurement
from churnsim.metrics.overlap import Floats, Ints, Mask
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.acceptance import acceptances

CAUSES = ("orphan", "revocation", "theft")


@measure("credential.half_life", unit="s", better="lower", parts="cause", members=CAUSES)
def half_life(trace: Trace) -> dict[str, Measurement]:
    """Time after which half of the credentials that should have ended are accepted nowhere.

    A credential of a unit should end when its unit is gone or it is revoked, whatever comes first, one in
    the hands of a thief at the theft; counted are those that had not expired by then, superseded ones too,
    if that was in the window. Kaplan-Meier; accepted at the end of the run is censored.
    Source: methods 1.1, credential half-life.
    """
    return _quantile(trace, 0.5)


@measure("credential.afterlife.p95", unit="s", better="lower", parts="cause", members=CAUSES)
def twentieth(trace: Trace) -> dict[str, Measurement]:
    """Time after which 5% of the credentials that should have ended are still accepted somewhere."""
    return _quantile(trace, 0.95)


@measure("credential.afterlife.p99", unit="s", better="lower", parts="cause", members=CAUSES)
def hundredth(trace: Trace) -> dict[str, Measurement]:
    """Time after which 1% of the credentials that should have ended are still accepted somewhere."""
    return _quantile(trace, 0.99)


Ended = tuple[Ints, Floats, Mask]

_KNOWN: WeakKeyDictionary[Trace, Ended] = WeakKeyDictionary()


def _quantile(trace: Trace, probability: float) -> dict[str, Measurement]:
    known = _KNOWN.get(trace)
    if known is None:
        known = _KNOWN[trace] = _afterlives(trace)
    cause, length, is_open = known
    parts: dict[str, Measurement] = {"": Durations(length, is_open, probability)}
    return parts | {
        name: Durations(length[cause == code], is_open[cause == code], probability)
        for code, name in enumerate(CAUSES)
    }


def _afterlives(trace: Trace) -> Ended:
    """Cause, length [s] and whether the run ended before it, of every afterlife in the window."""
    meta, credentials, stolen = trace.meta, trace["credentials"], trace["thefts"]
    gone = np.nan_to_num(trace["units"]["gone"][credentials["unit"]], nan=np.inf)
    causes, ended, last = [], [], []
    for issuer in range(len(meta.issuers)):
        own = np.flatnonzero((credentials["issuer"] == issuer) & (credentials["bearer"] == -1))
        for accepted in acceptances(trace, issuer, own, credentials["unit"][own]):
            causes.append(np.where(accepted.revoked <= gone[accepted.row], 1, 0))
            ended.append(np.minimum(accepted.revoked, gone[accepted.row]))
            last.append(accepted.until.max(axis=1, initial=-np.inf))
            ended[-1][ended[-1] >= accepted.expires] = np.inf
        theft, row = loot(trace, issuer)
        for accepted in acceptances(trace, issuer, row, theft):
            causes.append(np.full(accepted.row.size, 2))
            ended.append(np.maximum(stolen["time"][accepted.holder], accepted.issued))
            last.append(accepted.until.max(axis=1, initial=-np.inf))
            ended[-1][ended[-1] >= accepted.expires] = np.inf
    if not ended:
        return np.empty(0, np.int64), np.empty(0), np.empty(0, bool)
    cause, since, until = (np.concatenate(parts) for parts in (causes, ended, last))
    counted = (since >= meta.t0) & (since < meta.t1)
    cause, since, until = cause[counted], since[counted], until[counted]
    return cause, np.maximum(np.minimum(until, meta.t1) - since, 0.0), until > meta.t1
