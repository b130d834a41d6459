"""The text of a metric invariant: ``availability >= 99.9%``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from churnsim.base.errors import refusal

Operator: TypeAlias = Literal[">=", "<=", ">", "<"]

_TEXT = re.compile(
    r"\s*(?P<measure>[A-Za-z_][\w.-]*)\s*(?P<operator>[<>=!~]+)\s*(?P<threshold>[^\s<>=!~].*?)\s*"
)
_OPERATORS = (">=", "<=", ">", "<")


@dataclass(frozen=True)
class Invariant:
    """What a measure must be, in the words of the scenario.

    Attributes
    ----------
    measure : str
        Name of the measure.
    operator : {">=", "<=", ">", "<"}
        How the measure must compare with the threshold.
    threshold : str
        The text as written; its unit is the measure's business.
    """

    measure: str
    operator: Operator
    threshold: str

    def __str__(self) -> str:
        return f"{self.measure} {self.operator} {self.threshold}"


def parse_invariant(text: str) -> Invariant:
    """Invariant written in `text`.

    Raises
    ------
    ValueError
        If it is not a measure, one of the four operators and a threshold.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        raise refusal("invariant", f"{text!r} is not an invariant", "write one as in 'availability >= 99.9%'")
    if found["operator"] not in _OPERATORS:
        said = f"{found['operator']!r} does not compare a measure with a threshold"
        raise refusal("invariant", said, f"write one of {' '.join(_OPERATORS)}")
    return Invariant(found["measure"], cast(Operator, found["operator"]), found["threshold"])
