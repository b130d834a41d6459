"""Units that hold no accepted credential although they should."""

from __future__ import annotations

import builder as b
import pytest
from test_orphan import stretches, value

from churnsim.metrics import evaluate


def test_a_unit_is_locked_out_until_its_first_credential():
    """Booted at 10, first credential at 16, gone at 60: 6 of 50 s."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, ready=10.0, stopped=60.0)],
        credentials=[b.credential(0, 1, 16, 80, asked=10.0)],
    )
    assert stretches(trace)[0] == (0, "no_credential_at_start", 10.0, 16.0)
    assert value(trace, "undertrust.share") == 6 / 50
    assert value(trace, "undertrust.share.no_credential_at_start") == 6 / 50
    assert value(trace, "first_credential.p95") == 6.0


@pytest.mark.parametrize(
    ("down", "cause"),
    [
        ((9.0, 10.5), "expired_issuer_outage"),
        ((15.0, 40.0), "expired_issuer_outage"),
        ((5.0, 10.0), "expired_late_renewal"),  # over the instant the renewal falls due
        ((20.5, 24.0), "expired_late_renewal"),
    ],
)
def test_an_expiry_is_put_down_to_an_outage_between_due_and_expiry(down, cause):
    """Due at 10, expired at 20, renewed at 25."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 25, 125, asked=10.0)],
        intervals=[b.outage(*down)],
    )
    assert stretches(trace) == [(0, cause, 20.0, 25.0)]
    assert value(trace, "rotation.margin") == pytest.approx(1 - 15 / 10)


@pytest.mark.parametrize(
    ("owner", "issuer", "cause"),
    [
        ((9.0, 10.5), None, "expired_owner_outage"),
        ((19.0, 24.0), (11.0, 12.0), "expired_owner_outage"),  # the owner keeps it waiting in the end
        ((11.0, 12.0), (19.0, 24.0), "expired_issuer_outage"),  # the issuer does
        ((11.0, 12.0), (15.0, 16.0), "expired_issuer_outage"),  # neither does any more
        ((5.0, 10.0), None, "expired_late_renewal"),  # over the instant the renewal falls due
        ((20.5, 24.0), (5.0, 10.0), "expired_late_renewal"),
    ],
)
def test_an_expiry_is_put_down_to_an_outage_of_the_owner(owner, issuer, cause):
    """Due at 10, expired at 20, renewed at 25; of two units the other one's owner is down all the time."""
    trace = b.trace(
        workloads=(b.workload(replicas=2, issuer=0, owned=1),),
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0), b.unit(1)],
        credentials=[
            b.credential(0, 1, 0, 200),
            b.credential(1, 1, 0, 20),
            b.credential(1, 2, 25, 125, asked=10.0),
        ],
        intervals=[
            *([b.outage(*issuer)] if issuer else []),
            b.outage(0.0, 100.0, family=4, entity=0),
            b.outage(*owner, family=4, entity=1),
        ],
    )
    assert stretches(trace) == [(0, cause, 20.0, 25.0)]
    assert value(trace, f"undertrust.share.{cause}") == 5 / 200


@pytest.mark.parametrize(
    ("cut", "issuer", "cause"),
    [
        ((9.0, 10.5), None, "expired_partition"),
        ((15.0, 25.0), (11.0, 12.0), "expired_partition"),  # cut off in the end
        ((11.0, 12.0), (19.0, 25.0), "expired_issuer_outage"),
        ((5.0, 10.0), None, "expired_late_renewal"),  # over the instant the renewal falls due
    ],
)
def test_an_expiry_is_put_down_to_a_partition(cut, issuer, cause):
    """Due at 10, expired at 20, renewed at 25; removing the cause lets the credential come in time."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 25, 125, asked=10.0)],
        cuts=[{"unit": 0, "family": 2, "start": cut[0], "end": cut[1]}],
        intervals=[b.outage(*issuer)] if issuer else [],
    )
    assert stretches(trace) == [(0, cause, 20.0, 25.0)]
    assert value(trace, f"undertrust.share.{cause}") == 5 / 100


def test_a_fast_clock_refuses_early_and_the_cause_changes_at_true_expiry():
    """5 s ahead: refused from 15, truly expired at 20, renewed at 22."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(5.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 22, 200)],
    )
    assert stretches(trace) == [(0, "clock_skew", 15.0, 20.0), (0, "expired_late_renewal", 20.0, 22.0)]
    assert value(trace, "undertrust.window.mean") == 7.0


def test_concurrent_lockout_counts_only_units_that_no_point_accepts():
    """Two of four units without a credential at 50; a third is refused at one of two points only."""
    trace = b.trace(
        workloads=(b.workload(replicas=4, issuer=0),),
        issuers=(b.issuer(),),
        points=b.points(0.0, 30.0),
        units=[b.unit(number) for number in range(4)],
        credentials=[
            b.credential(0, 1, 0, 200),
            b.credential(1, 1, 0, 120),  # to the fast clock expired at 90
            b.credential(2, 1, 0, 50),
            b.credential(3, 1, 0, 40),
        ],
    )
    assert value(trace, "undertrust.max_concurrent") == 0.5


def test_history_that_is_not_recorded_is_no_lockout():
    """Booted at -1000, the record begins at -10 with the credential then in use."""
    trace = b.trace(
        start=-10.0,
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0, created=-1000.0)],
        credentials=[b.credential(0, 5, -15, 105)],
    )
    assert value(trace, "undertrust.share") == 0.0
    assert stretches(trace) == []


def test_an_open_lockout_is_censored():
    """Expired at 20, still not renewed at 100."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20)],
    )
    lengths = evaluate(trace, ["undertrust.window.p99"])["undertrust.window.p99"]
    assert (list(lengths.values), list(lengths.censored)) == ([80.0], [True])
    assert value(trace, "rotation.margin") == 1 - 90 / 10  # still waiting since 10


@pytest.mark.parametrize("principals", [1, 100])
def test_callers_dilute_no_lockout(principals):
    """Expired for 40 of 100 s, while a policy that nobody changes lets any number of principals through."""
    trace = b.trace(
        issuers=(b.issuer(),),
        policies=(b.policy(principals),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 60, 160)],
        commits=b.permissions(*[1] * principals),
        adoptions=[b.adoption(0, 0, 0.0)],
    )
    assert value(trace, "undertrust.share") == 0.4
    assert value(trace, "undertrust.policy_share") == 0.0


@pytest.mark.parametrize("principals", [1, 100])
def test_wrong_denials_shorten_no_lockout(principals):
    """One lockout of 40 s; meanwhile the unit lapses for 2 s and denies all of its callers."""
    trace = b.trace(
        issuers=(b.issuer(),),
        policies=(b.policy(principals),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 60, 160)],
        commits=b.permissions(*[1] * principals),
        adoptions=[b.adoption(0, 0, 0.0)],
        lapses=[{"policy": 0, "unit": 0, "start": 30.0, "end": 32.0, "mode": 0}],
    )
    assert value(trace, "undertrust.window.mean") == 40.0
    assert value(trace, "undertrust.policy_window.mean") == 2.0
    assert value(trace, "undertrust.policy_window.max") == 2.0
    assert value(trace, "undertrust.policy_share.fail_closed") == pytest.approx(0.02)


def test_a_family_that_is_not_there_is_undefined():
    """A policy without credentials knows no lockout, credentials without a policy no denial."""
    held = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 200)],
    )
    ruled = b.trace(
        policies=(b.policy(1),),
        units=[b.unit(0)],
        commits=b.permissions(1),
        adoptions=[b.adoption(0, 0, 0.0)],
    )
    names = ("undertrust.share", "undertrust.policy_share", "undertrust.policy_share.fail_closed")
    assert [value(held, name) for name in names] == [0.0, None, None]
    assert [value(ruled, name) for name in names] == [None, 0.0, 0.0]


def test_without_an_issuer_or_a_policy_trust_is_undefined():
    trace = b.trace(units=[b.unit(0)])
    assert value(trace, "overtrust.mean_open") is None
    assert value(trace, "undertrust.share") is None
    assert value(trace, "undertrust.policy_share") is None
    assert value(trace, "undertrust.max_concurrent") is None
