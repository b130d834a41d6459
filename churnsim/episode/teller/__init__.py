"""Who tells what about an episode: each module has `tell`, and is found by scanning."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject


def facts(subject: Subject) -> list[Fact]:
    """Every fact about an episode that any teller knows, in order of time."""
    return sorted(_told(subject), key=lambda fact: fact.time)


def _told(subject: Subject) -> Iterator[Fact]:
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        yield from import_module(f"{__name__}.{module.name}").tell(subject)
