"""Desks: what holds in every run, whatever chance says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.scenario import Scenario
from churnsim.trace import SigningOutcome, Trace
from tests.theory.credential import THIRDS, identified, of
from tests.theory.issuer import drained
from tests.theory.oracle import exp, run, world

ANY_ORDER = ("fifo", "lifo", "random", "newest-first")

CHURNING: dict[str, Any] = {"replicas": 40, "startup": "5s", "lifetime": exp("20m")}
OUTAGE = {"kind": "issuer-outage", "issuer": "mesh", "at": ["40m"], "lasts": "15m"}
THEFT = {"kind": "theft", "workload": "web", "every": exp("10m"), "detected": exp("20m"), "can_renew": True}
RETRIES = ({"kind": "immediate"}, {"kind": "exponential"}, {"kind": "window", "every": "30s"})


def delays(trace: Trace) -> np.ndarray:
    """From when each credential fell due until it came [s]."""
    table = trace["credentials"]
    return np.asarray(table["issued"] - table["asked"])


def test_first_in_first_out_nobody_waits_longer_than_the_outage() -> None:
    """O21: the first to fall due in it waits for all of it, the others for less of it and their turn."""
    worst = delays(drained("fifo", 0)).max()
    assert 580 < worst < 600 + 5


@pytest.mark.parametrize("queue", ["random", "lifo"])
def test_in_any_other_order_some_wait_for_the_outage_and_the_drain(queue: str) -> None:
    """O21: up to D + drain, 600 + 158 s; the mean delay is the same, for the order wastes no signature."""
    assert 650 < delays(drained(queue, 0)).max() < 600 + 158 * 1.2
    assert delays(drained(queue, 0)).mean() == pytest.approx(delays(drained("fifo", 0)).mean(), rel=1e-9)


def test_retrying_in_a_window_asks_less_and_is_done_sooner_than_backing_off() -> None:
    """10,000 clients at once, 50 requests a second, burst 5, as published for Consul (F105, F106).

    Of one retry in each 30 s at a uniform point all tokens are taken; back-off to 5 min leaves many unused.
    """
    ends, loads = {}, {}
    for retry in ({"kind": "window", "every": "30s"}, {"kind": "exponential", "initial": "1s", "cap": "5m"}):
        issuer = {"ttl": "24h", "retry": retry, "capacity": {"rate": "50/s", "burst": 5}}
        trace = run(identified(issuer, {"replicas": 10_000}, start="fresh", horizon="1h"), 0, check=False)
        assert trace.count("credentials") == 10_000
        ends[retry["kind"]] = trace["credentials"]["issued"].max()
        loads[retry["kind"]] = trace.count("signings")
    assert 200 <= ends["window"] < ends["exponential"] / 2
    assert loads["window"] < loads["exponential"] * 0.7


@pytest.mark.parametrize("retry", RETRIES, ids=lambda retry: retry["kind"])
@pytest.mark.parametrize("start", ["fresh", "stationary"])
def test_a_desk_that_takes_no_time_and_has_no_limit_is_no_desk(retry: dict[str, Any], start: str) -> None:
    """Null test: the same credentials, units and thefts to the bit, renewals laid down in blocks or not."""

    def lived(capacity: dict[str, Any] | None) -> Trace:
        issuer = {"ttl": "15m", "renewal": {"kind": "once", "low": "40%", "high": "70%"}, "retry": retry}
        issuer |= {"capacity": capacity, "revocation": {"kind": "list", "every": "2m"}}
        failures = [OUTAGE, THEFT]
        return run(identified(issuer, CHURNING, failures=failures, start=start, horizon="3h"), 0)

    calm, desk = lived(None), lived({"signers": 1000})
    assert desk.count("signings") > 100
    for table in ("credentials", "learned", "units", "thefts", "intervals"):
        for column, values in calm[table].items():
            np.testing.assert_array_equal(values, desk[table][column], err_msg=f"{table}.{column}")


def shared(replicas: int, **more: Any) -> Scenario:
    """Two fleets at one issuer, a third at another."""
    issuer = {"ttl": "10m", "capacity": {"service": exp("2s")}}
    web = {"kind": "service", "replicas": 60, "issuer": "mesh", "lifetime": exp("1h")}
    return world(
        horizon="2h",
        history="30m",
        issuers={"mesh": issuer, "other": issuer},
        workloads={"web": web, "batch": web | {"replicas": replicas}, "aside": web | {"issuer": "other"}},
        **more,
    )


def test_fleets_at_one_issuer_are_in_each_other_s_way_and_no_other() -> None:
    """The more batch units renew, the longer web waits; a fleet at another issuer is left alone."""
    few, many = run(shared(1), 0), run(shared(60), 0)

    def waited(trace: Trace) -> float:
        table, units = trace["signings"], trace["units"]
        mine = (units["workload"][table["unit"]] == 0) & ~np.isnan(table["began"])
        return float((table["began"] - table["arrived"])[mine].mean())

    assert waited(many) > 1.2 * waited(few)
    assert few.digest(workload="aside") == many.digest(workload="aside")
    assert few.digest(workload="web") != many.digest(workload="web")


@pytest.mark.parametrize("queue", ANY_ORDER)
def test_the_order_of_the_queue_changes_neither_the_work_nor_the_mean_wait_much(queue: str) -> None:
    """Work is conserved: with service times that do not depend on the order the signer is busy as long."""
    capacity = {"service": "2s", "queue": {"kind": queue}}
    issuer = {"ttl": "10m", "renewal": THIRDS, "capacity": capacity}
    trace = run(identified(issuer, {"replicas": 100}, horizon="2h", history="20m"), 0)
    assert of(trace, "issuer.utilisation") == pytest.approx(0.5, rel=0.02)
    assert of(trace, "issuer.refused.share") == 0.0


def test_signing_in_vain_can_bring_an_issuer_down_for_good() -> None:
    """After an outage everybody comes at once, waits in vain, comes again: the signer is busy with the dead.

    Metastable: the same demand of a half that was served without trouble before. Dropped, what was given up
    costs nothing, and the issuer recovers.
    """
    found = {}
    for abandoned in ("dropped", "signed"):
        capacity = {"service": "1s", "timeout": "20s", "abandoned": abandoned}
        issuer = {"ttl": "10m", "retry": {"kind": "fixed", "every": "10s"}, "capacity": capacity}
        scenario = identified(issuer, {"replicas": 150}, failures=[OUTAGE], horizon="3h", warmup="70m")
        found[abandoned] = run(scenario, 0)
    assert of(found["dropped"], "issuer.wasted.share") < 0.01
    assert of(found["signed"], "issuer.wasted.share") > 0.5
    signed = found["signed"]["signings"]
    before = signed["concluded"] < 2400.0
    assert (signed["outcome"][before] == SigningOutcome.SIGNED).mean() > 0.99


def test_a_signer_of_constant_speed_spaces_the_next_renewals() -> None:
    """Whoever is signed 50 ms or more after another falls due so much later too: then nobody waits."""
    issuer = {"ttl": "200s", "renewal": {"kind": "fixed", "at": "50%"}, "capacity": {"service": "50ms"}}
    table = run(identified(issuer, {"replicas": 1600}, horizon="300s", history="0s"), 0)["signings"]
    waited = table["began"] - table["arrived"]
    assert waited[table["arrived"] < 100.0].max() > 0.2
    assert waited[table["arrived"] > 110.0].max() < 1e-9
