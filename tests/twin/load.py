"""The slow twin's load: the rate at an instant, and its integral piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, inf, pi, sin
from typing import Any

from churnsim.engine import Stream
from churnsim.model.traffic.bursts import BurstsTraffic
from churnsim.model.traffic.constant import ConstantTraffic
from churnsim.model.traffic.diurnal import DiurnalTraffic
from churnsim.model.traffic.steps import StepsTraffic
from churnsim.model.traffic.trace import TraceTraffic
from tests.twin.clock import draw

Piece = tuple[float, float]  # where it ends [s], and the rate until then [1/s]


class Load:
    """Requests offered to a fleet.

    Parameters
    ----------
    recipe : Traffic
        What is said of them.
    stream : Stream
        Its random stream.
    start : float
        Where the world begins [s].
    """

    def __init__(self, recipe: Any, stream: Stream, start: float) -> None:
        self._recipe = recipe
        self._known: list[Piece] = []
        self._more: Iterator[Piece] = iter(())
        match recipe:
            case ConstantTraffic():
                self.most = recipe.rate
                self._more = iter([(inf, recipe.rate)])
            case DiurnalTraffic():
                self.most = recipe.mean * (1 + recipe.swing)
            case StepsTraffic():
                self.most = max(step.rate for step in recipe.steps)
                ends = [step.at for step in recipe.steps[1:]]
                rates = [step.rate for step in recipe.steps]
                self._more = _circle(ends, rates, recipe.every, start)
            case TraceTraffic():
                counts, width = recipe.counts or (), recipe.interval or inf
                rates = [count * recipe.scale / width for count in counts]
                self.most = max(rates)
                ends = [width * number for number in range(1, len(rates))]
                self._more = _circle(ends, rates, width * len(rates), start)
            case BurstsTraffic():
                self.most = max(recipe.rate, recipe.burst)
                self._more = _bursts(recipe, stream, start)
            case _:
                raise LookupError(f"the slow twin knows no traffic {recipe.kind}")

    def rate(self, now: float) -> float:
        """Requests per time [1/s] at an instant."""
        if isinstance(self._recipe, DiurnalTraffic):
            turn = 2 * pi * (now - self._recipe.peak) / self._recipe.period
            return float(self._recipe.mean * (1 + self._recipe.swing * cos(turn)))
        return next(rate for end, rate in self._pieces(now) if now < end)

    def offered(self, begin: float, end: float) -> float:
        """Mean number of requests from one instant to another."""
        if isinstance(self._recipe, DiurnalTraffic):
            turn = 2 * pi / self._recipe.period
            swings = [sin(turn * (when - self._recipe.peak)) / turn for when in (begin, end)]
            return float(self._recipe.mean * (end - begin + self._recipe.swing * (swings[1] - swings[0])))
        total, now = 0.0, begin
        for until, rate in self._pieces(end):
            if until > now:
                total += rate * (min(until, end) - now)
                now = min(until, end)
        return total

    def jumps(self, until: float) -> list[float]:
        """Instants before `until` [s] at which the rate may jump."""
        if isinstance(self._recipe, DiurnalTraffic):
            return []
        return [end for end, _ in self._pieces(until) if end < until]

    def _pieces(self, now: float) -> list[Piece]:
        while not self._known or self._known[-1][0] <= now:
            self._known.append(next(self._more))
        return self._known


def _circle(ends: list[float], rates: list[float], period: float | None, start: float) -> Iterator[Piece]:
    """Yield the pieces of a circle that is at its beginning at 0; without a period the last never ends."""
    if period is None:
        yield from zip([*ends, inf], rates, strict=True)
        return
    turn = 0
    while turn * period > start:
        turn -= 1
    while True:
        yield from zip((turn * period + end for end in [*ends, period]), rates, strict=True)
        turn += 1


def _bursts(recipe: BurstsTraffic, stream: Stream, start: float) -> Iterator[Piece]:
    """Yield calm and burst in turn, as found at a random instant."""
    calm, burst = recipe.every, recipe.lasts
    place, calms, bursts = stream.lane(0), stream.lane(1), stream.lane(2)
    is_burst = stream.uniform(place, 0) * (calm.mean + burst.mean) < burst.mean
    now = start + float((burst if is_burst else calm).equilibrium(stream.uniform(place, 1)))
    if is_burst:
        yield now, recipe.burst
        now += draw(calm, stream, calms, 0)
    number = 1
    while True:
        yield now, recipe.rate
        now += draw(burst, stream, bursts, number)
        yield now, recipe.burst
        now += draw(calm, stream, calms, number)
        number += 1
