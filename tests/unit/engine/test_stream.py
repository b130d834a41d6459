"""Named streams: the same numbers for the same purpose for ever, independent numbers for different ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from churnsim.engine import Streams

STREAM = Streams(1).named("workloads/web/lifetime")
LEVEL = 1e-3

KEY, LANE = 0x44B2053BC485AB02, 0x610770C39B6F3F7C
UNIFORMS = [0.28355615831069636, 0.8710298204511763]
OTHER = (0x24EE441A8B57A8E6, 0.4634463962468659)


def drawn(streams: Streams, name: str) -> float:
    """Some uniform of the stream of that name."""
    stream = streams.named(name)
    return float(stream.uniform(stream.lane(1), 1))


def test_the_generator_is_the_one_of_every_stored_result() -> None:
    """A change of these numbers makes every golden, every seed in a paper and every stored run stale."""
    assert STREAM.key == KEY
    assert STREAM.lane(3, 1) == LANE
    assert [STREAM.uniform(LANE, index) for index in (0, 7)] == UNIFORMS
    other = Streams(0, 5).named("x")
    assert (other.key, other.uniform(other.lane(0), 0)) == OTHER


def test_splitmix_is_splitmix() -> None:
    """First outputs of SplitMix64 from state 0, as published with its reference implementation (Vigna)."""
    stream = Streams(0).named("x")
    known = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    bits = [int((stream.uniform(0, index) * 2.0**52) - 0.5) for index in range(3)]
    assert bits == [word >> 12 for word in known]


def test_a_batch_of_draws_has_the_bits_of_single_draws() -> None:
    """Lanes by lanes, indices by indices, broadcast together."""
    slots, indices = np.arange(40), np.arange(25)
    lanes = STREAM.lane(slots, 2)
    block = STREAM.uniform(lanes[:, None], indices[None, :])
    assert block.shape == (40, 25)
    for slot in slots.tolist():
        assert int(lanes[slot]) == STREAM.lane(slot, 2)
        for index in indices.tolist():
            assert block[slot, index] == STREAM.uniform(STREAM.lane(slot, 2), index)


@pytest.mark.parametrize("number", [0, 1, 2**31, 2**40, 2**62])
def test_large_numbers_are_addressed_alike_one_by_one_and_together(number: int) -> None:
    """No 32-bit or signed corner."""
    lane = STREAM.lane(number)
    assert STREAM.uniform(np.array([lane], np.uint64), np.array([number]))[0] == STREAM.uniform(lane, number)


def test_uniforms_lie_strictly_between_0_and_1() -> None:
    """An inverse distribution may be infinite at either end."""
    draws = STREAM.uniform(STREAM.lane(0), np.arange(1_000_000))
    assert 0 < draws.min() < 1e-5
    assert 1 - 1e-5 < draws.max() < 1


@pytest.mark.parametrize(
    "draws",
    [
        STREAM.uniform(STREAM.lane(5), np.arange(100_000)),
        STREAM.uniform(STREAM.lane(np.arange(100_000)), 0),
        STREAM.uniform(STREAM.lane(np.arange(300)[:, None], np.arange(300)[None, :]), 1).ravel(),
        np.array([drawn(Streams(7, r), "x") for r in range(3000)]),
        np.array([drawn(Streams(s), "x") for s in range(3000)]),
        np.array([drawn(Streams(7), f"workloads/w{i}/lifetime") for i in range(3000)]),
    ],
    ids=["indices", "lanes", "pairs", "replications", "seeds", "names"],
)
def test_uniforms_are_uniform_in_every_direction(draws: np.ndarray) -> None:
    """Along indices, lanes, replications, seeds and names: Kolmogorov and Smirnov at one in a thousand."""
    assert stats.kstest(draws, "uniform").pvalue > LEVEL
    assert np.unique(draws).size == draws.size


def test_neighbours_know_nothing_of_each_other() -> None:
    """Correlation of neighbouring indices, lanes, replications, names: within four standard errors of 0."""
    n = 50_000
    here = STREAM.uniform(STREAM.lane(3), np.arange(n))
    streams = {
        "lane": (STREAM, 4),
        "name": (Streams(1).named("workloads/web/startup"), 3),
        "replication": (Streams(1, 1).named("workloads/web/lifetime"), 3),
        "seed": (Streams(2).named("workloads/web/lifetime"), 3),
    }
    others = {
        name: stream.uniform(stream.lane(slot), np.arange(n)) for name, (stream, slot) in streams.items()
    }
    others["index"] = STREAM.uniform(STREAM.lane(3), np.arange(1, n + 1))
    for name, there in others.items():
        assert abs(np.corrcoef(here, there)[0, 1]) < 4 / np.sqrt(n), name


def test_coordinates_in_another_order_are_another_lane() -> None:
    """Slot 1 incarnation 2 is not slot 2 incarnation 1, nor slot 1 alone."""
    lanes = {STREAM.lane(*c) for c in ((1,), (2,), (1, 2), (2, 1), (1, 2, 0), (0, 1, 2))}
    assert len(lanes) == 6
