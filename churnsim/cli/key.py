"""What a dotted key of a scenario takes, found by walking the recipes that a scenario is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from churnsim.base.errors import UsageError
from churnsim.base.recipe import Recipe
from churnsim.base.registry import did_you_mean
from churnsim.cli.parameter import Parameter, parameters
from churnsim.cli.part import inside, name_of, recipes, whole
from churnsim.scenario.shape import keys_of


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand at a key.

    Parameters
    ----------
    places : tuple of (str, Parameter)
        Every recipe that has the key at that place, by name, and what it takes there; empty for a name chosen
        by the user (``mesh`` in ``issuers.mesh``) and for a list position.
    below : tuple of type of Recipe
        Recipes whose keys may follow.
    """

    places: tuple[tuple[str, Parameter], ...]
    below: tuple[type[Recipe], ...]


def key_at(address: str) -> Key:
    """What may stand at a dotted address, whatever the names and list positions in it.

    Raises
    ------
    UsageError
        If no recipe has it; names the nearest key.
    """
    from churnsim.scenario import Scenario

    below: list[type[Recipe]] = [Scenario]
    places: list[tuple[str, Parameter]] = []
    waiting: list[Any] = []  # annotations inside a mapping or list whose key has not come yet
    steps = address.split(".")
    for depth, step in enumerate(steps):
        if waiting:
            below = _distinct(waiting)
            waiting = [each for one in waiting for each in inside(one)]
            places = []
            continue
        places = [
            (name_of(recipe), one) for recipe in below for one in parameters(recipe) if one.name == step
        ]
        if not places:
            raise _unknown(step, ".".join(steps[:depth]), below)
        annotations = [whole(field) for recipe in below if (field := keys_of(recipe).get(step)) is not None]
        waiting = [each for annotation in annotations for each in inside(annotation)]
        below = _distinct(annotations)
    if waiting:  # the address names a section: what follows its names
        below = below or _distinct(waiting)
    return Key(tuple(places), tuple(below))


def _distinct(annotations: Iterable[Any]) -> list[type[Recipe]]:
    return list(dict.fromkeys(each for annotation in annotations for each in recipes(annotation)))


def _unknown(step: str, above: str, below: Sequence[type[Recipe]]) -> UsageError:
    known = sorted({one.name for recipe in below for one in parameters(recipe)})
    where = f"in {above!r}" if above else "in a scenario"
    if not known:
        return UsageError(f"there is no key {step!r} {where}: nothing stands below it")
    meant = did_you_mean(step, known)
    hint = f"did you mean {meant!r}?" if meant else f"known: {', '.join(known)}"
    return UsageError(f"there is no key {step!r} {where}; {hint}")
