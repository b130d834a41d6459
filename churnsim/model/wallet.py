"""The wallet: the credentials that one fleet holds from one issuer, renewed in batches while all is calm.

A *seat* is a row of the arrays, taken by a holder (a unit, or a thief with its identity) from its first
credential to its last. While the issuer answers, nobody's renewal changes anything for anybody else: the
seats are settled in vectorised blocks when something is about to change. While it is down, each holder that
falls due gets turns of its own on the world's queue until it has been answered.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Order, Stream, World
from churnsim.model.unit import Unit

if TYPE_CHECKING:
    from churnsim.model.issuer import Authority

Indices = NDArray[np.int64]

_TRIES_BITS = 24  # a credential's attempts have so many indices of their own
_BLOCK = 1 << 20  # renewals laid down in one vectorised step
_CLOSING_MOST = 8192  # holders that have left and wait for their renewals to be laid down
_REPLAYED_MOST = 200  # renewals since birth that are replayed before equilibrium is taken to have come


class Ask:
    """A holder's request that the issuer has not answered yet."""

    __slots__ = ("asked", "seat", "then", "ticket", "tries")

    def __init__(self, seat: int, ticket: int, asked: float, then: Callable[[], object] | None) -> None:
        self.seat = seat
        self.ticket = ticket
        self.asked = asked
        self.then = then
        self.tries = 0


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
        self.authority = authority
        self.name = name
        self._world = world
        self._rule = authority.recipe.renewal
        self._retry = authority.recipe.retry
        self._ttl = authority.recipe.ttl
        prefix = f"issuers/{authority.name}"
        self._renewals = world.stream(f"{prefix}/renewal/{name}")
        self._retries = world.stream(f"{prefix}/retry/{name}")
        self._past = world.stream(f"{prefix}/past/{name}")
        size = max(slots, 1) * 2
        self.holder = np.full(size, -1, np.int64)  # unit number
        self.bearer = np.full(size, -1, np.int64)
        self.serial = np.zeros(size, np.int64)
        self.issued = np.full(size, -inf)
        self.due = np.full(size, inf)  # infinite: nobody here, or waiting for an answer
        self._lane = np.zeros(size, np.uint64)
        self._retry_lane: list[int] = [0] * size
        self._ticket = [0] * size  # grows when a seat changes hands, so that stale turns are dropped
        self._free = list(range(size - 1, -1, -1))
        self._closing: list[tuple[int, int, int, int, float, float]] = []
        self._blocks: list[tuple[NDArray[Any], ...]] = []
        self._single: list[tuple[float, ...]] = []
        self._revocations: dict[tuple[int, int, int], float] = {}
        self._walk_number = 0
        authority.wallets.append(self)

    # --- holders come and go -------------------------------------------------------------------------

    def admit(self, unit: Unit, then: Callable[[], object]) -> None:
        """Ask for a unit's first credential; call `then` once it has it."""
        unit.seat = self._sit(unit.id, -1, (unit.slot, unit.incarnation))
        self._request(Ask(unit.seat, self._ticket[unit.seat], self._world.now, then))

    def load(self, units: list[Unit], up: NDArray[np.float64]) -> None:
        """Seat units that have been up for long, with credentials of stationary age.

        Parameters
        ----------
        units : list of Unit
            The units.
        up : (n,) array
            For how long each has been booted [s]; infinite: nobody remembers.
        """
        start = self._world.start
        seats = np.array([self._sit(u.id, -1, (u.slot, u.incarnation)) for u in units], np.int64)
        for unit, seat in zip(units, seats.tolist(), strict=True):
            unit.seat = seat
        age, interval = self._stationary(np.array([u.slot for u in units], np.int64), up)
        self.serial[seats] = 1
        self.issued[seats] = start - age
        self.due[seats] = start - age + interval
        self._note(self.holder[seats], self.bearer[seats], self.serial[seats], start - age, self.due[seats])

    def retire(self, unit: Unit) -> None:
        """Let a unit that is gone give up its seat; what it holds stays valid."""
        if unit.seat >= 0:
            self._leave(unit.seat)
            unit.seat = -1

    # --- theft ---------------------------------------------------------------------------------------

    def current(self, unit: Unit) -> int:
        """Serial of the unit's newest credential, 0 if it has none that is unexpired and unrevoked now."""
        if unit.seat < 0:
            return 0
        self._advance(np.array([unit.seat]), self._world.now)
        seat = unit.seat
        alive = self.serial[seat] > 0 and self.issued[seat] + self._ttl > self._world.now
        revoked = (unit.id, -1, int(self.serial[seat])) in self._revocations
        return int(self.serial[seat]) if alive and not revoked else 0

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
        seat = self._sit(unit.id, theft, (unit.slot, unit.incarnation, *robbery))
        due = self.issued[unit.seat] + float(self._rule.interval(self._ttl, self._draw(seat, 0)))
        self.issued[seat] = self.issued[unit.seat]
        self._await(seat, max(due, self._world.now))
        return seat, self._ticket[seat]

    def expel(self, seat: int, ticket: int) -> None:
        """Let a thief's identity be refused from now on."""
        if self._ticket[seat] == ticket:
            self._leave(seat)

    def revoke(self, unit_number: int, bearer: int, serial: int) -> None:
        """Record at the issuer, now, that one credential must no longer be accepted."""
        self._revocations.setdefault((unit_number, bearer, serial), self._world.now)

    def serials(self, seat: int) -> int:
        """How many credentials the holder of a seat has been issued so far."""
        self._advance(np.array([seat]), self._world.now)
        return int(self.serial[seat])

    def reissue(self, unit: Unit) -> None:
        """Ask for a fresh credential now, ahead of time."""
        if unit.seat >= 0 and self.serial[unit.seat] > 0 and isfinite(self.due[unit.seat]):
            self.due[unit.seat] = inf
            self._request(Ask(unit.seat, self._ticket[unit.seat], self._world.now, None))

    # --- turning points ------------------------------------------------------------------------------

    def settle(self, until: float) -> None:
        """Lay down every renewal that fell due before `until` [s] while the issuer answered."""
        self._close()
        self._advance(np.flatnonzero(self.due < until), until)

    def watch(self) -> None:
        """The issuer is down: let each holder that falls due have its turn."""
        self._walk_number += 1
        seats = np.flatnonzero(np.isfinite(self.due))
        order = seats[np.lexsort((self.holder[seats], self.due[seats]))].tolist()
        self._walk((self._walk_number, [(seat, self._ticket[seat]) for seat in order], 0))

    def finish(self, end: float) -> dict[str, NDArray[Any]]:
        """Settle everything up to the horizon and return the columns of the credential table."""
        if self.authority.is_up:
            self.settle(end)
        else:
            self._close()
        self._flush()
        blocks = [np.concatenate(parts) for parts in zip(*self._blocks, strict=True)] if self._blocks else []
        names = ("unit", "bearer", "serial", "asked", "issued", "due", "tries")
        columns = dict(zip(names, blocks, strict=True)) if blocks else {n: np.empty(0) for n in names}
        columns["expires"] = columns["issued"] + self._ttl
        return columns

    @property
    def revocations(self) -> dict[tuple[int, int, int], float]:
        """Instants [s] of the revocations recorded so far, by unit number, bearer and serial."""
        return self._revocations

    # --- calm ----------------------------------------------------------------------------------------

    def _advance(self, seats: Indices, until: float) -> None:
        """Renew the holders of `seats` (at most once each in the array) as often as they fell due."""
        seats = seats[self.due[seats] < until]
        if not seats.size or not self.authority.is_up:
            return
        limits = np.full(seats.size, until)
        ended = self._lay(
            self.holder[seats],
            self.bearer[seats],
            self._lane[seats],
            self.serial[seats],
            self.due[seats],
            limits,
        )
        self.serial[seats], self.issued[seats], self.due[seats] = ended

    def _close(self) -> None:
        """Lay down the last renewals of holders that have left."""
        if not self._closing:
            return
        holder, bearer, lane, serial, due, until = zip(*self._closing, strict=True)
        self._closing.clear()
        self._lay(
            np.array(holder),
            np.array(bearer),
            np.array(lane, np.uint64),
            np.array(serial),
            np.array(due),
            np.array(until),
        )

    def _lay(
        self,
        holder: Indices,
        bearer: Indices,
        lane: NDArray[np.uint64],
        serial: Indices,
        due: NDArray[np.float64],
        until: NDArray[np.float64],
    ) -> tuple[Indices, NDArray[np.float64], NDArray[np.float64]]:
        """Lay down all renewals due before `until`; return serial, issue and due of each one's last."""
        serial, due = serial.copy(), due.copy()
        issued = np.full(due.size, -inf)
        least = max(self._rule.least(self._ttl), 1e-9)
        rows = np.flatnonzero(due < until)
        while rows.size:
            most = int((until[rows] - due[rows]).max() / least) + 1
            width = max(1, min(most, _BLOCK // rows.size, 4096))
            index = serial[rows][:, None] + np.arange(1, width + 1)
            steps = self._rule.interval(self._ttl, self._renewals.uniform(lane[rows][:, None], index))
            times = np.cumsum(np.concatenate([due[rows][:, None], steps], axis=1), axis=1)
            happened = times[:, :-1] < until[rows][:, None]
            count = happened.sum(axis=1)
            who = np.repeat(rows, count)
            self._note(
                holder[who], bearer[who], index[happened], times[:, :-1][happened], times[:, 1:][happened]
            )
            pick = np.arange(rows.size)
            issued[rows] = times[pick, count - 1]
            due[rows] = times[pick, count]
            serial[rows] += count
            rows = rows[due[rows] < until[rows]]
        return serial, issued, due

    def _note(self, holder: Any, bearer: Any, serial: Any, times: Any, due: Any) -> None:
        tries = np.zeros(len(times), np.int64)
        self._blocks.append((holder, bearer, serial, times, times, due, tries))

    def _flush(self) -> None:
        if self._single:
            holder, bearer, serial, asked, issued, due, tries = (
                np.array(c) for c in zip(*self._single, strict=True)
            )
            whole = (holder.astype(np.int64), bearer.astype(np.int64), serial.astype(np.int64))
            self._blocks.append((*whole, asked, issued, due, tries.astype(np.int64)))
            self._single.clear()

    def _stationary(self, slots: Indices, up: NDArray[np.float64]) -> tuple[Any, Any]:
        """Age and interval [s] of the credential held after being up for `up` seconds.

        Replayed from birth; whoever has been up for longer than 200 mean intervals has forgotten its
        birth, and is given the age of a random instant, unless the interval never varies.
        """
        lane = self._past.lane(slots)
        uniform = self._past.uniform
        least, mean = self._rule.least(self._ttl), self._rule.mean(self._ttl)
        interval = np.asarray(self._rule.inspected(self._ttl, uniform(lane, 0)), float)
        age = uniform(lane, 1) * interval
        if least == mean:
            remembered = np.isfinite(up)
            age[remembered] = np.fmod(up[remembered], mean)
            return age, interval
        young = np.flatnonzero(up < _REPLAYED_MOST * mean)
        left, index = up[young], 2
        while young.size:
            gap = np.asarray(self._rule.interval(self._ttl, uniform(lane[young], index)), float)
            inside = left < gap
            age[young[inside]], interval[young[inside]] = left[inside], gap[inside]
            young, left, index = young[~inside], (left - gap)[~inside], index + 1
        return age, interval

    # --- contended -----------------------------------------------------------------------------------

    def _request(self, ask: Ask) -> None:
        if self._ticket[ask.seat] != ask.ticket:
            return  # The holder has gone.
        if self.authority.is_up:
            self._issue(ask)
            return
        ask.tries += 1
        if self._retry.waits_for_recovery:
            self.authority.wait(self._request, ask)
            return
        index = ask.tries + (int(self.serial[ask.seat]) << _TRIES_BITS)
        now = self._world.now
        left = max(float(self.issued[ask.seat]) + self._ttl - now, 0.0)
        uniform = Stream.uniform(self._retry_lane[ask.seat], index)
        pause = self._retry.delay(ask.tries, now - ask.asked, left, uniform)
        if isfinite(pause):
            self._world.at(now + pause, Order.ASK, self._request, ask)

    def _issue(self, ask: Ask) -> None:
        seat, now = ask.seat, self._world.now
        serial = int(self.serial[seat]) + 1
        due = now + float(self._rule.interval(self._ttl, self._draw(seat, serial)))
        self.serial[seat], self.issued[seat], self.due[seat] = serial, now, due
        self._single.append(
            (int(self.holder[seat]), int(self.bearer[seat]), serial, ask.asked, now, due, ask.tries)
        )
        if ask.then is not None:
            ask.then()

    def _walk(self, walk: tuple[int, list[tuple[int, int]], int]) -> None:
        """Stop at each holder that falls due while the issuer is down, and let it ask in vain."""
        number, order, position = walk
        while number == self._walk_number and not self.authority.is_up and position < len(order):
            seat, ticket = order[position]
            due = float(self.due[seat])
            if self._ticket[seat] == ticket and isfinite(due):  # else its holder has left, or asks already
                if due > self._world.now:
                    self._world.at(due, Order.ASK, self._walk, (number, order, position))
                    return
                self._await(seat, due)
            position += 1

    def _await(self, seat: int, due: float) -> None:
        """Let a holder whose credential falls due at `due` ask then; calm seats just keep the date."""
        if self.authority.is_up or due > self._world.now:
            self.due[seat] = due
            if not self.authority.is_up:
                self._world.at(due, Order.ASK, self._overdue, (seat, self._ticket[seat], due))
            return
        self.due[seat] = inf
        self._request(Ask(seat, self._ticket[seat], due, None))

    def _overdue(self, holder: tuple[int, int, float]) -> None:
        seat, ticket, due = holder
        if self._ticket[seat] == ticket and self.due[seat] == due and not self.authority.is_up:
            self._await(seat, due)

    # --- seats ---------------------------------------------------------------------------------------

    def _sit(self, holder: int, bearer: int, lane: tuple[int, ...]) -> int:
        if not self._free:
            self._grow()
        seat = self._free.pop()
        self.holder[seat], self.bearer[seat], self.serial[seat] = holder, bearer, 0
        self.issued[seat] = -inf
        self._lane[seat] = self._renewals.lane(*lane)
        self._retry_lane[seat] = self._retries.lane(*lane)
        return seat

    def _leave(self, seat: int) -> None:
        due, now = float(self.due[seat]), self._world.now
        if due < now:
            self._closing.append(
                (
                    int(self.holder[seat]),
                    int(self.bearer[seat]),
                    int(self._lane[seat]),
                    int(self.serial[seat]),
                    due,
                    now,
                )
            )
        self.due[seat] = inf
        self._ticket[seat] += 1
        self._free.append(seat)
        if len(self._closing) >= _CLOSING_MOST:
            self._close()

    def _grow(self) -> None:
        old = self.due.size
        for name, fill in (
            ("holder", -1),
            ("bearer", -1),
            ("serial", 0),
            ("issued", -inf),
            ("due", inf),
            ("_lane", 0),
        ):
            array = getattr(self, name)
            setattr(self, name, np.concatenate([array, np.full(old, fill, array.dtype)]))
        self._retry_lane += [0] * old
        self._ticket += [0] * old
        self._free = list(range(2 * old - 1, old - 1, -1))

    def _draw(self, seat: int, serial: int) -> float:
        return float(self._renewals.uniform(int(self._lane[seat]), serial))
