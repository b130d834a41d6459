"""What is exact about signing keys: how long a forced rotation takes; keys in time that nobody notices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from tests.theory.credential import of
from tests.theory.key import PULLED, keyed
from tests.theory.oracle import exp, run, world


@pytest.mark.parametrize("remove", ["at-once", "when-reissued"])
def test_a_forced_rotation_of_n_credentials_takes_n_over_the_rate(remove: str) -> None:
    """F293: 150 at one in 2 s take 300 s; nothing else falls due for days."""
    response = {"rate": "0.5/s", "remove": remove}
    theft = {"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": "1m", "response": response}
    trace = run(keyed({"bundle": PULLED}, 3, [theft], replicas=150, horizon="3h", start="fresh"), 0)
    assert of(trace, "key.rotation.mean") == pytest.approx(300.0, rel=1e-9)


def test_whoever_renews_of_itself_meanwhile_is_not_reissued() -> None:
    """A third of 90 falls due within the hour that it would take to reissue all at one in 40 s."""
    response = {"rate": "1.5/m"}
    theft = {"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": "0s", "response": response}
    issuer = {"ttl": "6h"}
    trace = run(keyed({"bundle": PULLED}, 3, [theft], replicas=90, issuer=issuer, horizon="8h"), 0)
    (row,) = np.flatnonzero(trace["forgers"]["key"] == 0)
    rotated, reissued = (trace["forgers"][name][row] for name in ("rotated", "reissued"))
    table = trace["credentials"]
    within = (table["issued"] >= rotated) & (table["issued"] <= reissued)
    assert within.sum() == 90
    turns = (table["issued"][within] - rotated) / 40.0
    forced = np.count_nonzero(np.abs(turns - np.round(turns)) < 1e-6)
    assert forced * 40.0 == pytest.approx(reissued - rotated, abs=40.0)
    assert 0 < forced < 90


def test_keys_known_in_time_and_kept_long_enough_are_not_noticed() -> None:
    """O47: published for longer than the slowest refresh, retired after the last credential: no gap at all,
    and the same credentials as with one key for ever."""
    web: dict[str, Any] = {"kind": "service", "replicas": 20, "issuer": "mesh", "lifetime": exp("2h")}
    keys = {"every": exp("3h"), "prepare": "13m", "bundle": {"kind": "pull", "every": "10m", "delay": "3m"}}
    issuer = {"ttl": "1h", "verification": {"points": 5}}
    common: dict[str, Any] = {"workloads": {"web": web}, "history": "12h"}
    one = run(world(issuers={"mesh": issuer}, **common), 0)
    many = run(world(issuers={"mesh": issuer | {"keys": keys}}, **common), 0)
    assert many.count("keys") > 5
    for column, array in one["credentials"].items():
        np.testing.assert_array_equal(many["credentials"][column], array, err_msg=column)
    apart, measured = evaluate(one), evaluate(many)
    assert measured["undertrust.share"].value == apart["undertrust.share"].value == 0.0
    assert measured["overtrust.pair_seconds"].value == pytest.approx(apart["overtrust.pair_seconds"].value)


def test_without_keys_there_is_nothing_to_steal_or_remove() -> None:
    """O47: one key for ever that everybody knows; its failures change not a bit."""
    failures = [
        {"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": "1h"},
        {"kind": "key-removal", "issuer": "mesh", "at": ["2h"], "lasts": "1h"},
    ]
    web = {"web": {"kind": "service", "replicas": 5, "issuer": "mesh", "lifetime": exp("2h")}}
    calm, struck = (
        run(world(issuers={"mesh": {"ttl": "1h"}}, workloads=web, failures=each), 0)
        for each in ([], failures)
    )
    for table in calm:
        for column, array in calm[table].items():
            np.testing.assert_array_equal(struck[table][column], array, err_msg=f"{table}.{column}")


def test_a_stolen_key_that_nobody_answers_is_good_until_its_turn_comes() -> None:
    """Stolen at 1 h, noticed, and left: removed 1 h after its last signature, dropped within 62 s."""
    theft = {"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": "1m", "response": None}
    keys = {"every": "100h", "retire": "1h", "bundle": PULLED}
    trace = run(keyed(keys, 3, [theft], horizon="300h", issuer={"ttl": "1h"}), 0)
    stolen = trace["forgers"]["key"][0]
    removed = trace["keys"]["removed"][stolen]
    assert removed == pytest.approx(trace["keys"]["deactivated"][stolen] + 3600.0)
    assert 0.0 <= of(trace, "key.dwell.mean") - (removed - 3600.0) <= 62.0


@pytest.mark.parametrize("replication", range(4))
def test_the_longer_a_stolen_key_is_kept_the_longer_it_serves_and_the_fewer_it_locks_out(
    replication: int,
) -> None:
    """O46: the same theft, the same pulls; the rate and the removal are all that differs."""
    dwell, lockout = {}, {}
    for remove in ("at-once", "when-reissued"):
        for rate in ("4/m", "20/m", "100/m"):
            response = {"prepare": "2m", "rate": rate, "remove": remove}
            theft = {"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": exp("20m")}
            scenario = keyed(
                {"bundle": PULLED}, 5, [theft | {"response": response}], replicas=100, horizon="8h"
            )
            trace = run(scenario, replication)
            dwell[remove, rate] = of(trace, "key.dwell.mean")
            lockout[remove, rate] = of(trace, "undertrust.share.key_removed")
    fast, middle, slow = (dwell["when-reissued", rate] for rate in ("100/m", "20/m", "4/m"))
    assert dwell["at-once", "4/m"] == dwell["at-once", "100/m"] < fast < middle < slow
    fast, middle, slow = (lockout["at-once", rate] for rate in ("100/m", "20/m", "4/m"))
    assert 0.0 <= fast < middle < slow
    assert [lockout["when-reissued", rate] for rate in ("100/m", "20/m", "4/m")] == [0.0] * 3
