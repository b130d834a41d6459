"""Doubts about invariants: measures with nothing to measure, and too few runs to decide anything."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.errors import UsageError
from churnsim.checks.doubt.doubt import Doubt, has_spells
from churnsim.checks.need import missing
from churnsim.metrics import MEASURES, Durations
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


DOUBTS = (
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
