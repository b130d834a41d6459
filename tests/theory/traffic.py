"""Known answers on traffic: the two-state Markov-modulated Poisson process."""

from __future__ import annotations

import numpy as np

from churnsim.scenario import Scenario
from tests.theory.oracle import exp, known, run, world

CALM, BURST, CALM_S, BURST_S = 20.0, 200.0, 540.0, 60.0
HOUR = 3600.0
_AWAY = BURST_S / (CALM_S + BURST_S)
_MEAN = CALM + (BURST - CALM) * _AWAY
_RATE = 1 / CALM_S + 1 / BURST_S


def variance(span: float) -> float:
    """Variance of the integral of the rate over a span [s]: 2Δ²π₀π₁ (t/σ − (1 − e^(−σt))/σ²)."""
    spread = 2 * (BURST - CALM) ** 2 * _AWAY * (1 - _AWAY)
    return spread * (span / _RATE - (1 - np.exp(-_RATE * span)) / _RATE**2)


def bursty(requests: str) -> Scenario:
    traffic = {
        "kind": "bursts",
        "rate": f"{CALM:g}/s",
        "burst": f"{BURST:g}/s",
        "every": exp(f"{CALM_S:g}s"),
        "lasts": exp(f"{BURST_S:g}s"),
    }
    service = {"kind": "service", "replicas": 1, "traffic": traffic}
    return world(horizon="500h", window="5m", requests=requests, workloads={"web": service})


def offered(replication: int, requests: str = "expected") -> np.ndarray:
    return np.asarray(run(bursty(requests), replication)["traffic"]["offered"], float)


@known("MMPP: requests in 5 min", _MEAN * 300)
def mean_of_bursts(replication: int) -> float:
    return float(offered(replication).mean())


@known("MMPP: variance of the load of 5 min", variance(300.0), power=0.03)
def variance_of_bursts(replication: int) -> float:
    return float(np.mean((offered(replication) - _MEAN * 300) ** 2))


@known("MMPP: variance of the load of an hour", variance(HOUR), power=0.04)
def variance_of_hours(replication: int) -> float:
    return float(np.mean((offered(replication).reshape(-1, 12).sum(axis=1) - _MEAN * HOUR) ** 2))


@known("MMPP: variance of the requests of 5 min", variance(300.0) + _MEAN * 300, power=0.03)
def variance_of_requests(replication: int) -> float:
    return float(np.mean((offered(replication, "sampled") - _MEAN * 300) ** 2))
