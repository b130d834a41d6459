"""What holds of every measure there is."""

from __future__ import annotations

import builder as b
import pytest
from test_probe import random_trace

from churnsim.metrics import MEASURES, Durations, evaluate


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_measure_says_what_it_is_in_one_sentence(name):
    measure = MEASURES[name]
    assert measure.doc.endswith(".")
    assert measure.unit
    assert measure.better in ("higher", "lower", "neither")


def test_every_measure_can_be_taken_of_an_empty_world():
    """Nothing happened, so nothing is defined but capacity and intent, of which there was none."""
    defined = {name for name, found in evaluate(b.trace()).items() if found.value is not None}
    assert defined == {"capacity.availability", "intent.under", "intent.over"}


@pytest.mark.parametrize("seed", range(10))
def test_parts_add_up_to_the_whole(seed):
    """Every over- or under-trusted second has one cause."""
    found = evaluate(random_trace(seed))
    names = ("overtrust.pair_seconds", "overtrust.mean_open", "undertrust.share", "undertrust.policy_share")
    for name in names:
        parts = [part.value for other, part in found.items() if other.startswith(f"{name}.")]
        assert sum(parts) == pytest.approx(found[name].value, rel=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_a_measure_keeps_to_what_is_possible(seed):
    found = evaluate(random_trace(seed))
    for name, one in found.items():
        possible = MEASURES.find(name).possible
        if one.value is not None:
            assert possible.low <= one.value <= possible.high + 1e-12, name
        if isinstance(one, Durations):
            assert (one.values >= 0).all()
