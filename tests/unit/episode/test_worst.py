"""The worst episode of traces made by hand: which one it is, and what is told of it."""

from __future__ import annotations

import json

import pytest

from churnsim import explain_worst
from churnsim.base.errors import UsageError
from churnsim.episode.word import clock, lasting
from churnsim.metrics.trust import Cause
from churnsim.trace import Trace
from tests.unit.metrics import builder as b


def outage() -> Trace:
    """Two units; the second falls due at 10 in an outage from 8 to 45, expires at 20, is renewed at 50."""
    return b.trace(
        workloads=(b.workload(replicas=2, issuer=0),),
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0), b.unit(1)],
        credentials=[
            b.credential(0, 1, 0, 20),
            b.credential(0, 2, 25, 125, asked=10.0),
            b.credential(1, 1, 0, 20),
            b.credential(1, 2, 50, 150, asked=10.0, tries=7),
        ],
        intervals=[b.outage(8.0, 45.0)],
    )


def kinds(trace: Trace, **options: str) -> list[tuple[float, str]]:
    told = explain_worst(trace, **options)
    assert told is not None
    return [(fact.time, fact.kind) for fact in told.facts]


def test_the_longest_lockout_is_told_in_order_of_time():
    """Of two lockouts, 20 to 25 and 20 to 50, the second; only what concerns it is told."""
    told = explain_worst(outage())
    assert (told.subject.name, told.subject.start, told.subject.end) == ("web/1#1", 20.0, 50.0)
    assert [(fact.time, fact.kind) for fact in told.facts] == [
        (0.0, "unit-created"),
        (0.0, "unit-booted"),
        (0.0, "credential-issued"),
        (0.0, "unit-ready"),
        (8.0, "service-down"),
        (10.0, "renewal-due"),
        (20.0, "credential-expired"),
        (20.0, "gap-began"),
        (45.0, "service-changed"),
        (50.0, "credential-issued"),
        (50.0, "gap-ended"),
    ]
    assert str(told) == (
        "web/1#1 was locked out for 30 s: its renewal fell due 2 s into an outage of mesh of 37 s, and its "
        "credential expired 30 s before the next one came after 7 asks in vain."
    )


def test_an_owner_that_was_down_is_told_as_such():
    """Due at 10, 2 s into an outage of its owner from 8 to 50, expired at 20, asked for at once at 50."""
    told = explain_worst(
        b.trace(
            workloads=(b.workload(replicas=2, issuer=0, owned=1),),
            issuers=(b.issuer(),),
            points=b.points(0.0),
            units=[b.unit(0), b.unit(1)],
            credentials=[
                b.credential(0, 1, 0, 200),
                b.credential(1, 1, 0, 20),
                b.credential(1, 2, 50, 150, asked=10.0),
            ],
            intervals=[b.outage(8.0, 50.0, family=4, entity=1)],
        )
    )
    down = [(fact.time, fact.entity) for fact in told.facts if fact.kind.startswith("service")]
    assert down == [(8.0, "the owner of web/1"), (50.0, "the owner of web/1")]
    assert str(told) == (
        "web/1#1 was locked out for 30 s: its renewal fell due 2 s into an outage of the owner of web/1 of "
        "42 s, and its credential expired 30 s before the next one came."
    )


def test_what_bound_is_told_with_what_would_have_closed_it():
    """A point 5 s fast refuses from 15 on, truly expired at 20, renewed at 22; the other is right."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(5.0, 0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 22, 200, asked=10.0)],
        intervals=[b.outage(9.0, 22.0)],
    )
    told = explain_worst(trace)
    outage, skew = Cause.EXPIRED_ISSUER_OUTAGE, Cause.CLOCK_SKEW
    assert [(s.start, s.end, s.where, s.causes, s.remedies) for s in told.stretches] == [
        (15.0, 20.0, (0,), (skew,), (skew, outage)),
        (20.0, 22.0, (0, 1), (outage,), (outage,)),
    ]


def test_the_heaviest_episode_weighs_its_points():
    """One unit is refused for 20 s at one of four points, another for 10 s at all of them."""
    trace = b.trace(
        workloads=(b.workload(replicas=2, issuer=0),),
        issuers=(b.issuer(),),
        points=b.points(20.0, 0.0, 0.0, 0.0),
        units=[b.unit(0), b.unit(1)],
        credentials=[
            b.credential(0, 1, 0, 60),
            b.credential(0, 2, 60, 200),
            b.credential(1, 1, 0, 200, revoked=10.0),
            b.credential(1, 2, 20, 200, asked=10.0),
        ],
        learned=[b.learned(2, 10.0, point=point) for point in range(4)],
    )
    assert explain_worst(trace).subject.name == "web/0#1"
    assert explain_worst(trace, by="heaviest").subject.name == "web/1#1"


def test_a_revoked_orphan_is_told_point_by_point():
    """Revoked as the unit goes at 5, learned at 7 and 9."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0, 0.0),
        units=[b.unit(0, stopped=5.0)],
        credentials=[b.credential(0, 1, 0, 20, revoked=5.0)],
        learned=[b.learned(0, 7.0), b.learned(0, 9.0, point=1)],
    )
    told = kinds(trace, side="over")
    assert [fact for fact in told if fact[0] >= 5.0] == [
        (5.0, "credential-revoked"),
        (5.0, "unit-stopped"),
        (5.0, "unit-gone"),
        (5.0, "gap-began"),
        (7.0, "revocation-learned"),
        (7.0, "gap-changed"),
        (9.0, "revocation-learned"),
        (9.0, "gap-ended"),
    ]


def test_a_thief_is_told_from_theft_to_detection():
    """Stolen at 4, detected at 15, expired at 20; nothing can be done but wait."""
    theft = {"theft": 0, "workload": 0, "unit": 0, "serial": 1, "time": 4.0, "detected": 15.0}
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20), b.credential(0, 2, 10, 110)],
        thefts=[theft],
    )
    told = explain_worst(trace, "over", family="theft")
    assert [(f.time, f.kind) for f in told.facts if f.kind != "unit-ready"][-6:] == [
        (4.0, "credential-stolen"),
        (4.0, "gap-began"),
        (15.0, "theft-detected"),
        (15.0, "gap-changed"),
        (20.0, "credential-expired"),
        (20.0, "gap-ended"),
    ]
    assert told.sentence == (
        "the thief of web/0#1 was trusted for 16 s: it held credential 1, and the theft was detected only "
        "after 11 s."
    )


def test_a_policy_is_told_by_its_commits_and_adoptions():
    """Denied at 20, adopted by the two units at 25 and 40."""
    trace = b.trace(
        policies=(b.policy(1),),
        workloads=(b.workload(replicas=2, policy=0),),
        units=[b.unit(0), b.unit(1)],
        commits=[*b.permissions(1), b.commit(1, 20.0, 0)],
        adoptions=[
            b.adoption(0, 0, 0.0),
            b.adoption(0, 1, 25.0),
            b.adoption(1, 0, 0.0),
            b.adoption(1, 1, 40.0),
        ],
    )
    told = explain_worst(trace, "over", family="policy")
    assert [(fact.time, fact.kind) for fact in told.facts] == [
        (20.0, "version-committed"),
        (20.0, "gap-began"),
        (25.0, "version-adopted"),
        (25.0, "gap-changed"),
        (40.0, "version-adopted"),
        (40.0, "gap-ended"),
    ]
    assert [stretch.where for stretch in told.stretches] == [(0, 1), (1,)]


def test_an_episode_that_goes_on_says_so():
    """Expired at 20, still not renewed at the end of the run at 100."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 20)],
    )
    told = explain_worst(trace)
    assert told.facts[-1].kind == "gap-open"
    assert told.sentence.endswith("no other credential came, and so it was at the end of the run.")


def test_where_all_is_well_there_is_nothing_to_explain():
    trace = b.trace(issuers=(b.issuer(),), points=b.points(0.0), units=[b.unit(0)],
                    credentials=[b.credential(0, 1, 0, 200)])  # fmt: skip
    assert explain_worst(trace) is None
    assert explain_worst(trace, "over") is None


def test_an_explanation_is_a_frame_and_a_document():
    """Every fact is a row and an entry; JSON can hold all of it."""
    told = explain_worst(outage())
    assert list(told.frame()["time"]) == [fact.time for fact in told.facts]
    assert list(told.frame().columns) == ["time", "after", "entity", "kind", "what", "cause"]
    written = json.loads(json.dumps(told.document(), allow_nan=False))
    assert written["stretches"] == [
        {
            "start": 20.0,
            "end": 50.0,
            "where": ["mesh/0"],
            "causes": ["expired_issuer_outage"],
            "remedies": ["expired_issuer_outage"],
        }
    ]
    assert "<caption>web/1#1 was locked out" in told._repr_html_()


def test_a_wrong_word_is_answered_with_the_right_ones():
    with pytest.raises(UsageError, match="did you mean 'under'"):
        explain_worst(outage(), "undr")
    with pytest.raises(UsageError, match="credential, theft, forger, policy"):
        explain_worst(outage(), family="pods")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (0.25, "250 ms"),
        (9.94, "9.9 s"),
        (12.4, "12 s"),
        (1200.0, "20 min"),
        (3661.0, "1 h 1 min"),
    ],
)
def test_a_length_of_time_has_at_most_two_units(seconds, text):
    assert lasting(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "00:00:00"), (93784.6, "1d 02:03:05"), (-61.0, "-00:01:01"), (-0.2, "00:00:00")],
)
def test_an_instant_is_told_as_days_and_a_clock(seconds, text):
    assert clock(seconds) == text


def test_a_forger_is_told_by_the_key_that_was_stolen():
    """Key 0 stolen at 10, noticed at 30, dropped by the two points at 50 and 60."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0, 0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 200)],
        keys=[{"issuer": 0, "key": 0, "published": 0.0, "activated": 0.0}],
        bundles=[
            {"issuer": 0, "key": 0, "point": point, "start": 0.0, "end": end}
            for point, end in enumerate((50.0, 60.0))
        ],
        forgers=[{"forger": 0, "issuer": 0, "key": 0, "time": 10.0, "detected": 30.0, "rotated": 40.0}],
    )
    told = explain_worst(trace, "over", family="forger")
    assert [(fact.time, fact.kind) for fact in told.facts] == [
        (10.0, "key-stolen"),
        (10.0, "gap-began"),
        (30.0, "key-detected"),
        (40.0, "key-rotated"),
        (50.0, "key-dropped"),
        (50.0, "gap-changed"),
        (60.0, "key-dropped"),
        (60.0, "gap-ended"),
    ]
    assert told.sentence == (
        "the forger with key 0 of mesh was trusted at all 2 points of mesh for 50 s: the theft was noticed "
        "after 20 s, and some point knew the key for 30 s more."
    )


def test_a_connection_that_outlives_its_thief_is_told():
    """Stolen at 4, detected at 6, acted upon at 8, refused from 10; the connection lasts until 15."""
    theft = {"theft": 0, "workload": 0, "unit": 0, "serial": 1, "time": 4.0, "detected": 6.0, "decided": 8.0}
    trace = b.trace(
        issuers=(b.issuer(ttl=50.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 50, revoked=8.0), b.credential(0, 2, 8, 200, asked=8.0)],
        learned=[b.learned(0, 10.0)],
        connections=[
            {"issuer": 0, "unit": 0, "bearer": 0, "point": 0, "start": 10.0, "end": 15.0},
        ],
        thefts=[theft],
    )
    told = explain_worst(trace, "over", family="theft")
    assert [(fact.time, fact.kind) for fact in told.facts][-8:] == [
        (8.0, "credential-revoked"),
        (8.0, "theft-answered"),
        (8.0, "gap-changed"),
        (10.0, "connection-outlived"),
        (10.0, "revocation-learned"),
        (10.0, "gap-changed"),
        (15.0, "connection-closed"),
        (15.0, "gap-ended"),
    ]


def test_a_clock_before_the_beginning_is_told():
    """Issued at 0, looked at by a clock 5 s slow: refused until 5."""
    trace = b.trace(
        issuers=(b.issuer(ttl=200.0),),
        points=b.points(-5.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 200)],
    )
    told = explain_worst(trace)
    assert (told.subject.start, told.subject.end) == (0.0, 5.0)
    assert [stretch.causes[0] for stretch in told.stretches] == [Cause.NOT_YET_VALID]
    assert told.sentence == (
        "web/0#1 was locked out for 5 s: to a clock 5 s slow its credential had not begun yet."
    )


def test_an_answer_that_did_not_come_is_told():
    """The issuer is down from 8 to 45; the last answer is too old from 12 on, the next one comes at 45."""
    trace = b.trace(
        issuers=(b.issuer(ttl=200.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 200)],
        unanswered=[{"issuer": 0, "credential": 0, "point": 0, "start": 12.0, "end": 45.0}],
        intervals=[b.outage(8.0, 45.0)],
    )
    told = explain_worst(trace)
    assert (told.subject.start, told.subject.end) == (12.0, 45.0)
    assert [stretch.causes[0] for stretch in told.stretches] == [Cause.STATUS_UNKNOWN]
    assert told.sentence == (
        "web/0#1 was locked out for 33 s: mesh did not answer whether its credential was still good, and "
        "unanswered it was refused."
    )


def test_a_connection_that_did_most_of_it_is_told():
    """Stolen at 4, known to be so at 6 and revoked everywhere at once; a connection stays open until 40."""
    theft = {"theft": 0, "workload": 0, "unit": 0, "serial": 1, "time": 4.0, "detected": 6.0, "decided": 6.0}
    trace = b.trace(
        issuers=(b.issuer(ttl=50.0),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 50, revoked=6.0), b.credential(0, 2, 6, 200, asked=6.0)],
        learned=[b.learned(0, 6.0)],
        connections=[{"issuer": 0, "unit": 0, "bearer": 0, "point": 0, "start": 6.0, "end": 40.0}],
        thefts=[theft],
    )
    told = explain_worst(trace, "over", family="theft")
    assert (told.subject.start, told.subject.end) == (4.0, 40.0)
    assert told.stretches[-1].causes[0] == Cause.OPEN_CONNECTION
    assert told.sentence == (
        "the thief of web/0#1 was trusted for 36 s: no point would have let it in any more, but a connection "
        "of before was still open."
    )


def test_what_led_to_a_credential_is_told_before_it():
    """Asked at 10 of a desk that signs at once, when the renewal falls due: due, signed, issued."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 8, due=10.0), b.credential(0, 2, 10, 110, asked=10.0)],
        signings=[
            {
                "issuer": 0,
                "unit": 0,
                "bearer": -1,
                "serial": 2,
                "arrived": 10.0,
                "concluded": 10.0,
                "outcome": 1,
            }
        ],
    )
    told = explain_worst(trace)
    assert [fact.kind for fact in told.facts if fact.time == 10.0] == [
        "renewal-due",
        "request-signed",
        "credential-issued",
        "gap-ended",
    ]
