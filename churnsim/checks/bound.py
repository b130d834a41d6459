"""An invariant that bounds a measure, and what an estimate of that measure says about it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from churnsim.base.quantity import parse_duration, parse_money, parse_rate, parse_share
from churnsim.checks.verdict import Ruling
from churnsim.metrics import MEASURES, Measure
from churnsim.scenario.invariant import Invariant
from churnsim.statistics import Estimate, share_of_runs

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_READ: dict[str, Callable[[str], float]] = {
    "share": parse_share,
    "s": parse_duration,
    "1/s": parse_rate,
    "1/h": lambda text: parse_rate(text) * 3600,
    "USD": parse_money,
}
_UNSURE = {
    "one run": "one run gives no interval; make more replications",
    "few runs": "too few runs for an interval; make more replications",
    "few non-zero": "too few runs show it at all to say how much it weighs; make more replications",
    "few episodes": "too few episodes for an interval; make more replications or a longer run",
    "censored": "too many episodes were still open at the end; make the run longer",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure that must stay on one side of a limit.

    Parameters
    ----------
    measure : str
        Name of the measure, or of a part of one.
    comparison : {">=", "<=", ">", "<"}
        How the measure must compare with `limit`.
    limit : float
        In the unit of the measure.
    unit : str
        That unit.
    """

    measure: str
    comparison: str
    limit: float
    unit: str

    @classmethod
    def of(cls, invariant: Invariant) -> Bound:
        """The bound that an invariant of a scenario means.

        Raises
        ------
        UsageError
            If there is no such measure.
        ValueError
            If the threshold is not a quantity in the unit of the measure.
        """
        measure = MEASURES.find(invariant.measure)
        return cls(invariant.measure, invariant.operator, _limit(invariant, measure), measure.unit)

    def rule(self, estimate: Estimate, values: Sequence[float | None]) -> tuple[Ruling, str]:
        """The ruling on the bound and its reason.

        Decided where the whole confidence interval lies on one side. Without an interval: by a maximum if one
        run breaks it or none of several does; by identical values; else not at all.

        Parameters
        ----------
        estimate : Estimate
            Of the measure, over the runs.
        values : sequence of float or None
            Of each run alone, in the order of the replications.
        """
        if not values:
            return "inconclusive", "no run went through"
        if estimate.mean is None:
            return (
                "inconclusive",
                f"undefined in all {len(values)} runs: nothing happened that it could measure",
            )
        if estimate.method == "maximum":
            return self._rule_every(values)
        if estimate.low is not None and estimate.high is not None:
            return self._rule_interval(estimate.low, estimate.high)
        defined = [value for value in values if value is not None]
        if len(defined) > 1 and len(set(defined)) == 1:
            kept = self.holds(defined[0])
            return _ruling(
                kept
            ), f"every one of {len(defined)} runs gave the same value{_at_most(len(defined))}"
        return "inconclusive", _UNSURE.get(estimate.method, f"no interval: {estimate.method}")

    def _rule_interval(self, low: float, high: float) -> tuple[Ruling, str]:
        kept = {self.holds(low), self.holds(high)}
        if len(kept) == 1:
            side = "keeps" if True in kept else "breaks"
            return _ruling(True in kept), f"the whole interval {side} it"
        return "inconclusive", "the interval holds the limit; make more replications"

    def _rule_every(self, values: Sequence[float | None]) -> tuple[Ruling, str]:
        broken = [run for run, value in enumerate(values) if value is not None and not self.holds(value)]
        defined = sum(value is not None for value in values)
        if broken:
            return "fail", f"broken in {len(broken)} of {defined} runs, first in replication {broken[0]}"
        if defined < 2:
            return "inconclusive", _UNSURE["one run"]
        return "pass", f"kept in every one of {defined} runs{_at_most(defined)}"

    def holds(self, value: float) -> bool:
        """Whether a value of the measure keeps the bound."""
        return _COMPARE[self.comparison](value, self.limit)


def _limit(invariant: Invariant, measure: Measure) -> float:
    read = _READ.get(measure.unit)
    if read is not None:
        return read(invariant.threshold)
    try:
        return float(invariant.threshold)
    except ValueError:
        if measure.unit == "1" and invariant.threshold.endswith("%"):
            return parse_share(invariant.threshold)  # a ratio that is no share may be said like one
        message = (
            f"{measure.name} is a plain number, so '{invariant.threshold}' cannot bound it; write a number"
        )
        raise ValueError(message) from None


def _ruling(kept: bool) -> Ruling:
    return "pass" if kept else "fail"


def _at_most(runs: int) -> str:
    """What so many runs that agree leave open, as a clause."""
    high = share_of_runs(0, runs).high
    assert high is not None
    return f"; at most {high:.1%} of runs differ (95 % confidence)"
