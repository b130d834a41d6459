"""Axes that speak in hours and percent while the data stay in SI units."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    MultipleLocator,
    NullLocator,
)

# Steps between ticks that people count in [s], and the unit each is written in.
_STEPS = (
    *((step, 1.0, "s") for step in (1, 2, 5, 10, 15, 30)),
    *((step * 60.0, 60.0, "min") for step in (1, 2, 5, 10, 15, 30)),
    *((step * 3600.0, 3600.0, "h") for step in (1, 2, 3, 6, 12)),
    *((step * 86400.0, 86400.0, "d") for step in (1, 2, 7, 14, 28, 91, 182, 364)),
)
_TICKS_MAX = 9
_ROUND_TIMES = {
    0.001: "1 ms", 0.01: "10 ms", 0.1: "100 ms", 1.0: "1 s", 10.0: "10 s", 60.0: "1 min", 600.0: "10 min",
    3600.0: "1 h", 21600.0: "6 h", 86400.0: "1 d", 604800.0: "1 w", 2419200.0: "4 w", 31449600.0: "1 a",
}  # fmt: skip


def time_axis(axes: Axes, first: float, last: float) -> None:
    """Let the horizontal axis run from `first` to `last` [s], with ticks at round times in one unit."""
    span = max(last - first, 1e-9)
    step, unit, name = next((row for row in _STEPS if span / row[0] <= _TICKS_MAX), _STEPS[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step) if span >= 1 else MaxNLocator(_TICKS_MAX))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / unit:g}"))
    axes.set_xlabel(f"time ({name})")
    axes.set_xlim(first, last)


def setting_axis(axes: Axes, positions: list[float], labels: list[str]) -> None:
    """Ticks at the settings of a sweep alone, written as in the scenario; logarithmic if wide apart."""
    if is_logarithmic(positions):
        axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(positions))
    axes.xaxis.set_minor_locator(NullLocator())
    names = dict(zip(positions, labels, strict=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: names.get(value, "")))


def is_logarithmic(positions: list[float]) -> bool:
    """Whether settings are all positive and span more than a factor of 8."""
    return min(positions) > 0 and max(positions) / min(positions) > 8


def value_axis(axes: Axes, unit: str, low: float, high: float) -> None:
    """Let the vertical axis, which shows values from `low` to `high`, speak in `unit`.

    Shares become percent, seconds the largest unit of time of which there are more than two; where the values
    are positive and spread over more than a factor of 30, it is logarithmic.
    """
    is_wide = low > 0 and high / low > 30
    if is_wide:
        axes.set_yscale("log")  # before the ticks: it brings its own
    if is_wide and unit == "s":
        axes.yaxis.set_major_locator(FixedLocator(list(_ROUND_TIMES)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(_round_time))
        return
    factor, name = scale_of(unit, high)
    axes.yaxis.set_major_locator(LogLocator(numticks=6) if is_wide else _ScaledLocator(factor))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / factor:.6g}"))
    axes.set_ylabel(name)
    if low == high == 0:
        axes.set_ylim(0, factor)


def _round_time(value: float, _: object) -> str:
    return _ROUND_TIMES.get(value, "")


class _ScaledLocator(MaxNLocator):
    """Ticks at round multiples of the unit shown rather than of the unit stored."""

    def __init__(self, factor: float) -> None:
        super().__init__(nbins=6, steps=[1, 2, 2.5, 5, 10])
        self._factor = factor

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        return [tick * self._factor for tick in super().tick_values(vmin / self._factor, vmax / self._factor)]


def scale_of(unit: str, largest: float) -> tuple[float, str]:
    """By what to divide values in `unit`, and what they are in then."""
    if unit == "share":
        return 0.01, "%"
    if unit == "s" and math.isfinite(largest):
        for factor, name in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
            if largest > 2 * factor:
                return factor, name
    return 1.0, "" if unit == "1" else unit
