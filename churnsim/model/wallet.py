"""The wallet: the credentials that one fleet holds from one issuer, renewed in batches while all is calm.

While the issuer answers at once, nobody's renewal changes anything for anybody else: the seats are settled
in vectorised blocks when something is about to change. While it is down, and always where it has a capacity
to share, each holder that falls due gets turns of its own on the world's queue until it has been answered.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Order, Stream, World
from churnsim.model.ask import TRIES_BITS, Ask
from churnsim.model.calendar import Calendar
from churnsim.model.calm import lay, stationary
from churnsim.model.ledger import Ledger
from churnsim.model.seat import Floats, Indices, Seats
from churnsim.model.unit import Unit

if TYPE_CHECKING:
    from churnsim.model.desk import Request
    from churnsim.model.issuer import Authority
    from churnsim.model.renewer import Renewer

_CLOSING_MOST = 8192  # holders that have left and wait for their renewals to be laid down


class Wallet:
    """Credentials of one fleet from one issuer.

    Parameters
    ----------
    authority : Authority
        The issuer at work.
    name : str
        Name of the workload; names the random streams.
    world : World
        Where it stands.
    slots : int
        Number of seats to begin with; it grows as needed.
    """

    def __init__(self, authority: Authority, name: str, world: World, slots: int) -> None:
        recipe, prefix = authority.recipe, f"issuers/{authority.name}"
        self.authority = authority
        self.name = name
        self.index = len(authority.wallets)
        self.visits: dict[int, Request] = {}  # by seat, what its holder has at the desk
        self._world = world
        self._rule = recipe.renewal
        self._retry = recipe.retry
        self._ttl = recipe.ttl
        is_regular = recipe.renewal.least(recipe.ttl) == recipe.renewal.mean(recipe.ttl)
        self._regular = float(recipe.renewal.interval(recipe.ttl, 0.5)) if is_regular else None
        self._renewals = world.stream(f"{prefix}/renewal/{name}")
        self._retries = world.stream(f"{prefix}/retry/{name}")
        self._past = world.stream(f"{prefix}/past/{name}")
        self._services = world.stream(f"{prefix}/service/{name}")
        self._chances = world.stream(f"{prefix}/queue/{name}")
        self._attestations = world.stream(f"{prefix}/attestation/{name}")
        self.seats = Seats(slots, self._renewals)
        self._ledger = Ledger()
        self._closing: list[tuple[int, int, int, int, float, float]] = []
        self._revocations: dict[tuple[int, int, int], float] = {}
        self.renewers: list[Renewer] = []
        self._stranded: dict[int, list[Ask]] = {}  # by seat, who waits until it reaches the issuer
        self._share = 0
        self._calendar = Calendar(self, self._services, world)
        authority.wallets.append(self)
        if authority.desk is not None:
            world.at(world.start, Order.ASK, self._calendar.turn)

    # --- holders come and go -------------------------------------------------------------------------

    def admit(self, unit: Unit, then: Callable[[], object]) -> None:
        """Ask for a unit's first credential, once it has proved who it is; call `then` once it has it."""
        unit.seat = self.seats.take(unit.id, -1, unit.booted, (unit.slot, unit.incarnation))
        if unit.links:
            self.look(unit)
        law, now = self.authority.recipe.attestation, self._world.now
        proof = law.mean
        if not law.is_constant:
            lane = self._attestations.lane(unit.slot, unit.incarnation)
            proof = float(law.inverse(self._attestations.uniform(lane, 0)))
        ask = Ask(self, unit.seat, now + proof, then)
        if proof > 0 or self.authority.desk is not None:
            self._world.at(ask.asked, Order.ASK, self.request, ask)
        else:
            self.request(ask)

    def load(self, units: list[Unit], up: Floats) -> None:
        """Seat units that have been up for long, with credentials of stationary age.

        Parameters
        ----------
        units : list of Unit
            The units.
        up : (n,) array
            For how long each has been booted [s]; infinite: nobody remembers.
        """
        start, table = self._world.start, self.seats
        seats = np.array([table.take(u.id, -1, u.booted, (u.slot, u.incarnation)) for u in units], np.int64)
        for unit, seat in zip(units, seats.tolist(), strict=True):
            unit.seat = seat
        slots = np.array([u.slot for u in units], np.int64)
        age, interval = stationary(self._rule, self._ttl, self._past, slots, up)
        table.serial[seats] = 1
        table.issued[seats] = start - age
        table.due[seats] = start - age + interval
        held = (table.holder[seats], table.bearer[seats], table.serial[seats])
        self._ledger.enter(*held, start - age, table.due[seats])

    def retire(self, unit: Unit) -> None:
        """Let a unit that is gone give up its seat; what it holds stays valid."""
        if unit.seat >= 0:
            self._leave(unit.seat)
            unit.seat = -1

    def look(self, unit: Unit) -> None:
        """See whether a unit reaches the issuer: while it does not, the issuer is down for it alone."""
        seat, table, now = unit.seat, self.seats, self._world.now
        is_cut_off = not unit.reaches(self.authority, now)
        if seat < 0 or is_cut_off == table.is_cut_off[seat]:
            return
        desk = self.authority.desk
        if not is_cut_off:
            table.is_cut_off[seat] = False
            for ask in self._stranded.pop(seat, ()):
                self._world.at(now, Order.ASK, self.request, ask)
            return
        self._advance(np.array([seat]), now)  # what fell due before this instant was answered
        table.is_cut_off[seat] = True
        if desk is None:
            self._calendar.expect(seat)
        else:
            for ask in desk.give_back(self, {seat}):
                self.unanswered(ask)

    # --- owners --------------------------------------------------------------------------------------

    def entrust(self, share: int, renewers: list[Renewer]) -> None:
        """Let renewers ask for units, each for `share` slots in turn; thieves ask for themselves."""
        self._share, self.renewers = share, renewers

    def surrender(self, number: int) -> tuple[dict[int, tuple[int, float]], list[Ask]]:
        """Settle what a renewer asked for until now, and let its calm holders keep still.

        Returns the ticket and the due renewal [s] of each such seat, to be given to `wake`, and what others
        had at the desk, which is lost.
        """
        table = self.seats
        mine = (table.slot >= 0) & (table.slot // self._share == number)
        seats = np.flatnonzero(mine & np.isfinite(table.due))
        self._advance(seats, self._world.now)
        asleep = {seat: (table.ticket[seat], float(table.due[seat])) for seat in seats.tolist()}
        table.due[seats] = inf
        desk = self.authority.desk
        lost = [] if desk is None else desk.give_back(self, set(np.flatnonzero(mine).tolist()))
        for ask in lost:
            ask.tries += 1
        return asleep, lost

    def wake(self, asleep: dict[int, tuple[int, float]]) -> list[tuple[float, Ask]]:
        """Let holders that kept still go on; return those that fell due meanwhile, and when [s]."""
        table, overdue = self.seats, []
        for seat, (ticket, due) in asleep.items():
            if table.ticket[seat] != ticket:
                continue  # The holder has gone.
            if due <= self._world.now:
                overdue.append((due, Ask(self, seat, due, None)))
                continue
            table.due[seat] = due
            if not self.is_calm(seat):
                self._calendar.expect(seat)
        return overdue

    def _renewer(self, seat: int) -> Renewer | None:
        if not self.renewers or self.seats.slot[seat] < 0:
            return None
        return self.renewers[int(self.seats.slot[seat]) // self._share]

    # --- theft ---------------------------------------------------------------------------------------

    def current(self, unit: Unit) -> int:
        """Serial of the unit's newest credential, 0 if it has none that is unexpired and unrevoked now."""
        if unit.seat < 0:
            return 0
        self._advance(np.array([unit.seat]), self._world.now)
        seat, table = unit.seat, self.seats
        alive = table.serial[seat] > 0 and table.issued[seat] + self._ttl > self._world.now
        revoked = (unit.id, -1, int(table.serial[seat])) in self._revocations
        return int(table.serial[seat]) if alive and not revoked else 0

    def impersonate(self, unit: Unit, theft: int, robbery: tuple[int, int]) -> tuple[int, int]:
        """Give a thief who holds the unit's identity a seat of its own; it renews by the same rule.

        Parameters
        ----------
        unit : Unit
            Whose identity was stolen.
        theft : int
            Number of the theft in the record.
        robbery : tuple of int
            Which failure of those that rob this fleet, and which of its attempts: names the random numbers.

        Returns the seat and its ticket, to `expel` it by.
        """
        table = self.seats
        seat = table.take(unit.id, theft, unit.booted, (unit.slot, unit.incarnation, *robbery))
        due = table.issued[unit.seat] + self._interval(seat, 0)
        table.issued[seat] = table.issued[unit.seat]
        table.due[seat] = max(due, self._world.now)
        if not self.authority.is_calm:
            self._calendar.expect(seat)
        return seat, table.ticket[seat]

    def expel(self, seat: int, ticket: int) -> None:
        """Let a thief's identity be refused from now on."""
        if self.seats.ticket[seat] == ticket:
            self._leave(seat)

    def revoke(self, unit_number: int, bearer: int, serial: int) -> None:
        """Record at the issuer, now, that one credential must no longer be accepted."""
        self._revocations.setdefault((unit_number, bearer, serial), self._world.now)

    def serials(self, seat: int) -> int:
        """How many credentials the holder of a seat has been issued so far."""
        self._advance(np.array([seat]), self._world.now)
        return int(self.seats.serial[seat])

    def newest(self, units: list[Unit]) -> NDArray[np.float64]:
        """When the newest credential of each of some seated units was issued [s]; NaN: it has none."""
        seats = np.array([unit.seat for unit in units], np.int64)
        self._advance(seats, self._world.now)
        return np.where(self.seats.serial[seats] > 0, self.seats.issued[seats], nan)

    def reissue(self, unit: Unit) -> None:
        """Ask for a fresh credential now, ahead of time."""
        table = self.seats
        if unit.seat < 0:
            return
        renewer = self._renewer(unit.seat)
        if renewer is not None and not renewer.is_up:
            renewer.hurry(unit.seat, table.ticket[unit.seat])
        elif table.serial[unit.seat] > 0 and isfinite(table.due[unit.seat]):
            table.due[unit.seat] = inf
            ask = Ask(self, unit.seat, self._world.now)
            if self.authority.desk is None:
                self.request(ask)
            else:  # others may be told in the same turn, and come to the desk together
                self._world.at(ask.asked, Order.ASK, self.request, ask)

    # --- turning points ------------------------------------------------------------------------------

    def settle(self, until: float) -> None:
        """Lay down every renewal that fell due before `until` [s] while the issuer answered at once."""
        self._close()
        self._advance(np.flatnonzero(self.seats.due < until), until)

    def watch(self) -> None:
        """The issuer has ceased to answer at once: let each holder that falls due have its turn."""
        if self.authority.desk is None:  # else each has them anyway
            self._calendar.turn(None)

    def finish(self, end: float) -> dict[str, NDArray[Any]]:
        """Settle everything up to the horizon and return the columns of the credential table."""
        if self.authority.is_calm:
            self.settle(end)
        else:
            self._close()
        columns = self._ledger.columns()
        columns["expires"] = columns["issued"] + self._ttl
        return columns

    @property
    def revocations(self) -> dict[tuple[int, int, int], float]:
        """Instants [s] of the revocations recorded so far, by unit number, bearer and serial."""
        return self._revocations

    # --- calm ----------------------------------------------------------------------------------------

    def _advance(self, seats: Indices, until: float) -> None:
        """Renew the holders of `seats` (at most once each in the array) as often as they fell due."""
        table = self.seats
        seats = seats[(table.due[seats] < until) & ~table.is_cut_off[seats]]
        if not seats.size or not self.authority.is_calm:
            return
        table.serial[seats], table.issued[seats], table.due[seats] = self._lay(
            (table.holder[seats], table.bearer[seats], table.lane[seats]),
            table.serial[seats],
            table.due[seats],
            np.full(seats.size, until),
        )

    def _close(self) -> None:
        """Lay down the last renewals of holders that have left."""
        if self._closing:
            holder, bearer, lane, serial, due, until = zip(*self._closing, strict=True)
            self._closing.clear()
            holders = (np.array(holder), np.array(bearer), np.array(lane, np.uint64))
            self._lay(holders, np.array(serial), np.array(due), np.array(until))

    def _lay(
        self,
        holders: tuple[Indices, Indices, NDArray[np.uint64]],
        serial: Indices,
        due: Floats,
        until: Floats,
    ) -> tuple[Indices, Floats, Floats]:
        return lay(self._rule, self._ttl, self._renewals, self._ledger, holders, serial, due, until)

    # --- one by one ----------------------------------------------------------------------------------

    def wants(self, ask: Ask) -> bool:
        """Whether its holder has not left since."""
        return self.seats.ticket[ask.seat] == ask.ticket

    def who(self, seat: int) -> tuple[int, int, int]:
        """Unit, bearer and serial of the credential that the holder of a seat lacks."""
        table = self.seats
        return int(table.holder[seat]), int(table.bearer[seat]), int(table.serial[seat]) + 1

    def service(self, ask: Ask) -> float:
        """How long the signature takes that is asked for [s], drawn by attempt."""
        assert self.authority.recipe.capacity is not None
        law = self.authority.recipe.capacity.service
        if law.is_constant:
            return law.mean
        if ask.drawn is not None and ask.tries == 0:
            return ask.drawn
        lane = self._services.lane(*self.seats.place[ask.seat])
        return float(law.inverse(Stream.uniform(lane, self._attempt(ask))))

    def chance(self, ask: Ask) -> float:
        """A uniform for its place in a queue, drawn by attempt."""
        lane = self._chances.lane(*self.seats.place[ask.seat])
        return float(Stream.uniform(lane, self._attempt(ask)))

    def issue(self, ask: Ask, who: tuple[int, int, int]) -> None:
        """Give a holder the credential that it lacks, as `who` tells, now."""
        seat, table, now = ask.seat, self.seats, self._world.now
        unit, bearer, serial = who
        due = now + self._interval(seat, serial)
        table.serial[seat], table.issued[seat], table.due[seat] = serial, now, due
        self._ledger.enter_one(unit, bearer, serial, ask.asked, now, due, ask.tries)
        if due < self._calendar.end and self.authority.desk is not None:
            self._calendar.expect(seat)
        if ask.then is not None:
            ask.then()

    def unanswered(self, ask: Ask) -> None:
        """Let a holder that was not answered ask again by its rule."""
        if self.wants(ask):
            self._ask_again(ask)

    def _ask_again(self, ask: Ask) -> None:
        ask.tries += 1
        if self._retry.waits_for_recovery:
            if self.seats.is_cut_off[ask.seat]:
                self._stranded.setdefault(ask.seat, []).append(ask)
            elif self.authority.is_up and self.authority.desk is not None:
                self.authority.desk.wait(ask)
            else:
                self.authority.wait(self.request, ask)
            return
        now = self._world.now
        if ask.lane is None:
            ask.lane = self._retries.lane(*self.seats.place[ask.seat])
            ask.attempts = self._attempt(ask) - ask.tries
            ask.expires = float(self.seats.issued[ask.seat]) + self._ttl
        uniform = Stream.uniform(ask.lane, ask.attempts + ask.tries)
        pause = self._retry.delay(ask.tries, now - ask.asked, max(ask.expires - now, 0.0), uniform)
        if isfinite(pause):
            self._world.at(now + pause, Order.ASK, self.request, ask)

    def _attempt(self, ask: Ask) -> int:
        return ask.tries + (int(self.seats.serial[ask.seat]) << TRIES_BITS)

    def request(self, ask: Ask) -> None:
        """Ask now, unless the holder has gone."""
        self.turn_to(ask)
        if self.authority.desk is not None:
            self.authority.desk.serve()

    def turn_to(self, ask: Ask) -> None:
        """Put a request to the issuer, if who owns it is up; a desk takes it in when it is told to serve."""
        if not self.wants(ask):
            return
        authority = self.authority
        renewer = self._renewer(ask.seat) if self.renewers else None
        if renewer is not None and not renewer.is_up:
            renewer.hold(ask)
        elif not authority.is_up or self.seats.is_cut_off[ask.seat]:
            self._ask_again(ask)
        elif authority.desk is not None:
            authority.desk.come(ask)
        else:
            self.issue(ask, self.who(ask.seat))

    # --- seats ---------------------------------------------------------------------------------------

    def is_calm(self, seat: int) -> bool:
        """Whether its holder is answered at once, so that its renewal needs no turn of its own."""
        return self.authority.is_calm and not self.seats.is_cut_off[seat]

    def _leave(self, seat: int) -> None:
        table, now = self.seats, self._world.now
        due = float(table.due[seat])
        if due < now and self.is_calm(seat):
            left = (int(table.holder[seat]), int(table.bearer[seat]), int(table.lane[seat]))
            self._closing.append((*left, int(table.serial[seat]), due, now))
        table.leave(seat)
        self._stranded.pop(seat, None)
        request = self.visits.get(seat)
        if request is not None and self.authority.desk is not None:
            self.authority.desk.withdraw(request)
        if len(self._closing) >= _CLOSING_MOST:
            self._close()

    def _interval(self, seat: int, serial: int) -> float:
        """Time from the issue of a credential to its renewal [s], drawn by serial unless all are alike."""
        if self._regular is not None:
            return self._regular
        uniform = self._renewals.uniform(int(self.seats.lane[seat]), serial)
        return float(self._rule.interval(self._ttl, uniform))
