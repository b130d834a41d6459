"""Known answers on signing keys: O18 where a point drops a key, and what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.scenario import Scenario
from churnsim.trace import Trace
from tests.theory.credential import of
from tests.theory.oracle import exp, known, run, world

PULLED = {"kind": "pull", "every": "60s", "delay": "2s"}
LATE = {"kind": "pull", "every": "20m"}


def keyed(keys: dict[str, Any], points: int, failures: list[dict[str, Any]], **fields: Any) -> Scenario:
    """Units that live for ever; their credentials outlive the run unless told otherwise."""
    issuer = {"ttl": "2d", "verification": {"points": points}, "keys": keys, **fields.pop("issuer", {})}
    web = {"kind": "service", "replicas": fields.pop("replicas", 2), "issuer": "mesh"}
    return world(issuers={"mesh": issuer}, workloads={"web": web}, failures=failures, **fields)


def dropped(bundle: dict[str, Any], replication: int) -> Trace:
    """Keys stolen now and then, noticed and removed at once, 20 points.

    So far apart that no bundle brings the news of the one before: with it, all would know earlier.
    """
    apart = {"kind": "uniform", "low": "30m", "high": "90m"}
    theft = {"kind": "key-theft", "issuer": "mesh", "every": apart, "detected": "0s"}
    failures = [theft | {"response": {"remove": "at-once"}}]
    return run(keyed({"bundle": bundle}, 20, failures), replication, check=replication == 0)


@known("O18 a stolen key until the last of 20 points has dropped it, pulled", 57.142857 + 2.0)
def last_pull(replication: int) -> float:
    return of(dropped(PULLED, replication), "key.dwell.mean")


@known("O18 a stolen key at one of 20 points, pulled", 30.0 + 2.0)
def mean_pull(replication: int) -> float:
    trace = dropped(PULLED, replication)
    stolen = np.count_nonzero(trace["forgers"]["time"] >= 0)
    return of(trace, "overtrust.pair_seconds.stolen_key") / float(stolen)


@known("O18 a stolen key until the last of 20 points has dropped it, pushed", 60.0 * 3.597740)
def last_push(replication: int) -> float:
    return of(dropped({"kind": "push", "delay": exp("60s")}, replication), "key.dwell.mean")


@known("F264 lockout by a key removed for less than a refresh", 600.0, power=0.03)
def removed_briefly(replication: int) -> float:
    return removed("10m", replication)


@known("F264 lockout by a key removed for longer than a refresh", 3000.0)
def removed_long(replication: int) -> float:
    return removed("50m", replication)


def removed(lasts: str, replication: int) -> float:
    """Seconds a unit is refused at a point, its key missing from the bundle for so long."""
    failure = {"kind": "key-removal", "issuer": "mesh", "at": ["1h"], "lasts": lasts}
    trace = run(keyed({"bundle": LATE}, 100, [failure], horizon="4h"), replication, check=replication == 0)
    return of(trace, "undertrust.share.key_removed") * trace.meta.t1


# Renewed at expiry, so that no older credential helps; W = U(0, 20 min) until a point knows the key, and the
# first renewal under it comes V = U(0, 1 h) after it signs: E (W - 5 min - V)⁺ = 15³ / (6 · 20 · 60) min.
@known("F034 lockout by a key that points do not know yet", 900.0**3 / (6 * 1200.0 * 3600.0), power=0.05)
def not_yet_known(replication: int) -> float:
    issuer = {"ttl": "1h", "renewal": {"kind": "fixed", "at": "100%"}}
    keys = {"every": "247m", "prepare": "5m", "bundle": LATE}
    trace = run(keyed(keys, 20, [], issuer=issuer, replicas=50, horizon="48h"), replication, check=False)
    return of(trace, "undertrust.share.unknown_key") * 247 * 60.0


@known("F293 F295 dwell of a stolen key that is removed when all is reissued", 1122.0 + 59.142857)
def reissued(replication: int) -> float:
    # Noticed after 10 min, decided after 5, published for 2 before it signs, 204 credentials at 2/s.
    response = {"after": "5m", "prepare": "2m", "rate": "2/s"}
    theft = {"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": "10m", "response": response}
    scenario = keyed({"bundle": PULLED}, 20, [theft], replicas=204, horizon="3h", start="fresh")
    return of(run(scenario, replication, check=replication == 0), "key.dwell.mean")
