"""What a law is: a number, a statement, a pure check of a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.trace import Trace

#: Why autoscalers and rollouts, which look last at an instant, tell a unit to stop.
LATE = ("scaled-down", "rolled-out", "rolled-back")


@dataclass(frozen=True)
class Violation:
    """How a trace breaks a law: what is wrong, when [s] and where, as far as there is a when and a where."""

    message: str
    time: float | None = None
    entity: str | None = None


@dataclass(frozen=True)
class Law:
    """One law.

    Parameters
    ----------
    number : str
        "L01", "L02", ...; never given twice, never given away.
    statement : str
        What holds in every run.
    violations : callable
        Yields the violations of a trace, the first of each sort; nothing if the law holds.
    """

    number: str
    statement: str
    violations: Callable[[Trace], Iterator[Violation]]

    def broken_by(self, trace: Trace) -> Violation | None:
        """Return the first violation, or None where the law holds."""
        return next(self.violations(trace), None)


def law(number: str, statement: str) -> Callable[[Callable[[Trace], Iterator[Violation]]], Law]:
    """Make a law of the function that yields its violations."""
    return lambda violations: Law(number, statement, violations)


def first(broken: NDArray[Any]) -> Iterator[int]:
    """Yield the first row of the mask `broken`, or nothing if the mask is false everywhere."""
    if broken.any():
        yield int(np.argmax(broken))


def occurs(
    group: NDArray[Any], time: NDArray[Any], at_group: NDArray[Any], at_time: NDArray[Any]
) -> NDArray[np.bool_]:
    """Tell which pairs of `at_group` and `at_time` are, to the bit, among those of `group` and `time`."""
    size = len(group)
    if not size:
        return np.zeros(len(at_group), bool)
    groups, times = np.concatenate([group, at_group]), np.concatenate([time, at_time])
    order = np.lexsort((np.arange(len(groups)) >= size, times, groups))
    last = np.maximum.accumulate(np.where(order < size, np.arange(len(order)), -1))
    before = np.where(last >= 0, order[last], 0)
    same = (last >= 0) & (groups[before] == groups[order]) & (times[before] == times[order])
    found = np.empty(len(order), bool)
    found[order] = same
    return found[size:]


def differ(
    a: NDArray[Any] | float, b: NDArray[Any] | float, scale: NDArray[Any] | float = 0.0
) -> NDArray[Any]:
    """Tell where two numbers differ by more than rounding: 1e-9 of the largest of them and `scale`.

    A NaN on either side differs.
    """
    largest = np.maximum(np.maximum(np.abs(a), np.abs(b)), scale)
    return np.asarray(~(np.abs(np.subtract(a, b)) <= 1e-9 * largest))
