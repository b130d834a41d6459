"""Named random streams: every draw is a pure function of what it is for, never of when it was made.

A stream is named by purpose (``workloads/web/lifetime``), a *lane* within it by whom it is for
(slot, incarnation), a draw within the lane by its index. Nothing is consumed, so two configurations
share the numbers of the parts they share, whatever else differs (common random numbers), and a batch
of a million draws equals a million single ones bit for bit.

The generator is SplitMix64 used as a counter: ``mix(lane + (index + 1) * golden)``.
Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Lanes = NDArray[np.uint64]

_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MASK = 0xFFFFFFFFFFFFFFFF
_SCALE = 2.0**-52


class Stream:
    """One purpose's uniforms, addressed by lane and index.

    Parameters
    ----------
    key : int
        64-bit key, well mixed; `Streams.named` makes it.
    """

    __slots__ = ("key",)

    def __init__(self, key: int) -> None:
        self.key = key & _MASK

    @overload
    def lane(self, *coordinates: int) -> int: ...
    @overload
    def lane(self, *coordinates: int | NDArray[Any]) -> Any: ...
    def lane(self, *coordinates: int | NDArray[Any]) -> Any:
        """Return the lane of an entity, from whole-number coordinates such as slot and incarnation.

        Integers give one lane (int); arrays broadcast to an array of lanes (uint64).
        """
        lane: Any = self.key
        for coordinate in coordinates:
            lane = _step(lane, coordinate)
        return lane

    @staticmethod
    def uniform(lane: Any, index: Any) -> Any:
        """Return the uniforms in the open interval (0, 1) at `index` (from 0) of `lane`.

        Integers give a float; arrays broadcast to an array of floats.
        """
        if type(lane) is int and type(index) is int:
            return ((_mixed(lane + (index + 1) * _GOLDEN) >> 12) + 0.5) * _SCALE
        bits = _step(lane, index)
        if isinstance(bits, int):
            return ((bits >> 12) + 0.5) * _SCALE
        return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * _SCALE


class Streams:
    """All streams of one replication of one seed.

    Parameters
    ----------
    seed : int
        Root seed, at least 0; 0 is a seed like any other.
    replication : int
        Number of the replication, from 0.
    """

    def __init__(self, seed: int, replication: int = 0) -> None:
        self.seed = seed
        self.replication = replication

    def named(self, name: str) -> Stream:
        """Return the stream of that name; the same name always gives the same stream."""
        digest = blake2b(name.encode(), digest_size=16).digest()
        words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]
        sequence = np.random.SeedSequence(self.seed, spawn_key=(self.replication, *words))
        return Stream(int(sequence.generate_state(1, np.uint64)[0]))


def _mixed(z: int) -> int:
    """SplitMix64's finalizer, of 64 bits."""
    z &= _MASK
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return z ^ (z >> 31)


def _step(state: Any, counter: Any) -> Any:
    z: Any
    if isinstance(state, int) and isinstance(counter, int):
        return _mixed(state + (counter + 1) * _GOLDEN)
    # At least one dimension: NumPy wraps arrays silently but warns when a scalar overflows.
    z = np.atleast_1d(np.asarray(state, np.uint64)) + (
        np.atleast_1d(np.asarray(counter)).astype(np.uint64) + np.uint64(1)
    ) * np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return z ^ (z >> np.uint64(31))
