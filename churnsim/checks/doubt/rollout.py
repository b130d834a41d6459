"""Doubts about rollouts: too slow for the next one, given up too early, tested too briefly, never begun."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from churnsim.base.quantity import format_share
from churnsim.checks.doubt.doubt import Doubt, about
from churnsim.checks.volume import stay
from churnsim.model.rollout import Rollout
from churnsim.model.rollout.canary import CanaryRollout
from churnsim.model.workload import Workload
from churnsim.scenario import Scenario


def next_version_comes_too_soon(scenario: Scenario) -> Iterator[Doubt]:
    """Versions that come faster than they can be rolled out, so that many never are."""
    for name, workload, rollout in _rolled(scenario):
        if rollout.every is None or rollout.is_lazy:
            continue
        takes, said = _length(workload, rollout)
        if takes > rollout.every.mean:
            yield Doubt(
                ("workloads", name, "rollout", "every"),
                f"a rollout of {name} cannot finish before the next version comes: it takes about "
                f"{about(takes)} ({said}), and one comes every {about(rollout.every.mean)}; those that come "
                "meanwhile wait, and but the newest of them goes on",
                "let versions come more seldom, or more units be replaced at a time",
            )


def deadline_before_start_up(scenario: Scenario) -> Iterator[Doubt]:
    """A deadline that units cannot meet, so that good versions are taken back."""
    for name, workload, rollout in _rolled(scenario):
        issuer = scenario.issuers.get(workload.issuer or "")
        proof = 0.0 if issuer is None else issuer.attestation.mean
        takes = workload.pending.mean + workload.startup.mean + proof
        if takes >= rollout.deadline and not rollout.is_lazy:
            yield Doubt(
                ("workloads", name, "rollout", "deadline"),
                f"every version of {name} is taken back: its units take {about(takes)} to be ready, "
                f"and a rollout without progress for {about(rollout.deadline)} is given up",
                f"write a deadline beyond {about(takes)}",
            )


def bad_version_outlasts_bake(scenario: Scenario) -> Iterator[Doubt]:
    """A canary that has baked before a bad version is noticed."""
    for name, _, rollout in _rolled(scenario):
        if isinstance(rollout, CanaryRollout) and rollout.bad and rollout.detected.mean > rollout.bake:
            late = 100 * float(rollout.detected.survival(rollout.bake))
            yield Doubt(
                ("workloads", name, "rollout", "bake"),
                f"{late:.3g}% of the bad versions of {name} reach all units: they are noticed after "
                f"{about(rollout.detected.mean)}, and the canary of {format_share(rollout.share)} bakes for "
                f"{about(rollout.bake)}",
                f"bake for longer than {about(rollout.detected.mean)}, or detect sooner",
            )


def fault_never_met(scenario: Scenario) -> Iterator[Doubt]:
    """A fault that is described although no version is bad."""
    for name, _, rollout in _rolled(scenario):
        if not rollout.bad and {"fault", "detected"} & rollout.model_fields_set:
            field = "fault" if "fault" in rollout.model_fields_set else "detected"
            yield Doubt(
                ("workloads", name, "rollout", field),
                f"no version of {name} is ever bad, so nothing is ever wrong with one: bad is 0%",
                "say how many are, such as 'bad: 5%', or leave it out",
            )


def never_renewed_by_churn(scenario: Scenario) -> Iterator[Doubt]:
    """Versions that come only with units that are replaced, where none ever is."""
    for name, _, rollout in _rolled(scenario):
        if rollout.is_lazy and stay(scenario, name) == float("inf"):
            yield Doubt(
                ("workloads", name, "rollout", "kind"),
                f"no unit of {name} ever gets a new version: they come with units that are replaced, and "
                "nothing ends one",
                f"give {name} a lifetime, or choose another kind, such as rolling",
            )


DOUBTS = (
    next_version_comes_too_soon,
    deadline_before_start_up,
    bad_version_outlasts_bake,
    fault_never_met,
    never_renewed_by_churn,
)


def _rolled(scenario: Scenario) -> Iterator[tuple[str, Workload, Rollout]]:
    for name, workload in scenario.workloads.items():
        if workload.releases is not None:
            yield name, workload, workload.releases


def _length(workload: Workload, rollout: Rollout) -> tuple[float, str]:
    """How long a rollout takes if start-ups take their mean [s], and how that adds up (O11)."""
    start = workload.pending.mean + workload.startup.mean
    units = workload.begins
    at_once = max(ceil(rollout.surge * units - 1e-9) + int(rollout.unavailable * units + 1e-9), 1)
    rounds = ceil(units / min(at_once, units))
    said = f"{rounds} x {about(start)} of start-up"
    if isinstance(rollout, CanaryRollout):
        return rounds * start + start + rollout.bake, f"{said}, and {about(rollout.bake)} of canary"
    if not rollout.surge and rollout.unavailable >= 1:
        drain = workload.drain.mean
        return start + drain, f"{about(drain)} of drain and {about(start)} of start-up"
    return rounds * start, said
