"""Designs side by side: paired differences to a baseline, each ruled better, worse or cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from churnsim.base.errors import UsageError
from churnsim.base.readable import usual
from churnsim.decision.alternative import Alternative
from churnsim.metrics import MEASURES, Measure
from churnsim.statistics import Difference, Estimate, difference, holm

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["better", "worse", "higher", "lower", "same", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One measure of one design against the baseline.

    Parameters
    ----------
    design : str
        Name of the alternative.
    measure : Measure
        What is compared; `name` may be a part of it.
    name : str
        Full name of the measure.
    estimate : Estimate
        Of the design alone.
    difference : Difference or None
        Design less baseline, paired by replication; None for the baseline itself.
    p_value : float or None
        Chance of the difference, corrected for all comparisons made; None where it could not be tested.
    verdict : str or None
        ``better`` or ``worse``; ``higher`` or ``lower`` where neither direction is better; ``same`` where no
        pair differs; ``cannot tell``. None for the baseline.
    """

    design: str
    measure: Measure
    name: str
    estimate: Estimate
    difference: Difference | None
    p_value: float | None
    verdict: Verdict | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every design against the baseline in every measure.

    Parameters
    ----------
    designs : tuple of Alternative
        At least two, in the order given.
    baseline : Alternative
        One of them.
    measures : tuple of str
        What they are compared in.
    contrasts : tuple of Contrast
        One for each measure and design, the baseline included; by measure, then by design.
    confidence : float
        Of every interval. A verdict is wrong in any of them with at most the remaining chance.
    """

    designs: tuple[Alternative, ...]
    baseline: Alternative
    measures: tuple[str, ...]
    contrasts: tuple[Contrast, ...]
    confidence: float = 0.95

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, a line each: where pairing did harm."""
        return tuple(
            f"{one.name}, {one.design} against {self.baseline.name}: {one.difference.warning}"
            for one in self.contrasts
            if one.difference is not None and one.difference.warning
        )

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row per measure and design.

        Columns: ``measure``, ``design``, one per setting, ``mean``, ``low``, ``high``, ``n``, ``method`` of
        the design alone; ``difference``, ``difference_low``, ``difference_high``, ``pairs``,
        ``difference_method``, ``correlation``, ``p_value`` (corrected), ``verdict``; ``unit``, ``better``.
        ``attrs["provenance"]`` says by design how its runs were made.
        """
        import pandas as pd

        settings = {one.name: dict(one.settings) for one in self.designs}
        frame = pd.DataFrame([_row(one, settings[one.design]) for one in self.contrasts])
        frame.attrs["provenance"] = {one.name: dict(one.provenance) for one in self.designs}
        return frame

    def contrast(self, measure: str, design: str) -> Contrast:
        """The one contrast of that measure and design."""
        return next(one for one in self.contrasts if (one.name, one.design) == (measure, design))

    def typical(self, measure: str) -> float | None:
        """A number of the usual size of that measure, so that all designs are written in one unit."""
        return usual(one.estimate.mean for one in self.contrasts if one.name == measure)


def compare(
    designs: Sequence[Alternative],
    measures: Sequence[str],
    *,
    baseline: Alternative | None = None,
    confidence: float = 0.95,
) -> Comparison:
    """Compare designs whose replications share their random numbers.

    Parameters
    ----------
    designs : sequence of Alternative
        At least two, with different names.
    measures : sequence of str
        Full names.
    baseline : Alternative, optional
        What the others are compared with; the first where not given.
    confidence : float
        Such as 0.95. Chances are corrected (Holm) for all measures and designs together, so that with this
        confidence none of the verdicts ``better``, ``worse``, ``higher``, ``lower`` is wrong. Intervals are
        not corrected: each holds by itself.

    Raises
    ------
    UsageError
        If there are fewer than two designs, two of one name, or a measure is unknown.
    """
    names = [one.name for one in designs]
    if len(names) < 2:
        raise UsageError(f"a comparison takes two designs or more, got {len(names)}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"two designs are called {twice[0]!r}; give their scenarios different names")
    base = designs[0] if baseline is None else baseline
    pairs = [(name, one) for name in measures for one in designs]
    found = [None if one is base else _difference(one, base, name, confidence) for name, one in pairs]
    tested = [position for position, one in enumerate(found) if one is not None]
    corrected: dict[int, float | None] = dict(
        zip(tested, holm([one.p_value for one in found if one is not None]), strict=True)
    )
    contrasts = tuple(
        Contrast(
            one.name,
            MEASURES.find(name),
            name,
            one.estimate(name, confidence),
            found[position],
            corrected.get(position),
            _verdict(found[position], corrected.get(position), MEASURES.find(name), 1.0 - confidence),
        )
        for position, (name, one) in enumerate(pairs)
    )
    return Comparison(tuple(designs), base, tuple(measures), contrasts, confidence)


def _difference(one: Alternative, base: Alternative, measure: str, confidence: float) -> Difference:
    mine, theirs = one.series(measure), base.series(measure)
    both = [run for run in mine if run in theirs]
    return difference([mine[run] for run in both], [theirs[run] for run in both], confidence)


def _verdict(
    found: Difference | None, p_value: float | None, measure: Measure, risk: float
) -> Verdict | None:
    if found is None:
        return None
    if found.method == "all zero" and found.n > 1:
        return "same"
    if found.mean is None or p_value is None or p_value > risk:
        return "cannot tell"
    is_higher = found.mean > 0.0
    if measure.better == "neither":
        return "higher" if is_higher else "lower"
    return "better" if is_higher == (measure.better == "higher") else "worse"


def _row(one: Contrast, settings: dict[str, Any]) -> dict[str, Any]:
    nothing = float("nan")
    gap = one.difference

    def number(value: float | None) -> float:
        return nothing if value is None else value

    return {
        "measure": one.name,
        "design": one.design,
        **settings,
        "mean": number(one.estimate.mean),
        "low": number(one.estimate.low),
        "high": number(one.estimate.high),
        "n": one.estimate.n,
        "method": one.estimate.method,
        "difference": nothing if gap is None else number(gap.mean),
        "difference_low": nothing if gap is None else number(gap.low),
        "difference_high": nothing if gap is None else number(gap.high),
        "pairs": 0 if gap is None else gap.n,
        "difference_method": "baseline" if gap is None else gap.method,
        "correlation": nothing if gap is None else number(gap.correlation),
        "p_value": number(one.p_value),
        "verdict": one.verdict or "baseline",
        "unit": one.measure.unit,
        "better": one.measure.better,
    }
