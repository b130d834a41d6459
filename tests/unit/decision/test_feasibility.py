"""Which designs keep what was promised."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.base.errors import UsageError
from churnsim.decision import Constraint, screen
from tests.unit.decision.designs import design, shares

NOISE = np.random.default_rng(1).normal(0.0, 0.001, 40)


def test_designs_are_kept_broken_or_open() -> None:
    """Far above, far below and at the limit."""
    designs = [
        design("good", availability=shares(0.995 - abs(NOISE))),
        design("bad", availability=shares(0.9 + NOISE)),
        design("open", availability=shares(0.98 + NOISE - NOISE.mean())),
    ]
    found = screen(designs, [Constraint.read("availability >= 98%")])
    assert [[one.name for one in part] for part in (found.kept, found.broken, found.open)] == [
        ["good"],
        ["bad"],
        ["open"],
    ]
    assert [each.ruling for each in found.findings] == ["pass", "fail", "inconclusive"]


def test_one_broken_constraint_is_enough() -> None:
    one = design("mixed", availability=shares(0.95 + NOISE), undertrust__share=shares(0.01 + abs(NOISE)))
    texts = "availability >= 99%", "undertrust.share <= 50%"
    found = screen([one], [Constraint.read(text) for text in texts])
    assert found.broken == (one,)


def test_without_constraints_all_are_kept() -> None:
    one = design("free", availability=shares(0.95 + NOISE))
    assert screen([one], []).kept == (one,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("availability", "is not an invariant"),
        ("availabilty >= 9%", "did you mean"),
        ("availability >= 5s", "share"),
    ],
)
def test_what_is_no_constraint_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Constraint.read(text)
