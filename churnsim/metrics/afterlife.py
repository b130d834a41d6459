"""Afterlife: how long a credential is still accepted after it should have ended."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.measurement import Durations
from churnsim.metrics.overlap import Floats, Ints, Mask
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.holder import of_thieves, of_units, own

CAUSES = ("orphan", "revocation", "theft")


@measure("credential.half_life", unit="s", better="lower", parts="cause", members=CAUSES)
def half_life(trace: Trace) -> dict[str, Durations]:
    """Time after which half of the credentials that should have ended are accepted nowhere.

    A credential of a unit should end when its unit is gone or it is revoked, whatever comes first, one in
    the hands of a thief at the theft; counted are those that had not expired by then, superseded ones too,
    if that was in the window. Connections that are still open do not count. Kaplan-Meier; accepted at the
    end of the run is censored.
    Source: methods 1.1, credential half-life.
    """
    return _quantile(trace, 0.5)


@measure("credential.afterlife.p95", unit="s", better="lower", parts="cause", members=CAUSES)
def twentieth(trace: Trace) -> dict[str, Durations]:
    """Time after which 5% of the credentials that should have ended are still accepted somewhere."""
    return _quantile(trace, 0.95)


@measure("credential.afterlife.p99", unit="s", better="lower", parts="cause", members=CAUSES)
def hundredth(trace: Trace) -> dict[str, Durations]:
    """Time after which 1% of the credentials that should have ended are still accepted somewhere."""
    return _quantile(trace, 0.99)


Ended = tuple[Ints, Floats, Mask]

_KNOWN: WeakKeyDictionary[Trace, Ended] = WeakKeyDictionary()


def _quantile(trace: Trace, probability: float) -> dict[str, Durations]:
    known = _KNOWN.get(trace)
    if known is None:
        known = _KNOWN[trace] = _afterlives(trace)
    cause, length, is_open = known
    parts: dict[str, Durations] = {"": Durations(length, is_open, probability)}
    return parts | {
        name: Durations(length[cause == code], is_open[cause == code], probability)
        for code, name in enumerate(CAUSES)
    }


def _afterlives(trace: Trace) -> Ended:
    """Cause, length [s] and whether the run ended before it, of every afterlife in the window."""
    meta = trace.meta
    gone = np.nan_to_num(trace["units"]["gone"][trace["credentials"]["unit"]], nan=np.inf)
    causes, ended, last = [], [], []
    for issuer in range(len(meta.issuers)):
        for accepted in of_units(trace, issuer, own(trace, issuer)):
            causes.append(np.where(accepted.revoked <= gone[accepted.row], 1, 0))
            ended.append(np.minimum(accepted.revoked, gone[accepted.row]))
            last.append(accepted.until.max(axis=1, initial=-np.inf))
            ended[-1][ended[-1] >= accepted.expires] = np.inf
        for accepted in of_thieves(trace, issuer):
            causes.append(np.full(accepted.row.size, 2))
            ended.append(accepted.issued.copy())  # from the theft on
            last.append(accepted.until.max(axis=1, initial=-np.inf))
            ended[-1][ended[-1] >= accepted.expires] = np.inf
    if not ended:
        return np.empty(0, np.int64), np.empty(0), np.empty(0, bool)
    cause, since, until = (np.concatenate(parts) for parts in (causes, ended, last))
    counted = (since >= meta.t0) & (since < meta.t1)
    cause, since, until = cause[counted], since[counted], until[counted]
    return cause, np.maximum(np.minimum(until, meta.t1) - since, 0.0), until > meta.t1
