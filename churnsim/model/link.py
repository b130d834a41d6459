"""Links: what lies between a place and the services its units use, and is severed at times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from churnsim.trace.intervals import Spans

if TYPE_CHECKING:
    from churnsim.model.shared_service import SharedService

Spell = tuple[float, float]


class Link:
    """The link of one place, a node or a slot, to every service there is; nothing severs it at first."""

    __slots__ = ("_spells",)

    def __init__(self) -> None:
        self._spells: dict[SharedService, list[Spell]] = {}

    def sever(self, services: Iterable[SharedService], spell: Spell) -> None:
        """Let the place reach none of some services from an instant until another [s]."""
        for service in services:
            self._spells.setdefault(service, []).append(spell)

    def spells(self, service: SharedService) -> list[Spell]:
        """All times ``[from, to)`` [s] known so far at which it does not reach a service; may overlap."""
        return self._spells.get(service, [])


@dataclass(frozen=True, eq=False)
class Severance:
    """What severs slots of a workload from some services, and when.

    Parameters
    ----------
    services : tuple of SharedService
        What they do not reach meanwhile.
    spells : tuple of (float, float)
        From when to when [s].
    strikes : callable
        Whether the spell of a number strikes a slot.
    """

    services: tuple[SharedService, ...]
    spells: tuple[Spell, ...]
    strikes: Callable[[int, int], bool]


@dataclass(eq=False)
class Links:
    """The links of the slots of one workload, as far as anything may sever them."""

    _severances: list[Severance] = field(default_factory=list)
    _known: dict[int, Link] = field(default_factory=dict)

    def part(self, severance: Severance) -> None:
        """Let links be severed, before any slot is filled."""
        self._severances.append(severance)

    def of(self, slot: int) -> tuple[Link, ...]:
        """Return the link of a slot; none where nothing ever severs one."""
        if not self._severances:
            return ()
        link = self._known.get(slot)
        if link is None:
            link = self._known[slot] = Link()
            for severance in self._severances:
                for number, spell in enumerate(severance.spells):
                    if spell[0] < spell[1] and severance.strikes(number, slot):
                        link.sever(severance.services, spell)
        return (link,)


def is_severed(links: tuple[Link, ...], service: SharedService, now: float) -> bool:
    """Whether one who stands at some places does not reach a service now [s]."""
    return any(begin <= now < end for link in links for begin, end in link.spells(service))


def severed(links: tuple[Link, ...], service: SharedService) -> tuple[Spell, ...]:
    """When one who stands at some places does not reach a service: disjoint and sorted [s]."""
    return tuple(_joined(spell for link in links for spell in link.spells(service))) if links else ()


def _joined(spells: Iterable[Spell]) -> Iterator[Spell]:
    bounds = list(spells)
    if bounds:
        spans = Spans.of([begin for begin, _ in bounds], [end for _, end in bounds])
        yield from zip(spans.start.tolist(), spans.end.tolist(), strict=True)
