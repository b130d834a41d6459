"""One episode of a trust gap: what held beside each other, and what happened when."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from churnsim.plot.axis import time_axis
from churnsim.plot.house import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, new_axes, style

_COLOURS = {"intended": GREEN, "credential": BLUE, "revoked": SKY, "down": PURPLE}
_GAPS = (VERMILION, ORANGE, "black", GREY)  # by cause, in order of their first stretch
_HEIGHT = 0.62
_MARGIN = 0.06  # of the story, on both sides
_TITLE_CHARACTERS = 76
# What is worth a line of its own across all lanes.
_MARKS = {
    "renewal-due": "due",
    "credential-stolen": "stolen",
    "theft-detected": "detected",
    "credential-revoked": "revoked",
    "unit-gone": "gone",
    "version-committed": "committed",
}


def episode(
    bars: pd.DataFrame, facts: pd.DataFrame | None = None, *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the lanes of one episode: services that failed, who was to be trusted, credentials, the gap.

    Parameters
    ----------
    bars : DataFrame
        Columns lane, kind, start [s], end [s], what, share, as `Explanation.bars` gives them; lanes in order
        from top to bottom. The height of a gap is its share.
    facts : DataFrame, optional
        Columns time [s], kind, as `Explanation.frame` gives them; some kinds are marked across all lanes.
    title : str
        Above the axes, broken into lines.
    ax : Axes, optional
        Where to draw; by default the axes of a new figure.

    Returns
    -------
    Axes
        The axes drawn on; time is in seconds since the gap began, labelled in readable units.

    Raises
    ------
    ValueError
        If no bar is a gap.
    """
    if not (bars["kind"] == "gap").any():
        raise ValueError("an episode needs a gap; there is none among the bars")
    began = float(bars.loc[bars["kind"] == "gap", "start"].min())
    bars = bars.assign(start=bars["start"] - began, end=bars["end"] - began)
    facts = None if facts is None else facts.assign(time=facts["time"] - began)
    gap = bars[bars["kind"] == "gap"]
    lanes = list(dict.fromkeys(bars["lane"]))
    first, last = _view(bars, gap, facts)
    with style():
        axes = ax if ax is not None else new_axes(8.0, 1.5 + 0.42 * len(lanes))
        handles: dict[str, Patch] = {}
        causes = list(dict.fromkeys(gap["what"]))
        columns = (bars[name].tolist() for name in ("lane", "kind", "start", "end", "what", "share"))
        for lane, kind, start, end, what, share in zip(*columns, strict=True):
            low, high = max(start, first), min(end, last)
            if high <= low:
                continue
            is_gap = kind == "gap"
            colour = _GAPS[causes.index(what) % len(_GAPS)] if is_gap else _COLOURS[kind]
            height = _HEIGHT * (0.25 + 0.75 * share) if is_gap else _HEIGHT
            bottom = len(lanes) - 1 - lanes.index(lane) - _HEIGHT / 2
            axes.broken_barh([(low, high - low)], (bottom, height), facecolors=colour, linewidth=0)
            handles.setdefault(what, Patch(color=colour, linewidth=0))
        _mark(axes, facts, first, last, len(lanes))
        axes.set_yticks(range(len(lanes)), lanes[::-1])
        axes.set_ylim(-0.6, len(lanes) - 0.4)
        axes.grid(visible=False, axis="y")
        time_axis(axes, first, last)
        axes.set_xlabel(axes.get_xlabel().replace("time", "time since it began"))
        axes.set_title(fill(title, _TITLE_CHARACTERS), pad=18)
        axes.legend(handles.values(), handles.keys(), loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return axes


def _view(bars: pd.DataFrame, gap: pd.DataFrame, facts: pd.DataFrame | None) -> tuple[float, float]:
    """The part of the run to draw: from the first fact to the end of the gap, with a margin."""
    first, last = float(gap["start"].min()), float(gap["end"].max())
    length = last - first
    if facts is not None and len(facts):
        # What happened long before is cut off: the gap shall stay visible.
        first = max(min(first, float(facts["time"].min())), first - 4 * length)
    down = bars[(bars["kind"] == "down") & (bars["end"] > first) & (bars["start"] < last)]
    if len(down):
        first = max(min(first, float(down["start"].min())), float(gap["start"].min()) - 4 * length)
    margin = _MARGIN * (last - first)
    return first - margin, last + margin


def _mark(axes: Axes, facts: pd.DataFrame | None, first: float, last: float, lanes: int) -> None:
    """Draw a thin line at each instant worth it, named above the lanes."""
    if facts is None:
        return
    written = first - (last - first)
    for time, kind in zip(facts["time"], facts["kind"], strict=True):
        if kind in _MARKS and first < time < last:
            axes.axvline(time, color=GREY, linewidth=0.8, linestyle=(0, (3, 2)), zorder=3)
            if time - written > 0.08 * (last - first):  # else the words would cover each other
                axes.annotate(
                    _MARKS[kind], (time, lanes - 0.4), (0, 3), textcoords="offset points",
                    ha="center", va="bottom", fontsize=8, color=GREY,
                )  # fmt: skip
                written = time
