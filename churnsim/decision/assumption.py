"""Assumptions: would the comparison come out the same if one of them were wrong?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.readable import readable
from churnsim.decision.comparison import Comparison, Contrast

if TYPE_CHECKING:
    from churnsim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value of the scenario that nobody knows, and what else it might be.

    Parameters
    ----------
    path : str
        Dotted path.
    values : tuple of any
        As a scenario writes them; at least one.
    """

    path: str
    values: tuple[Any, ...]

    @classmethod
    def read(cls, text: str) -> Assumption:
        """The assumption written in `text`: ``failures.0.every.mean=[12h, 7d]``, or one value.

        Raises
        ------
        UsageError
            If it is no path with values.
        """
        import yaml

        path, equals, value = text.partition("=")
        try:
            values = yaml.safe_load(value) if equals else None
        except yaml.YAMLError:
            values = None
        listed = tuple(values) if isinstance(values, list) else (values,)
        if not path.strip() or not listed or None in listed:
            raise UsageError(f"{text!r} is no assumption; write one as in 'failures.0.every.mean=[12h, 7d]'")
        return cls(path.strip(), listed)

    def check(self, scenarios: Mapping[str, Scenario]) -> None:
        """Refuse, before anything runs, what cannot be varied.

        Raises
        ------
        ScenarioError
            If a scenario is not valid with one of the values.
        UsageError
            If it is what the designs differ in.
        """
        for name, scenario in scenarios.items():
            if len(scenarios) == 1 and self.path in scenario.study.sweep:
                raise UsageError(
                    f"{self.path} is what {name} sweeps, so it is no assumption that all designs share"
                )
            for value in self.values:
                scenario.with_({self.path: value})


@dataclass(frozen=True, eq=False, slots=True)
class Swing:
    """How the differences move when one assumption does.

    Parameters
    ----------
    assumption : Assumption
        What was varied.
    measure : str
        What the designs are compared in.
    outcomes : tuple of (str, tuple of Contrast)
        For the values as written and for each value tried: what it was, and every design against the
        baseline.
    """

    assumption: Assumption
    measure: str
    outcomes: tuple[tuple[str, tuple[Contrast, ...]], ...]

    @property
    def size(self) -> float:
        """Greatest movement of any design's difference, in the unit of the measure."""
        moves: dict[str, list[float]] = {}
        for _, contrasts in self.outcomes:
            for one in contrasts:
                if one.difference is not None and one.difference.mean is not None:
                    moves.setdefault(one.design, []).append(one.difference.mean)
        return max((max(found) - min(found) for found in moves.values()), default=0.0)

    @property
    def reversals(self) -> tuple[str, ...]:
        """Designs of which the verdict changes, each with what it changes to, in words."""
        (_, written), *tried = self.outcomes
        before = {one.design: one.verdict for one in written}
        return tuple(
            f"{one.design} is {_ruling(one.verdict)} with {value}, {_ruling(before[one.design])} as written"
            for value, contrasts in tried
            for one in contrasts
            if one.verdict != before.get(one.design)
        )

    @property
    def sentence(self) -> str:
        """What was found, in a sentence."""
        unit = self.outcomes[0][1][0].measure.unit
        moved = f"{self.assumption.path} moves a difference by up to {readable(self.size, unit)}"
        return f"{moved}: {'; '.join(self.reversals)}" if self.reversals else f"{moved}; no verdict changes"


def vary(
    comparison: Comparison,
    assumptions: Sequence[Assumption],
    measure: str,
    again: Callable[[Mapping[str, Any]], Comparison],
) -> tuple[Swing, ...]:
    """Compare anew with each assumption changed, one at a time; the one that matters most first.

    Parameters
    ----------
    comparison : Comparison
        With everything as written.
    assumptions : sequence of Assumption
        What to change.
    measure : str
        What decides; among those compared.
    again : callable
        ``again(settings) -> Comparison`` of the same designs with these settings in all of them.

    Returns
    -------
    tuple of Swing
        An assumption that changes a verdict before one that does not, then by how far differences move.
    """
    swings = []
    for assumption in assumptions:
        outcomes = [("as written", _of(comparison, measure))]
        for value in assumption.values:
            outcomes.append((str(value), _of(again({assumption.path: value}), measure)))
        swings.append(Swing(assumption, measure, tuple(outcomes)))
    return tuple(sorted(swings, key=lambda one: (not one.reversals, -one.size)))


def _of(comparison: Comparison, measure: str) -> tuple[Contrast, ...]:
    return tuple(one for one in comparison.contrasts if one.name == measure and one.difference is not None)


def _ruling(verdict: str | None) -> str:
    return "not told apart" if verdict == "cannot tell" else str(verdict)
