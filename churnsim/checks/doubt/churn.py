"""Doubts about the dial of churn: nothing to hasten, start-ups that hold it up."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from churnsim.base.quantity import format_factor
from churnsim.checks.doubt.doubt import Doubt, about
from churnsim.checks.volume import births, coming, stay
from churnsim.scenario import Scenario

NEAR = 0.9  # of the factor that is asked for


def churn_of_nothing(scenario: Scenario) -> Iterator[Doubt]:
    """A dial that moves nothing: no unit ever ends."""
    if scenario.churn != 1.0 and all(stay(scenario, name) == inf for name in scenario.workloads):
        yield Doubt(
            ("churn",),
            f"churn {format_factor(scenario.churn)} changes nothing: no unit has a lifetime, none crashes",
            "give a workload a lifetime, or leave it out",
        )


def churn_held_up(scenario: Scenario) -> Iterator[Doubt]:
    """Units that are not born so many times as often, for they start as slowly as before."""
    if scenario.churn <= 1.0:
        return
    calm = scenario.model_copy(update={"churn": 1.0})
    for name, workload in scenario.workloads.items():
        often, before = births(scenario, name), births(calm, name)
        if before and not coming(scenario, name) and often < NEAR * scenario.churn * before:
            away = workload.usual / often - stay(scenario, name)
            yield Doubt(
                ("churn",),
                f"units of {name} are born {format_factor(float(f'{often / before:.3g}'))} as often, not "
                f"{format_factor(scenario.churn)}: they are ready for {about(stay(scenario, name))} "
                f"instead of {about(stay(calm, name))}, but still need {about(away)} to get there",
                "read churn.rate, or shorten pending and startup too",
            )


DOUBTS = (churn_of_nothing, churn_held_up)
