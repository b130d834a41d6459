"""A check: one thing that must be true of one kind, callable and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[[Any], None])

ANY = "any"


@dataclass(frozen=True)
class Check:
    """One check of one kind.

    Parameters
    ----------
    name : str
        Says what is checked of what; ``str(check)``, so that pytest can show it.
    function : callable
        Raises `AssertionError` where the subject does not conform.
    subject : object
        What is checked.
    """

    name: str
    function: Callable[[Any], None]
    subject: Any

    def __call__(self) -> None:
        """Raise `AssertionError` if the subject does not conform."""
        self.function(self.subject)

    def __str__(self) -> str:
        return self.name


def checks(*groups: str) -> Callable[[F], F]:
    """Mark a function as a check of the kinds of these groups, or of `ANY`."""

    def mark(function: F) -> F:
        function.groups = groups  # type: ignore[attr-defined]
        return function

    return mark


def checks_of(module: ModuleType, group: str) -> Iterator[Callable[[Any], None]]:
    """Yield the checks of a module that concern a group."""
    for function in vars(module).values():
        groups = getattr(function, "groups", ())
        if isinstance(groups, tuple) and (group in groups or (ANY in groups and group != "measure")):
            yield function


def require(condition: object, message: str) -> None:
    """Raise `AssertionError` with the message unless the condition holds; also under ``python -O``."""
    if not condition:
        raise AssertionError(message)
