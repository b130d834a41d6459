"""How a change of a policy spreads: the share of enforcement points that have it, over the time since."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from churnsim.plot.axis import time_axis
from churnsim.plot.house import new_axes, style
from churnsim.plot.page import footing


def propagation(
    frame: pd.DataFrame, *, title: str = "", provenance: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the curves of several designs.

    Parameters
    ----------
    frame : DataFrame
        One row for each design and time since the commit: ``design``, ``lag`` [s], ``share``, as
        `churnsim.metrics.propagation.curve` tells it.
    title, provenance : str
        Above, and how the numbers were made, below.
    ax : Axes, optional
        Where to draw; by default the axes of a new figure.

    Returns
    -------
    Axes
        One line for each design, named in the order of the frame.

    Raises
    ------
    ValueError
        If the frame is empty.
    """
    if frame.empty:
        raise ValueError("the frame has no curve to draw")
    with style():
        axes = ax if ax is not None else new_axes()
        for design, rows in frame.groupby("design", sort=False):
            axes.plot(rows["lag"], rows["share"], label=str(design))
        time_axis(axes, 0.0, float(frame["lag"].max()))
        axes.set_ylim(0.0, 1.02)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        axes.set_xlabel(f"{axes.get_xlabel()} since the commit")
        axes.set_ylabel("points that have it")
        axes.set_title(title)
        axes.legend(loc="lower right")
        footing(axes, provenance)
    return axes
