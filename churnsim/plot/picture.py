"""A figure as the bytes of an image: the same figure gives the same bytes, whenever it is drawn."""

from __future__ import annotations

from io import BytesIO

from matplotlib.axes import Axes

from churnsim.plot.house import style

# What each format would write about when and with what it was made.
_SILENT: dict[str, dict[str, None]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}
FORMATS = tuple(_SILENT)


def picture(axes: Axes, format: str = "svg") -> bytes:
    """The figure that `axes` belongs to, drawn as an image without a date.

    Parameters
    ----------
    axes : Axes
        Any axes of the figure.
    format : {"pdf", "png", "svg"}
        Image format.

    Raises
    ------
    ValueError
        If the format is none of these.
    """
    if format not in _SILENT:
        raise ValueError(f"a figure can be {', '.join(FORMATS)}, not {format!r}")
    buffer = BytesIO()
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure; draw on axes that do")
    with style():
        figure.savefig(buffer, format=format, metadata=_SILENT[format])
    return buffer.getvalue()
