"""The slow twin's lines: each slot that can be cut off has one of its own to its issuer and its policy."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from churnsim.engine import Stream

SLOTS = 60  # more than any small world ever fills


class Line:
    """What lies between a slot and its issuer or its policy."""

    def __init__(self, fleet: Any, slot: int) -> None:
        self.fleet = fleet
        self.slot = slot
        self.recovery = fleet.clock.env.event()
        self.outages: list[list[float]] = []
        self._faults = 0

    @property
    def is_up(self) -> bool:
        """Whether anything goes through."""
        return self._faults == 0

    def fail(self) -> None:
        """Let nothing go through."""
        self._faults += 1
        if self._faults == 1:
            self.outages.append([self.fleet.clock.now, inf])
            self.recovery = self.fleet.clock.env.event()
            self.broken()

    def recover(self) -> None:
        """Let everything go through, once every failure is over."""
        self._faults -= 1
        if self._faults == 0:
            self.outages[-1][1] = self.fleet.clock.now
            self.mended()
            self.recovery.succeed()

    @property
    def units(self) -> list[Any]:
        """Who fills the slot, or did and is not gone."""
        return [unit for unit in self.fleet.units if unit.slot == self.slot and not unit.is_gone]

    def broken(self) -> None:
        """What it means at once."""

    def mended(self) -> None:
        """What it means at once."""


class IssuerLine(Line):
    """The line to an issuer: what was on a desk is lost."""

    def broken(self) -> None:
        for unit in self.units:
            if unit.identity.visit is not None:
                unit.identity.issuer.desk.withdraw(unit.identity.visit)


class PolicyLine(Line):
    """The line to a policy: channels of its own, which are down with it."""

    def __init__(self, fleet: Any, slot: int) -> None:
        super().__init__(fleet, slot)
        fleet.source.split((fleet.name, slot))

    def broken(self) -> None:
        source = self.fleet.source
        for channel in source.of((self.fleet.name, self.slot)):
            channel.fail()
        for unit in self.units:
            if source.desk is not None:
                source.desk.lose((self.fleet.name, unit.slot, unit.incarnation))
        self._look()

    def mended(self) -> None:
        for channel in self.fleet.source.of((self.fleet.name, self.slot)):
            channel.recover()
        self._look()

    def _look(self) -> None:
        for unit in self.units:
            if unit in self.fleet.endpoints:
                self.fleet.meter.update(unit)


class Cut:
    """A partition of the slots of a fleet, failed and recovered from like an outage.

    Parameters
    ----------
    failure : Partition
        Which.
    fleet : Fleet
        Whose slots.
    stream : Stream
        Its random numbers.
    number : int or None
        Which of its spells; None: each that comes is the next.
    """

    def __init__(self, failure: Any, fleet: Any, stream: Stream, number: int | None = None) -> None:
        self.failure = failure
        self.stream = stream
        self.number = number
        self._count = 0
        named = {
            "issuer": (IssuerLine, fleet.issuer),
            "policy": (PolicyLine, fleet.source),
        }
        self.lines = [
            _line(fleet, what, slot, kind)
            for what, (kind, service) in named.items()
            if service is not None and service.name in failure.what
            for slot in range(SLOTS)
        ]

    def fail(self) -> Callable[[], None]:
        """Cut slots off, each with the chance that there is, and return what mends it."""
        number = self._count if self.number is None else self.number
        self._count += 1
        lane = self.stream.lane(3, number)
        struck = [line for line in self.lines if self.stream.uniform(lane, line.slot) < self.failure.share]
        for line in struck:
            line.fail()

        def mend() -> None:
            for line in struck:
                line.recover()

        return mend

    def recover(self) -> None:
        """Never called: every spell mends itself."""


def _line(fleet: Any, what: str, slot: int, kind: type[Line]) -> Line:
    """The line of a slot, made when it is first asked for."""
    lines: dict[tuple[str, int], Line] = fleet.lines
    if (what, slot) not in lines:
        lines[what, slot] = kind(fleet, slot)
    return lines[what, slot]
