"""The look of every figure: colours that differ for all eyes, thin lines, no boxes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

# Okabe and Ito 2008: told apart under every common colour blindness; their yellow is too pale for lines.
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
GREY = "#6b6b6b"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

STYLE: dict[Any, Any] = {  # the stub of matplotlib accepts its own literal keys alone
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "font.size": 10,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "savefig.dpi": 150,
    "svg.hashsalt": "churnsim",
}


@contextmanager
def style() -> Iterator[None]:
    """A context in which new figures and axes take the house look."""
    # Not rc_context: it restores everything, also what the notebook's backend sets when it is first used.
    before = {key: mpl.rcParams[key] for key in STYLE}
    mpl.rcParams.update(STYLE)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def new_axes(width: float = 8.0, height: float = 3.6) -> Axes:
    """Axes of a new figure in the house look; `width` and `height` in inches."""
    with style():
        return plt.subplots(figsize=(width, height), layout="constrained")[1]
