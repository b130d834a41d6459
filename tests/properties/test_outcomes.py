"""What each commit promises, in worlds with every kind of failure that nobody thought of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from churnsim.checks import doubts
from churnsim.model.failure import FAILURES
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import JobState, Trace
from tests.properties.worlds import failures, worlds

_CALMLY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_KEPT = {"kind": "exactly-once", "retention": "1000h"}  # longer than any of these worlds


def lived(world: dict[str, Any], seed: int) -> Trace:
    return simulate(Scenario.model_validate(world), seed=seed)


def repeated(trace: Trace) -> int:
    """Times that an outcome took effect again."""
    job = trace["outcomes"]["job"][trace["outcomes"]["workload"] == 0]
    return int(job.size - np.unique(job).size)


def lost(trace: Trace) -> int:
    """Jobs that are gone without an outcome: neither committed nor held by their queue."""
    jobs = trace["jobs"]
    held = np.isin(jobs["fate"], (JobState.QUEUED, JobState.IN_FLIGHT, JobState.DEAD))
    is_committed = np.isin(jobs["job"], trace["outcomes"]["job"])
    return int((~held & ~is_committed & (jobs["workload"] == 0)).sum())


def hold_exactly_once(world: dict[str, Any], seed: int) -> None:
    """Neither lost nor repeated."""
    trace = lived(world, seed)
    assert (lost(trace), repeated(trace)) == (0, 0)


@settings(max_examples=40, suppress_health_check=_CALMLY)
@given(world=worlds(_KEPT), seed=st.integers(0, 2**32))
def test_exactly_once_is_exactly_once_whatever_fails(world: dict[str, Any], seed: int) -> None:
    """Crash, theft, outages of issuer, owner and policy, brown-outs, poison, keys removed and stolen."""
    hold_exactly_once(world, seed)


@settings(max_examples=15, suppress_health_check=_CALMLY)
@given(world=worlds({"kind": "at-most-once"}), seed=st.integers(0, 2**32))
def test_at_most_once_never_repeats(world: dict[str, Any], seed: int) -> None:
    """As above, of what took effect again."""
    assert repeated(lived(world, seed)) == 0


@settings(max_examples=15, suppress_health_check=_CALMLY)
@given(world=worlds({"kind": "at-least-once"}), seed=st.integers(0, 2**32))
def test_at_least_once_never_loses(world: dict[str, Any], seed: int) -> None:
    """As above, of what is gone."""
    assert lost(lived(world, seed)) == 0


@pytest.mark.nightly
@settings(max_examples=500, derandomize=False, suppress_health_check=_CALMLY)
@given(world=worlds(_KEPT), seed=st.integers(0, 2**32))
def test_exactly_once_is_exactly_once_in_many_worlds(world: dict[str, Any], seed: int) -> None:
    """The same, searched longer, and elsewhere every night."""
    hold_exactly_once(world, seed)


@settings(max_examples=5)
@given(failures=failures(["mesh"], ["authz"], {"web": "default"}, ["old"], ["archive"], ["web"]))
def test_the_search_reaches_every_kind_of_failure(failures: list[dict[str, Any]]) -> None:
    """Kinds are found by scanning: one that no generated world can have is named here."""
    assert {failure["kind"] for failure in failures} == FAILURES.all().keys()


def test_the_search_finds_a_key_that_is_forgotten_too_early() -> None:
    """A mutation: keys kept for a second. The search sees it, and a doubt has said so beforehand."""
    found = find(
        worlds({"kind": "exactly-once", "retention": "1s"}),
        lambda world: repeated(lived(world, 1)) > 0,
        settings=settings(
            max_examples=1000, derandomize=True, phases=[Phase.generate], suppress_health_check=_CALMLY
        ),
    )
    rules = {doubt.rule for doubt in doubts(Scenario.model_validate(found))}
    assert "key-forgotten" in rules
