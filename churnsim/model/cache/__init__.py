"""Decision caches: an enforcement point that answers again what it answered before.

Requests are no events, so neither are the fills of a cache. What a cache holds matters only where the
version in force turns against it: there, and only there, the decision held is drawn from its law, given
Poisson requests, and followed until it runs out (docs/policy.md).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.quantity import Duration
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine import Stream
from churnsim.model.refresh import Columns, Floats, Indices, Lives
from churnsim.model.verdict import Turns

Uniform = Callable[[int], Floats]

#: Uniforms set apart for each turn: what a kind asks for must have a lower number.
DRAWS = 64


class Cache(Recipe):
    """A cache of decisions by principal, in front of the copy of an enforcement point."""

    allow: Duration = Field(description="time to live of a decision to allow")
    deny: Duration = Field(
        "0s",
        validate_default=True,
        description="time to live of a denial (negative caching)",
    )

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not (self.allow or self.deny):
            raise ValueError("a cache whose times to live are 0s holds nothing; leave it out, or raise one")
        return self

    @property
    def memory(self) -> float:
        """How long the past matters [s]."""
        return max(self.allow, self.deny)

    @abstractmethod
    def rest(self, span: Floats, ttl: Floats, rate: float, uniform: Uniform) -> Floats:
        """Return how long a decision is still held after requests have met one and the same verdict.

        Parameters
        ----------
        span : (n,) array
            How long they have, from an empty cache on [s]; infinite for always.
        ttl : (n,) array
            Time to live of the decision [s].
        rate : float
            Requests of one principal at one point [1/s], Poisson.
        uniform : callable
            Gives (n,) uniforms for each number from 0 to `DRAWS` - 1.

        Returns
        -------
        (n,) array
            Time left [s], from now on and whatever the version in force says; 0 where nothing is held.
        """

    def outlive(self, lives: Lives, found: Turns, rate: float, stream: Stream) -> Columns:
        """Work out when a cached decision holds against the version in force.

        Parameters
        ----------
        lives : Lives
            The enforcement points.
        found : Turns
            When the version in force at each began to say otherwise of whom.
        rate : float
            Requests of one principal at one point [1/s].
        stream : Stream
            Lane = (slot, incarnation, principal); `DRAWS` uniforms a turn.

        Returns
        -------
        dict of arrays
            Columns unit, principal, start, end, allowed of the table cached.
        """
        lanes = stream.lane(lives.slot[found.who], lives.incarnation[found.who], found.principal)
        chain = np.cumsum((np.diff(found.who, prepend=-1) != 0) | (np.diff(found.principal, prepend=-1) != 0))
        number = np.arange(chain.size) - np.searchsorted(chain, chain)
        after = np.append(found.at[1:], np.inf)
        until = np.where(np.append(np.diff(chain) == 0, False)[: chain.size], after[: chain.size], np.inf)
        until = np.minimum(until, lives.until[found.who])
        ttl = np.where(~found.allowed, self.allow, self.deny)  # of what the version before said
        # Who was there before the world began has forgotten when its cache was last empty.
        empty = np.where(lives.aged[found.who], -np.inf, lives.since[found.who])
        held = np.zeros(chain.size)  # the decision that is held at the turn runs out [s]
        says = np.zeros(chain.size, bool)
        order = np.argsort(number, kind="stable")
        turns = np.split(order, np.cumsum(np.bincount(number))[:-1]) if order.size else []
        for turn, mine in enumerate(turns):
            at, before = found.at[mine], mine - 1
            kept = np.zeros(mine.size, bool)
            if turn:
                kept = held[before] > at
                empty[mine] = np.maximum(held[before], found.at[before])
            held[mine], says[mine] = np.where(kept, held[before], at), np.where(kept, says[before], False)
            drawn = mine[~kept]
            rest = self.rest(
                found.at[drawn] - empty[drawn], ttl[drawn], rate, _uniforms(stream, lanes[drawn], turn)
            )
            held[drawn], says[drawn] = found.at[drawn] + rest, ~found.allowed[drawn]
        end = np.minimum(held, until)
        wrong = (end > found.at) & (says != found.allowed)
        return {
            "unit": lives.unit[found.who[wrong]],
            "principal": found.principal[wrong],
            "start": found.at[wrong],
            "end": end[wrong],
            "allowed": says[wrong],
        }


def _uniforms(stream: Stream, lanes: Indices, turn: int) -> Uniform:
    return lambda number: np.asarray(stream.uniform(lanes, turn * DRAWS + number), float)


CACHES = Kinds("cache", "churnsim.model.cache", Cache)
