"""What a swept setting does to measures: points with a band that is their confidence interval."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from churnsim.base.quantity import parse_duration, parse_money, parse_rate, parse_share
from churnsim.plot.axis import setting_axis, value_axis
from churnsim.plot.house import COLOURS, new_axes, style
from churnsim.plot.meaning import why_hollow
from churnsim.plot.page import describe, footing, heading, new_page

_ABREAST = 60  # characters of names that fit in a row above the axes

_TICK_CHARACTERS = 60  # side by side on one line

Settings = tuple[list[float], list[str], bool]


def sweep(
    summary: pd.DataFrame,
    measure: str | Sequence[str],
    *,
    over: str,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one measure, or several of one unit, over a swept setting.

    Parameters
    ----------
    summary : DataFrame
        One row for each point of the sweep and measure: the column `over`, ``measure``, ``mean``, ``low``,
        ``high`` and ``unit``; with ``method``, points without an interval are explained. Rows that differ in
        other settings must have been left out before.
    measure : str or sequence of str
        What to draw.
    over : str
        Column of the swept setting: numbers, or text with a unit such as ``15m``.
    title : str, optional
        Line above the axes; by default the name of the measure, if it is one.
    ax : Axes, optional
        Where to draw; by default the axes of a new figure.

    Returns
    -------
    Axes
        The axes drawn on; a point of which no honest interval exists is hollow, and the legend says why.

    Raises
    ------
    ValueError
        If a measure is not in the frame, the measures have several units, or a point has several rows.
    """
    names = [measure] if isinstance(measure, str) else list(measure)
    rows = _rows(summary, names, over)
    with style():
        axes = ax if ax is not None else new_axes(height=3.4)
        _draw(axes, {name: rows[rows["measure"] == name] for name in names}, over)
        axes.set_xlabel(over)
        axes.set_title(names[0] if title is None and len(names) == 1 else title or "")
    return axes


def sweep_panels(
    summary: pd.DataFrame,
    measures: Sequence[str],
    *,
    over: str,
    by: str | None = None,
    title: str = "",
    subtitle: str = "",
    provenance: str = "",
) -> list[Axes]:
    """Draw measures of different units one below the other over one swept setting.

    Beside each panel stand the name of the measure, what it is, and which way is better.

    Parameters
    ----------
    summary, over
        As in `sweep`.
    measures : sequence of str
        One panel each, the first on top.
    by : str, optional
        Column of a second swept setting: a line for each of its values, named in the top panel.
    title, subtitle : str
        What the figure is about, and how to read it; above all panels.
    provenance : str
        How the numbers were made, so that they can be made again; below all panels.

    Returns
    -------
    list of Axes
        The axes of one new figure, top down.

    Raises
    ------
    ValueError
        As in `sweep`, or if no measure is asked for.
    """
    parts = [_rows(summary, [measure], over, by) for measure in measures or [""]]
    with style():
        names = _tick_names(_settings(parts[0][over]))
        panels = new_page(len(measures), title, max(name.count("\n") for name in names) + 1)
        heading(panels[0], title, subtitle)
        for axes, measure, rows in zip(panels, measures, parts, strict=True):
            lines = {measure: rows}
            if by is not None:
                word = _word(by, over)
                lines = {f"{word} {value}": part for value, part in rows.groupby(by, sort=False)}
            _draw(axes, lines, over, has_names=axes is panels[0])
            if axes is panels[0]:
                _name_above(axes, [*lines])
            describe(axes, measure)
        panels[-1].set_xlabel(over)
        footing(panels[-1], provenance)
    return panels


def _draw(axes: Axes, lines: dict[str, pd.DataFrame], over: str, *, has_names: bool = True) -> None:
    """Lines by name, bands, hollow points and axes, without words around them; the legend may leave names."""
    rows = pd.concat(lines.values())
    positions, texts, are_numbers = settings = _settings(rows[over])
    is_named = has_names and len(lines) > 1  # one line needs no name: it has a title
    has_legend = is_named
    for colour, (name, part) in zip(cycle(COLOURS), lines.items(), strict=False):
        x = np.array([positions[texts.index(str(value))] for value in part[over]])
        order = np.argsort(x)
        part, x = part.iloc[order], x[order]
        mean, low, high = (part[column].to_numpy(dtype=float) for column in ("mean", "low", "high"))
        # Not clipped: a point at zero lies on the edge of the axes and is no smaller for it.
        label = name if is_named else None
        line = "-" if are_numbers else "none"  # between kinds there is nothing to draw a line through
        axes.plot(x, mean, linestyle=line, marker="o", color=colour, label=label, clip_on=False, zorder=3)
        if are_numbers:
            axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        else:
            axes.vlines(x, low, high, color=colour, alpha=0.4, linewidth=4)
        unsure = np.isnan(low) & np.isfinite(mean)
        if unsure.any():
            methods = part["method"][unsure] if "method" in part else []
            reason = why_hollow(methods, mean[unsure])
            label = f"{name}: {reason}" if len(lines) > 1 else reason
            axes.plot(
                x[unsure], mean[unsure], "o", color=colour, markerfacecolor="white", label=label,
                clip_on=False, zorder=4,
            )  # fmt: skip
            has_legend = True
    value_axis(
        axes,
        str(rows["unit"].iloc[0]),
        rows["mean"].to_numpy(dtype=float),
        rows[["low", "high"]].to_numpy(dtype=float).ravel(),
    )
    setting_axis(axes, positions, _tick_names(settings))
    if not are_numbers:
        axes.set_xlim(-0.5, len(texts) - 0.5)
    if has_legend:
        _explain(axes, *axes.get_legend_handles_labels())


def _explain(axes: Axes, handles: list[Any], labels: list[str]) -> None:
    """A legend that lines do not strike out where no corner is free of them."""
    axes.legend(handles, labels, fontsize="small", frameon=True, framealpha=0.8, edgecolor="none")


def _name_above(axes: Axes, names: list[str]) -> None:
    """Put the names of lines, if they fit, in a row above the axes; the rest of the legend stays."""
    legend = axes.get_legend()
    if legend is None or len(names) < 2 or sum(map(len, names)) > _ABREAST:
        return
    entries = list(zip(*axes.get_legend_handles_labels(), strict=True))
    above = [entry for entry in entries if entry[1] in names]
    rest = [entry for entry in entries if entry[1] not in names]
    legend.remove()
    row = axes.legend(
        *map(list, zip(*above, strict=True)), fontsize="small", loc="lower left", bbox_to_anchor=(0.0, 1.0),
        ncols=len(names), borderaxespad=0.2,
    )  # fmt: skip
    if rest:
        _explain(axes, *map(list, zip(*rest, strict=True)))
        axes.add_artist(row)


def _word(path: str, beside: str) -> str:
    """What a setting is called in a legend: long enough to say of what, and not of what is beside it."""
    keys, others = (each.removesuffix(".kind").split(".") for each in (path, beside))
    count = 1 if path.endswith(".kind") else 2
    while count < len(keys) and keys[-count:] == others[-count:]:
        count += 1
    return " ".join(keys[-count:])


def _rows(summary: pd.DataFrame, names: list[str], over: str, by: str | None = None) -> pd.DataFrame:
    missing = [name for name in names if name not in set(summary["measure"])]
    if missing or not names:
        raise ValueError(f"the frame has no measure {', '.join(missing) or '(none asked for)'}")
    rows = summary[summary["measure"].isin(names)]
    if rows["unit"].nunique() > 1:
        units = ", ".join(sorted(set(rows["unit"])))
        raise ValueError(f"one vertical axis cannot show several units ({units}); use sweep_panels")
    if rows.duplicated(["measure", over, *([] if by is None else [by])]).any():
        raise ValueError(f"a point has several rows: fix every other setting before drawing over {over}")
    return rows


def _settings(column: pd.Series) -> Settings:
    """Positions of the distinct settings in ascending order, their names, and whether they are numbers.

    Settings that are neither numbers nor quantities stand side by side in the order in which they come.
    """
    texts = list(dict.fromkeys(str(value) for value in column))
    places = [_position(text) for text in texts]
    if None in places:
        return [float(place) for place in range(len(texts))], texts, False
    pairs = sorted((place, text) for place, text in zip(places, texts, strict=True) if place is not None)
    return [place for place, _ in pairs], [text for _, text in pairs], True


def _tick_names(settings: Settings) -> list[str]:
    """What to write at the ticks: settings that are no numbers in lines that do not touch."""
    _, texts, are_numbers = settings
    return texts if are_numbers else [fill(text, max(_TICK_CHARACTERS // len(texts), 8)) for text in texts]


def _position(text: str) -> float | None:
    for read in (float, parse_duration, parse_rate, parse_share, parse_money):
        try:
            return float(read(text))
        except ValueError:
            continue
    return None
