"""One run over time: how many units were ready, where too few were, which services were down."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from churnsim.plot.axis import time_axis
from churnsim.plot.house import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, new_axes, style

POINTS_MAX = 2_000
_LINES = (BLUE, GREEN, ORANGE)  # the other colours mean something
_OUTAGES = {"issuer": ("issuer down", PURPLE), "source": ("policy source down", SKY)}

Floats = NDArray[np.float64]


def timeline(
    intervals: pd.DataFrame,
    units: pd.DataFrame | None = None,
    *,
    needed: Mapping[str, float] | None = None,
    locked_out: pd.DataFrame | None = None,
    title: str = "",
    start: float | None = None,
    end: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw ready units, gaps, lockouts and outages of one run.

    Parameters
    ----------
    intervals : DataFrame
        The trace's table ``intervals``: family, entity, state, start, end [s].
    units : DataFrame, optional
        The trace's table ``units``, which tells the units of workloads apart; without it all count as one.
    needed : mapping of str to float, optional
        Ready units each workload needs; where fewer were ready, the gap is filled. Needs `units`.
    locked_out : DataFrame, optional
        Columns start, end [s]: when a unit that should be trusted was not, one row for each lockout. How many
        are locked out at once is drawn from the bottom.
    title : str
        Line above the axes, such as scenario, replication and seed.
    start, end : float, optional
        Part of the run to draw [s]; by default from 0 to the end of the run.
    ax : Axes, optional
        Where to draw; by default the axes of a new figure.

    Returns
    -------
    Axes
        The axes drawn on; time is in seconds, labelled in readable units.

    Raises
    ------
    ValueError
        If there are no intervals, or `needed` comes without `units`.
    """
    if intervals.empty:
        raise ValueError("a timeline needs at least one interval")
    if needed is not None and units is None:
        raise ValueError("needed names workloads, so the frame of units must be given too")
    first = 0.0 if start is None else start
    last = float(intervals["end"].max()) if end is None else end
    with style():
        axes = ax if ax is not None else new_axes()
        handles = _outages(axes, intervals, first, last)
        ready = intervals[(intervals["family"] == "unit") & (intervals["state"] == "ready")]
        for colour, (name, rows) in zip(cycle(_LINES), _by_workload(ready, units), strict=False):
            times, counts = _steps(rows, first, last)
            axes.plot(
                *_thin(times, counts, last), drawstyle="steps-post", linewidth=1.1, color=colour, label=name
            )
            if needed is not None and name in needed:
                _gap(axes, times, counts, needed[name], last)
                handles["too few ready"] = Patch(color=VERMILION, alpha=0.6, linewidth=0)
        if locked_out is not None and len(_inside(locked_out, first, last)):
            times, counts = _steps(_inside(locked_out, first, last), first, last)
            axes.plot(
                *_thin(times, counts, last),
                drawstyle="steps-post",
                linewidth=1.1,
                linestyle=(0, (2, 1)),
                color="black",
                label="locked out",
            )
        time_axis(axes, first, last)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        axes.set_ylabel("units" if locked_out is not None else "ready units")
        axes.set_title(title)
        lines, names = axes.get_legend_handles_labels()
        entries = dict(zip(names, lines, strict=True)) | handles
        axes.legend(entries.values(), entries.keys(), loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return axes


def _by_workload(ready: pd.DataFrame, units: pd.DataFrame | None) -> list[tuple[str, pd.DataFrame]]:
    if units is None:
        return [("ready units", ready)]
    workload = units.set_index("unit")["workload"].astype(str)
    names = ready["entity"].map(workload)
    return [(name, ready[names == name]) for name in workload.unique()]


def _inside(rows: pd.DataFrame, first: float, last: float) -> pd.DataFrame:
    return rows[(rows["end"] > first) & (rows["start"] < last)]


def _steps(rows: pd.DataFrame, first: float, last: float) -> tuple[Floats, Floats]:
    """How many of the intervals cover each instant: times of change from `first` on, count from each on."""
    starts = rows["start"].to_numpy(dtype=np.float64).clip(first, last)
    ends = rows["end"].to_numpy(dtype=np.float64).clip(first, last)
    times = np.concatenate(([first], starts, ends))
    changes = np.concatenate(([0.0], np.ones(len(starts)), -np.ones(len(ends))))
    distinct, position = np.unique(times, return_inverse=True)
    counts = np.cumsum(np.bincount(position, weights=changes)).astype(np.float64)
    inside = distinct < last
    return distinct[inside], counts[inside]


def _thin(times: Floats, counts: Floats, last: float) -> tuple[Floats, Floats]:
    """The same steps in at most `POINTS_MAX` points: lowest and highest of each stretch, dips kept."""
    if len(times) > POINTS_MAX:
        edges = np.linspace(0, len(times), POINTS_MAX // 2, endpoint=False).astype(np.intp)
        lowest, highest = np.minimum.reduceat(counts, edges), np.maximum.reduceat(counts, edges)
        middle = (times[edges] + np.append(times[edges[1:]], last)) / 2
        times = np.column_stack((times[edges], middle)).ravel()
        counts = np.column_stack((highest, lowest)).ravel()
    return np.append(times, last), np.append(counts, counts[-1:])


def _gap(axes: Axes, times: Floats, counts: Floats, needed: float, last: float) -> None:
    """Fill the area between the ready units and the needed ones while there are too few."""
    edges = np.append(times, last)
    short = counts < needed
    axes.axhline(needed, color=VERMILION, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    if not short.any():
        return
    for low, high in _stretches(short):
        axes.fill_between(
            edges[low : high + 1],
            np.append(counts[low:high], counts[high - 1]),
            needed,
            step="post",
            color=VERMILION,
            alpha=0.6,
            linewidth=0,
        )


def _stretches(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open index ranges where the flags are set."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _outages(axes: Axes, intervals: pd.DataFrame, first: float, last: float) -> dict[str, Artist]:
    """Shade the outages of issuers and policy sources; one legend entry for each sort."""
    handles: dict[str, Artist] = {}
    for family, (label, colour) in _OUTAGES.items():
        down = intervals[(intervals["family"] == family) & (intervals["state"] == "down")]
        shown = down[(down["end"] > first) & (down["start"] < last)]
        for begin, finish in zip(shown["start"], shown["end"], strict=True):
            axes.axvspan(
                max(begin, first), min(finish, last), color=colour, alpha=0.35, linewidth=0, zorder=0
            )
        if len(shown):
            handles[label] = Patch(color=colour, alpha=0.35, linewidth=0)
    return handles
