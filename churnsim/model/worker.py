"""The workers of a unit: how many requests it works on at a time, and how many wait for that.

Requests come to a unit by chance; one of `number` workers works on each for an exponential time; as many as
`queue` wait, first come, first served, and who finds no room is turned away: the queue M/M/c/c+q. Between two
changes of the world it is taken to be in equilibrium, which it reaches in about the time in which a full
queue is worked off.
"""

from __future__ import annotations

from math import exp, log

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.base.recipe import Recipe

Floats = NDArray[np.float64]

_NOTHING = 1e-18  # a weight beside others of about 1


class Workers(Recipe):
    """Requests that one unit works on at a time, and those that wait for that; others are turned away.

    A request takes `number` / capacity on average, by an exponential law, so that all workers together serve
    the capacity of the unit. It is worked on to the end, whether or not its caller still waits.
    """

    number: int = Field(1, strict=True, ge=1, le=1000, description="requests that a unit works on at a time")
    queue: int = Field(0, strict=True, ge=0, le=1000, description="requests that wait in a unit at most")

    def kept(self, load: Floats) -> Floats:
        """Return the share of requests for which there is room; shape (n,).

        Parameters
        ----------
        load : (n,) array
            Requests that come over those that could be served, at least 0; infinite where none could.

        Source: Erlang B, continued by a queue; methods O03, O04.
        """
        busy, ratio, scale = self._states(load)
        with np.errstate(divide="ignore", invalid="ignore"):
            powers = np.expm1((self.queue + 1) * np.log(ratio)) / np.expm1(np.log(ratio))
        powers = np.where(ratio == 1.0, self.queue + 1.0, powers)
        full = busy * np.where(load > 1.0, 1.0, ratio**self.queue)
        kept: Floats = 1.0 - full / ((1.0 - busy) * scale + busy * powers)
        return kept

    def late(self, load: Floats, patience: float) -> Floats:
        """Return the chance that a request for which there is room takes longer than that; shape (n,).

        Parameters
        ----------
        load : (n,) array
            Requests that come over those that could be served, at least 0; infinite where none could.
        patience : float
            Requests that a busy unit serves in the time that is waited for an answer, on average.

        Source: for an endless queue P(wait > t) = C(c, a) e^(-(cμ - λ)t), C by Erlang; methods O03.
        """
        busy, ratio, scale = self._states(load)
        behind = self._late_behind(patience)
        is_over = load > 1.0
        power, late, total = np.ones_like(ratio), np.zeros_like(ratio), np.zeros_like(ratio)
        for before in range(self.queue):
            # Where more come than can be served, weights are counted from a full queue downwards.
            nearly_full = power * ratio
            total += np.where(is_over, nearly_full, power)
            late += np.where(is_over, nearly_full * behind[self.queue - 1 - before], power * behind[before])
            power = nearly_full
            if power.max(initial=0.0) < _NOTHING:
                break
        free = (1.0 - busy) * scale
        late = free * exp(-patience / self.number) + busy * late
        total = free + busy * total
        # Where not one is let in, none of those let in is late.
        return np.divide(late, total, out=np.zeros_like(late), where=total > 0)

    def _states(self, load: Floats) -> tuple[Floats, Floats, Floats]:
        """What states weigh: all busy if none could wait, each more that waits, and the unit while not busy.

        The weight of k waiting is busy ratio^k, or counted down from a full queue where more come than can be
        served, so that every power is at most 1; the third is what that scales the other states by.
        """
        inverse = np.ones_like(load)
        with np.errstate(divide="ignore", over="ignore"):
            for servers in range(1, self.number + 1):
                inverse = 1.0 + inverse * (servers / (load * self.number))
            ratio = np.where(load > 1.0, 1.0 / load, load)
        scale = np.where(load > 1.0, ratio**self.queue, 1.0)
        return 1.0 / inverse, ratio, scale

    def _late_behind(self, patience: float) -> Floats:
        """Chance to be late who finds all workers busy and so many waiting; shape (queue,).

        The wait has Erlang's law, of one stage more than wait; the work itself is exponential.
        """
        from scipy.special import gammainc, gammaincc

        stages = np.arange(1.0, self.queue + 1.0)
        if self.number == 1:
            return np.asarray(gammaincc(stages + 1.0, patience))
        # P(wait > t) + ∫ (density of the wait at s) e^(-(t - s)/work) ds
        share = (self.number - 1.0) / self.number
        with np.errstate(divide="ignore"):
            begun = np.log(gammainc(stages, patience * share))
        at_work = np.exp(begun - stages * log(share) - patience / self.number)
        return np.asarray(gammaincc(stages, patience) + at_work)
