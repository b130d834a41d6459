"""Axes that speak in hours and percent while the data stay in SI units."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, MultipleLocator, NullLocator
from numpy.typing import NDArray

# Steps between ticks that people count in [s], and the unit each is written in.
_STEPS = (
    *((step, 1.0, "s") for step in (1, 2, 5, 10, 15, 30)),
    *((step * 60.0, 60.0, "min") for step in (1, 2, 5, 10, 15, 30)),
    *((step * 3600.0, 3600.0, "h") for step in (1, 2, 3, 6, 12)),
    *((step * 86400.0, 86400.0, "d") for step in (1, 2, 7, 14, 28, 91, 182, 364)),
)
_TICKS_MAX = 9
_LETTER = 0.016  # width of a letter of a tick label, as a share of the axis
# Units of values, largest first: by what to divide them, and what to write behind them.
_TIMES = ((86400.0, " d"), (3600.0, " h"), (60.0, " min"), (1.0, " s"), (1e-3, " ms"))
_RATES = ((1.0, "/s"), (1 / 60, "/min"), (1 / 3600, "/h"), (1 / 86400, "/d"))
_VIEW_MIN = 0.2  # of the largest value: a change of a tenth fills half of the axis, a smaller one looks small
_FACTOR_LOGARITHMIC = 30
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
    """Ticks at the settings of a sweep alone, written as in the scenario; logarithmic if wide apart.

    Where settings crowd, as those that a design has drawn, some ticks have no label.
    """
    if is_logarithmic(positions):
        axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(positions))
    axes.xaxis.set_minor_locator(NullLocator())
    names = dict(_apart(positions, labels))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: names.get(value, "")))


def _apart(positions: list[float], labels: list[str]) -> Iterator[tuple[float, str]]:
    """The settings whose labels fit beside each other, the first and the last among them."""
    at = np.log(positions) if is_logarithmic(positions) else np.asarray(positions)
    shares = (at - at.min()) / (np.ptp(at) or 1.0)
    longest = [max(map(len, label.split("\n"))) for label in labels]
    halves = np.array([0.5 * _LETTER * (letters + 1) for letters in longest])
    last = int(np.argmax(shares))
    end, limit = -np.inf, shares[last] - halves[last]
    for index in np.argsort(shares, kind="stable"):
        low, high = shares[index] - halves[index], shares[index] + halves[index]
        if index == last or (low >= end and high <= limit):
            end = high
            yield positions[index], labels[index]


def is_logarithmic(positions: list[float]) -> bool:
    """Whether settings are all positive and span more than a factor of 8."""
    return min(positions) > 0 and max(positions) / min(positions) > 8


def difference_axis(axes: Axes, unit: str, ends: NDArray[np.float64]) -> None:
    """Let the vertical axis, which shows differences up to the `ends` of their intervals, speak in `unit`.

    Always linear, with 0 in view.

    Parameters
    ----------
    axes : Axes
        Already drawn on.
    unit : str
        Unit of the differences.
    ends : ndarray of float
        In `unit`; NaN for unknown.
    """
    shown = np.append(ends[np.isfinite(ends)], 0.0)
    low, high = float(shown.min()), float(shown.max())
    size, text = _scale(unit, max(-low, high))
    margin = 0.12 * (high - low) or size
    axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(_ScaledLocator(size))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value / size:+.6g}{text}" if value else "0")
    )
    axes.set_ylabel(_word(unit))


def value_axis(
    axes: Axes,
    unit: str,
    means: NDArray[np.float64],
    ends: NDArray[np.float64],
    which: Literal["x", "y"] = "y",
) -> None:
    """Let an axis, which shows `means` and the `ends` of their intervals, speak in `unit`.

    One unit for the whole axis: shares become percent, times and rates the unit in which the values are
    handy numbers. Where the means are positive and spread over more than a factor of 30, it is logarithmic.
    Otherwise the view holds at least a fifth of the largest value, so that what hardly changes looks flat; of
    a share above one half, of what is missing to 1, for 99.9 % and 99 % differ by a factor of ten.

    Parameters
    ----------
    axes : Axes
        Already drawn on.
    unit : str
        Unit of the values.
    means, ends : ndarray of float
        In `unit`; NaN for unknown.
    which : {"x", "y"}
        The horizontal or the vertical axis.
    """
    shown = np.concatenate((means, ends))
    shown = shown[np.isfinite(shown)]
    if shown.size == 0:
        return
    known = means[np.isfinite(means)]
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_minor_locator(NullLocator())
    if known.size and known.min() > 0 and known.max() / known.min() > _FACTOR_LOGARITHMIC:
        positive = shown[shown > 0]
        _logarithmic(axes, which, unit, float(positive.min()), float(positive.max()))
        return
    low, high = _view(unit, float(shown.min()), float(shown.max()))
    size, text = _scale(unit, high if high > 0 else abs(low))
    axes.set(**{f"{which}lim": (low, high), f"{which}label": _word(unit)})
    axis.set_major_locator(_ScaledLocator(size))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / size:.6g}{text}"))


def _logarithmic(axes: Axes, which: Literal["x", "y"], unit: str, low: float, high: float) -> None:
    axes.set(**{f"{which}scale": "log"})  # before the ticks: it brings its own
    ends = low / (high / low) ** 0.06, high * (high / low) ** 0.06
    axes.set(**{f"{which}lim": ends, f"{which}label": _word(unit)})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_minor_locator(NullLocator())
    if unit == "s":
        axis.set_major_locator(FixedLocator(list(_ROUND_TIMES)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _ROUND_TIMES.get(value, "")))
        return
    size, text = _scale(unit, math.sqrt(low * high))
    decades = range(math.floor(math.log10(low / size)), math.ceil(math.log10(high / size)) + 1)
    steps = (1, 3) if high / low < 300 else (1,)
    every = 1 + len(decades) // 6
    ticks = [step * 10.0**decade for decade in decades[::every] for step in steps]
    axis.set_major_locator(FixedLocator([tick * size for tick in ticks]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / size:,.6g}{text}"))


def _view(unit: str, low: float, high: float) -> tuple[float, float]:
    """Ends of a linear axis that shows everything from `low` to `high`, and no more than can be."""
    is_share = unit == "share" and low >= 0 and high <= 1
    if low == high == 0:
        return 0.0, _scale(unit, 1.0)[0]
    if 0 <= low <= high / 2 and not (is_share and high == 1):
        return 0.0, high * 1.08  # zero is near: show how near
    is_mostly = is_share and low > 0.5
    largest = (1 - low or 0.05) if is_mostly else max(abs(low), abs(high))
    middle, half = (low + high) / 2, max(1.16 * (high - low), _VIEW_MIN * largest) / 2
    bottom, top = middle - half, middle + half
    if low >= 0:
        bottom = max(bottom, 0.0)
    return bottom, min(top, 1 + 0.1 * half) if is_share else top


class _ScaledLocator(MaxNLocator):
    """Ticks at round multiples of the unit shown rather than of the unit stored."""

    def __init__(self, size: float) -> None:
        super().__init__(nbins=4, steps=[1, 2, 2.5, 5, 10])
        self._size = size

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        return [tick * self._size for tick in super().tick_values(vmin / self._size, vmax / self._size)]


def _scale(unit: str, typical: float) -> tuple[float, str]:
    """By what to divide values in `unit` about as large as `typical`, and what to write behind them."""
    if unit == "share":
        return 0.01, "%"
    steps = {"s": _TIMES, "1/s": _RATES}.get(unit)
    if steps is None:
        return 1.0, unit.removeprefix("1") if unit.startswith("1") else ""
    return next((step for step in steps if typical >= step[0]), steps[-1])


def _word(unit: str) -> str:
    """The unit as a label of the axis, where it is not written behind each number."""
    return "" if unit in ("share", "s") or unit.startswith("1") else unit
