"""Two measures of several designs against each other: what one costs in terms of the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from churnsim.plot.axis import value_axis
from churnsim.plot.house import BLUE, GREY, new_axes, style
from churnsim.plot.meaning import direction

# In what share of resamples a design must be unbeaten to be drawn as one to consider, or to be drawn hollow.
LIKELY, POSSIBLE = 0.5, 0.05
# Points closer than this, in shares of the axes, have one line of names.
NEAR = 0.03
TITLE_CHARACTERS = 62


def trade_off(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    membership: Mapping[str, float] | None = None,
    title: str = "",
    provenance: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw designs by two measures, with their intervals.

    Parameters
    ----------
    frame : DataFrame
        One row for each measure and design: ``measure``, ``design``, ``mean``, ``low``, ``high``, ``unit``.
    x, y : str
        The two measures.
    membership : mapping of str to float, optional
        By design, in what share of resamples it is on the front, of these two measures or of more. From one
        half on its point is solid, from 5 % on hollow, below that grey.
    title, provenance : str
        Above, and how the numbers were made, below.
    ax : Axes, optional
        Where to draw; by default the axes of a new figure.

    Returns
    -------
    Axes
        Each point with the name of its design, in the order of the frame.

    Raises
    ------
    ValueError
        If a measure is not in the frame.
    """
    sides = [frame[frame["measure"] == name].set_index("design") for name in (x, y)]
    for name, side in zip((x, y), sides, strict=True):
        if side.empty:
            raise ValueError(f"the frame has no measure {name}")
    with style():
        axes = ax if ax is not None else new_axes(width=6.4, height=4.6)
        chances = {
            str(design): 1.0 if membership is None else membership[str(design)] for design in sides[0].index
        }
        for design, chance in chances.items():
            _point(axes, [_ends(side, design) for side in sides], chance)
        for which, side in zip(("x", "y"), sides, strict=True):
            means, ends = side["mean"].to_numpy(dtype=float), side[["low", "high"]].to_numpy(dtype=float)
            value_axis(axes, str(side["unit"].iloc[0]), means, ends.ravel(), "x" if which == "x" else "y")
        axes.set_xlabel(_said(x, axes.get_xlabel()))
        axes.set_ylabel(_said(y, axes.get_ylabel()))
        axes.set_title("\n".join(wrap(title, TITLE_CHARACTERS)))
        _name(axes, sides, chances)
        if membership is not None:
            _legend(axes, list(chances.values()))
        if provenance:
            axes.annotate(
                provenance, (0, 0), (2, 2), xycoords="figure fraction", textcoords="offset points",
                size=7, color=GREY, annotation_clip=False,
            )  # fmt: skip
    return axes


def _ends(side: pd.DataFrame, design: str) -> tuple[float, float, float]:
    """Estimate and interval of a design in one measure."""
    mean, low, high = side[["mean", "low", "high"]].to_numpy(dtype=float)[list(side.index).index(design)]
    return float(mean), float(low), float(high)


def _point(axes: Axes, ends: list[tuple[float, float, float]], chance: float) -> None:
    colour = BLUE if chance >= POSSIBLE else GREY
    across, up = ends
    if np.isfinite(across[1]):
        axes.hlines(up[0], across[1], across[2], color=colour, alpha=0.5, linewidth=1.2)
    if np.isfinite(up[1]):
        axes.vlines(across[0], up[1], up[2], color=colour, alpha=0.5, linewidth=1.2)
    face = colour if chance >= LIKELY else "white"
    axes.plot([across[0]], [up[0]], "o", color=colour, markerfacecolor=face, markersize=7, zorder=3)


def _name(axes: Axes, sides: list[pd.DataFrame], chances: Mapping[str, float]) -> None:
    """Write beside each point which design it is; points that lie on each other share a line."""
    named: list[tuple[tuple[float, float], list[str]]] = []
    for design in chances:
        place = (_ends(sides[0], design)[0], _ends(sides[1], design)[0])
        if not np.isfinite(place).all():
            continue
        spot = axes.transAxes.inverted().transform(axes.transData.transform(place))
        for near, names in named:
            other = axes.transAxes.inverted().transform(axes.transData.transform(near))
            if np.abs(spot - other).max() < NEAR:
                names.append(design)
                break
        else:
            named.append((place, [design]))
    for place, names in named:
        is_possible = any(chances[name] >= POSSIBLE for name in names)
        axes.annotate(
            ", ".join(names), place, (7, 4), textcoords="offset points", size=8,
            color="black" if is_possible else GREY, zorder=4,
        )  # fmt: skip


def _said(measure: str, unit: str) -> str:
    words = [each for each in (unit, direction(measure)) if each]
    return f"{measure} ({', '.join(words)})" if words else measure


def _legend(axes: Axes, chances: list[float]) -> None:
    """Below the axes, where no point can be; what does not occur is left out."""
    marks = (
        (f"on the front in {LIKELY:.0%} of resamples or more", BLUE, BLUE, LIKELY, math.inf),
        (f"in {POSSIBLE:.0%} or more", BLUE, "white", POSSIBLE, LIKELY),
        ("in fewer", GREY, "white", 0.0, POSSIBLE),
    )
    for label, colour, face, low, high in marks:
        if any(low <= chance < high for chance in chances):
            axes.plot([], [], "o", color=colour, markerfacecolor=face, markersize=6, label=label)
    axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
