"""Assumptions: would the comparison come out the same if one of them were wrong?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.readable import readable, usual
from churnsim.decision.choice import Choice
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
class Outcome:
    """What the comparison says under one value of an assumption.

    Parameters
    ----------
    value : str
        What was assumed; ``as written`` for the scenario itself.
    contrasts : tuple of Contrast
        Every design against the baseline in the measure that decides.
    choice : Choice or None
        What would be chosen; None where no choice is asked for.
    """

    value: str
    contrasts: tuple[Contrast, ...]
    choice: Choice | None = None

    @property
    def chosen(self) -> str:
        """What would be chosen, in words; empty where no choice is asked for."""
        if self.choice is None:
            return ""
        names = [one.name for one in self.choice.left]
        if not names:
            return "none (each breaks a promise)"
        remarks = [
            *(["not decided"] if len(names) > 1 else []),
            *(["promises not sure"] if self.choice.is_open else []),
            *(f"{one.name} if it keeps its promises" for one in self.choice.contenders),
        ]
        return " or ".join(names) + (f" ({'; '.join(remarks)})" if remarks else "")


@dataclass(frozen=True, eq=False, slots=True)
class Swing:
    """How the comparison moves when one assumption does.

    Parameters
    ----------
    assumption : Assumption
        What was varied.
    measure : str
        What the designs are compared in.
    outcomes : tuple of Outcome
        As written first, then for each value tried.
    """

    assumption: Assumption
    measure: str
    outcomes: tuple[Outcome, ...]

    @property
    def size(self) -> float:
        """Greatest movement of any design's difference, in the unit of the measure."""
        moves: dict[str, list[float]] = {}
        for outcome in self.outcomes:
            for one in outcome.contrasts:
                if one.difference is not None and one.difference.mean is not None:
                    moves.setdefault(one.design, []).append(one.difference.mean)
        return max((max(found) - min(found) for found in moves.values()), default=0.0)

    @property
    def typical(self) -> float | None:
        """A number of the usual size of its measure, so that all outcomes are written in one unit."""
        return usual(one.estimate.mean for outcome in self.outcomes for one in outcome.contrasts)

    @property
    def reversals(self) -> tuple[str, ...]:
        """What comes out differently, in words: another choice; without one, another verdict of a design."""
        written, *tried = self.outcomes
        if written.choice is not None:
            return tuple(
                f"with {each.value} the choice is {each.chosen}, as written {written.chosen}"
                for each in tried
                if each.chosen != written.chosen
            )
        before = {one.design: one.verdict for one in written.contrasts}
        return tuple(
            f"{one.design} is {_ruling(one.verdict)} with {each.value}, "
            f"{_ruling(before[one.design])} as written"
            for each in tried
            for one in each.contrasts
            if one.verdict != before[one.design]
        )

    @property
    def sentence(self) -> str:
        """What was found, in a sentence."""
        unit = self.outcomes[0].contrasts[0].measure.unit
        moved = f"{self.assumption.path} moves a difference by up to {readable(self.size, unit)}"
        if self.reversals:
            return f"{moved}: {'; '.join(self.reversals)}"
        same = "no verdict changes" if self.outcomes[0].choice is None else "the choice stays the same"
        return f"{moved}; {same}"


Judged = tuple[Comparison, Choice | None]


def vary(
    written: Judged,
    assumptions: Sequence[Assumption],
    measure: str,
    again: Callable[[Mapping[str, Any]], Judged],
) -> tuple[Swing, ...]:
    """Compare anew with each assumption changed, one at a time; the one that matters most first.

    Parameters
    ----------
    written : tuple of Comparison and (Choice or None)
        With everything as written.
    assumptions : sequence of Assumption
        What to change.
    measure : str
        What decides; among those compared.
    again : callable
        ``again(settings)`` judges the same designs with these settings in all of them.

    Returns
    -------
    tuple of Swing
        An assumption that changes the choice (without one, a verdict) before one that does not, then by how
        far differences move.
    """
    first = _outcome("as written", written, measure)
    swings = [
        Swing(
            each,
            measure,
            (first, *(_outcome(str(value), again({each.path: value}), measure) for value in each.values)),
        )
        for each in assumptions
    ]
    return tuple(sorted(swings, key=lambda one: (not one.reversals, -one.size)))


def _outcome(value: str, judged: Judged, measure: str) -> Outcome:
    comparison, choice = judged
    contrasts = (one for one in comparison.contrasts if one.name == measure and one.difference is not None)
    return Outcome(value, tuple(contrasts), choice)


def _ruling(verdict: str | None) -> str:
    return "not told apart" if verdict == "cannot tell" else str(verdict)
