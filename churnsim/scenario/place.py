"""Where a value of a scenario was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["file", "extends", "--set", "preset", "python", "default"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position in something a person wrote.

    Attributes
    ----------
    how : How
        Which way the value came in: the scenario file, a file it extends, an override, a preset,
        Python code, or nobody (the default).
    file : str or None
        The file as the user named it; an override shows itself (``--set issuers.mesh.ttl=15m``).
    line, column : int or None
        Counted from 1; None where there is no text.
    source : str or None
        Fact ids that vouch for a preset's value (``F006, F007``).
    """

    how: How
    file: str | None = None
    line: int | None = None
    column: int | None = None
    source: str | None = None


DEFAULT = Place("default")
PYTHON = Place("python")
