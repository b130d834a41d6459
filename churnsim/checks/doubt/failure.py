"""Doubts about failures: outages nobody feels, thefts of nothing, crashes nobody lives to see."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TypeGuard

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt
from churnsim.model.failure.crash import Crash
from churnsim.model.failure.issuer_brownout import IssuerBrownout
from churnsim.model.failure.issuer_outage import IssuerOutage
from churnsim.model.failure.owner_outage import OwnerOutage
from churnsim.model.failure.partition import Partition
from churnsim.model.failure.policy_outage import PolicyOutage
from churnsim.model.failure.theft import Theft
from churnsim.model.occasion import Occasions
from churnsim.scenario import Scenario


def outage_after_horizon(scenario: Scenario) -> Iterator[Doubt]:
    """An outage that begins when the run is over."""
    for position, failure in enumerate(scenario.failures):
        times = failure.at if _is_occasional(failure) else None
        kind = failure.kind  # type: ignore[attr-defined]
        late = [(index, at) for index, at in enumerate(times or ()) if at >= scenario.horizon]
        if late:
            index, at = late[0]
            more = f", and {len(late) - 1} more after it" if len(late) > 1 else ""
            yield Doubt(
                ("failures", position, "at", index),
                f"this {kind} never comes: it begins at {format_duration(at)}, "
                f"the run ends at {format_duration(scenario.horizon)}{more}",
                "begin it earlier or lengthen the horizon",
            )


def outage_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """An outage of a service that no workload asks."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, IssuerOutage):
            field, does = "issuer", "holds credentials of"
        elif isinstance(failure, PolicyOutage):
            field, does = "policy", "enforces"
        else:
            continue
        if all(getattr(each, field, None) != failure.target for each in scenario.workloads.values()):
            yield Doubt(
                ("failures", position, field),
                f"nobody feels this outage: no workload {does} {failure.target}",
                f"write '{field}: {failure.target}' in a workload",
            )


def partition_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """A partition from a service that none of those who are cut off asks."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, Partition):
            continue
        struck = [each for name, each in scenario.workloads.items() if failure.workload in (None, name)]
        for index, name in enumerate(failure.what):
            uses = [each for each in struck if name in (each.issuer, each.policy)]
            if name != "control-plane" and not uses:
                who = "no workload" if failure.workload is None else f"{failure.workload} does not"
                asks = "asks" if failure.workload is None else "ask"
                yield Doubt(
                    ("failures", position, "from", index),
                    f"nobody feels that {failure.target} is cut off from {name}: {who} {asks} it",
                    "leave it out, or name what its units use",
                )


def owner_outage_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """An outage of owners of credentials that are not there."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, OwnerOutage):
            continue
        name, workload = failure.workload, scenario.workloads[failure.workload]
        share = workload.owner.slots(workload.slots)
        number = ceil(workload.slots / share) if share else 0
        if workload.issuer is None:
            said, remedy = f"the units of {name} hold no credentials", f"write 'issuer: ...' in {name}"
        elif not number:
            said = f"the units of {name} ask for their own credentials"
            remedy = f"write 'owner: {{kind: agent, units: ...}}' or 'owner: {{kind: central}}' in {name}"
        elif failure.owner is not None and failure.owner >= number:
            said = f"{name} has {number} owners of {share} slots each, counted from 0 (got {failure.owner})"
            remedy = "name one that is there, or none for all"
        else:
            continue
        field = "owner" if number and failure.owner is not None else "workload"
        yield Doubt(("failures", position, field), f"nobody feels this outage: {said}", remedy)


def theft_without_issuer(scenario: Scenario) -> Iterator[Doubt]:
    """A theft from units that hold no credentials."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, Theft) and scenario.workloads[failure.workload].issuer is None:
            yield Doubt(
                ("failures", position, "workload"),
                f"there is nothing to steal: the units of {failure.workload} hold no credentials",
                "give the workload an issuer",
            )


def crash_after_lifetime(scenario: Scenario) -> Iterator[Doubt]:
    """A crash that no unit lives to see."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, Crash):
            continue
        lifetime = scenario.workloads[failure.workload].stay
        if lifetime is not None and lifetime.high < failure.every.low:
            yield Doubt(
                ("failures", position, "every"),
                f"nobody crashes: units of {failure.workload} are told to stop after at most "
                f"{format_duration(lifetime.high)}, a crash comes after at least "
                f"{format_duration(failure.every.low)}",
                "'every' counts for each unit, from ready; make it shorter, or a law such as exponential",
            )


def brownout_unfelt(scenario: Scenario) -> Iterator[Doubt]:
    """A brown-out of an issuer whose signatures take no time."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, IssuerBrownout):
            capacity = scenario.issuers[failure.issuer].capacity
            if capacity is None or capacity.service.high <= 0:
                yield Doubt(
                    ("failures", position, "issuer"),
                    f"nobody feels this brown-out: a signature of {failure.issuer} takes no time, and "
                    f"{failure.factor:g} times nothing is nothing",
                    "give the issuer a service time, such as 'capacity: {service: 50ms}'",
                )


DOUBTS = (
    outage_after_horizon,
    outage_unfelt,
    partition_unfelt,
    owner_outage_unfelt,
    theft_without_issuer,
    crash_after_lifetime,
    brownout_unfelt,
)


def _is_occasional(failure: object) -> TypeGuard[Occasions]:
    return isinstance(failure, Occasions)
