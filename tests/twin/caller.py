"""The slow twin's callers: every request an event, judged at its instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from churnsim.model.account import INTENDED
from tests.twin.clock import REQUEST
from tests.twin.fleet import Fleet

_ANSWERED = ("served", "stale_allow", "fail_open", "cached_allow")
_UNSERVED = set(INTENDED) - {"served"}
# Who decides wrongly, and what becomes of a request that it denies or allows.
_WRONG = {
    "lapse": ("fail_closed", "fail_open"),
    "copy": ("stale_deny", "stale_allow"),
    "cache": ("cached_deny", "cached_allow"),
}


class Callers:
    """Poisson requests to a fleet: a random endpoint of the list, a random point, a random principal.

    Parameters
    ----------
    fleet : Fleet
        Whom they call.
    random : numpy.random.Generator
        Chance; nothing else in the world draws from it.
    """

    def __init__(self, fleet: Fleet, random: np.random.Generator) -> None:
        self.fleet = fleet
        self.counts: Counter[str] = Counter()
        self.calls: Counter[tuple[str, str]] = Counter()  # by caller and callee, and what is counted
        self._random = random
        fleet.clock.env.process(self._call())

    def _call(self) -> Generator[simpy.Event, Any, None]:
        clock, load = self.fleet.clock, self.fleet.load
        assert load is not None
        source, t0 = self.fleet.source, self.fleet.world.t0
        # A cache has been filled by the past: then requests begin with the world, and count from t0 on.
        yield clock.at(clock.start if source is not None and source.recipe.cache is not None else t0, 0)
        while True:
            yield clock.at(clock.now + self._random.exponential(1 / load.most), REQUEST)
            rate = load.rate(clock.now)
            # Thinning: of requests at the greatest rate, the share that the present one allows.
            if rate == load.most or self._random.random() * load.most < rate:
                is_counted = clock.now >= t0
                fate = self._ask_others(self.fleet, _fate(self.fleet, self._random), is_counted)
                self.counts[fate] += is_counted

    def _ask_others(self, fleet: Fleet, fate: str, is_counted: bool) -> str:
        """Make the calls that a request takes, and return what becomes of it."""
        if fate not in _ANSWERED:
            return fate
        is_lost = False
        for name, call in fleet.recipe.callees.items():
            if self._random.random() < call.share:
                is_lost |= not self._attempt(fleet, name, call, is_counted)
        if not is_lost:
            return fate
        return "dependency" if fate == "served" else "denied"

    def _attempt(self, fleet: Fleet, name: str, call: Any, is_counted: bool) -> bool:
        """Call another fleet until it answers, as often as the call may be made; tell whether it did."""
        callee, edge = fleet.world.fleets[name], f"{fleet.name} -> {name}"
        self.calls[edge, "first"] += is_counted
        for _ in range(1 + call.retries):
            fate = self._ask_others(callee, _fate(callee, self._random), is_counted)
            self.calls[edge, "attempts"] += is_counted
            self.calls[edge, fate] += is_counted
            if fate not in _UNSERVED:
                return True
        self.calls[edge, "failed"] += is_counted
        return False


def _fate(fleet: Fleet, random: np.random.Generator) -> str:
    """What becomes of a request to a fleet, before anybody else is called."""
    principal = int(random.integers(fleet.source.recipe.permissions)) if fleet.source else 0
    is_intended = fleet.source is None or fleet.source.versions[fleet.source.head][principal]
    endpoints = list(fleet.endpoints)
    if not endpoints:
        return "no_endpoint" if is_intended else "denied"
    unit = endpoints[random.integers(len(endpoints))]
    if unit.is_gone:
        return "dead_endpoint" if is_intended else "denied"
    if fleet.issuer is not None and unit.identity is not None:
        door = unit.identity.doors[random.integers(len(unit.identity.doors))]
        if not door.lets_in(fleet.clock.now):
            return "credential_rejected" if is_intended else "denied"
    if unit.copy is None:
        return "served"
    # A token: no version older than it may decide, nor a cache; the unit asks the source.
    source = fleet.source
    if source is not None and not unit.copy.has_lapsed and random.random() < source.recipe.tokens:
        if source.is_too_old(unit.copy.version):
            right = "served" if unit.copy.source.is_up else "fail_closed"
            return right if is_intended else "denied"
        is_allowed, decider = unit.copy.allows(principal), "copy"
    else:
        is_allowed, decider = unit.copy.answer(principal)
    if is_allowed == is_intended:
        return "served" if is_intended else "denied"
    return _WRONG[decider][is_allowed]
