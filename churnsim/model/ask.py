"""The ask: a holder's wish for a credential, from falling due to an answer."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churnsim.model.wallet import Wallet

TRIES_BITS = 24  # a credential's attempts have so many indices of their own


class Ask:
    """A holder's wish for a credential that it has not been given yet."""

    __slots__ = (
        "asked", "attempts", "drawn", "expires", "lane", "seat", "then", "ticket", "tries", "wallet",
    )  # fmt: skip

    def __init__(
        self,
        wallet: Wallet,
        seat: int,
        asked: float,
        then: Callable[[], object] | None = None,
        drawn: float | None = None,
    ) -> None:
        self.wallet = wallet
        self.seat = seat
        self.ticket = wallet.seats.ticket[seat]
        self.asked = asked
        self.then = then
        self.tries = 0
        self.lane: int | None = None  # of its retries, once it has any
        self.attempts = 0  # index of the first attempt's random numbers
        self.expires = -inf  # when the credential expires that it holds [s]
        self.drawn = drawn  # how long the signature takes, where that was drawn for a whole page
