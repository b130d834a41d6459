"""Who tells what about an episode: each module has `tell`, and is found by scanning."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject

_LAST = ("request-", "credential-issued", "unit-ready")  # of what happens at one instant, in this order


def facts(subject: Subject) -> list[Fact]:
    """Every fact about an episode that any teller knows: by time, and what led to what at one instant."""
    return sorted(_told(subject), key=lambda fact: (fact.time, _rank(fact)))


def _rank(fact: Fact) -> int:
    return next((rank for rank, kind in enumerate(_LAST, start=1) if fact.kind.startswith(kind)), 0)


def _told(subject: Subject) -> Iterator[Fact]:
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        yield from import_module(f"{__name__}.{module.name}").tell(subject)
