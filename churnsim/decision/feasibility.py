"""Which designs keep what was promised, so that only those are chosen from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from churnsim.base.errors import UsageError
from churnsim.checks.bound import Bound
from churnsim.checks.verdict import Ruling
from churnsim.decision.alternative import Alternative, possible
from churnsim.scenario.invariant import parse_invariant
from churnsim.statistics import Estimate, summarise


@dataclass(frozen=True, slots=True)
class Constraint:
    """A promise that a design must keep to be chosen.

    Parameters
    ----------
    text : str
        As written, such as ``availability >= 99%``.
    bound : Bound
        What it means.
    """

    text: str
    bound: Bound

    @classmethod
    def read(cls, text: str) -> Constraint:
        """The constraint written in `text`.

        Raises
        ------
        UsageError
            If it is none, names an unknown measure, or has a limit in the wrong unit.
        """
        try:
            return cls(text, Bound.of(parse_invariant(text)))
        except ValueError as error:
            raise UsageError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one design keeps one constraint.

    Parameters
    ----------
    design : str
        Name of the alternative.
    constraint : Constraint
        What it was held to.
    ruling : {"pass", "fail", "inconclusive"}
        By the interval alone; a wrong pass has a chance of 2.5 % at most where that is at 95 %.
    reason : str
        Why, in one sentence.
    estimate : Estimate
        Of the measure.
    """

    design: str
    constraint: Constraint
    ruling: Ruling
    reason: str
    estimate: Estimate


@dataclass(frozen=True, eq=False, slots=True)
class Feasibility:
    """The designs by whether they may be chosen.

    Parameters
    ----------
    findings : tuple of Finding
        By design, then by constraint.
    kept, broken, open : tuple of Alternative
        Designs that keep every constraint, that break one, and the rest: not decided by these runs.
    """

    findings: tuple[Finding, ...]
    kept: tuple[Alternative, ...]
    broken: tuple[Alternative, ...]
    open: tuple[Alternative, ...]


def screen(
    designs: Sequence[Alternative], constraints: Sequence[Constraint], confidence: float = 0.95
) -> Feasibility:
    """Hold every design to every constraint.

    Without constraints all designs are kept.
    """
    findings = tuple(_finding(one, constraint, confidence) for one in designs for constraint in constraints)
    rulings = {one.name: {each.ruling for each in findings if each.design == one.name} for one in designs}
    broken = tuple(one for one in designs if "fail" in rulings[one.name])
    undecided = tuple(
        one for one in designs if "inconclusive" in rulings[one.name] and "fail" not in rulings[one.name]
    )
    kept = tuple(one for one in designs if rulings[one.name] <= {"pass"})
    return Feasibility(findings, kept, broken, undecided)


def _finding(one: Alternative, constraint: Constraint, confidence: float) -> Finding:
    measure = constraint.bound.measure
    taken = one.series(measure)
    estimate = summarise(list(taken.values()), confidence, possible(measure))
    values = [taken[run].value if run in taken else None for run in one.runs]
    ruling, reason = constraint.bound.rule(estimate, values)
    return Finding(one.name, constraint, ruling, reason, estimate)
