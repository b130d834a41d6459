"""The slow twin's decision caches: every turn of a verdict an event, and every end of what is held then."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, floor, inf, log, log1p, pi, sqrt
from typing import Any

from scipy.stats import gamma, norm, truncexpon

#: After all that may bring another version, or the end of the unit, at the same instant.
_LOOK = 50

Uniform = Callable[[int], float]


class Memory:
    """What the cache before a copy holds against the version in force.

    Who asks when is not lived: what is held as a verdict turns is drawn, from the law of a cache that has
    been asked at random ever since it was empty, by the same uniforms as in the engine.

    Parameters
    ----------
    copy : Copy
        Which says otherwise from turn to turn; it has just begun.
    is_aged : bool
        Whether its unit is older than the world.
    """

    def __init__(self, copy: Any, is_aged: bool) -> None:
        fleet, policy = copy.unit.fleet, copy.source.recipe
        self._copy, self._rule, self._clock = copy, policy.cache, copy.source.clock
        rate = fleet.world.design.mean_rate(fleet.name) / fleet.recipe.slots
        self._rate = rate * (1.0 - policy.tokens) / policy.permissions
        self._stream = fleet.stream(f"policies/{copy.source.name}/cache/{fleet.name}")
        self._says: list[bool] = list(copy.verdicts)
        count = len(self._says)
        self._turns = [0] * count
        self._turned = [-inf] * count
        self._until = [-inf] * count  # when what is held runs out
        self._answer = [False] * count
        self._empty = [-inf if is_aged else self._clock.now] * count
        self.held: dict[int, list[Any]] = {}  # by principal: what is answered against the version
        self.spans: list[list[Any]] = []  # of whom, what is answered, from, to [s]

    def adopted(self) -> None:
        """Another version is in force: look what it says, once all of this instant has happened."""
        self._clock.call(self._clock.now, _LOOK, self._look)

    def end(self) -> None:
        """The unit is gone."""
        for principal in list(self.held):
            self._close(principal)

    def _look(self) -> None:
        if self._copy.unit.is_gone:
            return
        for principal, says in enumerate(self._copy.verdicts):
            if says != self._says[principal]:
                self._says[principal] = says
                self._turn(principal)

    def _turn(self, principal: int) -> None:
        """Work out what is held now that the version says otherwise."""
        now, says = self._clock.now, self._says[principal]
        self._close(principal)
        if self._until[principal] <= now:
            if self._turns[principal]:
                self._empty[principal] = max(self._until[principal], self._turned[principal])
            ttl = self._rule.deny if says else self._rule.allow
            self._until[principal] = now + self._rest(principal, now - self._empty[principal], ttl)
            self._answer[principal] = not says
        self._turns[principal] += 1
        self._turned[principal] = now
        if self._until[principal] > now and self._answer[principal] != says:
            self.held[principal] = [principal, self._answer[principal], now, inf]
            self.spans.append(self.held[principal])
            self._clock.call(self._until[principal], _LOOK, self._run_out, self.held[principal])
            self._tell()

    def _run_out(self, span: list[Any]) -> None:
        if self.held.get(span[0]) is span:
            self._close(span[0])

    def _close(self, principal: int) -> None:
        if principal in self.held:
            self.held.pop(principal)[3] = self._clock.now
            self._tell()

    def _tell(self) -> None:
        self._copy.unit.fleet.meter.update(self._copy.unit)

    def _rest(self, principal: int, span: float, ttl: float) -> float:
        """How long [s] a decision is held that was asked for at random for a span."""
        if not ttl or not self._rate:
            return 0.0
        unit = self._copy.unit
        lane, base = self._stream.lane(unit.slot, unit.incarnation, principal), 64 * self._turns[principal]
        law = _fixed if self._rule.kind == "fixed" else _sliding
        return law(span, ttl, self._rate, lambda number: float(self._stream.uniform(lane, base + number)))


def _fixed(span: float, ttl: float, rate: float, uniform: Uniform) -> float:
    """Fill after fill: the last one that has come by now, unless it has run out."""
    u, dense = uniform(0), rate * ttl
    forgets = 0.5 * log1p((2.0 * pi / (1.0 + dense)) ** 2)
    if span * rate / (1.0 + dense) * forgets >= -log(1e-12):
        return u * (1.0 + dense) / rate if u * (1.0 + dense) < dense else 0.0

    def has_come(k: int, at: float) -> float:
        return float(gamma.cdf(rate * (at - (k - 1) * ttl), k))

    k = 0
    while has_come(k + 1, span) > u:
        k += 1
    if k == 0 or u < has_come(k, span - ttl):
        return 0.0
    filled = (k - 1) * ttl + float(gamma.ppf(u, k)) / rate
    return max(filled + ttl - span, 0.0)


def _sliding(span: float, ttl: float, rate: float, uniform: Uniform) -> float:
    """Hit after hit, for as long as the next one comes before the decision runs out."""
    age, wait = -log(uniform(0)) / rate, -log(uniform(1)) / rate
    if age >= min(ttl, span):
        return 0.0
    if age + wait >= ttl:
        return ttl - age
    dense = rate * ttl
    goes_on = log1p(-exp(-dense))
    hits = floor(min(log(uniform(2)) / goes_on, 1e15)) if goes_on else int(1e15)
    if hits > 60:
        law = truncexpon(dense)
        return (
            wait + ttl + max((hits * law.mean() + norm.ppf(uniform(63)) * sqrt(hits) * law.std()) / rate, 0.0)
        )
    return wait + ttl + sum(float(truncexpon.ppf(uniform(3 + hit), dense)) / rate for hit in range(hits))
