"""What a scenario must hold for a measure to have anything to measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from churnsim.checks.volume import ends
from churnsim.model.failure.key_theft import KeyTheft
from churnsim.model.failure.theft import Theft
from churnsim.model.issuer import Needs
from churnsim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Need:
    """A part of a scenario that some measures depend on.

    Parameters
    ----------
    lack : str
        What to say where it is missing.
    remedy : str
        What to add.
    is_met : callable
        Whether a scenario has it.
    """

    lack: str
    remedy: str
    is_met: Callable[[Scenario], bool]


def _ends(scenario: Scenario) -> bool:
    return any(ends(scenario, name) or each.kept < each.slots for name, each in scenario.workloads.items())


def _owned(scenario: Scenario) -> bool:
    return any(each.issuer and each.owner.slots(each.slots) for each in scenario.workloads.values())


def _has(field: str) -> Callable[[Scenario], bool]:
    return lambda scenario: any(
        getattr(each, field, None) is not None for each in scenario.workloads.values()
    )


def _changes(scenario: Scenario) -> bool:
    enforced = {each.policy for each in scenario.workloads.values()}
    return any(each.changes is not None for name, each in scenario.policies.items() if name in enforced)


TRAFFIC = Need("no workload has traffic", "give a workload traffic", _has("traffic"))
ISSUER = Need("no workload has an issuer", "give a workload an issuer", _has("issuer"))
POLICY = Need("no workload has a policy", "give a workload a policy", _has("policy"))
CHANGES = Need("no policy that is enforced ever changes", "give the policy changes", _changes)
ENDS = Need("no unit ever ends", "give a workload a lifetime", _ends)
OWNER = Need("no workload's credentials have an owner", "give it an owner: agent or central", _owned)
THEFT = Need(
    "nothing is ever stolen",
    "add a failure of kind theft",
    lambda scenario: any(isinstance(failure, Theft) for failure in scenario.failures),
)
KEY_THEFT = Need(
    "no key is ever stolen",
    "add a failure of kind key-theft",
    lambda scenario: any(isinstance(failure, KeyTheft) for failure in scenario.failures),
)
CAPACITY = Need(
    "no issuer has a capacity",
    "give the issuer a capacity",
    lambda scenario: any(each.capacity is not None for each in scenario.issuers.values()),
)
NEEDS = Need(
    "no issuer needs anything to start",
    "give an issuer needs",
    lambda scenario: any(each.needs != Needs() for each in scenario.issuers.values()),
)
FUNCTION = Need(
    "no workload is a function",
    "add a workload of kind function",
    lambda scenario: any(each.places for each in scenario.workloads.values()),
)
ENVIRONMENT = Need(
    "no workload has environments",
    "add a workload of kind environment",
    lambda scenario: any(each.turnover is not None for each in scenario.workloads.values()),
)
JOBS = Need("no workload has jobs", "add a workload of kind processor or runner", _has("jobs"))
ROLLOUT = Need(
    "no workload has new versions",
    "give a workload a rollout",
    lambda scenario: any(each.releases is not None for each in scenario.workloads.values()),
)
AGREED = Need(
    "no availability is agreed",
    "write agreed_availability in a workload with traffic",
    lambda scenario: any(each.agreed_availability is not None for each in scenario.workloads.values()),
)
PRICES = Need(
    "nothing has a price",
    "give prices, such as {preset: aws-2026}",
    lambda scenario: any(scenario.prices.model_dump().values()),
)

# By the longest name that begins the measure's own, word by word.
_NEEDS: dict[str, tuple[Need, ...]] = {
    "availability": (TRAFFIC,),
    "blast_radius.owner": (ISSUER, OWNER),
    "unserved": (TRAFFIC,),
    "cold_start": (FUNCTION,),
    "budget": (TRAFFIC, AGREED),
    "convergence": (ROLLOUT,),
    "cost.idle_waste": (FUNCTION,),
    "cost.per_million_served": (TRAFFIC, PRICES),
    "cost.total": (PRICES,),
    "cost.trust_overhead": (PRICES,),
    "credential": (ISSUER,),
    "dwell": (ISSUER, THEFT),
    "environment": (ENVIRONMENT,),
    "environment.orphan_cost": (ENVIRONMENT, PRICES),
    "first_credential": (ISSUER, ENDS),
    "issuance": (ISSUER,),
    "issuer": (ISSUER, CAPACITY),
    "issuer.blocked": (NEEDS,),
    "job": (JOBS,),
    "key": (ISSUER, KEY_THEFT),
    "latency": (FUNCTION,),
    "new_enemy": (TRAFFIC,),
    "orphan": (ISSUER,),
    "orphan.window": (ISSUER, ENDS),
    "outcomes": (JOBS,),
    "overtrust.mean_open.decision_cache": (POLICY,),
    "overtrust.mean_open.fail_open": (POLICY,),
    "overtrust.mean_open.stale_policy": (POLICY,),
    "overtrust.mean_open.unreached_policy": (POLICY,),
    "overtrust.pair_seconds.decision_cache": (POLICY,),
    "overtrust.pair_seconds.fail_open": (POLICY,),
    "overtrust.pair_seconds.stale_policy": (POLICY,),
    "overtrust.pair_seconds.unreached_policy": (POLICY,),
    "overtrust.policy_window": (POLICY, CHANGES),
    "overtrust.false_accept_rate": (TRAFFIC, POLICY, CHANGES),
    "overtrust.request_share": (TRAFFIC,),
    "overtrust.window": (ISSUER,),
    "propagation": (POLICY, CHANGES),
    "revision": (ROLLOUT,),
    "rollout": (ROLLOUT,),
    "rotation": (ISSUER,),
    "staleness": (POLICY,),
    "undertrust": (ISSUER,),
    "undertrust.policy_share": (POLICY,),
    "undertrust.policy_window": (POLICY,),
    "undertrust.request_share": (TRAFFIC,),
    "unit.life": (ENDS,),
    "work": (JOBS,),
}


def missing(scenario: Scenario, measure: str) -> Need | None:
    """The first part without which a measure is undefined in every run of a scenario; None if all are there.

    Parameters
    ----------
    scenario : Scenario
        As written.
    measure : str
        Name of a measure or of a part of one; of those that this page does not know, nothing is said.
    """
    words = measure.split(".")
    names = (".".join(words[:length]) for length in range(len(words), 0, -1))
    needs = next((_NEEDS[name] for name in names if name in _NEEDS), ())
    return next((need for need in needs if not need.is_met(scenario)), None)
