"""How many runs are enough: stop at a stated precision, looking only at looks fixed beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from churnsim.base.errors import refusal
from churnsim.base.quantity import parse_duration, parse_money, parse_rate, parse_share
from churnsim.metrics.measurement import Measurement, Peak
from churnsim.metrics.range import ANY, Range
from churnsim.statistics.estimate import Estimate
from churnsim.statistics.summary import summarise

# The first look: an interval of fewer runs is too uncertain itself to be a reason to stop.
FIRST = 32
MOST = 4096
# Farthest forecast that is believed, in multiples of the runs it was made from.
FORECAST_MOST = 3.0
# What an estimate without an interval says where nothing may ever change it.
_WITHOUT = {
    "all zero": "all zero, nothing of it in any run, which no number of runs makes precise",
    "undefined": "undefined in every run, for the scenario has nothing that it measures",
}
_READ = {
    "s": parse_duration,
    "1/s": parse_rate,
    "1/h": lambda text: parse_rate(text) * 3600,
    "USD": parse_money,
    "share": parse_share,
}


@dataclass(frozen=True, slots=True)
class Precision:
    """How far the end of an interval may lie from its estimate.

    Parameters
    ----------
    half_width : float
        In the unit of the measure; with `is_relative`, as a share of the estimate. Positive.
    is_relative : bool
        Whether `half_width` is a share of the estimate.
    first, most : int
        Runs at the first look, at least 2, and at the last one, at least as many.

    Raises
    ------
    ValueError
        If a number is out of bounds.
    """

    half_width: float
    is_relative: bool = False
    first: int = FIRST
    most: int = MOST

    def __post_init__(self) -> None:
        if not (math.isfinite(self.half_width) and self.half_width > 0.0):
            raise refusal("precision", f"a precision is positive (got {self.half_width})", "ask for 5%")
        if not 2 <= self.first <= self.most:
            said = f"looks go from 2 runs or more upwards (got {self.first} to {self.most})"
            raise refusal("precision", said, "leave the first look out, or raise the greatest number of runs")

    @classmethod
    def read(cls, text: str, unit: str, *, first: int = FIRST, most: int = MOST) -> Precision:
        """The precision written in `text`, for a measure in `unit`.

        A quantity in that unit is taken as it is: ``0.01%`` of a share is 0.0001, ``5s`` is five seconds.
        Percent of anything that is no share is relative to the estimate.

        Parameters
        ----------
        text : str
            Such as ``0.01%``, ``5s``, ``$2`` or a plain number for a measure that has no unit.
        unit : str
            ``share``, ``s``, ``1/s``, ``1/h``, ``USD``; anything else takes percent or a plain number.
        first, most : int
            As for the class.

        Raises
        ------
        ValueError
            If it is neither, or not positive.
        """
        if unit != "share" and text.rstrip().endswith(("%", "‰")):
            return cls(parse_share(text), True, first, most)
        if unit in _READ:
            return cls(_READ[unit](text), False, first, most)
        try:
            width = float(text)
        except ValueError:
            raise refusal(
                "precision", f"{text!r} is neither a number nor percent", "write one as in 5%"
            ) from None
        return cls(width, False, first, most)

    @property
    def looks(self) -> tuple[int, ...]:
        """Numbers of runs at which one may look, each half as many again as the one before."""
        found = [self.first]
        while found[-1] < self.most:
            found.append(min(math.ceil(1.5 * found[-1]), self.most))
        return tuple(found)

    def allowed(self, mean: float) -> float:
        """The half width that an interval around `mean` may have, in the unit of the measure."""
        return self.half_width * abs(mean) if self.is_relative else self.half_width


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the runs so far decides.

    Parameters
    ----------
    state : {"enough", "more", "exhausted"}
        Stop, precise enough; go on; stop, as many runs as allowed have not been enough.
    runs : int
        Runs to have at the next look; those at this one where there is no next.
    half_width : float or None
        Distance from the estimate to the farther end of its interval, in the unit of the measure; None
        without an interval.
    reason : str
        Why, in a few words.
    """

    state: Literal["enough", "more", "exhausted"]
    runs: int
    half_width: float | None
    reason: str


def look(
    measurements: Sequence[Measurement],
    precision: Precision,
    confidence: float = 0.95,
    possible: Range = ANY,
) -> Look:
    """Whether the runs so far are enough for a precision, and how many to have at the next look.

    Looks are few and fixed beforehand (`Precision.looks`), because whoever looks after every run stops at
    the first interval that chance made short. From what is known the next look is forecast, with half widths
    shrinking as one over the root of the number of runs, and looks before it are passed over. Stopping at a
    short interval costs a little coverage, which is measured in docs/statistics.md; so the rule is for
    estimates, never for verdicts.

    Parameters
    ----------
    measurements : sequence of Measurement
        One per run so far, those in which it is undefined included.
    precision : Precision
        What is asked for.
    confidence : float
        Such as 0.95.
    possible : Range
        What values the measure can take.

    Returns
    -------
    Look
        Depends on the arguments alone. Without an interval (``few non-zero``, ``few runs``) it goes on; where
        all runs agree (``constant``) it stops; where they agree that nothing happened (``all zero``) it goes
        on, for that is no precision.

    Raises
    ------
    ValueError
        If it is a maximum, which more runs only raise and never make more precise; or if kinds are mixed.

    Source: methods 3.5; Law, Simulation Modeling and Analysis, 9.4.1 (sequential procedure).
    """
    if any(isinstance(one, Peak) for one in measurements):
        raise refusal(
            "precision",
            "a maximum has no interval, so it never becomes precise",
            "ask for a mean, a share or a quantile",
        )
    runs = len(measurements)
    estimate = summarise(measurements, confidence, possible)
    width = arm(estimate)
    if runs < precision.first:
        return _go_on(precision, runs, 0, width, f"{runs} runs are fewer than the first look takes")
    if width is None or estimate.mean is None:
        return _go_on(
            precision, runs, 0, None, f"no interval yet: {_WITHOUT.get(estimate.method, estimate.method)}"
        )
    allowed = precision.allowed(estimate.mean)
    if width <= allowed:
        return Look("enough", runs, width, f"half width {width:.3g}, at most {allowed:.3g} was asked for")
    forecast = runs * (width / allowed) ** 2 if allowed > 0.0 else math.inf
    said = f"half width {width:.3g}, more than the {allowed:.3g} asked for"
    return _go_on(precision, runs, forecast, width, said)


def together(looks: Iterable[Look]) -> Look:
    """The look at several measures or points that are run together: all must be enough.

    Parameters
    ----------
    looks : iterable of Look
        At least one, all at the same number of runs.

    Returns
    -------
    Look
        ``more`` if any needs more, with the runs of the one that needs most; else ``exhausted`` if any is.
    """
    found = list(looks)
    for state in ("more", "exhausted"):
        if waiting := [one for one in found if one.state == state]:
            return max(waiting, key=lambda one: one.runs)
    return found[0]


def arm(estimate: Estimate) -> float | None:
    """Distance from an estimate to the farther end of its interval, None without one."""
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return None
    return max(estimate.mean - estimate.low, estimate.high - estimate.mean)


def _go_on(precision: Precision, runs: int, forecast: float, width: float | None, reason: str) -> Look:
    later = [each for each in precision.looks if each > runs]
    if not later:
        return Look("exhausted", runs, width, f"{reason}; {runs} runs are as many as allowed")
    # A forecast is itself uncertain, and too long where few runs make the farther arm of an interval long.
    forecast = min(0.9 * forecast, FORECAST_MOST * runs)
    sufficient = (each for each in later if each >= forecast)
    return Look("more", next(sufficient, later[-1]), width, reason)
