"""The slow twin's probe: between any two events, ask every point about every pair, as trust is defined."""

from __future__ import annotations

from collections import defaultdict
from math import nan
from typing import Any

from churnsim.model.account import INTENDED, OUTCOMES
from tests.twin.fate import but_for_keys, fates, lets_in
from tests.twin.fleet import Fleet, Unit
from tests.twin.issuer import Credential
from tests.twin.point import Point

WINDOW_S = 60.0


class Probe:
    """Integrals over the measured window.

    The world does not change between two events, so that what is found anywhere in between holds throughout.

    Parameters
    ----------
    world : World
        What is probed.
    """

    def __init__(self, world: Any) -> None:
        self.world = world
        self.over: dict[str, float] = defaultdict(float)  # pair-seconds, by family
        self.under: dict[str, float] = defaultdict(float)
        self.running = self.allowed = 0.0  # unit-seconds, principal-seconds: what is intended
        self.orphans = self.orphans_all = 0.0  # unit-seconds, credential-seconds
        self.dwell = self.forging = 0.0  # thief-seconds, forger-seconds
        self.lockout_most = nan  # share of units
        self.point_seconds = self.age = self.stale = self.behind = self.lag = 0.0
        self.missing = self.desired = self.enough = self.watched = 0.0  # unit-seconds twice, seconds twice
        buckets = int(-(-(world.t1 - world.t0 - 1e-9) // WINDOW_S))
        self.requests = {
            name: [dict.fromkeys(OUTCOMES, 0.0) for _ in range(buckets)] for name in world.fleets
        }
        self._last = world.t0
        for bucket in range(buckets):
            world.clock.call(world.t0 + bucket * WINDOW_S, 0, int)

    @property
    def intended(self) -> tuple[str, ...]:
        """Outcomes of requests that are meant to be served."""
        return INTENDED

    def bucket(self, fleet: str, when: float) -> dict[str, float]:
        """Requests by outcome of the bucket in which an instant lies."""
        return self.requests[fleet][int((when - self.world.t0) // WINDOW_S)]

    def advance(self, now: float) -> None:
        """Add up what holds from the last event until `now` [s]."""
        if now <= self._last:
            return
        middle, seconds = (self._last + now) / 2, now - self._last
        self._last = now
        wanted = locked = 0
        for fleet in self.world.fleets.values():
            self._capacity(fleet, seconds)
            if fleet.issuer is not None:
                for unit in fleet.units:
                    self._identity(unit, middle, seconds)
                running = [unit for unit in fleet.units if _is_intended(unit, middle)]
                wanted += len(running)
                locked += sum(not _is_trusted(unit, middle) for unit in running)
            if fleet.source is not None:
                self._policy(fleet, middle, seconds)
            self._requests(fleet, middle, seconds)
        if wanted:
            self.lockout_most = max(locked / wanted, self.lockout_most)
        for thief in self.world.thieves:
            accepting = [d for d in thief.doors if lets_in(d, thief.credentials, middle)]
            weight = sum(door.point.weight for door in accepting)
            self.over["undetected" if middle < thief.detected else "detected"] += weight * seconds
            self.dwell += bool(accepting) * seconds
        for forger in self.world.forgers:
            accepting = [p for p in forger.issuer.points if p.knows(forger.key)]
            self.over["forger"] += sum(point.weight for point in accepting) * seconds
            self.forging += bool(accepting) * seconds

    def measures(self) -> dict[str, float]:
        """The measures that these integrals give by their definitions; NaN where one has no meaning."""
        world, window = self.world, self.world.t1 - self.world.t0
        over = sum(self.over.values())
        issuing = 1.0 if world.issuers else nan
        deciding = 1.0 if world.sources else nan
        trusting = 1.0 if world.issuers or world.sources else nan
        outcomes = [bucket for buckets in self.requests.values() for bucket in buckets]
        served = sum(bucket["served"] for bucket in outcomes)
        wished = sum(bucket[name] for bucket in outcomes for name in INTENDED)
        forged = sum(world.t0 <= forger.time < world.t1 for forger in world.forgers)
        robbed = sum(world.t0 <= thief.time < world.t1 for thief in world.thieves)
        return {
            "overtrust.pair_seconds": over * trusting,
            "overtrust.mean_open": over / window * trusting,
            "overtrust.pair_seconds.stale_policy": self.over["stale"] * deciding,
            "overtrust.pair_seconds.unreached_policy": self.over["unreached"] * deciding,
            "overtrust.pair_seconds.fail_open": self.over["lapse"] * deciding,
            "overtrust.pair_seconds.no_policy_at_start": self.over["first"] * deciding,
            "overtrust.pair_seconds.poison_policy": self.over["poison"] * deciding,
            "overtrust.pair_seconds.decision_cache": self.over["cache"] * deciding,
            "overtrust.pair_seconds.undetected_theft": self.over["undetected"] * issuing,
            "overtrust.pair_seconds.stolen_key": self.over["forger"] * issuing,
            "key.dwell.mean": _ratio(self.forging, forged),
            "undertrust.share.unknown_key": _ratio(self.under["unknown"], self.running),
            "undertrust.share.key_removed": _ratio(self.under["removed"], self.running),
            "dwell.mean": _ratio(self.dwell, robbed),
            "undertrust.share": _ratio(self.under["credential"], self.running),
            "undertrust.policy_share": _ratio(
                sum(
                    self.under[family]
                    for family in ("stale", "unreached", "lapse", "first", "poison", "cache")
                ),
                self.allowed,
            ),
            "undertrust.policy_share.stale_policy": _ratio(self.under["stale"], self.allowed),
            "undertrust.policy_share.unreached_policy": _ratio(self.under["unreached"], self.allowed),
            "undertrust.policy_share.fail_closed": _ratio(self.under["lapse"], self.allowed),
            "undertrust.policy_share.no_policy_at_start": _ratio(self.under["first"], self.allowed),
            "undertrust.policy_share.poison_policy": _ratio(self.under["poison"], self.allowed),
            "undertrust.policy_share.negative_cache": _ratio(self.under["cache"], self.allowed),
            "undertrust.max_concurrent": self.lockout_most * issuing,
            "orphan.mean": self.orphans / window * issuing,
            "orphan.all.mean": self.orphans_all / window * issuing,
            "staleness.age.mean": _ratio(self.age, self.point_seconds),
            "staleness.behind.mean": _ratio(self.behind, self.point_seconds),
            "staleness.share": _ratio(self.stale, self.point_seconds),
            "staleness.version_lag": _ratio(self.lag, self.point_seconds),
            "availability": _ratio(served, wished),
            "intent.under": _ratio(self.missing, self.desired),
            "capacity.availability": _ratio(self.enough, self.watched),
        }

    def _capacity(self, fleet: Fleet, seconds: float) -> None:
        """A unit that starts or drains is not what was asked for."""
        replicas = fleet.target
        ready = sum(unit.ready == unit.ready and not unit.is_stopped for unit in fleet.units)
        self.desired += replicas * seconds
        self.missing += max(replicas - ready, 0) * seconds
        if fleet.recipe.least:
            self.watched += seconds
            self.enough += seconds * (ready >= fleet.recipe.least)

    def _identity(self, unit: Unit, now: float, seconds: float) -> None:
        """A unit is to be trusted while it runs: from booted until gone."""
        assert unit.identity is not None
        is_intended = _is_intended(unit, now)
        self.running += is_intended * seconds
        held = unit.identity.credentials
        for door in unit.identity.doors:
            is_enforced = lets_in(door, held, now)
            if is_enforced and not is_intended:
                self.over["credential"] += door.point.weight * seconds
            if is_intended and not is_enforced:
                self.under["credential"] += door.point.weight * seconds
                cause = _key_trouble(door.point, held, now)
                if cause:
                    self.under[cause] += door.point.weight * seconds
        if unit.is_gone:
            self.orphans += seconds * any(_is_valid(c, now) for c in held[-1:])
            self.orphans_all += seconds * sum(_is_valid(c, now) for c in held)

    def _policy(self, fleet: Fleet, now: float, seconds: float) -> None:
        """A principal is to be let through while the head version allows it."""
        source: Any = fleet.source
        points = [unit for unit in fleet.units if unit.ready <= now and not unit.is_gone]
        head = source.versions[source.head]
        for principal, is_intended in enumerate(head):
            if points:
                self.allowed += is_intended * seconds
            for unit in points:
                copy: Any = unit.copy
                held = copy.recalls(principal)
                is_enforced = copy.allows(principal) if held is None else held
                family = copy.mode.partition("-")[0] if copy.has_lapsed else "stale"
                family = family if family in ("first", "stale", "poison") else "lapse"
                line = fleet.lines.get(("policy", copy.unit.slot))
                if family == "stale" and line is not None and not line.is_up:
                    family = "unreached"
                family = family if held is None else "cache"
                if is_enforced and not is_intended:
                    self.over[family] += seconds / len(points)
                if is_intended and not is_enforced:
                    self.under[family] += seconds / len(points)
        for unit in points:
            copy = unit.copy
            if copy.version < 0:
                continue
            self.point_seconds += seconds
            self.age += copy.age(now) * seconds
            if copy.version < source.head:
                first_missing, _ = source.commits[copy.version]
                self.stale += seconds
                self.behind += (now - first_missing) * seconds
                self.lag += (source.head - copy.version) * seconds

    def _requests(self, fleet: Fleet, middle: float, seconds: float) -> None:
        """Share out the requests of the time over endpoints, points and principals."""
        if fleet.load is None:
            return
        outcomes = self.bucket(fleet.name, middle)
        offered = fleet.load.offered(middle - seconds / 2, middle + seconds / 2)
        source = fleet.source
        head = source.versions[source.head] if source is not None else [True]
        units: list[Unit | None] = [*fleet.endpoints] or [None]
        kept = fleet.kept(offered, seconds, len(fleet.endpoints))
        for unit in units:
            accepted = 1.0
            if unit is not None and unit.identity is not None:
                held, doors = unit.identity.credentials, unit.identity.doors
                accepted = sum(d.point.weight for d in doors if lets_in(d, held, middle))
            for principal, is_intended in enumerate(head):
                share = offered / len(units) / len(head)
                for name, part in fates(unit, kept, accepted, principal, is_intended).items():
                    outcomes[name] += share * part


def _key_trouble(point: Point, held: list[Credential], now: float) -> str:
    """Which want of a key alone keeps a point from accepting somebody; one never heard of goes first."""
    keys = {c.key for c in but_for_keys(point, held, now)}
    if not keys:
        return ""
    return "removed" if keys <= {key for key, *_ in point.known} else "unknown"


def _is_valid(credential: Credential, now: float) -> bool:
    """Whether it has not expired and some point does not yet refuse it as revoked."""
    return now < credential.expires and len(credential.refused) < len(credential.identity.issuer.points)


def _is_intended(unit: Unit, now: float) -> bool:
    """Whether a unit is to be trusted: it runs, and is wanted."""
    return unit.booted <= now and not unit.is_gone and not unit.is_disowned


def _is_trusted(unit: Unit, now: float) -> bool:
    """Whether some point accepts it."""
    assert unit.identity is not None
    return any(lets_in(door, unit.identity.credentials, now) for door in unit.identity.doors)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else nan
