"""Who owns the credentials: what an outage of the owner costs, and whom it hits together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.trace import Trace
from tests.theory import credential
from tests.theory.credential import of
from tests.theory.oracle import exp, run

ISSUER = {"ttl": "1h", "renewal": {"kind": "fixed", "at": "2/3"}, "retry": {"kind": "immediate"}}
UNIT, CENTRAL = {"kind": "unit"}, {"kind": "central"}
SLOW = {"kind": "central", "rate": "1/min"}
OWNERS = (UNIT, {"kind": "agent", "units": 7}, CENTRAL)


def owned(owner: dict[str, Any], *failures: dict[str, Any], replication: int = 0, **fields: Any) -> Trace:
    """Run of a workload whose credentials somebody owns."""
    service = {"replicas": fields.pop("replicas", 60), "owner": owner} | fields.pop("service", {})
    issuer = ISSUER | fields.pop("issuer", {})
    options = {"horizon": "12h", "failures": list(failures)} | fields
    return run(credential.identified(issuer, service, **options), replication)


def outage(**fields: Any) -> dict[str, Any]:
    """An outage of the owners."""
    return {"kind": "owner-outage", "workload": "web", **fields}


@pytest.mark.parametrize("owner", OWNERS[1:])
def test_an_owner_that_never_fails_is_none_at_all(owner: dict[str, Any]) -> None:
    """Null: with churn, an outage of the issuer and thefts, the same run to the bit."""
    others = (
        {"kind": "issuer-outage", "issuer": "mesh", "at": ["2h"], "lasts": "50m"},
        {"kind": "theft", "workload": "web", "every": exp("20m"), "detected": exp("30m"), "can_renew": True},
    )
    fields: dict[str, Any] = {
        "service": {"lifetime": exp("2h")},
        "issuer": {"retry": {"kind": "exponential"}, "revocation": {"kind": "list", "every": "5m"}},
    }
    alone, beside = (owned(each, *others, **fields) for each in (UNIT, owner))
    for table in alone:
        for column in alone[table]:
            whose = slice(None) if table != "intervals" else beside[table]["family"] < 4
            np.testing.assert_array_equal(alone[table][column], beside[table][column][whose], err_msg=table)


def test_an_outage_shorter_than_the_slack_locks_nobody_out() -> None:
    """O19 for an owner: D = s = 1,200 s, asked for again at once, so nobody has expired."""
    trace = owned(CENTRAL, outage(at=["1h"], lasts="1200s"), replicas=500)
    assert credential.lockout(trace) == 0.0


def test_an_outage_at_a_pace_ends_for_the_last_when_the_backlog_does() -> None:
    """O21, first come first served: all 60 due at 40 min, asked for from 50 min on, one a second."""
    paced = {"kind": "central", "rate": "1/s"}
    trace = owned(paced, outage(at=["39m"], lasts="11m"), start="fresh", horizon="1h")
    table = trace["credentials"]
    renewed = np.sort(table["issued"][table["serial"] == 2])
    np.testing.assert_allclose(renewed, 3000.0 + np.arange(60))


def test_one_agent_s_outage_is_its_own() -> None:
    """Of 60 units the second agent's seven are locked out for 35 min, once and together."""
    trace = owned(
        {"kind": "agent", "units": 7}, outage(owner=1, at=["1h"], lasts="75m"), start="fresh", horizon="6h"
    )
    # Renewed at 40 min and at no other time before the outage; expired at 100 min, asked for at 135 min.
    assert credential.lockout(trace) == pytest.approx(7 * 35 * 60.0)
    assert of(trace, "blast_radius.owner") == pytest.approx(7 / 60)
    assert of(trace, "undertrust.max_concurrent") == pytest.approx(7 / 60)


def test_owners_differ_in_the_tail_and_not_in_the_mean() -> None:
    """Agents of 1, 10 or 60 units with the same law of outages: one mean, and radii as large as the groups.

    The fewer owners there are, the less often something happens, and the more of it at once.
    """
    spells = outage(every=exp("10h"), lasts="3000s")
    shares, radii, peaks = [], [], []
    for units in (1, 10, 60):
        runs = [
            owned({"kind": "agent", "units": units}, spells, replication=replication, horizon="24h")
            for replication in range(12)
        ]
        shares.append([of(trace, "undertrust.share") for trace in runs])
        radii.append([of(trace, "blast_radius.owner") for trace in runs])
        peaks.append([of(trace, "undertrust.max_concurrent") for trace in runs])
    assert np.allclose(np.median(radii, axis=1), (1 / 60, 10 / 60, 1.0))
    assert np.all(np.diff(np.median(peaks, axis=1)) > 0)
    error = np.std(shares, axis=1, ddof=1) / np.sqrt(12)
    assert np.all(np.diff(error) > 0)
    for few, many in ((1, 0), (2, 0), (2, 1)):
        difference = np.mean(shares[few]) - np.mean(shares[many])
        assert abs(difference) <= 3 * np.hypot(error[few], error[many])


@pytest.mark.parametrize(
    ("owner", "failing", "retry"),
    [
        (UNIT, {"kind": "issuer-outage", "issuer": "mesh"}, {"kind": "none"}),
        (
            {"kind": "central", "rate": "1/min"},
            {"kind": "owner-outage", "workload": "web"},
            {"kind": "immediate"},
        ),
    ],
)
def test_whoever_is_made_to_ask_in_an_outage_may_not_be_renewed_when_it_falls_due(
    owner: dict[str, Any], failing: dict[str, Any], retry: dict[str, Any]
) -> None:
    """A stolen key is replaced while nobody is answered: some give up, some wait for their turn."""
    theft = {"kind": "key-theft", "issuer": "mesh", "at": ["2h"], "detected": "1m", "response": {}}
    keys = {"every": "12h", "bundle": {"kind": "pull", "every": "1m"}}
    for replication in range(3):
        trace = owned(
            owner, theft, {**failing, "at": ["1h58m"], "lasts": "6m"}, replication=replication, replicas=12,
            issuer={"ttl": "30m", "renewal": {"kind": "fixed", "at": "50%"}, "retry": retry, "keys": keys},
            service={"lifetime": exp("20m")}, horizon="4h",
        )  # fmt: skip
        assert trace.count("forgers") == 1
