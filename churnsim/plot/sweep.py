"""What a swept setting does to measures: points with a band that is their confidence interval."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from churnsim.base.quantity import parse_duration
from churnsim.plot.axis import setting_axis, value_axis
from churnsim.plot.house import COLOURS, new_axes, new_column, style


def sweep(
    summary: pd.DataFrame,
    measure: str | Sequence[str],
    *,
    over: str,
    ax: Axes | None = None,
    labels: bool = True,
) -> Axes:
    """Draw one measure, or several of one unit, over a swept setting.

    Parameters
    ----------
    summary : DataFrame
        One row for each point of the sweep and measure: the column `over`, ``measure``, ``mean``, ``low``,
        ``high`` and ``unit``. Rows that differ in other settings must have been left out before.
    measure : str or sequence of str
        What to draw.
    over : str
        Column of the swept setting: numbers, or text with a unit such as ``15m``.
    ax : Axes, optional
        Where to draw; by default the axes of a new figure.
    labels : bool
        Whether the horizontal axis carries the name of the setting.

    Returns
    -------
    Axes
        The axes drawn on; a point whose interval is not known is hollow.

    Raises
    ------
    ValueError
        If a measure is not in the frame, the measures have several units, or a point has several rows.
    """
    names = [measure] if isinstance(measure, str) else list(measure)
    rows = _rows(summary, names, over)
    positions, texts = _settings(rows[over])
    with style():
        axes = ax if ax is not None else new_axes(height=3.4)
        for colour, name in zip(cycle(COLOURS), names, strict=False):
            part = rows[rows["measure"] == name]
            x = np.array([positions[texts.index(str(value))] for value in part[over]])
            order = np.argsort(x)
            mean, low, high = (
                part[column].to_numpy(dtype=float)[order] for column in ("mean", "low", "high")
            )
            axes.plot(x[order], mean, marker="o", color=colour, label=name)
            axes.fill_between(x[order], low, high, color=colour, alpha=0.2, linewidth=0)
            unsure = np.isnan(low)
            axes.plot(x[order][unsure], mean[unsure], "o", color=colour, markerfacecolor="white")
        shown = rows[["mean", "low", "high"]].to_numpy(dtype=float)
        if np.isfinite(shown).any():
            means = rows["mean"].to_numpy(dtype=float)
            value_axis(axes, str(rows["unit"].iloc[0]), float(np.nanmin(means)), float(np.nanmax(shown)))
        setting_axis(axes, positions, texts)
        if labels:
            axes.set_xlabel(over)
        if len(names) == 1:
            axes.set_title(names[0])
        else:
            axes.legend()
    return axes


def sweep_panels(summary: pd.DataFrame, measures: Sequence[str], *, over: str) -> list[Axes]:
    """Draw measures of different units one below the other over one swept setting.

    Parameters
    ----------
    summary, over
        As in `sweep`.
    measures : sequence of str
        One panel each, the first on top.

    Returns
    -------
    list of Axes
        The axes of one new figure, top down.
    """
    panels = new_column(len(measures))
    for axes, measure in zip(panels, measures, strict=True):
        sweep(summary, measure, over=over, ax=axes, labels=axes is panels[-1])
    return panels


def _rows(summary: pd.DataFrame, names: list[str], over: str) -> pd.DataFrame:
    missing = [name for name in names if name not in set(summary["measure"])]
    if missing or not names:
        raise ValueError(f"the frame has no measure {', '.join(missing) or '(none asked for)'}")
    rows = summary[summary["measure"].isin(names)]
    if rows["unit"].nunique() > 1:
        units = ", ".join(sorted(set(rows["unit"])))
        raise ValueError(f"one vertical axis cannot show several units ({units}); use sweep_panels")
    if rows.duplicated(["measure", over]).any():
        raise ValueError(f"a point has several rows: fix every other setting before drawing over {over}")
    return rows


def _settings(column: pd.Series) -> tuple[list[float], list[str]]:
    """Positions of the distinct settings in ascending order, and their names.

    Settings that are neither numbers nor durations stand side by side in the order in which they come.
    """
    texts = list(dict.fromkeys(str(value) for value in column))
    places = [_position(text) for text in texts]
    if None in places:
        return [float(place) for place in range(len(texts))], texts
    pairs = sorted((place, text) for place, text in zip(places, texts, strict=True) if place is not None)
    return [place for place, _ in pairs], [text for _, text in pairs]


def _position(text: str) -> float | None:
    for read in (float, parse_duration):
        try:
            return float(read(text))
        except ValueError:
            continue
    return None
