"""Doubts about invariants: nothing to measure, too few runs to decide, limits that decide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from churnsim.base.errors import UsageError
from churnsim.base.readable import readable
from churnsim.checks.bound import Bound
from churnsim.checks.doubt.doubt import Doubt, has_spells
from churnsim.checks.need import missing
from churnsim.metrics import MEASURES, Durations
from churnsim.metrics.range import Range
from churnsim.scenario import Scenario
from churnsim.scenario.invariant import parse_invariant
from churnsim.statistics.quantile import RUNS_PER_SECTION_MIN, SECTIONS
from churnsim.statistics.summary import NONZERO_MIN


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


def settled_invariant(scenario: Scenario) -> Iterator[Doubt]:
    """Invariants that every value of their measure keeps, or none does."""
    for position, written in enumerate(scenario.invariants):
        if not isinstance(written, str):
            continue
        invariant = parse_invariant(written)
        try:
            bound, possible = Bound.of(invariant), MEASURES.find(invariant.measure).possible
        except (UsageError, ValueError):
            continue  # `checks.load` says so.
        is_kept = {bound.holds(possible.low), bound.holds(possible.high)}
        if len(is_kept) == 1:
            yield Doubt(
                ("invariants", position),
                f"'{invariant}' {'always' if True in is_kept else 'never'} holds: {invariant.measure} is "
                f"{_between(possible, bound.unit)}",
                "write another limit, or turn the comparison round",
            )


DOUBTS = (
    few_replications,
    few_replications_for_quantile,
    undefined_measure,
    settled_invariant,
)


def _between(possible: Range, unit: str) -> str:
    """A range in words; one of its ends may be infinite, for else nothing would be settled."""
    least, most = possible.low, possible.high
    if isinf(most):
        return f"at least {readable(least, unit)}"
    if isinf(least):
        return f"at most {readable(most, unit)}"
    return f"between {readable(least, unit)} and {readable(most, unit)}"


def _measures(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Position and measure of every invariant that bounds one."""
    for position, written in enumerate(scenario.invariants):
        if isinstance(written, str):
            yield position, parse_invariant(written).measure


def _is_quantile(name: str) -> bool:
    try:
        return MEASURES.find(name).kind is Durations
    except UsageError:
        return False  # `checks.load` says so.


def _is_incident_driven(scenario: Scenario, measure: str) -> bool:
    """Whether a run may well show nothing of it: what it measures comes of rare events at random times."""
    family = measure.partition(".")[0]
    outages = any(has_spells(each) and each.every is not None for each in scenario.failures)
    if family in ("availability", "unserved"):  # dead endpoints, in every run, where units come and go
        churns = any(each.stay is not None for each in scenario.workloads.values())
        return outages and not churns
    return family == "dwell" or (family == "undertrust" and outages)
