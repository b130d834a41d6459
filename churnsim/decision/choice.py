"""What to choose: of the designs that keep their promises, the best in the measure that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from churnsim.base.readable import counted, readable
from churnsim.decision.alternative import Alternative
from churnsim.decision.feasibility import Feasibility
from churnsim.decision.selection import Selection, best
from churnsim.metrics import MEASURES


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """The design to choose, or those between which it is not decided.

    Parameters
    ----------
    measure : str
        What decides.
    indifference : float
        Difference that is worth detecting, in the unit of the measure.
    designs : tuple of Alternative
        Those that were ranked: what keeps every promise, or, where none surely does, what breaks none.
    selection : Selection or None
        How it ended; None where no design was left to rank.
    contenders : tuple of Alternative
        Designs that were not ranked, for the runs do not decide whether they keep every promise, and that
        would be better than what is left.
    is_open : bool
        Whether the promises of those ranked are themselves not decided.
    confidence : float
        Of having picked the best of those ranked, if it is ahead by the indifference.
    """

    measure: str
    indifference: float
    designs: tuple[Alternative, ...]
    selection: Selection | None
    contenders: tuple[Alternative, ...]
    is_open: bool
    confidence: float

    @property
    def left(self) -> tuple[Alternative, ...]:
        """The designs that none has beaten."""
        if self.selection is None:
            return ()
        return tuple(self.designs[position] for position in self.selection.kept)

    @property
    def best(self) -> Alternative | None:
        """The one design to choose, None where it is not decided."""
        return self.left[0] if len(self.left) == 1 else None

    @property
    def sentence(self) -> str:
        """What was found, in a sentence or two."""
        unit = MEASURES.find(self.measure).unit
        worth = readable(self.indifference, unit)
        if self.selection is None:
            return "No design can be chosen: each breaks a promise."
        promise = (
            "No design surely keeps every promise; of those that break none, "
            if self.is_open
            else "Of the designs that keep every promise, "
        )
        if len(self.designs) == 1:
            return f"{promise}{self.designs[0].name} is the only one.{self._doubt}"
        if self.best is not None:
            return (
                f"{promise}{self.best.name} is the best in {self.measure}: the right pick with "
                f"{self.confidence:.0%} confidence where the best is ahead by {worth} or more; designs that "
                f"are closer count as equally good.{self._doubt}"
            )
        names = ", ".join(one.name for one in self.left)
        return (
            f"{promise}the best in {self.measure} is not decided between {names}: to tell {worth} apart may "
            f"take {counted(self.selection.most, 'replication')}, or a larger indifference.{self._doubt}"
        )

    @property
    def _doubt(self) -> str:
        if not self.contenders:
            return ""
        names = ", ".join(one.name for one in self.contenders)
        return f" Whether {names} would be better is open: these runs do not decide its promises."


def choose(feasibility: Feasibility, measure: str, indifference: float, confidence: float = 0.95) -> Choice:
    """The best of the designs that may be chosen: feasible first, then best.

    Parameters
    ----------
    feasibility : Feasibility
        The designs by whether they keep what was promised.
    measure : str
        What decides, such as ``cost.total``, in its better direction.
    indifference : float
        In the unit of the measure; positive.
    confidence : float
        Such as 0.95.

    Raises
    ------
    UsageError
        As `best`.
    """
    ranked: Sequence[Alternative] = feasibility.kept or feasibility.open
    selection = best(ranked, measure, indifference, confidence) if ranked else None
    left = () if selection is None else tuple(ranked[position] for position in selection.kept)
    unsure = feasibility.open if feasibility.kept else ()
    contenders = tuple(one for one in unsure if any(_is_ahead(one, other, measure) for other in left))
    return Choice(
        measure, indifference, tuple(ranked), selection, contenders, not feasibility.kept, confidence
    )


def _is_ahead(one: Alternative, other: Alternative, measure: str) -> bool:
    """Whether one design's estimate is better, whatever its interval."""
    mine, theirs = one.estimate(measure).mean, other.estimate(measure).mean
    if mine is None or theirs is None:
        return False
    return mine > theirs if MEASURES.find(measure).better == "higher" else mine < theirs
