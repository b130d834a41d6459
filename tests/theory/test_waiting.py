"""What theory knows of requests that queue for workers, of answers that come too late, and of storms."""

from __future__ import annotations

from math import exp, inf
from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.model.call import Call
from churnsim.model.graph import Graph
from churnsim.model.standing import Standing
from churnsim.model.worker import Workers
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from tests.theory.oracle import run, world
from tests.twin.crowd import Crowd, Terms

ENDLESS = 1000  # places in a queue that is never full at the loads below


def calling(rate: str, workers: dict[str, int], units: int = 1, base: Any = None, **call: Any) -> Scenario:
    """One service calls another with all of its requests; a unit of that serves ten a second."""
    traffic = {"kind": "constant", "rate": rate}
    web = {
        "kind": "service",
        "replicas": 1,
        "traffic": traffic,
        "calls": {"store": {"share": "100%", **call}},
    }
    store = {"kind": "service", "replicas": units, "capacity": "10/s", "workers": workers}
    below = {} if base is None else {"base": base}
    workloads = {"web": web, "store": store | {"calls": dict.fromkeys(below, "100%")}, **below}
    return world(horizon="30m", start="fresh", workloads=workloads)


def measured(scenario: Scenario, *names: str) -> list[float]:
    found = evaluate(run(scenario, 0), names)
    return [float(found[name].value or 0.0) for name in names]


def test_a_single_worker_answers_as_m_m_1_does() -> None:
    """P(T > t) = e^(-(μ - λ)t): at 0.8 of what it can, and as long as it takes to serve 5, e^-1."""
    late = Workers(number=1, queue=ENDLESS).late(np.array([0.0, 0.5, 0.8]), 5.0)
    assert late == pytest.approx([exp(-5.0), exp(-2.5), exp(-1.0)], rel=1e-12)


def test_several_workers_answer_as_m_m_c_does() -> None:
    """O03: all busy C = .409180151 at λ = 8, μ = 1, c = 10, and P(wait > t) = C e^(-(cμ - λ)t); with the work
    P(T > t) = e^-t (1 + C(1 - e^(-(c - 1 - λ)t))/(c - 1 - λ))."""
    busy, spare = 0.409180151, 10.0 - 1.0 - 8.0
    for t in (0.1, 1.0, 3.0):
        known = exp(-t) * (1 + busy * (1 - exp(-spare * t)) / spare)
        found = Workers(number=10, queue=ENDLESS).late(np.array([0.8]), 10.0 * t)
        assert found == pytest.approx([known], rel=1e-8)


def test_without_a_queue_requests_are_lost_as_erlang_has_it() -> None:
    """O04: B = .121661064 at 8 Erlang for ten; who is let in is late with e^-t."""
    alone = Workers(number=10)
    assert 1.0 - alone.kept(np.array([0.8])) == pytest.approx([0.121661064], rel=1e-8)
    assert alone.late(np.array([0.8]), 10.0) == pytest.approx([exp(-1.0)], rel=1e-12)


@pytest.mark.parametrize(("number", "queue"), [(1, 0), (1, 7), (3, 0), (3, 1), (8, 40)])
def test_a_full_unit_is_the_chain_of_how_many_are_in_it(number: int, queue: int) -> None:
    """M/M/c/c+q state by state: p(k) ~ p(k - 1) load c/min(k, c); and what is let in is served in the end."""
    for load in (0.05, 0.9, 1.0, 1.1, 7.0):
        chain = np.cumprod([1.0, *(load * number / min(k, number) for k in range(1, number + queue + 1))])
        served = np.minimum(np.arange(chain.size), number) @ chain / chain.sum()
        kept = Workers(number=number, queue=queue).kept(np.array([load]))
        assert kept == pytest.approx([1.0 - chain[-1] / chain.sum()], rel=1e-10)
        assert load * number * kept == pytest.approx([served], rel=1e-10)


def test_a_long_queue_before_one_worker_is_the_capacity_that_others_have() -> None:
    """As the queue grows, min(1, 1/load) is let in, which is what a service without workers serves."""
    load = np.array([0.0, 0.3, 0.95, 1.1, 4.0, np.inf])
    assert Workers(queue=ENDLESS).kept(load) == pytest.approx(np.minimum(1.0, 1.0 / np.fmax(load, 1e-9)))


def test_more_load_lets_in_a_smaller_share_and_more_of_it_late() -> None:
    """What the solution rests on: both only ever get worse."""
    load = np.append(np.linspace(0.0, 3.0, 301), [10.0, 1e6])
    for workers in (Workers(), Workers(queue=30), Workers(number=4, queue=9), Workers(number=20, queue=200)):
        for patience in (0.5, 12.0, 90.0):
            late = workers.late(load, patience)
            assert (np.diff(workers.kept(load)) <= 1e-12).all()
            assert (np.diff(late) >= -1e-12).all()
            assert ((late >= 0.0) & (late <= 1.0)).all()


def test_a_loss_system_with_retries_settles_at_its_fixed_point() -> None:
    """O39: x = λ(1 - B^(k+1))/(1 - B), B of Erlang at x; λ = 8, c = 10, k = 3."""
    scenario = calling("8/s", {"number": 10}, retries=3, pause="100s")
    retried, failed, available = measured(
        scenario, "amplification.retry.store", "calls.failed.share.store", "availability"
    )
    assert 8.0 * retried == pytest.approx(10.394, abs=5e-4)
    assert failed == pytest.approx(0.23258**4, rel=1e-3)
    assert available == pytest.approx(1.0 - failed, rel=1e-12)


@pytest.mark.nightly
def test_the_fixed_point_is_right_for_retries_that_come_late() -> None:
    """O39: pauses of 100 times the work agree to 10 %; of once the work, six times as many calls fail."""
    failed = {}
    for pause in (1.0, 100.0):
        terms = Terms(lambda _: 8.0, 8.0, units=1, workers=10, queue=0, capacity=10.0, retries=3, pause=pause)
        crowd = Crowd(terms, np.random.default_rng(39), counted=(1000.0, inf))
        crowd.run(150_000.0)
        crowd.finish()
        count = crowd.counts
        failed[pause] = count["failed"] / count["first"]
    assert count["attempts"] / count["first"] * 8.0 == pytest.approx(10.394, rel=0.1)
    assert count["shed"] / count["attempts"] == pytest.approx(0.23258, rel=0.1)
    assert failed[100.0] == pytest.approx(0.00293, rel=0.1)
    assert failed[1.0] / failed[100.0] == pytest.approx(0.0194 / 0.00315, rel=0.15)


def test_answers_come_late_for_callers_and_are_worked_on_all_the_same() -> None:
    """An idle callee is late with e^(-t/S); what comes in vain below it comes none the less."""
    base = {"kind": "service", "replicas": 1}
    scenario = calling("1/s", {"number": 100}, units=10, base=base, timeout="10s")
    trace = run(scenario, 0)
    late, failed = measured(scenario, "calls.late.share.store", "calls.failed.share.store")
    assert (late, failed) == pytest.approx((exp(-1.0), exp(-1.0)), rel=1e-12)
    asked, below = (trace["calls"]["attempts"][trace["calls"]["callee"] == code].sum() for code in (1, 2))
    assert below == pytest.approx(asked, rel=1e-12)


LONG, SHORT = 200, 50  # places in a queue of which 100 a second are served: more and less than the time-out


def states(rate: float, queue: int) -> tuple[float, float]:
    """Share of calls that fail for good in the least and in the greatest state of one callee."""
    call = Call.model_validate({"share": "100%", "retries": 3, "timeout": "1s", "pause": "10s"})
    one = np.ones((2, 1))
    workers = [None, Workers(number=10, queue=queue)]
    able = np.array([[[np.inf]], [[100.0]]])  # at the only pace there is
    standing = Standing(np.array([[rate], [0.0]]), 0.0 * one, one, one[:, None], one[:, None], able, workers)
    graph = Graph({(0, 1): call}, [np.nan, 100.0])
    least, greatest = graph.solve(standing), graph.solve_from_above(standing)
    return float(call.lost(least.failing[0])[0]), float(call.lost(greatest.failing[0])[0])


def after_a_surge(rate: float, queue: int, surge: float = 300.0) -> float:
    """Share of calls that fail for good, simulated one by one, from 1 min after a surge of 10 s."""
    terms = Terms(
        lambda now: surge if 60.0 <= now < 70.0 else rate,
        300.0,
        1,
        10,
        queue,
        100.0,
        3,
        timeout=1.0,
        pause=10.0,
    )
    crowd = Crowd(terms, np.random.default_rng([41, int(rate), queue]), counted=(130.0, 140.0))
    crowd.run(200.0)
    crowd.finish()
    return crowd.counts["failed"] / crowd.counts["first"]


def test_a_storm_stays_in_a_band_of_loads_and_only_behind_a_queue_longer_than_the_time_out() -> None:
    """In the band two states agree with themselves; which it is hangs on the past, as the slow twin shows.

    Behind a queue that holds more than is served within the time-out, four attempts a call keep a unit that
    serves 100/s busy with what nobody waits for any more from a little above 25/s on. Below, and behind a
    short queue at any load that can be served, there is no other state and a surge is over when it is over.
    """
    assert states(20.0, LONG) == pytest.approx((0.0, 0.0), abs=1e-3)
    for rate in (30.0, 60.0, 85.0):
        assert states(rate, LONG) == pytest.approx((0.0, 1.0), abs=1e-2)
        assert states(rate, SHORT) == pytest.approx((0.0, 0.0), abs=1e-2)
    assert after_a_surge(60.0, LONG, surge=60.0) < 0.01
    assert after_a_surge(60.0, LONG) > 0.99
    assert after_a_surge(20.0, LONG) < 0.01
    assert after_a_surge(60.0, SHORT) < 0.01


def test_a_caller_that_waits_for_long_enough_is_as_one_that_waits_for_ever() -> None:
    """Null: a day is for ever, to the bit but for the name of the time-out."""
    one, other = (
        simulate(calling("8/s", {"number": 4, "queue": 20}, retries=2, **more), seed=1)
        for more in ({}, {"timeout": "1d"})
    )
    for name, table in one.tables.items():
        for column, values in table.items():
            assert np.array_equal(values, other[name][column], equal_nan=values.dtype.kind == "f"), column


def test_it_does_not_matter_to_the_others_that_somebody_queues() -> None:
    """Null: room for everybody and no time-out leave every request served."""
    queueing = calling("8/s", {"number": 10, "queue": ENDLESS})
    assert measured(queueing, "availability", "amplification.load.store") == pytest.approx(
        [1.0, 1.0], rel=1e-12
    )
