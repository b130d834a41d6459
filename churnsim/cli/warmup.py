"""How much of the beginning to leave out, as the command line asks for it and shows it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import click
import numpy as np
from numpy.typing import NDArray

from churnsim import __version__
from churnsim.base.errors import UsageError
from churnsim.base.quantity import format_duration
from churnsim.base.readable import counted, readable
from churnsim.cli.progress import progress
from churnsim.cli.table import Table
from churnsim.metrics import MEASURES
from churnsim.metrics.series import STEPWISE, series
from churnsim.statistics.warmup import BATCH, Truncation, mser5, welch

if TYPE_CHECKING:
    import pandas as pd

    from churnsim.cli.invocation import Invocation
    from churnsim.scenario import Scenario

# What is looked at where nothing is named: what is served, who is locked out, and what issuers bear.
LOOKED_AT = STEPWISE[:3]
_STEPS_MOST = 400
_STEPS_LEAST = 4 * BATCH

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Settling:
    """How one measure settles over the runs.

    Parameters
    ----------
    measure : str
        Which.
    step : float
        Length of a step [s].
    runs : ndarray of float, shape (runs, steps)
        The measure at each step of each run; NaN where there is nothing to measure.
    """

    measure: str
    step: float
    runs: Floats

    @property
    def mean(self) -> Floats:
        """The measure at each step, over the runs that have it, shape (steps,)."""
        return np.asarray(np.nanmean(self.runs, axis=0))

    @property
    def truncation(self) -> Truncation:
        """Where MSER-5 cuts the mean of the runs."""
        return mser5(self.mean)

    @property
    def cut(self) -> float | None:
        """How much to leave out [s]; None where it has not settled."""
        return self.truncation.cut * self.step if self.truncation.has_settled else None

    @property
    def singles(self) -> list[float]:
        """Where each run alone would be cut [s], of those that have settled and miss no step."""
        whole = self.runs[np.isfinite(self.runs).all(axis=1)]
        return [found.cut * self.step for found in map(mser5, whole) if found.has_settled]

    @property
    def before(self) -> float | None:
        """Mean of what is cut off; None where nothing is."""
        return float(self.mean[: self.truncation.cut].mean()) if self.cut else None

    @property
    def after(self) -> float:
        """Mean of what is left."""
        return float(self.mean[self.truncation.cut :].mean())

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each step, as `churnsim.plot.warmup` takes it."""
        import pandas as pd

        window = max(self.mean.size // 20, 1)
        smooth = np.full(self.mean.size, np.nan)
        smooth[: self.mean.size - window] = welch(self.mean, window)
        return pd.DataFrame(
            {
                "measure": self.measure,
                "unit": MEASURES.find(self.measure).unit,
                "time": (np.arange(self.mean.size) + 0.5) * self.step,
                "mean": self.mean,
                "smooth": smooth,
                "cut": math.nan if self.cut is None else self.cut,
            }
        )


def settle(scenario: Scenario, asked: Invocation, names: Sequence[str]) -> list[Settling]:
    """Simulate the replications from their beginning and look at measures step by step.

    Raises
    ------
    UsageError
        If a measure has no value at each step, or the run is too short for its traffic buckets.
    """
    from churnsim.simulate import simulate

    for name in names:
        _check_stepwise(name)
    edges = _edges(scenario)
    whole = scenario.with_({"warmup": "0s"})
    count, began = asked.replications or 1, time.monotonic()
    rows: dict[str, list[Floats]] = {name: [] for name in names or LOOKED_AT}
    with progress(scenario.name) as tell:
        for number in range(count):
            tell(number, count, time.monotonic() - began)
            trace = simulate(whole, seed=asked.seed, replication=number)
            for name, found in rows.items():
                found.append(series(trace, name, edges))
        tell(count, count, time.monotonic() - began)
    step = float(edges[1] - edges[0])
    blank = [name for name, found in rows.items() if np.isnan(found).all(axis=0).any()]
    if set(blank) & set(names) or len(blank) == len(rows):
        raise UsageError(
            f"{' and '.join(blank)} cannot be measured in every step of {format_duration(step)}; take longer "
            "steps (--set window=...), or look at another measure (--show)"
        )
    return [Settling(name, step, np.array(found)) for name, found in rows.items() if name not in blank]


def verdict(scenario: Scenario, found: Sequence[Settling]) -> str:
    """What to do, in a sentence."""
    has = f"warmup: {format_duration(scenario.warmup)}"
    if scenario.start == "stationary":
        return (
            f"{scenario.name} starts stationary: ages are drawn as if it had always run, so it needs no "
            "warm-up and a cut above is chance. To see it begin from nothing: --set start=fresh"
        )
    if slow := [one.measure for one in found if one.cut is None]:
        return (
            f"{' and '.join(slow)} had not settled by half of {format_duration(scenario.horizon)}: run "
            "longer (--set horizon=...), or begin in equilibrium (--set start=stationary)"
        )
    needed = suggested(found)
    assert needed is not None
    if scenario.warmup >= needed:
        return f"{has} is enough; MSER-5 would leave out {format_duration(needed)}"
    return f"{has} is too short: --set warmup={format_duration(needed)}, if the beginning is not the question"


def suggested(found: Sequence[Settling]) -> float | None:
    """The longest of the cuts [s]; None where a measure has not settled."""
    cuts = [one.cut for one in found]
    return None if None in cuts else max(cut for cut in cuts if cut is not None)


def struck_at_times(scenario: Scenario) -> list[str]:
    """Paths of failures that strike at fixed times, which looks like settling and is none."""
    return [
        f"failures.{number}"
        for number, failure in enumerate(scenario.failures)
        if getattr(failure, "at", None) is not None
    ]


def print_settling(found: Sequence[Settling], table: Table) -> None:
    """Print where each measure is cut, and what that changes."""
    rows = []
    for one in found:
        unit = MEASURES.find(one.measure).unit
        cut = "not settled" if one.cut is None else readable(one.cut, "s")
        before = readable(one.before, unit, like=one.after)
        rows.append((one.measure, cut, before, readable(one.after, unit), _range(one)))
    table(("measure", "cut (MSER-5)", "mean before", "mean after", "of single runs"), rows)


def document(
    scenario: Scenario, asked: Invocation, found: Sequence[Settling], warnings: Sequence[object]
) -> dict[str, object]:
    """The JSON document of the command; times in seconds."""
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "version": __version__,
        "seed": asked.seed,
        "replications": asked.replications,
        "start": scenario.start,
        "warmup_s": scenario.warmup,
        "needed_s": 0.0 if scenario.start == "stationary" else suggested(found),
        "step_s": found[0].step,
        "measures": {
            one.measure: {
                "cut_s": one.cut,
                "single_cuts_s": one.singles,
                "before": one.before,
                "after": one.after,
                "unit": MEASURES.find(one.measure).unit,
            }
            for one in found
        },
        "verdict": verdict(scenario, found),
        "warnings": [str(each) for each in warnings],
        "repeat": asked.repeat,
    }


def say_more(asked: Invocation, found: Sequence[Settling]) -> None:
    """Print below the table how the numbers were made."""
    count = counted(asked.replications or 1, "replication")
    click.echo(f"steps:   {found[0].mean.size} of {format_duration(found[0].step)}, mean of {count}")
    click.echo(f"seed:    {asked.seed}\nrepeat:  {asked.repeat}")


def _check_stepwise(name: str) -> None:
    MEASURES.find(name)
    if name not in STEPWISE:
        raise UsageError(f"{name} is not measured step by step; what is: {', '.join(STEPWISE)}")


def _edges(scenario: Scenario) -> Floats:
    """Ends of the steps [s]: whole traffic buckets, all alike, at most so many; a rest is left out."""
    buckets = int(scenario.horizon / scenario.window + 1e-9)
    each = -(-buckets // _STEPS_MOST)
    if buckets < _STEPS_LEAST:
        raise UsageError(
            f"{scenario.name} has {counted(buckets, 'bucket')} of traffic, and it takes {_STEPS_LEAST} to "
            f"see it settle; --set window={format_duration(scenario.horizon / _STEPS_LEAST)} or shorter"
        )
    return np.arange(buckets // each + 1, dtype=np.float64) * (each * scenario.window)


def _range(one: Settling) -> str:
    """Cuts of single runs: least, middle, most, and how many settled."""
    if not one.singles:
        return "none settled"
    low, middle, high = (readable(f(one.singles), "s") for f in (min, median, max))
    few = len(one.singles) < len(one.runs)
    return f"{low} .. {middle} .. {high}" + (f" ({len(one.singles)} of {len(one.runs)})" if few else "")
