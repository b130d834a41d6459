"""Measures of evidence in worlds small enough to be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate

PERIODIC = {"kind": "periodic", "every": "30s"}
CRASH = {"kind": "crash", "workload": "web", "every": "100s"}


def measured(names: list[str], artefact: dict[str, Any] | None = None, **more: Any) -> list[float | None]:
    """Two hours of one unit, asked twice a second, whose log is flushed every 30 s."""
    service: dict[str, Any] = {"kind": "service", "replicas": 1, "endpoints": {"removal": "0s"}}
    service |= {"traffic": {"kind": "constant", "rate": "2/s"}, **more.pop("service", {})}
    tree: dict[str, Any] = {
        "name": "by-hand",
        "horizon": "2h",
        "start": "fresh",
        "sinks": {"archive": {}},
        "evidence": {"answer": {"kind": "request", "workload": "web", "owes": ["log"]}},
        "artefacts": {"log": {"of": "answer", "sink": "archive", "shipping": PERIODIC, **(artefact or {})}},
        "workloads": {"web": service},
        **more,
    }
    found = evaluate(simulate(Scenario.model_validate(tree)), names)
    return [found[name].value for name in names]


def down(at: str, lasts: str) -> list[dict[str, Any]]:
    return [{"kind": "sink-outage", "sink": "archive", "at": [at], "lasts": lasts}]


def test_a_crash_leaves_a_gap_of_what_was_not_flushed() -> None:
    """Of 100 s the last 10 s; of those near the crash, which is within 5 min of everything, as many."""
    names = ["evidence.gap", "evidence.gap.died_before_flush", "evidence.loss_fraction"]
    gap, died, lost = measured(names, failures=[CRASH])
    assert gap == died == pytest.approx(63 * 10 / 6300)
    assert lost == pytest.approx(72 * 10 / 7200, abs=0.002)


def test_what_is_flushed_too_late_is_a_gap_and_no_loss() -> None:
    """Down from 1 h to 1 h 20 min: made up to 3,600 s + 5 min, flushed at 4,800 s, more than 15 min later."""
    names = ["evidence.gap", "evidence.gap.late", "evidence.loss_fraction", "evidence.latency.p95"]
    gap, late, lost, latency = measured(names, failures=down("1h", "20m"))
    assert gap == late == pytest.approx((4800 - 900 - 3570) / 6300)
    assert lost == 0.0
    # Of 7,200 s, 5 % are 360 s: as late as that is what was made 360 s before the gap's far end.
    assert latency == pytest.approx(1200 + 30 - 360, abs=8)


def test_the_gap_is_larger_at_incidents() -> None:
    """Ten minutes around the beginning of the outage hold all that is late."""
    names = ["evidence.gap_at_incident", "evidence.gap_at_incident_ratio", "evidence.gap"]
    there, ratio, overall = measured(names, failures=down("1h", "20m"))
    assert there == pytest.approx((3900 - 3570) / 600)
    assert ratio == pytest.approx(there / overall)


def test_a_flush_period_beyond_patience_leaves_the_first_of_each_late() -> None:
    """Flushed every 20 min, the first 5 min of each are too late; the window ends 15 min before the end."""
    (gap,) = measured(["evidence.gap.late"], {"shipping": {"kind": "periodic", "every": "20m"}})
    assert gap == pytest.approx((5 * 300 + 300) / 6300)


def test_what_is_sampled_out_cannot_be_explained() -> None:
    """Three quarters."""
    gap, out = measured(
        ["evidence.gap", "evidence.gap.sampled_out"], {"sampling": {"kind": "head", "keep": "25%"}}
    )
    assert gap == out == pytest.approx(0.75)


LAPSING: dict[str, Any] = {
    "policies": {
        "authz": {
            "principals": 2, "refresh": {"kind": "pull", "every": "20s"},
            "when_stale": {"after": "60s", "then": "deny"},
        }
    },
    "service": {"policy": "authz"},
    "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["30m"], "lasts": "10m"}],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "wrong", "least"), [("head", 0.75, 0.75), ("tail", 0.0, 0.6)])
def test_of_what_is_refused_tail_sampling_keeps_all_and_head_sampling_its_share(
    kind: str, wrong: float, least: float
) -> None:
    """Denied by rote for some 9 min of 105; of the rest, which nothing befalls, both keep a quarter."""
    names = ["evidence.gap_in_trouble", "evidence.gap_in_trouble.sampled_out", "evidence.gap"]
    there, out, overall = measured(names, {"sampling": {"kind": kind, "keep": "25%"}}, **LAPSING)
    assert there == out == pytest.approx(wrong)
    assert overall == pytest.approx(
        0.75 * (1.0 if kind == "head" else 1.0 - 560 / 6300), abs=0.75 * 21 / 6300
    )
    assert overall >= least


def test_where_nothing_is_sampled_nobody_asks_what_was_in_trouble() -> None:
    """Everything is kept, whatever becomes of it."""
    assert measured(["evidence.gap_in_trouble"], **LAPSING) == [None]


def test_a_commit_that_took_two_attempts_is_kept_by_tail_sampling() -> None:
    """Work of 1 min, told at the end; crashes every 100 s let every other delivery be in vain.

    Kept are the commits of second attempts alone, so that the gap of the others is whole.
    """
    names = ["outcomes.unexplained", "evidence.gap_in_trouble", "job.attempts.mean"]
    unexplained, there, attempts = measured(
        names,
        {"sampling": {"kind": "tail", "keep": "0%"}, "holder": {"kind": "agent", "units": 1}},
        evidence={"answer": {"kind": "commit", "workload": "web", "owes": ["log"]}},
        workloads={
            "web": {
                "kind": "processor",
                "replicas": 1,
                "jobs": {"every": "60s", "work": "40s"},
                "startup": "1s",
            }
        },
        failures=[CRASH],
    )
    assert there == 0.0
    assert attempts is not None
    assert attempts > 1.1
    assert unexplained is not None
    assert 0.3 < unexplained < 0.9


def test_a_log_whose_issuance_record_is_lost_leads_nowhere() -> None:
    """Records go at the end of a life only, so a crash loses the one in force: nothing can be resolved."""
    log = {"of": "answer", "sink": "archive", "shipping": {"kind": "periodic", "every": "1s"}}
    record = {"of": "issuance", "sink": "archive", "shipping": {"kind": "on-stop"}}
    gap, reference = measured(
        ["evidence.gap", "evidence.gap.unresolvable_reference"],
        issuers={"mesh": {"ttl": "1h"}},
        service={"issuer": "mesh"},
        evidence={
            "answer": {"kind": "request", "workload": "web", "owes": ["log", "record"]},
            "issuance": {"kind": "issuance", "workload": "web", "owes": ["record"]},
        },
        artefacts={"log": log, "record": record},
        failures=[CRASH],
    )
    assert gap is not None
    assert reference is not None
    assert gap > 0.99
    assert reference > 0.98


def test_a_record_that_has_expired_resolves_nothing() -> None:
    """Issued at 0 s, 1,800 s, ..., durable 30 s later and kept for 30 min: no use to what asks after 1,830 s.

    That is what is decided from 930 s on, 15 min before, until the next record at 1,800 s, and so on. The
    four issuances are outcomes too.
    """
    gap, reference = measured(
        ["evidence.gap", "evidence.gap.unresolvable_reference"],
        issuers={"mesh": {"ttl": "1h", "renewal": {"kind": "fixed", "at": "50%"}}},
        sinks={"archive": {}, "short": {"retention": "30m"}},
        **_REFERRING,
    )
    assert gap == reference == pytest.approx(3 * 870 * 2 / (6300 * 2 + 4))


def test_a_record_that_was_sampled_out_resolves_nothing() -> None:
    """None is kept, so none of 12,600 decisions leads to its credential; the four issuances lack it too."""
    sampled = {"sampling": {"kind": "head", "keep": "0%"}}
    artefacts = _REFERRING["artefacts"] | {"record": _REFERRING["artefacts"]["record"] | sampled}
    gap, reference, latency = measured(
        ["evidence.gap", "evidence.gap.unresolvable_reference", "evidence.latency.p95"],
        issuers={"mesh": {"ttl": "1h"}},
        sinks={"archive": {}, "short": {}},
        **_REFERRING | {"artefacts": artefacts},
    )
    assert gap == 1.0
    assert reference == pytest.approx(12600 / 12604)
    assert latency is None


def test_what_is_kept_for_less_than_15_minutes_is_gone_when_somebody_asks() -> None:
    """All of it, flushed at intervals or at once."""
    for shipping in (PERIODIC, {"kind": "sync"}):
        gap, expired = measured(
            ["evidence.gap", "evidence.gap.retention_expired"],
            {"shipping": shipping},
            sinks={"archive": {"retention": "5m"}},
        )
        assert gap == expired == 1.0


_REFERRING: dict[str, Any] = {
    "service": {"issuer": "mesh"},
    "evidence": {
        "answer": {"kind": "request", "workload": "web", "owes": ["log", "record"]},
        "issuance": {"kind": "issuance", "workload": "web", "owes": ["record"]},
    },
    "artefacts": {
        "log": {"of": "answer", "sink": "archive", "shipping": PERIODIC},
        "record": {"of": "issuance", "sink": "short", "shipping": PERIODIC},
    },
}


def test_artefacts_lost_together_leave_fewer_gaps_than_their_product_says() -> None:
    """Two sorts flushed at the same instants are lost by the same crash: one gap of 10 %, not 19 %."""
    sort = {"of": "answer", "sink": "archive", "shipping": PERIODIC}
    evidence = {"answer": {"kind": "request", "workload": "web", "owes": ["log", "span"]}}
    more = {"evidence": evidence, "artefacts": {"log": sort, "span": sort}, "failures": [CRASH]}
    (gap,) = measured(["evidence.gap"], **more)
    assert gap == pytest.approx(0.1)


def test_evidence_is_paid_for_and_part_of_the_price_of_trust() -> None:
    """Of 14,400 entries of 1 MB all but the last flush's 60 are handed over: 14.34 GB for $1 each."""
    bill = {"prices": {"evidence_gigabyte": "$1"}}
    names = ["cost.total", "cost.trust_overhead", "evidence.cost_share"]
    total, share, evidence = measured(names, {"size": "1MB"}, **bill)
    assert total == pytest.approx(14.34)
    assert share == evidence == pytest.approx(1.0)


def test_without_outcomes_nothing_is_defined() -> None:
    """Null, never 0 or 1."""
    names = ["evidence.gap", "evidence.loss_fraction", "evidence.latency.p95", "evidence.gap_at_incident"]
    assert measured(names, sinks={}, evidence={}, artefacts={}) == [None] * 4
