"""A figure that stands alone: a heading, and panels with words beside them."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from churnsim.plot.house import GREY
from churnsim.plot.meaning import direction, meaning

# All in inches. Laid out by hand, not by constraint: words in the margin must not move the panels.
_WIDTH, _MARGIN = 8.0, 0.12
_LEFT, _RIGHT = 3.15, 0.2
_PANEL, _GAP, _FOOT = 1.05, 0.26, 0.55
_LINE_TITLE, _LINE_WORDS = 0.22, 0.165
# Characters that fit into a line.
_NAME_CHARACTERS, _WORDS_CHARACTERS = 27, 35
_WORDS_LINES = 4


def new_page(count: int, title: str, tick_lines: int = 1) -> list[Axes]:
    """`count` axes one below the other on a common horizontal axis, with room for words beside and above.

    Names of ticks on that axis may take several lines.
    """
    head, foot = _head(title), _FOOT + (tick_lines - 1) * _LINE_WORDS
    height = head + count * _PANEL + (count - 1) * _GAP + foot
    figure, grid = plt.subplots(count, 1, sharex=True, squeeze=False, figsize=(_WIDTH, height))
    figure.subplots_adjust(
        left=_LEFT / _WIDTH,
        right=1 - _RIGHT / _WIDTH,
        top=1 - head / height,
        bottom=foot / height,
        hspace=_GAP / _PANEL,
    )
    return [axes for row in grid for axes in row]


def heading(axes: Axes, title: str, subtitle: str) -> None:
    """Write a title and a line below it at the top of the page that `axes` lies on."""
    figure = axes.figure
    height = figure.get_figure(root=True).get_figheight()
    lines = _fitted(title)
    left, top = _MARGIN / _WIDTH, 1 - _MARGIN / height
    figure.text(left, top, "\n".join(lines), va="top", linespacing=1.25, fontproperties=_title_font())
    below = top - len(lines) * _LINE_TITLE / height
    figure.text(left, below, subtitle, size=9, color=GREY, va="top")


def footing(axes: Axes, provenance: str) -> None:
    """Write at the lower left of the page that `axes` lies on how its numbers were made, if that is said."""
    if not provenance:
        return
    figure = axes.figure
    height = figure.get_figure(root=True).get_figheight()
    left, bottom = _MARGIN / _WIDTH, 0.5 * _MARGIN / height
    figure.text(left, bottom, provenance, size=7, color=GREY, va="bottom")


def describe(axes: Axes, measure: str) -> None:
    """Write beside a panel which measure it shows, what that is, and which way is better."""
    names = _broken(measure)
    words = wrap(meaning(measure), _WORDS_CHARACTERS, max_lines=_WORDS_LINES, placeholder=" …")
    if direction(measure):
        words.append(direction(measure))
    _beside(axes, names, 3, size=10, weight="bold")
    _beside(axes, words, 3 - 72 * (len(names) * _LINE_WORDS + 0.04), size=9, color=GREY)


def _beside(axes: Axes, lines: list[str], offset: float, **look: Any) -> None:
    """Write lines into the margin left of a panel, from `offset` [pt] above its upper edge downwards."""
    axes.annotate(
        "\n".join(lines),
        (_MARGIN / _WIDTH, 1.0),
        (0, offset),
        xycoords=("figure fraction", "axes fraction"),
        textcoords="offset points",
        va="top",
        **look,
    )


def _head(title: str) -> float:
    return _MARGIN + len(_fitted(title)) * _LINE_TITLE + 0.42


def _title_font() -> FontProperties:
    return FontProperties(size=11, weight="bold")


def _fitted(title: str) -> list[str]:
    """A title in lines none of which is wider than the page between its margins."""
    font, room, lines = _title_font(), 72 * (_WIDTH - 2 * _MARGIN), [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".lstrip()
        width, _, _ = text_to_path.get_text_width_height_descent(longer, font, ismath=False)
        if lines[-1] and width > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines if title else []


def _broken(name: str) -> list[str]:
    """A dotted name in lines that fit, broken behind dots and underscores."""
    lines = [""]
    for piece in re.findall(r"[^._]+[._]*", name):
        if lines[-1] and len(lines[-1]) + len(piece) > _NAME_CHARACTERS:
            lines.append("")
        lines[-1] += piece
    return lines
