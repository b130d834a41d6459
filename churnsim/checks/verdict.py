"""What is known about an invariant after the runs: kept, broken, or not yet decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from churnsim.base.readable import readable

Ruling = Literal["pass", "fail", "inconclusive"]

# Exit codes of the command line, worst first: a broken invariant outweighs an undecided one.
_EXIT_CODES: tuple[tuple[Ruling, int], ...] = (("fail", 1), ("inconclusive", 4))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one invariant; a broken invariant is a finding, not an error.

    Parameters
    ----------
    invariant : str
        As written in the scenario.
    ruling : {"pass", "fail", "inconclusive"}
        Whether the runs decide it, and how.
    reason : str
        Why, in one sentence with the numbers that decided.
    file : str or None
        Where it is written; None if the scenario did not come from a file.
    line, column : int or None
        1-based position in `file`.
    mean, low, high : float or None
        Estimate of the measure and its confidence interval, in `unit`; None where undefined.
    unit : str
        Unit of the measure.
    """

    invariant: str
    ruling: Ruling
    reason: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = "1"

    @property
    def place(self) -> str:
        """``file:line:column``, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    @property
    def sentence(self) -> str:
        """The estimate and what follows from it, for where no table gives them columns."""
        return f"{readable(self.mean, self.unit, self.low, self.high)}: {self.reason}"

    def document(self) -> dict[str, object]:
        """The verdict as it stands in the JSON document of `churnsim check`."""
        return {
            "invariant": self.invariant,
            "verdict": self.ruling,
            "place": self.place,
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "reason": self.reason,
        }


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """0 if every invariant is kept, 1 if one is broken, else 4: one is undecided."""
    rulings = {verdict.ruling for verdict in verdicts}
    return next((code for ruling, code in _EXIT_CODES if ruling in rulings), 0)
