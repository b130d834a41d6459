"""What a rare failure costs on average, from runs in which it is made to happen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from churnsim import __version__
from churnsim.base.errors import UsageError
from churnsim.base.quantity import format_duration
from churnsim.base.readable import readable
from churnsim.cli.invocation import Invocation
from churnsim.cli.progress import progress
from churnsim.cli.table import Table
from churnsim.metrics import MEASURES, Ratio, Scalar, evaluate
from churnsim.model.occasion import Occasions
from churnsim.model.spell import Spells
from churnsim.scenario import Scenario
from churnsim.simulate import design, simulate
from churnsim.statistics.incident import Conditioned, Incident, conditioned_mean

# More often than that, plain runs show the incident, and two at once are no exception.
_RATE_MOST = 1.0


@dataclass(frozen=True, eq=False)
class Occurrence:
    """A failure by law, and the runs in which it is made to happen once, or not at all.

    Parameters
    ----------
    path : str
        Where it stands in the scenario.
    scenario : Scenario
        Begun so much earlier that whatever still matters in the measured window can happen in it.
    number : int
        Its position among the failures.
    since, until : float
        Between which instants it is made to happen [s]; later it is not measured, earlier long forgotten.
    rate : float
        How often it happens between them, on average.
    """

    path: str
    scenario: Scenario
    number: int
    since: float
    until: float
    rate: float

    @classmethod
    def of(cls, scenario: Scenario, number: int | None) -> Occurrence:
        """The failure of that number; where none is given, the only one that happens by law.

        Raises
        ------
        UsageError
            If there is none, more than one to choose from, or it is not rare.
        """
        number = _chosen(scenario, number)
        path, cycle = f"failures.{number}", _cycle(scenario.failures[number])
        assert cycle is not None
        reach = design(scenario).memory
        moved = max(reach - scenario.warmup, 0.0) if scenario.start == "stationary" else 0.0
        since, until = max(scenario.warmup + moved - reach, 0.0), scenario.horizon + moved
        rate = (until - since) / cycle
        if rate > _RATE_MOST:
            raise UsageError(
                f"{path} happens {rate:.1f} times in the {format_duration(round(until - since))} that matter "
                "to a run, and is not rare; `churnsim run` sees it, and two at once are no exception"
            )
        others = [f"failures.{k}" for k, one in enumerate(scenario.failures) if getattr(one, "at", None)]
        if moved and others:
            raise UsageError(
                f"{', '.join(others)}: a failure at fixed times is an incident of its own; leave it out "
                "(--set failures=...), or make the warmup as long as the past matters: --set "
                f"warmup={format_duration(reach)}"
            )
        window = {key: format_duration(getattr(scenario, key) + moved) for key in ("horizon", "warmup")}
        return cls(path, scenario.with_(window), number, since, until, rate)

    def at(self, *times: float) -> Scenario:
        """The scenario in which it happens at these instants [s] and at no other."""
        failures = [one.model_dump(mode="json", by_alias=True) for one in self.scenario.failures]
        failures[self.number] |= {"every": None, "at": [format_duration(round(each, 3)) for each in times]}
        return self.scenario.with_({"failures": failures})


def conditioned(
    rare: Occurrence, names: Sequence[str], asked: Invocation
) -> Mapping[str, tuple[Conditioned, Incident, float]]:
    """The mean of each measure, with the incident and the mean of quiet runs that it is made from.

    Raises
    ------
    UsageError
        If a measure is no mean over runs, or is undefined in one of them.
    """
    count, began = asked.replications or 1, time.monotonic()
    if count < 2:
        raise UsageError("an interval takes two replications or more, and one of them is no sample")
    # Instants are drawn outside of runs, so that they touch none of their streams.
    instants = np.random.default_rng([asked.seed, rare.number]).uniform(rare.since, rare.until, count)
    calm = rare.at()
    found: dict[str, list[tuple[float, float]]] = {}
    with progress(rare.scenario.name) as tell:
        for number, instant in enumerate(instants):
            tell(number, count, time.monotonic() - began)
            quiet, struck = (
                _measured(scenario, names, asked.seed, number) for scenario in (calm, rare.at(float(instant)))
            )
            for name in quiet:
                found.setdefault(name, []).append((quiet[name], struck[name]))
        tell(count, count, time.monotonic() - began)
    answers = {}
    for name, pairs in found.items():
        quiet_values, struck_values = np.array(pairs).T
        # Sums of the same things in another order differ by rounding: that is no impact.
        impacts = np.where(
            np.isclose(struck_values, quiet_values, rtol=1e-12, atol=0.0), 0.0, struck_values - quiet_values
        )
        incident = Incident(rare.rate, impacts)
        answers[name] = (conditioned_mean([incident], quiet_values), incident, float(quiet_values.mean()))
    return answers


def warnings(answers: Mapping[str, tuple[Conditioned, Incident, float]]) -> list[str]:
    """Where two incidents at once may change an estimate by more than it is uncertain."""
    return [
        f"{name}: two incidents at once may change it by "
        f"{readable(found.overlap, MEASURES.find(name).unit)}, more than half its interval; shorter runs "
        "(--set horizon=...) make two at once rarer"
        for name, (found, _, _) in answers.items()
        if found.half_width is not None and found.overlap > found.half_width
    ]


def print_conditioned(answers: Mapping[str, tuple[Conditioned, Incident, float]], table: Table) -> None:
    """Print each mean, and what it is made of."""
    rows = []
    for name, (found, incident, quiet) in answers.items():
        unit = MEASURES.find(name).unit
        shown = f"{np.count_nonzero(incident.impacts)} of {incident.impacts.size}"
        one = readable(float(incident.impacts.mean()), unit)
        text = readable(found.mean, unit, found.low, found.high)
        text += "" if found.low is not None else f" ({found.method})"
        rows.append((name, text, readable(quiet, unit), one, shown, readable(found.overlap, unit)))
    table(("measure", "mean [95%]", "without", "one adds", "runs it shows in", "two at once"), rows)


def document(
    scenario: Scenario,
    rare: Occurrence,
    asked: Invocation,
    answers: Mapping[str, tuple[Conditioned, Incident, float]],
    doubts: Sequence[object],
) -> dict[str, object]:
    """The JSON document of the command."""
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "version": __version__,
        "seed": asked.seed,
        "replications": asked.replications,
        "failure": rare.path,
        "rate": rare.rate,
        "measures": {
            name: {
                "mean": found.mean,
                "low": found.low,
                "high": found.high,
                "method": found.method,
                "unit": MEASURES.find(name).unit,
                "without": quiet,
                "impact": float(incident.impacts.mean()),
                "shown": int(np.count_nonzero(incident.impacts)),
                "overlap": found.overlap,
            }
            for name, (found, incident, quiet) in answers.items()
        },
        "warnings": [*map(str, doubts), *warnings(answers)],
        "repeat": f"{asked.repeat} --failure {rare.number}",
    }


def _measured(scenario: Scenario, names: Sequence[str], seed: int, number: int) -> dict[str, float]:
    """Values of the measures in one run, those named alone."""
    trace = simulate(scenario, seed=seed, replication=number)
    values = {}
    for name, one in evaluate(trace, names).items():
        if name not in names:
            continue
        if not isinstance(one, Scalar | Ratio):
            raise UsageError(f"{name} is a quantile or a maximum, and no mean that incidents add to; ask run")
        if one.value is None:
            raise UsageError(f"{name} is undefined in replication {number}, so that nothing adds to it")
        values[name] = one.value
    return values


def _chosen(scenario: Scenario, number: int | None) -> int:
    by_law = [k for k, one in enumerate(scenario.failures) if _cycle(one) is not None]
    listed = ", ".join(f"{k} ({scenario.failures[k].kind})" for k in by_law)  # type: ignore[attr-defined]
    if not by_law:
        raise UsageError(f"{scenario.name} has no failure that happens `every` so often, without storms")
    if number is None and len(by_law) > 1:
        raise UsageError(f"several failures happen by law; name one with --failure: {listed}")
    if number is not None and number not in by_law:
        raise UsageError(f"--failure {number} is none that happens `every` so often; there are: {listed}")
    return by_law[0] if number is None else number


def _cycle(failure: object) -> float | None:
    """Mean time from one beginning to the next [s]; None where it does not happen by law, always the same."""
    if not isinstance(failure, Occasions) or failure.every is None or failure.storms is not None:
        return None
    return failure.every.mean + (failure.lasts.mean if isinstance(failure, Spells) else 0.0)
