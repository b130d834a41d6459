"""The conditions of a study: which points of its design are worth running."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from churnsim.base.distribution import Distribution
from churnsim.base.errors import Problem, ScenarioError
from churnsim.base.quantity import sort_of
from churnsim.base.recipe import Recipe
from churnsim.scenario.expression import Expression, ExpressionError, Lookup, Value, parse_expression
from churnsim.scenario.magnitude import Magnitude
from churnsim.scenario.origin import value_at
from churnsim.scenario.path import Path, parse_path
from churnsim.scenario.shape import keys_of

if TYPE_CHECKING:
    from churnsim.scenario.scenario import Scenario

Settings = Mapping[str, Any]


def conditions(scenario: Scenario) -> Callable[[Settings], bool]:
    """Whether the scenario with some settings meets every condition of its study.

    A path that is set has that value, any other the value that the scenario has with the settings. A law of
    probability stands for its mean. Points that are left out need not be valid scenarios, as long as their
    conditions ask only for what is set and for what no setting touches.

    Returns
    -------
    callable
        Raises ScenarioError, at the place of the condition, where one makes no sense.
    """
    written = [(f"study.where.{n}", parse_expression(text)) for n, text in enumerate(scenario.study.where)]
    untouched = cache(partial(_value, scenario))  # the same at every point

    def meets(settings: Settings) -> bool:
        values = _Values(scenario, settings, untouched)
        return all(_holds(scenario, address, condition, values) for address, condition in written)

    return meets


def condition_problems(scenario: Scenario) -> Iterator[Problem]:
    """Problems of the conditions of a valid scenario, tried on the first value of every axis."""
    from churnsim.scenario.axis import listed

    first = {path: listed(axis)[0] for path, axis in scenario.study.sweep.items()}
    values = _Values(scenario, first, partial(_value, scenario))
    for number, text in enumerate(scenario.study.where):
        try:
            _holds(scenario, f"study.where.{number}", parse_expression(text), values)
        except ScenarioError as error:
            yield from error.problems


class _Values:
    """What the paths of conditions mean at one point."""

    def __init__(self, scenario: Scenario, settings: Settings, untouched: Lookup) -> None:
        self._scenario = scenario
        self._settings = settings
        self._untouched = untouched

    def at(self, address: str) -> Value:
        if address in self._settings:
            found = _word(self._settings[address])
            if found is not None:
                return found
        if any(_may_touch(path, address) for path in self._settings):
            return _value(self._scenario.with_(dict(self._settings)), address)
        return self._untouched(address)


def _may_touch(path: str, address: str) -> bool:
    """Whether setting `path` can change what stands at `address`."""
    steps, target = parse_path(path), parse_path(address)
    if steps[-1] in ("preset", "kind"):  # brings values of its own for what stands beside it
        steps = steps[:-1]
    return steps == target[: len(steps)] or target == steps[: len(target)]


def _holds(scenario: Scenario, address: str, condition: Expression, values: _Values) -> bool:
    try:
        return condition.holds(values.at)
    except ExpressionError as error:
        origin = scenario.origin(address)
        path: Path = parse_path(address)
        place = (origin.file, origin.line, origin.column)
        raise ScenarioError([Problem(error.message, "where", error.remedy, path, *place)]) from None


def _value(scenario: Scenario, address: str) -> Value:
    try:
        path, found = value_at(scenario.canonical(), address)
    except ScenarioError as error:
        (problem,) = error.problems
        raise ExpressionError(problem.message, problem.remedy or "") from None
    law = _object(scenario, path)
    if isinstance(law, Distribution):
        return Magnitude(law.mean, sort_of("1s"))
    word = _word(found)
    if word is None:
        said = "is not set" if found is None else "is no single value"
        raise ExpressionError(f"{address} {said}", "name a value that can be compared")
    return word


def _word(value: object) -> Value | None:
    if isinstance(value, bool):
        return value
    return Magnitude.of(value) or (value if isinstance(value, str) else None)


def _object(scenario: Recipe, path: Path) -> object:
    """The part of a scenario at a path that exists, as the object that it is."""
    found: Any = scenario
    for step in path:
        if isinstance(found, Recipe):
            field = keys_of(type(found)).get(str(step))
            names = (name for name, each in type(found).model_fields.items() if each is field)
            found = getattr(found, next(names, ""), None)
        elif isinstance(found, Mapping):
            found = found.get(step)
        else:
            found = found[int(step)] if isinstance(found, tuple | list) and str(step).isdecimal() else None
    return found
