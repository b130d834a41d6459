"""Rotation: how much the issuers have to do, how evenly, and how close renewals come to expiry."""

from __future__ import annotations

import math

import numpy as np

from churnsim.metrics.credential import newest
from churnsim.metrics.measurement import Durations, Ratio, Scalar
from churnsim.metrics.overlap import Floats, Ints, expand
from churnsim.metrics.range import Range
from churnsim.metrics.registry import measure
from churnsim.trace import Trace

BIN_S = 10.0
INSTANTS = 64


@measure("issuance.rate", unit="1/s", better="lower")
def issuance_rate(trace: Trace) -> Ratio:
    """Credentials issued by all issuers, to thieves too, per second of the window."""
    meta = trace.meta
    return Ratio(float(_issued(trace).size), meta.t1 - meta.t0 if meta.issuers else 0.0)


@measure("rotation.margin", unit="1", better="higher", possible=Range(-math.inf, 1.0))
def margin(trace: Trace) -> Scalar:
    """Slack left by the worst renewal: 1 - max (issued - due) / (expires - due); negative after expiry.

    Counted are renewals by units themselves that were granted in the window, and those still waiting when it
    or the unit ended, with their wait until then.
    """
    units, credentials, meta = trace["units"], trace["credentials"], trace.meta
    row, granted = newest(trace)
    is_granted = np.isfinite(granted)
    asked = credentials["due"][row]
    asked[is_granted] = credentials["asked"][row[np.flatnonzero(is_granted) + 1]]
    ended = np.fmin(units["gone"][credentials["unit"][row]], meta.t1)
    answered = np.where(is_granted, granted, ended)
    slack = credentials["expires"][row] - asked
    counted = (answered >= meta.t0) & (answered >= asked) & (slack > 0)
    counted &= is_granted | (ended > asked)
    used = (answered - asked)[counted] / slack[counted]
    return Scalar(float(1.0 - used.max()) if used.size else None)


@measure("rotation.storm", unit="1", better="lower")
def storm(trace: Trace) -> Scalar:
    """Peak over mean of issuances in bins of 10 s, over what a Poisson stream gives; worst issuer."""
    meta = trace.meta
    bins = int((meta.t1 - meta.t0) / BIN_S + 1e-9)  # whole bins; the rest of the window is left out
    worst = None
    for issuer in range(len(meta.issuers)):
        place = ((_issued(trace, issuer) - meta.t0) / BIN_S).astype(np.int64)
        counts = np.bincount(place[place < bins], minlength=bins)
        if bins > 1 and counts.any():
            ratio = counts.max() / poisson_peak(float(counts.mean()), bins)
            worst = ratio if worst is None else max(worst, ratio)
    return Scalar(None if worst is None else float(worst))


@measure("rotation.coherence", unit="share", better="lower")
def coherence(trace: Trace) -> Scalar:
    """Order of renewal phases, |mean over units of exp(2πi · next due / mean interval)|, mean of 64 instants.

    1 for a fleet that renews in step; about 0.9/√units where phases are independent.
    Source: Kuramoto's order parameter; docs/theory.md O20.
    """
    units, credentials, meta = trace["units"], trace["credentials"], trace.meta
    row, until = newest(trace)
    until = np.fmin(until, units["gone"][credentials["unit"][row]])
    instants = meta.t0 + (np.arange(INSTANTS) + 0.5) * (meta.t1 - meta.t0) / INSTANTS
    low = np.searchsorted(instants, credentials["issued"][row], "left")
    held, item = expand(np.maximum(np.searchsorted(instants, until, "left") - low, 0))
    instant = low[held] + item
    orders = []
    for issuer, info in enumerate(meta.issuers):
        if not info.renew_mean > 0:
            continue
        mine = credentials["issuer"][row[held]] == issuer
        # Taken as the time left, so that the phase loses no digits late in a run.
        left = credentials["due"][row[held[mine]]] - instants[instant[mine]]
        phase = np.exp(2j * np.pi * left / info.renew_mean)
        number = np.bincount(instant[mine], minlength=INSTANTS)
        real, imaginary = (np.bincount(instant[mine], part, INSTANTS) for part in (phase.real, phase.imag))
        orders.append(np.hypot(real, imaginary)[number > 0] / number[number > 0])
    every = np.concatenate(orders) if orders else np.empty(0)
    return Scalar(float(every.mean()) if every.size else None)


@measure("first_credential.p95", unit="s", better="lower")
def first_credential_p95(trace: Trace) -> Durations:
    """95th percentile of the wait for a first credential, units booted in the window; open ones censored."""
    units, credentials, meta = trace["units"], trace["credentials"], trace.meta
    row, _ = newest(trace)
    first = np.full(units["unit"].size, np.inf)
    np.minimum.at(first, credentials["unit"][row], credentials["issued"][row])
    issuers = np.array([info.issuer for info in meta.workloads], np.int64)
    booted = units["booted"]
    waiting = (issuers[units["workload"]] >= 0) & (booted >= meta.t0) & (booted < meta.t1)
    ended = np.fmin(units["gone"], meta.t1)[waiting]
    return Durations(np.minimum(first[waiting], ended) - booted[waiting], first[waiting] > ended, 0.95)


def poisson_peak(mean: float, bins: int) -> float:
    """Expected largest of `bins` independent Poisson counts of a given mean: Σ_k (1 - P(count <= k)^bins)."""
    from scipy.special import pdtrc

    top = int(mean + 40.0 * math.sqrt(mean) + 100.0)  # beyond this the terms are below any rounding
    above = np.asarray(pdtrc(np.arange(top), mean), np.float64)
    return float(-np.expm1(bins * np.log1p(-np.minimum(above, 1.0 - 1e-16))).sum())


def _issued(trace: Trace, issuer: Ints | int | None = None) -> Floats:
    """Instants in the window at which credentials were issued [s]."""
    credentials, meta = trace["credentials"], trace.meta
    counted = (credentials["issued"] >= meta.t0) & (credentials["issued"] < meta.t1)
    if issuer is not None:
        counted &= credentials["issuer"] == issuer
    return np.asarray(credentials["issued"][counted])
