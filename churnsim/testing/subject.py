"""A subject: one example of one kind, and the recipe made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds, every_group


@dataclass(frozen=True)
class Subject:
    """What a check looks at.

    Parameters
    ----------
    kind : type
        The class.
    group : str
        Group of kinds it belongs to: law, failure, refresh, ...
    written : mapping
        An example as it stands in a scenario.
    """

    kind: type[Recipe]
    group: str
    written: Mapping[str, Any]

    @cached_property
    def recipe(self) -> Any:
        """The recipe that the example makes."""
        return self.kind.model_validate(dict(self.written))

    @property
    def name(self) -> str:
        """The word in ``kind:``."""
        return str(self.written["kind"])


def group_of(kind: type[Recipe]) -> str:
    """Return the group of kinds that a class is registered in.

    Raises
    ------
    ValueError
        If there is none, or the class is not registered in it.
    """
    import churnsim.scenario  # noqa: F401  brings in every package that declares kinds

    groups: list[Kinds[Any]] = [kinds for kinds in every_group().values() if issubclass(kind, kinds.base)]
    if not groups or "kind" not in kind.model_fields:
        raise ValueError(f"{kind.__qualname__} derives from the base of no group of kinds, or has no kind")
    group = groups[0]
    if kind not in group.all().values():
        raise ValueError(
            f"{kind.__qualname__} is not registered; install it with an entry point churnsim.{group.group}"
        )
    return group.group
