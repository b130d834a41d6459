"""The world: turns in their order at their instants, and one door."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from math import nan
from typing import Any, ClassVar

import pytest

from churnsim.base.errors import LawBroken
from churnsim.engine import Order, Streams, World

Fact = tuple[float, int, int, int, int]


class Lamp:
    """Off, on, broken for ever."""

    FAMILY: ClassVar[int] = 7
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (frozenset({1, 2}), frozenset({0, 2}), frozenset())

    def __init__(self, number: int) -> None:
        self.id = number
        self.state = 0


def world(start: float = -10.0, end: float = 100.0, sinks: Any = ()) -> World:
    return World(start=start, end=end, streams=Streams(1), sinks=sinks, causes=("start", "switch"))


def test_equals_in_time_take_their_turn_by_order_whatever_was_planned_first() -> None:
    """Intent before arrival before fault before recovery before lifecycle before what is asked for.

    Last what is handed out, what autoscalers make of it all, and rollouts of what is wanted by then.
    """
    for planned in permutations(list(Order), 3):
        here, heard = world(), list[Order]()
        for order in planned:
            here.at(5.0, order, heard.append, order)
        here.run()
        assert heard == sorted(planned)
    assert [order.name for order in Order] == [
        "INTENT", "ARRIVAL", "FAULT", "RECOVERY", "LIFECYCLE", "ANSWER", "PATIENCE", "ASK", "SERVE",
        "DISPATCH", "CONTROL", "ROLLOUT",
    ]  # fmt: skip


def test_equals_in_time_and_order_take_their_turn_as_planned() -> None:
    """First planned, first served."""
    here, heard = world(), list[int]()
    for number in range(20):
        here.at(5.0, Order.FAULT, heard.append, number)
    here.run()
    assert heard == list(range(20))


def test_a_turn_happens_at_its_very_instant() -> None:
    """Now + (when - now) may miss `when` by one rounding: 0.1 + (0.3 - 0.1) is not 0.3."""
    here, heard = world(), list[float]()
    instants = [0.1, 0.3, 1 / 3, 2 / 3, 33.3, 99.99999999999999]
    here.at(
        -9.7,
        Order.FAULT,
        lambda _: [here.at(t, Order.FAULT, lambda _: heard.append(here.now)) for t in instants],
    )
    here.run()
    assert heard == instants


@pytest.mark.parametrize("when", [-10.000000001, nan])
def test_a_turn_in_the_past_or_at_no_time_is_refused(when: float) -> None:
    """Time does not go back."""
    with pytest.raises(ValueError, match="cannot be put before the present"):
        world().at(when, Order.FAULT, print)


def test_a_turn_at_the_horizon_never_happens() -> None:
    """The record is half-open: what happens at t1 has not happened."""
    here, heard = world(), list[float]()
    for when in (99.5, 100.0, 1e9, float("inf")):
        here.at(when, Order.INTENT, heard.append, when)
    here.run()
    assert heard == [99.5]
    assert here.turns == 1
    assert here.now == 100.0


def test_a_turn_may_be_planned_for_now() -> None:
    """It comes after the present one, even if its order is earlier."""
    here, heard = world(), list[str]()

    def first(_: object) -> None:
        here.at(here.now, Order.INTENT, heard.append, "second")
        heard.append("first")

    here.at(3.0, Order.LIFECYCLE, first)
    here.run()
    assert heard == ["first", "second"]


def test_a_simpy_process_and_turns_share_one_queue() -> None:
    """Turns go straight onto SimPy's heap: its entries must have the shape that SimPy gives them."""
    here, heard = world(start=0.0), list[tuple[str, float]]()

    def process() -> Iterator[Any]:
        for _ in range(3):
            yield here.env.timeout(2.0)
            heard.append(("process", here.now))

    here.process(process())
    for when in (1.0, 3.0, 5.0):
        here.at(when, Order.LIFECYCLE, lambda _: heard.append(("turn", here.now)))
    here.env.timeout(1.0)
    shapes = {tuple(type(part) for part in entry[:3]) for entry in here.env._queue}
    assert {len(entry) for entry in here.env._queue} == {4}
    assert all(issubclass(kind[1], int) and kind[0] is float for kind in shapes)
    here.run()
    assert heard == [(("turn", "process")[i % 2], float(i + 1)) for i in range(6)]


def test_every_sink_hears_every_fact_in_the_same_order() -> None:
    """Births and moves, with time, family, entity, state and cause."""
    one, other = list[Fact](), list[Fact]()
    here = world(sinks=(lambda *fact: one.append(fact), lambda *fact: other.append(fact)))
    lamp = Lamp(3)
    here.born(lamp, 0, here.cause("start"), -25.0)
    here.at(4.0, Order.LIFECYCLE, lambda _: here.become(lamp, 1, here.cause("switch")))
    here.run()
    assert one == other == [(-25.0, 7, 3, 0, 0), (4.0, 7, 3, 1, 1)]
    assert lamp.state == 1


def test_an_illegal_move_breaks_a_law_and_changes_nothing() -> None:
    """Broken is for ever; the error says who, when and which law."""
    heard: list[Fact] = []
    here, lamp = world(sinks=(lambda *fact: heard.append(fact),)), Lamp(3)
    here.born(lamp, 0, 0)
    here.become(lamp, 2, 1)
    with pytest.raises(LawBroken) as caught:
        here.become(lamp, 0, 1)
    assert (caught.value.law, caught.value.time, caught.value.entity) == ("L02", -10.0, "3")
    assert lamp.state == 2
    assert len(heard) == 2


def test_a_cause_that_nobody_declared_is_a_mistake() -> None:
    """Causes are codes in the record, so they are declared before the run."""
    with pytest.raises(KeyError, match="meteor"):
        world().cause("meteor")
