"""Doubts about signing keys: credentials that outlive theirs, points that do not know it in time."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt, about
from churnsim.model.failure.key_removal import KeyRemoval
from churnsim.model.failure.key_theft import KeyTheft
from churnsim.scenario import Scenario


def key_outlived(scenario: Scenario) -> Iterator[Doubt]:
    """Keys that are removed while what they have signed is still good."""
    for name, issuer in scenario.issuers.items():
        accepted = issuer.ttl + issuer.verification.leeway
        if issuer.keys is not None and issuer.retire < accepted and _is_replaced(scenario, name):
            yield Doubt(
                ("issuers", name, "keys", "retire"),
                f"credentials outlive their key by {format_duration(accepted - issuer.retire)}: it leaves "
                f"the bundle {format_duration(issuer.retire)} after its last signature, and what it signed "
                f"is good for {format_duration(accepted)}",
                "retire keys later, or leave it out",
            )


def key_unknown(scenario: Scenario) -> Iterator[Doubt]:
    """Keys that sign before every point can know them."""
    for name, issuer in scenario.issuers.items():
        keys = issuer.keys
        if keys is not None and keys.prepare < keys.bundle.slowest and _is_replaced(scenario, name):
            yield Doubt(
                ("issuers", name, "keys", "prepare"),
                "a new key signs before every point knows it: it is published "
                f"{format_duration(keys.prepare)} ahead, and reaches a point after up to "
                f"{about(keys.bundle.slowest)}",
                "prepare keys for longer, or let points follow faster",
            )


def keys_queued(scenario: Scenario) -> Iterator[Doubt]:
    """Keys that are published before their predecessors have begun to sign."""
    for name, issuer in scenario.issuers.items():
        keys = issuer.keys
        if keys is not None and keys.every is not None and keys.prepare > (every := keys.every.mean):
            yield Doubt(
                ("issuers", name, "keys", "prepare"),
                f"about {keys.prepare / every:.3g} keys that do not sign yet are in the bundle at any time: "
                f"each is published {format_duration(keys.prepare)} before it signs, and another signs every "
                f"{about(every)}",
                f"prepare keys for {about(every)} or less, or replace them less often",
            )


def no_key(scenario: Scenario) -> Iterator[Doubt]:
    """Failures of keys that nobody rotates."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, KeyRemoval | KeyTheft) and scenario.issuers[failure.issuer].keys is None:
            yield Doubt(
                ("failures", position, "issuer"),
                f"nothing comes of this: {failure.issuer} has one key for ever, which everybody knows",
                "give the issuer keys, such as {bundle: {kind: pull, every: 5m}}",
            )


DOUBTS = (key_outlived, key_unknown, keys_queued, no_key)


def _is_replaced(scenario: Scenario, issuer: str) -> bool:
    """Whether keys of an issuer follow each other: by schedule, or after a theft."""
    keys = scenario.issuers[issuer].keys
    thefts = (each for each in scenario.failures if isinstance(each, KeyTheft) and each.issuer == issuer)
    return keys is not None and (keys.every is not None or any(each.response is not None for each in thefts))
