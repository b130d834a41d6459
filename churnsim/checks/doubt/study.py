"""Doubts about the size of a run: a past cut short, more units or renewals than one waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt, about, has_spells, rate_text
from churnsim.checks.volume import births, renewals
from churnsim.model.failure.theft import Theft
from churnsim.scenario import Scenario
from churnsim.simulate import design

UNITS_MANY = 5_000_000
RENEWALS_MANY = 50_000_000

# Of one run with its measures, on one core: docs/performance.md, "What costs".
_UNIT_S, _UNIT_BYTES = 25e-6, 1_500
_RENEWAL_S, _RENEWAL_BYTES = 2e-6, 350


def history_too_short(scenario: Scenario) -> Iterator[Doubt]:
    """A measured window that begins before the past is complete."""
    if scenario.history is None or scenario.start == "fresh":
        return
    lived = scenario.history + scenario.warmup
    needed = design(scenario.model_copy(update={"history": None})).memory
    if lived < needed:
        yield Doubt(
            ("history",),
            f"the past matters for {format_duration(needed)}, but only {format_duration(lived)} are lived "
            f"through before anything is measured (history {format_duration(scenario.history)}, warmup "
            f"{format_duration(scenario.warmup)}): {', '.join(_biased(scenario, lived))} are biased",
            f"leave it out, or make it {format_duration(needed - scenario.warmup)}",
        )


def many_units(scenario: Scenario) -> Iterator[Doubt]:
    """A run that takes minutes to hours for its units."""
    rates = {name: births(scenario, name) for name in scenario.workloads}
    if (number := _number(scenario, rates)) > UNITS_MANY:
        most = max(rates, key=lambda name: rates[name])
        yield Doubt(
            ("workloads", most, "replicas"),
            f"{_many(scenario, number, f'units, {rate_text(rates[most])} of {most}')}: "
            f"{_effort(number, _UNIT_S, _UNIT_BYTES)}",
            "use fewer replicas, longer lives or a shorter horizon",
        )


def many_renewals(scenario: Scenario) -> Iterator[Doubt]:
    """A run that takes minutes to hours for its renewals."""
    rates = {name: renewals(scenario, name) for name in scenario.issuers}
    if (number := _number(scenario, rates)) > RENEWALS_MANY:
        most = max(rates, key=lambda name: rates[name])
        yield Doubt(
            ("issuers", most, "ttl"),
            f"{_many(scenario, number, f'renewals, {rate_text(rates[most])} at {most}')}: "
            f"{_effort(number, _RENEWAL_S, _RENEWAL_BYTES)}",
            "use fewer replicas, a longer ttl or a shorter horizon",
        )


DOUBTS = (
    history_too_short,
    many_units,
    many_renewals,
)


def _biased(scenario: Scenario, lived: float) -> Iterator[str]:
    """The measures that miss something of the past, where only so much of it was lived through [s]."""
    if any(each.memory > lived for each in scenario.issuers.values()):
        yield from ("orphan.*", "overtrust.window.*")  # credentials of units gone long ago
    if any(failure.memory for failure in scenario.failures if isinstance(failure, Theft)):
        yield "dwell.*"  # thieves who still renew
    if any(each.memory > lived for each in scenario.policies.values()):
        yield from ("staleness.*", "propagation.*", "overtrust.policy_window.*")  # copies taken for new
    if any(each.memory > lived for each in scenario.workloads.values()):
        yield from ("availability", "cost.*")  # units that still drain, endpoints still listed
    if any(failure.memory for failure in scenario.failures if has_spells(failure)):
        yield from ("undertrust.*", "rotation.*")  # holders that an outage left without


def _number(scenario: Scenario, rates: Mapping[str, float]) -> float:
    """How many a run has of what comes at these rates [1/s]."""
    return sum(rates.values()) * _span(scenario)


def _many(scenario: Scenario, number: float, what: str) -> str:
    span = about(_span(scenario))
    return f"a run has about {number / 1e6:,.0f} million {what} over {span}, history included"


def _span(scenario: Scenario) -> float:
    """How long a run lives, its history included [s]."""
    return scenario.horizon + design(scenario).memory


def _effort(number: float, each_s: float, each_bytes: int) -> str:
    """Roughly what so many cost."""
    seconds, size = number * each_s, number * each_bytes / 1e9
    time = f"{seconds / 3600:.0f} h" if seconds > 5400 else f"{max(seconds / 60, 1):.0f} min"
    return f"roughly {time} and {size:,.0f} GB a run"
