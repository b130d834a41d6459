"""How much designs differ from a baseline: a panel for each measure, a bar for each interval."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from churnsim.plot.axis import difference_axis
from churnsim.plot.house import GREEN, GREY, VERMILION, style
from churnsim.plot.page import describe, footing, heading, new_page

# By what a difference was ruled to be; anything else is grey.
_COLOURS = {"better": GREEN, "worse": VERMILION}
_NAME_CHARACTERS = 60  # of all names on the horizontal axis together, side by side


def contrasts(
    frame: pd.DataFrame,
    measures: Sequence[str],
    *,
    title: str = "",
    subtitle: str = "",
    provenance: str = "",
) -> list[Axes]:
    """Draw the differences of designs to their baseline, one panel for each measure.

    Parameters
    ----------
    frame : DataFrame
        One row for each measure and design: ``measure``, ``design``, ``difference``, ``difference_low``,
        ``difference_high``, ``verdict``, ``unit``; of the baseline the verdict is ``baseline``.
    measures : sequence of str
        One panel each, the first on top.
    title, subtitle : str
        What the figure is about, and how to read it; above all panels.
    provenance : str
        How the numbers were made; below all panels.

    Returns
    -------
    list of Axes
        The axes of one new figure, top down. Green is better, red is worse; a hollow grey point is one of
        which the runs cannot tell.

    Raises
    ------
    ValueError
        If a measure is not in the frame, or none is asked for.
    """
    missing = [name for name in measures or [""] if name not in set(frame["measure"])]
    if missing:
        raise ValueError(f"the frame has no measure {', '.join(missing) or '(none asked for)'}")
    with style():
        panels = new_page(len(measures), title)
        heading(panels[0], title, subtitle)
        for axes, measure in zip(panels, measures, strict=True):
            _draw(axes, frame[frame["measure"] == measure])
            describe(axes, measure)
        footing(panels[-1], provenance)
    return panels


def _draw(axes: Axes, rows: pd.DataFrame) -> None:
    axes.axhline(0.0, color=GREY, linewidth=1.0, zorder=1)
    ends = rows[["difference", "difference_low", "difference_high"]].to_numpy(dtype=float)
    for place, (ruling, (mean, low, high)) in enumerate(zip(rows["verdict"], ends, strict=True)):
        if ruling == "baseline":
            axes.plot([place], [0.0], marker="D", color=GREY, linestyle="none", zorder=3)
            continue
        colour = _COLOURS.get(ruling, GREY)
        face = "white" if ruling in ("cannot tell", "same") else colour
        axes.vlines(place, low, high, color=colour, linewidth=2.0, zorder=2)
        axes.plot([place], [mean], "o", color=colour, markerfacecolor=face, markersize=6, zorder=3)
    difference_axis(axes, str(rows["unit"].iloc[0]), ends.ravel())
    names = [str(name) for name in rows["design"]]
    width = max(8, _NAME_CHARACTERS // len(names))
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_xticks(np.arange(len(names)), ["\n".join(wrap(name, width)) for name in names])
    axes.grid(visible=False, axis="x")
