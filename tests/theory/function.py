"""Known answers on functions: O04, O35, O36 and O37."""

from __future__ import annotations

from math import exp as e
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array, eye_array
from scipy.sparse.linalg import spsolve

from churnsim.metrics import evaluate
from churnsim.trace import Trace
from tests.theory.oracle import exp, known, run, world


def function(
    replication: int,
    horizon: str,
    rate: str,
    requests: str = "expected",
    history: str | None = None,
    **fields: Any,
) -> Trace:
    """One replication of a function and nothing else."""
    workload = {"kind": "function", "traffic": {"kind": "constant", "rate": rate}, **fields}
    before = {} if history is None else {"history": history}
    scenario = world(horizon=horizon, window="1h", requests=requests, workloads={"fetch": workload}, **before)
    return run(scenario, replication)


def value(trace: Trace, name: str) -> float:
    found = evaluate(trace, [name])[name].value
    assert found is not None
    return float(found)


def idle(trace: Trace) -> float:
    """Mean number of units that are ready and have no request, at a random instant."""
    units, taken, meta = trace["units"], trace["invocations"], trace.meta

    def seconds(since: np.ndarray, until: np.ndarray) -> float:
        return float(np.maximum(np.fmin(until, meta.t1) - np.maximum(since, meta.t0), 0.0).sum())

    # One request at a time, so that busy seconds are those of requests.
    free = seconds(units["ready"], units["stopped"]) - seconds(taken["began"], taken["ended"])
    return free / (meta.t1 - meta.t0)


def erlang(offered: float, servers: int) -> float:
    """Share of arrivals lost by so many servers without a queue: Erlang B."""
    lost = 1.0
    for number in range(1, servers + 1):
        lost = offered * lost / (number + offered * lost)
    return lost


def full(replication: int, service: Any) -> float:
    trace = function(replication, "15m", "8/s", limit=10, service=service, keep_alive="5s")
    return value(trace, "unserved.share")


@known("O04 M/M/c/c: requests turned away", erlang(8.0, 10))
def turned_away(replication: int) -> float:
    return full(replication, exp("1s"))


@known("O04 M/D/c/c: requests turned away", erlang(8.0, 10))
def turned_away_constant(replication: int) -> float:
    return full(replication, "1s")


@known("O35 cold starts, no service: e^(-λT)", e(-2.0))
def cold_of_nothing(replication: int) -> float:
    trace = function(replication, "10d", "12/h", service="0s", keep_alive="10m")
    return value(trace, "cold_start.share")


@known("O35 idle seconds a request, no service: (1 - e^(-λT))/λ", 300.0 * (1.0 - e(-2.0)))
def idle_of_nothing(replication: int) -> float:
    trace = function(replication, "10d", "12/h", service="0s", keep_alive="10m")
    return 300.0 * idle(trace)


@known("O35 cold starts, unlimited concurrency: e^(-λ(E S + T))", e(-620.0 / 300.0))
def cold_of_many_at_once(replication: int) -> float:
    # A lognormal law of mean 20 s and σ = 1; any law of that mean would do.
    service = {"kind": "lognormal", "mean": "20s", "cv": 1.310832}
    trace = function(replication, "10d", "12/h", service=service, keep_alive="10m", concurrency=1_000_000)
    return value(trace, "cold_start.share")


def chain(arrivals: float, service: float, stay: float, most: int = 40) -> tuple[float, float]:
    """Share of cold starts, and mean number of idle units, of the chain of busy and idle units.

    Rates of arrival, service and going [1/s]; states up to `most` busy and as many idle. The stationary
    distribution solves the balance equations, one of which gives way to their sum being 1.
    """
    size = most + 1
    busy, free = (each.ravel() for each in np.meshgrid(np.arange(size), np.arange(size), indexing="ij"))
    moves = [
        (np.full(busy.size, arrivals), busy + 1, np.maximum(free - 1, 0)),
        (service * busy, busy - 1, free + 1),
        (stay * free, busy, free - 1),
    ]
    rows, columns, rates = [], [], []
    for rate, to_busy, to_free in moves:
        inside = (rate > 0) & (to_busy <= most) & (to_free <= most)
        rows.append(np.flatnonzero(inside))
        columns.append((to_busy * size + to_free)[inside])
        rates.append(rate[inside])
    row, column, rate = (np.concatenate(part) for part in (rows, columns, rates))
    flow = csr_array(coo_array((rate, (column, row)), shape=(size**2, size**2)))
    out = np.asarray(flow.sum(axis=0)).ravel()
    balance = (flow - eye_array(size**2).multiply(out)).tolil()
    balance[0, :] = 1.0
    total = np.zeros(size**2)
    total[0] = 1.0
    share = spsolve(balance.tocsc(), total)
    return float(share[free == 0].sum()), float(share @ free)


COLD_A, IDLE_A = chain(0.2, 0.1, 1 / 60)
COLD_B, IDLE_B = chain(0.9, 0.5, 1 / 600)


def steady_a(replication: int) -> Trace:
    return function(replication, "4h", "0.2/s", service=exp("10s"), keep_alive=exp("60s"))


def steady_b(replication: int) -> Trace:
    return function(replication, "12h", "0.9/s", service=exp("2s"), keep_alive=exp("600s"))


@known("O36 one at a time, kept for Exp(60 s): cold starts", COLD_A)
def cold_a(replication: int) -> float:
    return value(steady_a(replication), "cold_start.share")


@known("O36 one at a time, kept for Exp(60 s): idle units", IDLE_A)
def idle_a(replication: int) -> float:
    return idle(steady_a(replication))


@known("O36 one at a time, kept for Exp(600 s): cold starts", COLD_B)
def cold_b(replication: int) -> float:
    return value(steady_b(replication), "cold_start.share")


@known("O36 one at a time, kept for Exp(600 s): idle units", IDLE_B)
def idle_b(replication: int) -> float:
    return idle(steady_b(replication))


@known("O37 newest first, kept for 600 s: cold starts, as another simulator has them", 0.001325, power=0.06)
def cold_in_another_simulator(replication: int) -> float:
    """SimFaaS 0.2.2 with 5,000 s deleted: .001325 ± .000026.

    A cold request takes Exp(2.244 s) there, .253 s and Exp(1.991 s) here: the same mean, not the same law.
    """
    trace = function(
        replication, "12h", "0.9/s", history="5000s", service=exp("1.991s"), startup="253ms", keep_alive="10m"
    )
    return value(trace, "cold_start.share")
