"""Over-trust beyond what was agreed."""

from __future__ import annotations

from dataclasses import replace

import builder as b
import pytest
from test_orphan import THEFT, value


def orphans(agreed: float):
    """Units gone at 10, 20 and 95 whose credentials last until 15, 50 and beyond the end."""
    return b.trace(
        workloads=(b.workload(replicas=3, issuer=0),),
        issuers=(replace(b.issuer(), agreed=agreed),),
        points=b.points(0.0),
        units=[b.unit(0, stopped=10.0), b.unit(1, stopped=20.0), b.unit(2, stopped=95.0)],
        credentials=[b.credential(0, 1, 0, 15), b.credential(1, 1, 0, 50), b.credential(2, 1, 0, 150)],
    )


def test_only_what_goes_beyond_the_agreement_counts():
    """Exposed for 5, 30 and at least 5 s, agreed are 12: 18 s too much; the last may yet keep to it."""
    trace = orphans(12.0)
    assert value(trace, "overtrust.excess") == 18.0
    assert value(trace, "overtrust.excess_share") == 0.5


def test_an_exposure_that_is_open_may_have_gone_too_far_already():
    """Agreed are 4 s: 1, 26 and at least 1 s too much, all three known to be."""
    trace = orphans(4.0)
    assert value(trace, "overtrust.excess") == 28.0
    assert value(trace, "overtrust.excess_share") == 1.0


def test_where_nothing_is_agreed_nothing_is_beyond_it():
    trace = orphans(b.NAN)
    assert value(trace, "overtrust.excess") is None
    assert value(trace, "overtrust.excess_share") is None


def test_a_thief_is_held_to_the_agreement_of_the_issuer():
    """Stolen at 4, expires at 20, agreed are 10: 6 s."""
    trace = b.trace(
        issuers=(replace(b.issuer(), agreed=10.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 10, 200)],
        thefts=[THEFT],
    )
    assert value(trace, "overtrust.excess") == 6.0


@pytest.mark.parametrize(("agreed", "excess", "share"), [(5.0, 15.0, 1.0), (25.0, 0.0, 0.0)])
def test_a_policy_has_an_agreement_of_its_own(agreed, excess, share):
    """Denied at 20, adopted at 40."""
    trace = b.trace(
        policies=(replace(b.policy(1), agreed=agreed),),
        units=[b.unit(0)],
        commits=[*b.permissions(1), b.commit(1, 20.0, 0)],
        adoptions=[b.adoption(0, 0, 0.0), b.adoption(0, 1, 40.0)],
    )
    assert value(trace, "overtrust.policy_excess") == excess
    assert value(trace, "overtrust.policy_excess_share") == share
    assert value(trace, "overtrust.excess") is None
