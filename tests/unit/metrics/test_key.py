"""Keys that points do not know yet or no longer, and keys in the hands of a forger."""

from __future__ import annotations

from typing import Any

import builder as b
import pytest
from test_orphan import stretches, value

from churnsim.metrics import evaluate
from churnsim.metrics.trust import Side, gaps

NAN = float("nan")


def key(
    number: int, published: float, activated: float, deactivated: float, removed: float
) -> dict[str, Any]:
    return {
        "issuer": 0, "key": number, "published": published, "activated": activated,
        "deactivated": deactivated, "removed": removed,
    }  # fmt: skip


def known(number: int, point: int, start: float, end: float = NAN) -> dict[str, Any]:
    return {"issuer": 0, "key": number, "point": point, "start": start, "end": end}


def forger(time: float, detected: float = NAN, rotated: float = NAN, reissued: float = NAN) -> dict[str, Any]:
    return {
        "forger": 0, "issuer": 0, "key": 0, "time": time, "detected": detected, "rotated": rotated,
        "reissued": reissued,
    }  # fmt: skip


ROTATED = [key(0, 0.0, 0.0, 40.0, 70.0), key(1, 35.0, 40.0, NAN, NAN)]


def test_a_credential_is_refused_until_the_point_knows_its_key():
    """Signed at 50 by the key that signs since 40, as the old one runs out; known at 45, at point 1 at 58."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0, 0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 50), b.credential(0, 2, 50, 150, asked=50.0)],
        keys=ROTATED,
        bundles=[known(0, 0, 0.0, 75.0), known(0, 1, 0.0, 80.0), known(1, 0, 45.0), known(1, 1, 58.0)],
    )
    assert stretches(trace) == [(1, "unknown_key", 50.0, 58.0)]  # at point 1
    assert value(trace, "undertrust.share.unknown_key") == 8 / 2 / 100
    assert value(trace, "undertrust.necessity.unknown_key") == 8 / 2 / 100
    assert value(trace, "undertrust.max_concurrent") == 0.0  # the other point accepts it


def test_an_older_credential_helps_where_the_newer_is_not_known_yet():
    """The old one is good until 60, the point knows the new key at 58."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 60), b.credential(0, 2, 50, 150)],
        keys=ROTATED,
        bundles=[known(0, 0, 0.0, 75.0), known(1, 0, 58.0)],
    )
    assert stretches(trace) == []


def test_whoever_still_holds_what_a_removed_key_signed_is_refused():
    """Dropped at 20 and known again from 30 on, then dropped for good at 45; renewed at 60, expired at 55."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 55), b.credential(0, 2, 60, 160)],
        keys=ROTATED,
        withdrawals=[{"issuer": 0, "key": 0, "start": 15.0, "end": 25.0}],
        bundles=[known(0, 0, 0.0, 20.0), known(0, 0, 30.0, 45.0), known(1, 0, 41.0)],
    )
    assert stretches(trace) == [
        (0, "key_removed", 20.0, 30.0),
        (0, "key_removed", 45.0, 55.0),
        (0, "expired_late_renewal", 55.0, 60.0),
    ]
    assert value(trace, "undertrust.window.max") == 15.0
    assert value(trace, "undertrust.necessity.key_removed") == 20 / 100


def test_what_a_removed_key_signed_outlives_its_unit_no_longer():
    """Gone at 50 with a credential good until 90; its key is dropped at 70."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=50.0)],
        credentials=[b.credential(0, 1, 0, 90)],
        keys=[key(0, 0.0, 0.0, 55.0, 65.0), key(1, 55.0, 55.0, NAN, NAN)],
        bundles=[known(0, 0, 0.0, 70.0), known(1, 0, 57.0)],
    )
    assert stretches(trace) == [(0, "orphan_credential", 50.0, 70.0)]


def test_a_forger_is_trusted_until_the_last_point_has_dropped_the_key():
    """Stolen at 20; point 0 drops the key at 50, point 1 at 65; the reissue goes on from 40 to 48."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0, 0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 200), b.credential(0, 2, 48, 248)],
        keys=[key(0, 0.0, 0.0, 40.0, 48.0), key(1, 30.0, 40.0, NAN, NAN)],
        bundles=[known(0, 0, 0.0, 50.0), known(0, 1, 0.0, 65.0), known(1, 0, 35.0), known(1, 1, 36.0)],
        forgers=[forger(20.0, 30.0, 40.0, 48.0)],
    )
    assert stretches(trace) == [(0, "stolen_key", 20.0, 50.0), (1, "stolen_key", 20.0, 65.0)]
    assert value(trace, "undertrust.share") == 0.0
    assert value(trace, "overtrust.pair_seconds.stolen_key") == pytest.approx((30 + 45) / 2)
    assert value(trace, "overtrust.necessity.stolen_key") == pytest.approx((30 + 45) / 2)
    assert value(trace, "overtrust.necessity") == pytest.approx((30 + 45) / 2)
    assert value(trace, "key.dwell.mean") == 45.0
    assert value(trace, "key.rotation.mean") == 8.0
    # Of another sort than units and thieves.
    assert value(trace, "overtrust.window.mean") is None
    assert value(trace, "dwell.mean") is None


def test_a_forger_nobody_stops_is_censored():
    """Stolen at 20 of 100 s, known to the end."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 200)],
        keys=[key(0, 0.0, 0.0, NAN, NAN)],
        bundles=[known(0, 0, 0.0)],
        forgers=[forger(20.0)],
    )
    lengths = evaluate(trace, ["key.dwell.p95"])["key.dwell.p95"]
    assert (list(lengths.values), list(lengths.censored)) == ([80.0], [True])
    found = gaps(trace)
    assert (found.side.tolist(), found.workload.tolist(), found.unit.tolist()) == ([Side.OVER], [-1], [-1])
