"""A policy source: who may do what under which version, and the chance of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.engine import Streams, World
from churnsim.model.policy import Policy, PolicySource
from churnsim.model.verdict import Verdicts


def source(run: int = 0, start: float = -1000.0, **fields: Any) -> PolicySource:
    written = {"refresh": {"kind": "push", "delay": "1s"}, "principals": 4, **fields}
    world = World(start=start, end=10_000.0, streams=Streams(1, run), sinks=(), causes=("start",))
    return PolicySource(0, "authz", Policy.model_validate(written), world)


def table(made: PolicySource) -> Any:
    known = made.versions
    version, principal = np.indices((known.times.size + 1, known.initial.size))
    return Verdicts(known.initial, known.version, known.principal, known.allowed).of(principal, version)


def test_without_changes_everybody_is_allowed_for_ever() -> None:
    """One version, no commit."""
    calm = source()
    assert table(calm).tolist() == [[True] * 4]
    assert calm.versions.times.size == 0


def test_each_version_decides_anew_about_one_principal() -> None:
    """Version k differs from version k-1 in the principal of commit k at most."""
    made = source(changes={"every": "100s", "revoking": "50%"})
    allowed, busy = table(made), made.versions
    assert allowed.shape == (busy.times.size + 1, 4)
    assert busy.times.size == 110
    np.testing.assert_array_equal(allowed[0], busy.initial)
    for version, (principal, verdict) in enumerate(zip(busy.principal, busy.allowed, strict=True), start=1):
        others = np.arange(4) != principal
        np.testing.assert_array_equal(allowed[version, others], allowed[version - 1, others])
        assert allowed[version, principal] == verdict
    assert set(busy.principal.tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize(("revoking", "allowed"), [("0%", 1.0), ("100%", 0.0), ("30%", 0.7)])
def test_the_share_of_the_allowed_is_the_same_at_the_start_and_later(revoking: str, allowed: float) -> None:
    """Stationary from version 0 on: denied with the chance that the last decision denied."""
    runs = [table(source(run, changes={"every": "500s", "revoking": revoking})) for run in range(400)]
    for version in (0, 5, 20):
        share = np.mean([each[version] for each in runs])
        assert abs(share - allowed) <= 4 * np.sqrt(allowed * (1 - allowed) / 1600)


def test_it_answers_again_when_every_fault_is_over() -> None:
    """Two faults that overlap are one outage, and who waits is told once."""
    here, told = source(), list[str]()
    here.fail(0)
    here.fail(0)
    here.wait(told.append, "back")
    here.recover(0)
    assert (here.is_up, told) == (False, [])
    here.recover(0)
    here._world.run()
    assert (here.is_up, told) == (True, ["back"])
    assert len(here.spells) == 1
