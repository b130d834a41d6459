"""How a change of a policy spreads: the share of enforcement points that have it, over the time since."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from churnsim.plot.axis import time_axis, value_axis
from churnsim.plot.house import new_axes, style
from churnsim.plot.page import footing

_WIDE = 100.0  # times that are further apart than this lie on a logarithmic axis


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
        lags = frame["lag"].to_numpy(float)
        later = lags > 0.0
        is_wide = lags.max() > _WIDE * lags[later].min(initial=np.inf)
        for design, rows in (frame[later] if is_wide else frame).groupby("design", sort=False):
            axes.plot(rows["lag"], rows["share"], label=str(design))
        if is_wide:
            value_axis(axes, "s", lags[later], lags[:0], which="x")
        else:
            time_axis(axes, 0.0, float(lags.max()))
        axes.set_ylim(0.0, 1.02)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        axes.set_xlabel(f"{axes.get_xlabel() or 'time'} since the commit", loc="right")
        axes.set_ylabel("points that have it")
        axes.set_title(title)
        axes.legend(loc="best")
        footing(axes, provenance)
    return axes
