"""Measures of requests and of what they cost."""

from __future__ import annotations

import builder as b
import pytest
from test_orphan import value


def bucket(start, end, *, intended, offered=None, **outcomes):
    outcomes.setdefault("served", intended - sum(outcomes.values()))
    return {
        "workload": 0,
        "start": start,
        "end": end,
        "load": offered or intended,
        "intended": intended,
        "offered": offered or intended,
    } | outcomes


def traffic_trace():
    """Ten minutes in buckets of 100 s, 100 intended requests each; trouble in the fifth and the last."""
    buckets = [bucket(100.0 * i, 100.0 * i + 100, intended=100.0, no_endpoint=0.0) for i in range(6)]
    buckets[4] = bucket(400.0, 500.0, intended=100.0, no_endpoint=30.0)
    buckets[5] = bucket(
        500.0, 600.0, intended=100.0, no_endpoint=0.0, stale_deny=15.0, credential_rejected=15.0
    )
    defaults = dict.fromkeys(("stale_deny", "credential_rejected", "denied", "stale_allow", "fail_open"), 0.0)
    rows = [defaults | row for row in buckets]
    rows[5] |= {"offered": 120.0, "denied": 15.0, "stale_allow": 4.0, "fail_open": 1.0}
    bill = [
        {"item": "unit_hours", "quantity": 10.0, "price": 0.8, "amount": 8.0},
        {"item": "issuances", "quantity": 100.0, "price": 0.01, "amount": 1.0},
        {"item": "policy_fetches", "quantity": 100.0, "price": 0.01, "amount": 1.0},
    ]
    return b.trace(window=(0.0, 600.0), traffic=rows, bill=bill)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("availability", 540 / 600),
        ("availability.window_min", 240 / 300),
        ("unserved.share", 60 / 600),
        ("unserved.share.no_endpoint", 30 / 600),
        ("unserved.share.stale_deny", 15 / 600),
        ("unserved.share.fail_closed", 0.0),
        ("undertrust.request_share", 30 / 600),
        ("overtrust.request_share", 5 / 545),
        ("overtrust.false_accept_rate", 5 / 20),
        ("cost.total", 10.0),
        ("cost.per_million_served", 10e6 / 540),
        ("cost.trust_overhead", 0.2),
    ],
)
def test_requests_and_bill_are_added_up(name, expected):
    """540 of 600 intended served; 5 of 20 others let in; the bill is 8 + 1 + 1 USD."""
    assert value(traffic_trace(), name) == pytest.approx(expected, rel=1e-12)


def test_without_traffic_or_bill_nothing_is_defined():
    for name in (
        "availability",
        "availability.window_min",
        "unserved.share",
        "cost.total",
        "cost.trust_overhead",
    ):
        assert value(b.trace(), name) is None


def test_what_nobody_has_priced_costs_an_unknown_amount():
    """Ten unit hours without a price: no sum, rather than a bill of 0 USD that looks like good news."""
    free = [{"item": "unit_hours", "quantity": 10.0, "price": 0.0, "amount": 0.0}]
    trace = b.trace(window=(0.0, 600.0), traffic=[bucket(0.0, 600.0, intended=10.0)], bill=free)
    for name in ("cost.total", "cost.per_million_served", "cost.trust_overhead"):
        assert value(trace, name) is None
