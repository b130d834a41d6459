"""Known answers on failures that come in storms: the dispersion of their counts, and outages among them."""

from __future__ import annotations

import numpy as np

from churnsim.engine import Streams, World
from churnsim.model.occasion import Occasions
from churnsim.model.spell import Spells
from tests.theory.oracle import exp, known

HOUR = 3600.0
CALM, STORM, FACTOR, GAP, LASTS = 20.0, 2.0, 15.0, 2.0, 0.5  # h
SPAN, HOURS = 4.0, 8000
_STORMS = {"every": exp(f"{CALM}h"), "lasts": exp(f"{STORM}h"), "factor": f"x{FACTOR}"}
_AWAY = STORM / (CALM + STORM)
_MEAN = (1 + (FACTOR - 1) * _AWAY) / GAP  # per hour


def dispersion(span: float) -> float:
    """Variance over mean of the number in a span [h]: 1 + 2Δ²π₀π₁ (t/σ − (1 − e^(−σt))/σ²) / mean."""
    rate = 1 / CALM + 1 / STORM
    spread = 2 * ((FACTOR - 1) / GAP) ** 2 * _AWAY * (1 - _AWAY)
    return 1 + spread * (span / rate - (1 - np.exp(-rate * span)) / rate**2) / (_MEAN * span)


def down_share() -> float:
    """Share of time down, of the chain of (weather, whether it is up)."""
    out, fall, up = (1 / CALM, 1 / STORM), (1 / GAP, FACTOR / GAP), 1 / LASTS
    rates = np.zeros((4, 4))  # calm up, calm down, storm up, storm down
    for weather in (0, 1):
        here, there = 2 * weather, 2 * (1 - weather)
        rates[here, here + 1], rates[here + 1, here] = fall[weather], up
        rates[here, there] = rates[here + 1, there + 1] = out[weather]
    generator = rates - np.diag(rates.sum(axis=1))
    balance = np.vstack([generator.T[:-1], np.ones(4)])
    stationary = np.linalg.solve(balance, [0.0, 0.0, 0.0, 1.0])
    return float(stationary[1] + stationary[3])


def sky(replication: int, hours: float) -> World:
    """A world in which nothing else happens."""
    return World(start=0.0, end=hours * HOUR, streams=Streams(20_261_124, replication), sinks=(), causes=())


def counts(replication: int) -> np.ndarray:
    """How many strikes there are in each span."""
    rule = Occasions.model_validate({"every": exp(f"{GAP}h"), "storms": _STORMS})
    times = rule.instants(sky(replication, HOURS), "storm") / HOUR
    return np.histogram(times, np.arange(0.0, HOURS + SPAN, SPAN))[0].astype(float)


@known("storms: strikes in 4 h", _MEAN * SPAN, power=0.03)
def strikes(replication: int) -> float:
    return float(counts(replication).mean())


@known("storms: dispersion of the strikes in 4 h", dispersion(SPAN), power=0.04)
def dispersed(replication: int) -> float:
    return float(np.mean((counts(replication) - _MEAN * SPAN) ** 2)) / (_MEAN * SPAN)


@known("storms: share of time in an outage", down_share(), power=0.03)
def outages(replication: int) -> float:
    """From the first instant on, as of a world that has always been there."""
    rule = Spells.model_validate({"every": exp(f"{GAP}h"), "lasts": exp(f"{LASTS}h"), "storms": _STORMS})
    periods = np.array(rule.periods(sky(replication, HOURS / 4), "storm"))
    return float(np.diff(np.minimum(periods, HOURS / 4 * HOUR)).sum()) / (HOURS / 4 * HOUR)
