"""How long credentials are accepted after they should have ended, and what units hold meanwhile."""

from __future__ import annotations

import builder as b
import pytest
from test_orphan import THEFT, value

from churnsim.metrics import evaluate


def lengths(trace, part=""):
    name = f"credential.half_life{'.' if part else ''}{part}"
    found = evaluate(trace, [name])[name]
    return sorted(zip(found.values.tolist(), found.censored.tolist(), strict=True))


def test_superseded_credentials_outlive_their_unit_too():
    """Gone at 12: one expires at 20, one at 30, one expired at 10 and does not count."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=12.0)],
        credentials=[b.credential(0, 1, 0, 10), b.credential(0, 2, 2, 20), b.credential(0, 3, 10, 30)],
    )
    assert lengths(trace) == lengths(trace, "orphan") == [(8.0, False), (18.0, False)]
    assert value(trace, "credential.half_life") == 8.0
    assert value(trace, "credential.afterlife.p95") == 18.0
    assert value(trace, "credential.half_life.revocation") is None


def test_what_was_revoked_counts_from_then():
    """Revoked at 5 and, with its unit, at 40; the last point learns at 9 and at 40."""
    trace = b.trace(
        issuers=(b.issuer(ttl=50.0),),
        points=b.points(0.0, 0.0),
        units=[b.unit(0, stopped=40.0)],
        credentials=[b.credential(0, 1, 0, 50, revoked=5.0), b.credential(0, 2, 9, 59, revoked=40.0)],
        learned=[
            b.learned(0, 6.0),
            b.learned(0, 9.0, point=1),
            b.learned(1, 40.0),
            b.learned(1, 40.0, point=1),
        ],
    )
    assert lengths(trace, "revocation") == [(0.0, False), (4.0, False)]


def test_a_copy_counts_from_its_theft_and_is_cut_off_by_the_end():
    """Stolen at 4, good until 130, the run ends at 100: at least 96 s."""
    trace = b.trace(
        issuers=(b.issuer(ttl=130.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 130)],
        thefts=[THEFT],
    )
    assert lengths(trace, "theft") == [(96.0, True)]
    assert value(trace, "credential.half_life.theft") is None


def test_what_units_hold_between_them():
    """Units run for 40 s and 100 s; the first holds one from 0 to 20, one from 10 to 30, the other always."""
    trace = b.trace(
        workloads=(b.workload(replicas=2, issuer=0),),
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=40.0), b.unit(1)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 10, 30), b.credential(1, 1, 0, 100)],
    )
    assert value(trace, "credential.overlap") == 140 / 140
    assert value(trace, "credential.coverage") == pytest.approx(130 / 140)
    assert value(trace, "orphan.share") == 0.0


def test_a_share_of_what_is_valid_is_orphaned():
    """Held for 5 s, orphaned for 15 s."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=5.0)],
        credentials=[b.credential(0, 1, 0, 20)],
    )
    assert value(trace, "orphan.share") == 0.75
    assert value(trace, "orphan.window.p95") == 15.0


def test_rejected_requests_are_split_by_what_locked_their_endpoint_out():
    """Two of four listed endpoints refuse in a bucket of 100 s: one for 30 s, one for 10 s, of 8 requests."""
    trace = b.trace(
        workloads=(b.workload(replicas=4, issuer=0),),
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(number, listed=0.0, unlisted=b.NAN) for number in range(4)],
        credentials=[
            b.credential(0, 1, 0, 20),
            b.credential(0, 2, 50, 200, asked=10.0),
            b.credential(1, 1, 0, 200, revoked=60.0),
            b.credential(1, 2, 70, 200, asked=60.0),
            b.credential(2, 1, 0, 200),
            b.credential(3, 1, 0, 200),
        ],
        learned=[b.learned(2, 60.0)],
        intervals=[*(b.listed(number, 0.0) for number in range(4)), b.outage(9.0, 50.0)],
        traffic=[
            {"workload": 0, "start": 0.0, "end": 100.0, "load": 80.0, "offered": 80.0, "intended": 80.0,
             "served": 72.0, "credential_rejected": 8.0},
        ],
    )  # fmt: skip
    assert value(trace, "undertrust.request_share") == 0.1
    assert value(trace, "undertrust.request_share.expired_issuer_outage") == pytest.approx(0.075)
    assert value(trace, "undertrust.request_share.false_revocation") == pytest.approx(0.025)
