"""Doubts about revocation: news that reach nobody, or come when nothing is left to revoke."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.quantity import format_duration, format_share
from churnsim.checks.doubt.doubt import Doubt
from churnsim.model.revocation.push import PushRevocation
from churnsim.model.revocation.status import StatusRevocation
from churnsim.scenario import Scenario


def push_to_nobody(scenario: Scenario) -> Iterator[Doubt]:
    """News of revocations that is lost, and that no point is ever told again."""
    for name, issuer in scenario.issuers.items():
        rule = issuer.revocation
        if isinstance(rule, PushRevocation) and rule.loss > 0 and rule.disconnects is None:
            lost = format_share(rule.loss)
            yield Doubt(
                ("issuers", name, "revocation", "loss"),
                f"of {lost} of the revocations a point never hears: a message is lost with that chance, and "
                "made up for only when the point is back after a disconnect, of which there are none",
                "say how often points are out of touch (disconnects), or lower the loss",
            )


def status_asked_once(scenario: Scenario) -> Iterator[Doubt]:
    """A cache for the status of a credential that lasts longer than the credential."""
    for name, issuer in scenario.issuers.items():
        rule = issuer.revocation
        if isinstance(rule, StatusRevocation) and rule.cache >= issuer.ttl:
            yield Doubt(
                ("issuers", name, "revocation", "cache"),
                f"a point asks about a credential twice in its life at most: an answer is kept for "
                f"{format_duration(rule.cache)}, a credential lasts {format_duration(issuer.ttl)}",
                "shorten the cache, or revoke nothing and shorten the ttl",
            )


def revoked_after_expiry(scenario: Scenario) -> Iterator[Doubt]:
    """Credentials of ended units that are revoked when they have run out."""
    for name, issuer in scenario.issuers.items():
        law = issuer.revocation.at_end
        if law is not None and law.low >= issuer.ttl:
            yield Doubt(
                ("issuers", name, "revocation", "on_end"),
                f"nothing is revoked at the end of a unit: that takes at least {format_duration(law.low)}, a "
                f"credential lasts {format_duration(issuer.ttl)}",
                "shorten on_end, or leave it out",
            )


DOUBTS = (push_to_nobody, status_asked_once, revoked_after_expiry)
