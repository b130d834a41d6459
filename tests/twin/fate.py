"""The slow twin's fates: what becomes of one request, and whether a point lets somebody in."""

from __future__ import annotations

from typing import Any

from tests.twin.issuer import Credential
from tests.twin.point import Door, Point


def fates(unit: Any, kept: float, accepted: float, principal: int, is_intended: bool) -> dict[str, float]:
    """What becomes of a request: endpoint, then its capacity, its credential, its policy, its version."""
    if unit is None:
        return {"no_endpoint" if is_intended else "denied": 1.0}
    if unit.is_gone:
        return {"dead_endpoint" if is_intended else "denied": 1.0}
    if kept < 1.0:
        taken = {
            name: kept * part for name, part in fates(unit, 1.0, accepted, principal, is_intended).items()
        }
        turned_away = "shed" if is_intended else "denied"
        return taken | {turned_away: taken.get(turned_away, 0.0) + 1.0 - kept}
    rejected = {"credential_rejected" if is_intended else "denied": 1.0 - accepted}
    copy = unit.copy
    is_allowed = copy is None or copy.allows(principal)
    has_lapsed = copy is not None and copy.has_lapsed
    source = unit.fleet.source
    held = None if copy is None else copy.recalls(principal)
    tokens = source.recipe.tokens if copy is not None and not has_lapsed else 0.0
    if tokens and source.is_too_old(copy.version):
        asked = "denied" if not is_intended else "served" if copy.source.is_up else "fail_closed"
        found = _sum(rejected, {asked: accepted * tokens})
    else:
        found = _sum(rejected, _judged(accepted * tokens, is_intended, is_allowed, has_lapsed, "stale"))
    says, by = (is_allowed, "stale") if held is None else (held, "cached")
    others = _judged(accepted * (1.0 - tokens), is_intended, says, has_lapsed, by)
    return _tried(unit, _sum(found, others))


def _sum(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return one | {name: one.get(name, 0.0) + part for name, part in other.items()}


def _tried(unit: Any, judged: dict[str, float]) -> dict[str, float]:
    """What a bad version makes of those that would be served."""
    lost = unit.failing * judged.get("served", 0.0)
    return judged | {"served": judged["served"] - lost, "bad_version": lost} if lost else judged


def _judged(
    accepted: float, is_intended: bool, is_allowed: bool, has_lapsed: bool, by: str
) -> dict[str, float]:
    """What becomes of those that a version in force, a cached decision, or a rote decides about."""
    if is_intended:
        return {"served" if is_allowed else "fail_closed" if has_lapsed else f"{by}_deny": accepted}
    if is_allowed:
        return {"fail_open" if has_lapsed else f"{by}_allow": accepted}
    return {"denied": accepted}


def lets_in(door: Door, held: list[Credential], now: float) -> bool:
    """Whether a connection is open, or some credential good by the point's clock and for all it knows."""
    return door.is_open(now) or any(door.point.knows(c.key) for c in but_for_keys(door.point, held, now))


def but_for_keys(point: Point, held: list[Credential], now: float) -> list[Credential]:
    recipe, shown = point.issuer.recipe, point.shows(now)
    leeway = recipe.verification.leeway
    return [
        c
        for c in held
        if c.issued <= now
        and c.issued - recipe.backdate - leeway <= shown < c.expires + leeway
        and point not in c.refused
        and point not in c.silent
    ]
