"""A word of a scenario as a number with its unit, to be compared and interpolated."""

from __future__ import annotations

from dataclasses import dataclass

from churnsim.base.quantity import Quantity, sort_of

# Values between two ends are rounded to so many digits: they are read by people, and machines whose
# logarithms differ in the last bit still make the same points.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A number and what it counts.

    Parameters
    ----------
    number : float
        In SI units.
    sort : Quantity or None
        How such a number is written; None for a plain one.
    is_whole : bool
        Whether it was written as a whole number.
    """

    number: float
    sort: Quantity | None = None
    is_whole: bool = False

    @classmethod
    def of(cls, word: object) -> Magnitude | None:
        """The magnitude that a word of a scenario means; None if it means something else."""
        if isinstance(word, bool):
            return None
        if isinstance(word, int | float):
            return cls(float(word), is_whole=isinstance(word, int))
        sort = sort_of(word) if isinstance(word, str) else None
        return None if sort is None else cls(sort.read(str(word)), sort)

    @property
    def unit(self) -> str:
        """``s``, ``1/s``, ``USD``, ``B``, or ``1`` for a plain number and for a share."""
        return "1" if self.sort is None else self.sort.unit

    @property
    def name(self) -> str:
        """What it is, such as ``duration``."""
        return "number" if self.sort is None else self.sort.name

    def written(self, number: float) -> str | int | float:
        """Another number of this sort, as a scenario writes it, rounded to `DIGITS` digits."""
        if self.is_whole:
            return round(number)
        rounded = float(f"{number:.{DIGITS}g}")
        return rounded if self.sort is None else self.sort.write(rounded)
