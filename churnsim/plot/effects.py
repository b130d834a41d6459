"""How much each factor matters to each measure: a bar for each, the longest on top."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from churnsim.plot.house import BLUE, style
from churnsim.plot.page import describe, footing, heading, new_page


def effects(frame: pd.DataFrame, *, title: str = "", provenance: str = "") -> list[Axes]:
    """Draw the sizes of effects, one panel for each measure.

    Sizes are drawn as shares of the largest of their measure, so that panels of different units compare.

    Parameters
    ----------
    frame : DataFrame
        One row for each measure and factor: ``measure``, ``factor``, ``size``, ``error``, ``noise``.
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
    """
    measures = list(dict.fromkeys(frame["measure"]))
    if not measures:
        raise ValueError("the frame has no measure to draw")
    factors = list(dict.fromkeys(frame["factor"]))
    with style():
        panels = new_page(len(measures), title)
        heading(
            panels[0], title, "size of each factor's effect, as a share of the largest; bars: 95% intervals"
        )
        for axes, measure in zip(panels, measures, strict=True):
            rows = frame[frame["measure"] == measure].set_index("factor").loc[factors]
            largest = float(rows["size"].max()) or 1.0
            places = range(len(factors))
            axes.barh(
                places, rows["size"] / largest, xerr=rows["error"] / largest, color=BLUE, height=0.6,
                error_kw={"linewidth": 1.0},
            )  # fmt: skip
            # The last two steps of a path: there is no room for more, and one alone may be "mean".
            axes.set_yticks(list(places), [".".join(factor.split(".")[-2:]) for factor in factors], size=8)
            axes.set_xlim(left=0.0)
            axes.invert_yaxis()
            axes.grid(visible=False, axis="y")
            axes.annotate(
                f"noise {float(rows['noise'].iloc[0]):.0%}", (1, 0), (-2, 3), xycoords="axes fraction",
                textcoords="offset points", ha="right", size=8,
            )  # fmt: skip
            describe(axes, measure)
        footing(panels[-1], provenance)
    return panels
