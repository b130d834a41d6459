"""Doubts about the study: a past cut short, runs too large, and too few of them to decide anything."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.errors import UsageError
from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt, about, has_spells, rate_text
from churnsim.checks.need import missing
from churnsim.checks.volume import births, renewals
from churnsim.metrics import MEASURES
from churnsim.model.failure.theft import Theft
from churnsim.scenario import Scenario
from churnsim.scenario.invariant import parse_invariant
from churnsim.simulate import design
from churnsim.statistics.quantile import RUNS_PER_SECTION_MIN, SECTIONS
from churnsim.statistics.summary import NONZERO_MIN

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
    number = sum(rates.values()) * _span(scenario)
    if number > UNITS_MANY:
        most = max(rates, key=lambda name: rates[name])
        yield Doubt(
            ("workloads", most, "replicas"),
            f"a run has about {number / 1e6:,.0f} million units, {rate_text(rates[most])} of {most} over "
            f"{about(_span(scenario))}, history included: {_effort(number, _UNIT_S, _UNIT_BYTES)}",
            "use fewer replicas, longer lives or a shorter horizon",
        )


def many_renewals(scenario: Scenario) -> Iterator[Doubt]:
    """A run that takes minutes to hours for its renewals."""
    rates = {name: renewals(scenario, name) for name in scenario.issuers}
    number = sum(rates.values()) * _span(scenario)
    if number > RENEWALS_MANY:
        most = max(rates, key=lambda name: rates[name])
        yield Doubt(
            ("issuers", most, "ttl"),
            f"a run has about {number / 1e6:,.0f} million renewals, {rate_text(rates[most])} at {most} over "
            f"{about(_span(scenario))}, history included: {_effort(number, _RENEWAL_S, _RENEWAL_BYTES)}",
            "use fewer replicas, a longer ttl or a shorter horizon",
        )


def few_replications(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants on measures that need more runs to have an interval."""
    runs = scenario.study.replications
    concerned = [each for _, each in _measures(scenario) if runs == 1 or _is_incident_driven(scenario, each)]
    if runs < NONZERO_MIN and concerned:
        said = "one run has no interval" if runs == 1 else "a run in which nothing happens leaves no interval"
        yield Doubt(
            ("study", "replications"),
            f"{runs} of at least {NONZERO_MIN} runs for {', '.join(dict.fromkeys(concerned))}: {said}, "
            "and the invariant stays undecided",
            f"make {NONZERO_MIN} or more",
        )


def few_replications_for_quantile(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants on quantiles, whose interval needs many runs."""
    runs, least = scenario.study.replications, SECTIONS * RUNS_PER_SECTION_MIN
    for position, measure in _measures(scenario):
        if runs < least and missing(scenario, measure) is None and _is_quantile(measure):
            yield Doubt(
                ("invariants", position),
                f"{measure} is a quantile and has no interval with fewer than {least} runs; the study makes "
                f"{runs}, so the invariant stays undecided",
                f"set study.replications to {least} or more, or bound a mean",
            )


def undefined_measure(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants on measures that have nothing to measure here."""
    for position, measure in _measures(scenario):
        need = missing(scenario, measure)
        if need is not None:
            yield Doubt(
                ("invariants", position),
                f"{measure} has nothing to measure here, so the invariant is never decided: {need.lack}",
                need.remedy,
            )


DOUBTS = (
    history_too_short,
    many_units,
    many_renewals,
    few_replications,
    few_replications_for_quantile,
    undefined_measure,
)


def _measures(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Position and measure of every invariant that bounds one."""
    for position, written in enumerate(scenario.invariants):
        if isinstance(written, str):
            yield position, parse_invariant(written).measure


def _is_quantile(name: str) -> bool:
    try:
        function = MEASURES.find(name).function
    except UsageError:
        return False  # `checks.load` says so.
    return function.__annotations__.get("return") == "Durations"


def _is_incident_driven(scenario: Scenario, measure: str) -> bool:
    """Whether a run may well show nothing of it: what it measures comes of rare events at random times."""
    family = measure.partition(".")[0]
    outages = any(has_spells(each) and each.every is not None for each in scenario.failures)
    if family in ("availability", "unserved"):  # dead endpoints, in every run, where units come and go
        churns = any(each.stay is not None for each in scenario.workloads.values())
        return outages and not churns
    return family == "dwell" or (family == "undertrust" and outages)


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


def _span(scenario: Scenario) -> float:
    """How long a run lives, its history included [s]."""
    return scenario.horizon + design(scenario).memory


def _effort(number: float, each_s: float, each_bytes: int) -> str:
    """Roughly what so many cost."""
    seconds, size = number * each_s, number * each_bytes / 1e9
    time = f"{seconds / 3600:.0f} h" if seconds > 5400 else f"{max(seconds / 60, 1):.0f} min"
    return f"roughly {time} and {size:,.0f} GB a run"
