"""Failures without a law of their own strike whenever they are told to; there is one such kind."""

from __future__ import annotations

import numpy as np

from churnsim.model.failure import FAILURES
from churnsim.trace import LapseMode
from tests.theory.injector import WORLD, recurring
from tests.theory.oracle import run, world


def test_every_kind_but_one_recurs_by_law() -> None:
    """So that each is among those that `injector.py` holds to its law over a long run."""
    assert [kind for kind in FAILURES.all() if recurring(kind) is None] == ["poison-policy"]


def test_a_poisoned_version_arrives_after_each_time_given() -> None:
    """At all three points a second later, the last of 40 as surely as the first."""
    at = [f"{hour}h" for hour in range(1, 41)]
    poison = {"kind": "poison-policy", "policy": "authz", "at": at, "detected": "10m"}
    lapses = run(world(**WORLD, horizon="48h", failures=[poison]), 0)["lapses"]
    when = np.sort(lapses["start"][lapses["mode"] == LapseMode.POISON_DENY])
    np.testing.assert_allclose(when, np.repeat(3600.0 * np.arange(1, 41) + 1.0, 3))
