"""Checks of designs of a study: the points they say, the same each time, and no value that nobody wrote."""

from __future__ import annotations

from typing import Any

from churnsim.scenario.axis import Axes
from churnsim.scenario.magnitude import Magnitude
from churnsim.scenario.range import Range
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_LISTED: Axes = {"issuers.mesh.ttl": ("5m", "1h", "6h"), "workloads.web.replicas": (2, 5, 9)}
_RANGES: Axes = {
    "issuers.mesh.ttl": Range(low="5m", high="6h", scale="log", steps=3),
    "workloads.web.replicas": Range(low=2, high=9, steps=3),
}


def _points(subject: Subject, axes: Axes) -> list[dict[str, Any]]:
    return list(subject.recipe.settings(axes))


@checks("design")
def counts_its_points(subject: Subject) -> None:
    """As many as it says beforehand, on lists, on ranges and without axes."""
    for axes in (_LISTED, _RANGES):
        require(not list(subject.recipe.objections(axes)), f"{subject.name}: objects to plain axes")
        count, made = subject.recipe.count(axes), len(_points(subject, axes))
        require(count == made, f"{subject.name}: says {count} points and makes {made}")
    require(_points(subject, {}) == [{}], f"{subject.name}: without axes there is the scenario alone")


@checks("design")
def makes_the_same_points_again(subject: Subject) -> None:
    """The points are part of what names a run."""
    for axes in (_LISTED, _RANGES):
        once, again = _points(subject, axes), _points(subject, axes)
        require(once == again, f"{subject.name}: makes other points the second time")


@checks("design")
def keeps_to_the_axes(subject: Subject) -> None:
    """Values of a list are among those listed, of a range between its ends; no other path is set."""
    for point in _points(subject, _LISTED):
        for path, value in point.items():
            require(value in _LISTED.get(path, ()), f"{subject.name}: nobody listed {path} = {value}")
    for point in _points(subject, _RANGES):
        for path, value in point.items():
            axis, found = _RANGES.get(path), Magnitude.of(value)
            require(isinstance(axis, Range) and found is not None, f"{subject.name}: no axis for {path}")
            low, high = (Magnitude.of(end) for end in (axis.low, axis.high))  # type: ignore[union-attr]
            is_between = low and high and found and low.number <= found.number <= high.number
            require(is_between, f"{subject.name}: {path} = {value} is outside its range")
