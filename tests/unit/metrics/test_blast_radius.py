"""How much of what should be trusted one owner takes down with it."""

from __future__ import annotations

import builder as b
from test_orphan import value


def test_the_radius_is_the_largest_share_of_one_owner_s_outage():
    """Ten units, two an owner: both of the second owner's are out at 50, and one of the third's: 2 of 10."""
    trace = b.trace(
        workloads=(b.workload(replicas=10, issuer=0, owned=2),),
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(number) for number in range(10)],
        credentials=[
            *(b.credential(number, 1, 0, 200) for number in (0, 1, 5, 6, 7, 8, 9)),
            b.credential(2, 1, 0, 40),
            b.credential(3, 1, 0, 45),
            b.credential(4, 1, 0, 30),
        ],
        intervals=[b.outage(10.0, 90.0, family=4, entity=1), b.outage(10.0, 90.0, family=4, entity=2)],
    )
    assert value(trace, "blast_radius.owner") == 0.2
    assert value(trace, "undertrust.max_concurrent") == 0.3


def test_an_issuer_s_outage_is_no_owner_s():
    """Everybody is out, and the owner was up all the time."""
    trace = b.trace(
        workloads=(b.workload(replicas=2, issuer=0, owned=2),),
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0), b.unit(1)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(1, 1, 0, 20)],
        intervals=[b.outage(5.0, 90.0)],
    )
    assert value(trace, "blast_radius.owner") == 0.0
    assert value(trace, "undertrust.max_concurrent") == 1.0


def test_where_every_unit_asks_for_itself_it_is_undefined():
    """No owner, no radius."""
    trace = b.trace(issuers=(b.issuer(),), points=b.points(0.0), units=[b.unit(0)])
    assert value(trace, "blast_radius.owner") is None
