"""Draws: blocks ahead, the same numbers as one by one."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from churnsim.base.distribution import Distribution, Law
from churnsim.engine import Streams
from churnsim.engine.draws import Draws

LAW: Distribution = TypeAdapter(Law).validate_python({"kind": "lognormal", "median": "4s", "p99": "20s"})
STREAM = Streams(1).named("workloads/web/startup")


@pytest.mark.parametrize("slots", [1, 3, 8])
def test_a_draw_depends_on_slot_and_incarnation_alone(slots: int) -> None:
    """Not on the number of slots, nor on what was asked for before; nor on the first block."""
    draws = Draws(LAW, STREAM, slots)
    for incarnation in (1, 37, 2, 4, 5, 36, 9, 100):
        for slot in range(slots):
            alone = float(LAW.inverse(STREAM.uniform(STREAM.lane(slot), incarnation)))
            assert draws.take(slot, incarnation) == alone


def test_slots_are_added_as_they_are_asked_for() -> None:
    """Begun with two, and asked for the tenth and then the fortieth: the same numbers as with fifty."""
    few, many = Draws(LAW, STREAM, 2), Draws(LAW, STREAM, 50)
    for slot in (9, 39, 1, 12):
        assert few.take(slot, 7) == many.take(slot, 7)


def test_a_constant_is_not_drawn() -> None:
    """It costs no random number and no memory."""
    draws = Draws(TypeAdapter(Law).validate_python("4s"), STREAM, 1000)
    assert draws.take(999, 12345) == 4.0
    assert not draws._rows
