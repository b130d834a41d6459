"""The desk: where requests for signatures come to an issuer of bounded capacity, wait, and are signed."""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from math import nan, prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Order, World
from churnsim.model.limiter import ROUNDING_S, Limiter
from churnsim.trace.code import SigningOutcome

if TYPE_CHECKING:
    from churnsim.model.ask import Ask
    from churnsim.model.capacity import Capacity
    from churnsim.model.wallet import Wallet

COLUMNS = ("unit", "bearer", "serial", "arrived", "began", "ended", "concluded", "outcome")

_ROWS = 8192  # requests held as Python numbers before they are packed into an array
_DEAD_MOST = 64  # dropped requests that are left in the heap beside the living


class Request:
    """One request at a desk; `ask` is None once its holder is done with it."""

    __slots__ = ("arrived", "ask", "began", "concluded", "ended", "outcome", "service", "who")

    def __init__(self, ask: Ask, arrived: float) -> None:
        self.ask: Ask | None = ask
        self.who = ask.wallet.who(ask.seat)
        self.arrived = arrived
        self.service = 0.0  # what its signature takes without a slow-down
        self.began = nan
        self.ended = nan  # when the desk was done with it
        self.concluded = nan  # when its holder was done with it
        self.outcome = int(SigningOutcome.WAITING)


class Desk:
    """Signers with a limit of the rate and a queue before them.

    All that comes at one instant is taken in at its end, in order of who has asked for longest, then by
    workload, slot and incarnation: never in the order in which turns were put on the world's queue.

    Parameters
    ----------
    recipe : Capacity
        What it can do.
    world : World
        Where it stands.
    """

    def __init__(self, recipe: Capacity, world: World) -> None:
        self.recipe = recipe
        self._world = world
        self._limiter = None if recipe.rate is None else Limiter(recipe.rate, recipe.burst)
        self._free = recipe.signers
        self._serving: dict[Request, None] = {}
        self._line: list[tuple[float, int, Request]] = []  # a heap; those dropped are left in it
        self._waiting = 0
        self._number = 0
        self._last = 0.0
        self._coming: list[tuple[float, int, tuple[int, ...], Ask]] = []
        self._is_called = False
        self._patience: deque[Request] = deque()
        self._door: deque[Ask] = deque()
        self._opens = nan  # when the door is looked at again
        self._slow: list[float] = []
        self._factor = 1.0
        self._single: list[float] = []
        self._blocks: list[NDArray[np.float64]] = []

    # --- who comes -----------------------------------------------------------------------------------

    def come(self, ask: Ask) -> None:
        """Let a request arrive now; `serve` takes it in."""
        wallet = ask.wallet
        self._coming.append((ask.asked, wallet.index, wallet.seats.place[ask.seat], ask))

    def wait(self, ask: Ask) -> None:
        """Let somebody who never pauses wait at the door until there is room."""
        self._door.append(ask)

    def serve(self) -> None:
        """Take in who has come, at the end of this instant."""
        if self._world.is_quiet:
            self._serve(None)
        else:
            self._call()

    def withdraw(self, request: Request) -> None:
        """The holder is gone, or must not be answered any more: who waits at the door may have room."""
        self._conclude(request, SigningOutcome.WITHDRAWN)
        if self._door:
            self._call()  # never at once: others may be withdrawn in the same turn

    def give_back(self, wallet: Wallet, seats: set[int]) -> list[Ask]:
        """Withdraw what the holders of some seats have here or at the door; return what they wish for."""
        asks = [ask for ask in self._door if ask.wallet is wallet and ask.seat in seats]
        for ask in asks:
            self._door.remove(ask)
        for seat in sorted(seats & wallet.visits.keys()):
            request = wallet.visits[seat]
            assert request.ask is not None
            asks.append(request.ask)
            self.withdraw(request)
        return asks

    def slow_down(self, factor: float) -> None:
        """Let signatures that begin from now on take so many times as long."""
        self._slow.append(factor)
        self._factor = prod(sorted(self._slow))

    def speed_up(self, factor: float) -> None:
        """Take a slow-down back."""
        self._slow.remove(factor)
        self._factor = prod(sorted(self._slow))

    # --- turns ---------------------------------------------------------------------------------------

    def _call(self) -> None:
        if not self._is_called:
            self._is_called = True
            self._world.at(self._world.now, Order.SERVE, self._serve)

    def _serve(self, _: object) -> None:
        self._is_called = False
        while self._free and self._waiting:  # who waits is taken before who comes
            self._begin(self._next())
        coming, self._coming = self._coming, []
        if len(coming) > 1:
            coming.sort(key=lambda each: each[:3])
        for each in coming:
            self._admit(each[3])
        if self._door:
            self._open_door()

    def _admit(self, ask: Ask) -> None:
        wallet, now = ask.wallet, self._world.now
        if not wallet.wants(ask):
            return
        request = Request(ask, now)
        self._number += 1
        if self._limiter is not None and not self._limiter.admits(now):
            self._refuse(request, SigningOutcome.LIMITED)
        elif self._free == 0 and self._waiting >= self.recipe.queue.most:
            self._refuse(request, SigningOutcome.FULL)
        else:
            wallet.visits[ask.seat] = request
            request.service = wallet.service(ask)
            if self._free:
                self._begin(request)
            else:
                self._join(request, ask)
            if self.recipe.timeout is not None and request.ask is not None:
                self._bear(request)

    def _open_door(self) -> None:
        """Let those in who wait for room, as far as there is any."""
        now, most = self._world.now, self.recipe.queue.most
        while self._door and (self._free or self._waiting < most):
            if self._limiter is not None and now + ROUNDING_S < self._limiter.opens:
                if self._opens != self._limiter.opens:  # else its turn is on the queue
                    self._opens = self._limiter.opens
                    self._world.at(self._opens, Order.ASK, lambda _: self.serve())
                return
            self._admit(self._door.popleft())

    def _refuse(self, request: Request, outcome: SigningOutcome) -> None:
        ask = request.ask
        assert ask is not None
        request.ask = None
        request.ended = request.concluded = self._world.now
        request.outcome = outcome
        self._enter(request)
        ask.wallet.unanswered(ask)

    def _join(self, request: Request, ask: Ask) -> None:
        queue = self.recipe.queue
        u = ask.wallet.chance(ask) if queue.draws else 0.5
        rank = queue.rank(self._number, float(ask.wallet.seats.booted[ask.seat]), self._last, u)
        heappush(self._line, (rank, self._number, request))
        self._waiting += 1

    def _next(self) -> Request:
        while True:
            rank, _, request = heappop(self._line)
            if request.ended != request.ended:
                self._last = rank
                self._waiting -= 1
                return request

    def _begin(self, request: Request) -> None:
        now = self._world.now
        request.began = now
        end = now + request.service * self._factor
        if end > now:
            self._free -= 1
            self._serving[request] = None
            self._world.at(end, Order.ANSWER, self._finish, request)
        else:
            self._answer(request)

    def _finish(self, request: Request) -> None:
        if request.ended == request.ended:
            return  # An outage came before.
        self._free += 1
        del self._serving[request]
        self._answer(request)
        if self._waiting or self._door:
            self.serve()

    def _answer(self, request: Request) -> None:
        request.ended = self._world.now
        ask = request.ask
        if ask is not None:
            self._conclude(request, SigningOutcome.SIGNED)
            ask.wallet.issue(ask, request.who)
        self._enter(request)

    def _conclude(self, request: Request, outcome: SigningOutcome) -> None:
        """Let the holder be done with its request; if it waits in the line, what becomes of it."""
        ask = request.ask
        assert ask is not None
        request.ask = None
        request.concluded = self._world.now
        request.outcome = outcome
        del ask.wallet.visits[ask.seat]
        is_in_line = request.began != request.began and request.ended != request.ended
        if is_in_line and self.recipe.abandoned == "dropped":
            request.ended = self._world.now
            self._waiting -= 1
            self._enter(request)
            if len(self._line) > 2 * self._waiting + _DEAD_MOST:
                self._line = [each for each in self._line if each[2].ended != each[2].ended]
                heapify(self._line)

    # --- patience ------------------------------------------------------------------------------------

    def _bear(self, request: Request) -> None:
        # All are equally patient, so deadlines come in order of arrival: one turn stands for all of them.
        self._patience.append(request)
        if len(self._patience) == 1:
            self._world.at(self._deadline(request), Order.PATIENCE, self._give_up)

    def _give_up(self, _: object) -> None:
        now = self._world.now
        while self._patience:
            request = self._patience[0]
            ask = request.ask
            if ask is not None:
                if self._deadline(request) > now:
                    self._world.at(self._deadline(request), Order.PATIENCE, self._give_up)
                    break
                self._conclude(request, SigningOutcome.TIMED_OUT)
                ask.wallet.unanswered(ask)
            self._patience.popleft()
        if self._door:
            self.serve()

    def _deadline(self, request: Request) -> float:
        assert self.recipe.timeout is not None
        return request.arrived + self.recipe.timeout

    # --- outage --------------------------------------------------------------------------------------

    def fail(self) -> None:
        """Stop at once: whatever is queued or being signed has failed."""
        requests = [*self._serving, *(each[2] for each in self._line if each[2].ended != each[2].ended)]
        asks = [request.ask for request in requests if request.ask is not None] + list(self._door)
        self._line.clear()
        self._serving.clear()
        self._door.clear()
        self._waiting, self._free = 0, self.recipe.signers
        for request in requests:
            request.ended = self._world.now
            if request.ask is not None:
                self._conclude(request, SigningOutcome.FAILED)
            self._enter(request)
        for ask in asks:
            ask.wallet.unanswered(ask)

    # --- record --------------------------------------------------------------------------------------

    def finish(self) -> dict[str, NDArray[Any]]:
        """Enter those who are still there at the horizon, and return all columns of the record."""
        for request in [*self._serving, *(each[2] for each in self._line if each[2].ended != each[2].ended)]:
            self._enter(request)
        self._pack()
        table = np.concatenate([np.empty((0, len(COLUMNS))), *self._blocks])
        return {name: table[:, i] for i, name in enumerate(COLUMNS)}

    def _enter(self, request: Request) -> None:
        self._single += (
            *request.who, request.arrived, request.began, request.ended, request.concluded, request.outcome
        )  # fmt: skip
        if len(self._single) >= _ROWS * len(COLUMNS):
            self._pack()

    def _pack(self) -> None:
        self._blocks.append(np.array(self._single, np.float64).reshape(-1, len(COLUMNS)))
        self._single.clear()
