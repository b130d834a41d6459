"""How runs settle: the mean over runs at each step, smoothed, and where the beginning is cut off."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from churnsim.plot.axis import time_axis, value_axis
from churnsim.plot.house import BLUE, GREY, VERMILION, style
from churnsim.plot.page import describe, footing, heading, new_page


def warmup(
    frame: pd.DataFrame, *, marked: float | None = None, title: str = "", provenance: str = ""
) -> list[Axes]:
    """Draw Welch's curve of each measure, one panel for each.

    Parameters
    ----------
    frame : DataFrame
        One row for each measure and step, in order of time: ``measure``, ``unit``, ``time`` [s, middle of the
        step], ``mean`` over runs, ``smooth`` (NaN where the window does not fit), ``cut`` [s, the same in all
        rows of a measure; NaN where it has not settled].
    marked : float, optional
        The warm-up that the scenario has [s].
    title, provenance : str
        What the figure is about, above; how the numbers were made, below.

    Returns
    -------
    list of Axes
        The axes of one new figure, top down.

    Raises
    ------
    ValueError
        If the frame is empty.

    Source: Welch, in Lavenberg, Computer Performance Modeling Handbook, 1983, 268-328.
    """
    if frame.empty:
        raise ValueError("the frame has no measure to draw")
    measures = list(dict.fromkeys(frame["measure"]))
    with style():
        panels = new_page(len(measures), title)
        heading(panels[0], title, "mean of all runs at each step (thin), smoothed (thick)")
        for axes, measure in zip(panels, measures, strict=True):
            rows = frame[frame["measure"] == measure]
            axes.plot(rows["time"], rows["mean"], color=BLUE, linewidth=0.7, alpha=0.45)
            axes.plot(rows["time"], rows["smooth"], color=BLUE)
            cut = float(rows["cut"].iloc[0])
            if not math.isnan(cut):
                axes.axvline(cut, color=VERMILION, linewidth=1.1, label="cut")
            if marked is not None:
                axes.axvline(marked, color=GREY, linewidth=1.1, linestyle=":", label="warmup of the file")
            ends = rows["mean"].to_numpy(dtype=float)
            value_axis(axes, str(rows["unit"].iloc[0]), ends, ends)
            describe(axes, measure)
        handles = dict(zip(*panels[0].get_legend_handles_labels()[::-1], strict=True))
        if handles:
            panels[0].legend(handles.values(), handles, loc="best", fontsize=8)
        step = float(frame["time"].iloc[1] - frame["time"].iloc[0]) if len(frame) > 1 else 0.0
        time_axis(panels[-1], 0.0, float(frame["time"].max()) + step / 2)
        footing(panels[-1], provenance)
    return panels
