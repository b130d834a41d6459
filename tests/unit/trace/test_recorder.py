"""The recorder: facts become intervals, intervals become lives, provisional numbers become rows."""

from __future__ import annotations

import numpy as np
import pytest
from small_trace import META, record

from churnsim.trace import EndpointState, Family, Meta, Recorder, UnitState, WorkloadInfo

ONE_SLOT = Meta(
    "one",
    "0",
    1,
    0,
    0.0,
    0.0,
    10.0,
    workloads=(WorkloadInfo("web", "service", "shop", 1, 1),),
    causes=("start",),
)


def recorder_with_a_unit(**row):
    """A recorder that knows one unit, pending from 0 s on."""
    recorder = Recorder()
    recorder.row("units", unit=0, workload=0, slot=0, incarnation=1, **row)
    recorder.fact(0.0, Family.UNIT, 0, UnitState.PENDING, 0)
    return recorder


def test_each_interval_ends_where_the_next_begins_and_the_last_is_open_at_t1(small):
    """The second unit of web/0 is pending from 30 s, starting from 31 s, ready from 34 s to the end."""
    lives = small.intervals(Family.UNIT)
    mine = lives["entity"] == 1
    assert lives["start"][mine].tolist() == [30.0, 31.0, 34.0]
    assert lives["end"][mine].tolist() == [31.0, 34.0, 100.0]
    assert lives["open"][mine].tolist() == [False, False, True]


def test_units_are_numbered_by_workload_slot_and_incarnation(small):
    """They were born in another order: web/0, web/1, db/0, then the replacements."""
    units = small["units"]
    assert [small.label(Family.UNIT, unit) for unit in units["unit"]] == [
        "web/0#1", "web/0#2", "web/1#1", "web/1#2", "web/1#3", "db/0#1",
    ]  # fmt: skip


def test_the_order_of_birth_leaves_no_mark_on_the_trace(small):
    """Provisional numbers are forgotten: reversed and with holes, they give the same digest."""
    assert record(number={unit: 50 - 3 * unit for unit in range(6)}).digest() == small.digest()


def test_the_life_of_a_unit_is_read_off_its_intervals(small):
    """web/1#1 drains at 60 s because of the rollout and is gone at 65 s."""
    life = {name: column[2] for name, column in small["units"].items()}
    expected = {
        "created": -20.0, "placed": -20.0, "booted": -16.0, "ready": -15.0, "stopped": 60.0, "gone": 65.0,
        "listed": -14.0, "unlisted": 60.0, "end_cause": small.code("cause", "rollout"),
    }  # fmt: skip
    assert {name: life[name] for name in expected} == expected


def test_a_unit_born_ready_has_been_placed_when_it_was_created(small):
    """db/0 was ready when the world began, five seconds old."""
    units = small["units"]
    assert [units[name][5] for name in ("created", "placed", "ready")] == [-5.0] * 3
    assert np.isnan(units["stopped"][5])
    assert units["end_cause"][5] == -1


def test_a_start_up_cut_short_is_never_over(small):
    """web/1#2 would have booted at 62 s, but crashed at 61 s."""
    assert np.isnan(small["units"]["booted"][3])
    assert small["units"]["stopped"][3] == small["units"]["gone"][3] == 61.0


def test_a_start_up_that_is_over_as_the_unit_ends_is_over():
    """At 4 s it has booted, is given what it waits for, and crashes for that."""
    recorder = recorder_with_a_unit(booted=4.0)
    recorder.fact(4.0, Family.UNIT, 0, UnitState.GONE, 0)
    units = recorder.finish(ONE_SLOT)["units"]
    assert units["booted"].tolist() == units["gone"].tolist() == [4.0]


def test_a_unit_that_is_listed_again_is_not_unlisted():
    """`unlisted` is for good: after listed, unlisted, listed it has not happened."""
    recorder = recorder_with_a_unit()
    for time, state in (
        (1.0, EndpointState.LISTED),
        (2.0, EndpointState.UNLISTED),
        (3.0, EndpointState.LISTED),
    ):
        recorder.fact(time, Family.ENDPOINT, 0, state, 0)
    units = recorder.finish(ONE_SLOT)["units"]
    assert units["listed"].tolist() == [1.0]
    assert np.isnan(units["unlisted"]).all()


def test_states_entered_at_one_instant_keep_the_order_in_which_they_were_told():
    """Placed at once: pending for no time, then starting."""
    recorder = recorder_with_a_unit()
    recorder.fact(0.0, Family.UNIT, 0, UnitState.STARTING, 0)
    table = recorder.finish(ONE_SLOT)["intervals"]
    assert table["state"].tolist() == [UnitState.PENDING, UnitState.STARTING]
    assert table["end"].tolist() == [0.0, 10.0]


def test_what_happens_at_t1_has_not_happened():
    """t1 = 10 s: half-open, for facts, marks, rows and units alike."""
    recorder = recorder_with_a_unit(booted=10.0)
    recorder.fact(10.0, Family.UNIT, 0, UnitState.GONE, 0)
    recorder.fact(10.0, Family.UNIT, 1, UnitState.PENDING, 0)
    recorder.row("units", unit=1, workload=0, slot=0, incarnation=2)
    recorder.row("credentials", issuer=0, unit=0, serial=1, asked=1.0, issued=1.0, expires=20.0, due=15.0)
    recorder.row("credentials", issuer=0, unit=0, serial=2, asked=10.0, issued=10.0, expires=30.0, due=25.0)
    recorder.amend("credentials", unit=0, bearer=-1, serial=1, revoked=10.0)
    trace = recorder.finish(ONE_SLOT)
    assert trace.count("units") == 1
    assert np.isnan([trace["units"][name][0] for name in ("booted", "gone")]).all()
    assert trace["credentials"]["serial"].tolist() == [1]
    assert trace["credentials"]["expires"].tolist() == [20.0]
    assert np.isnan(trace["credentials"]["revoked"][0])


def test_a_version_applied_when_the_unit_is_gone_is_left_out():
    """The answer arrives at 5 s, at a unit that ended at 5 s."""
    recorder = recorder_with_a_unit()
    recorder.fact(5.0, Family.UNIT, 0, UnitState.GONE, 0)
    recorder.block("adoptions", unit=0, version=0, read=[1.0, 4.0], applied=[1.0, 5.0])
    assert recorder.finish(ONE_SLOT)["adoptions"]["applied"].tolist() == [1.0]


def test_a_learned_revocation_points_to_the_row_of_its_credential(small):
    """The fourth credential of web/0#1, revoked at 30.5 s."""
    row = small["learned"]["credential"][0]
    found = {name: column[row] for name, column in small["credentials"].items()}
    assert (found["unit"], found["serial"], found["revoked"]) == (0, 4, 30.5)


def test_the_last_amendment_wins():
    """Amendments are applied in the order given."""
    recorder = recorder_with_a_unit(booted=1.0)
    recorder.amend("units", unit=0, booted=2.0)
    recorder.amend("units", unit=[0], booted=[3.0])
    assert recorder.finish(ONE_SLOT)["units"]["booted"].tolist() == [3.0]


def test_many_facts_and_rows_survive_packing():
    """More than fit into one chunk, told one by one and in one block, in reverse order of entities."""
    count = 20_000
    recorder = Recorder()
    for unit in reversed(range(count)):
        recorder.fact(unit / count, Family.UNIT, unit, UnitState.PENDING, 0)
        recorder.row("units", unit=unit, workload=0, slot=unit, incarnation=1)
    recorder.facts(np.full(count, 2.0), Family.UNIT, np.arange(count), UnitState.STARTING, 0)
    trace = recorder.finish(ONE_SLOT)
    assert trace["units"]["created"].tolist() == [unit / count for unit in range(count)]
    assert (trace["units"]["placed"] == 2.0).all()
    assert trace.count("intervals") == 2 * count


def test_a_block_is_copied():
    """The caller may go on using its arrays."""
    recorder = recorder_with_a_unit()
    applied = np.array([1.0])
    recorder.block("adoptions", unit=0, version=0, read=0.0, applied=applied)
    applied[:] = 7.0
    assert recorder.finish(ONE_SLOT)["adoptions"]["applied"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda r: r.block("units", unit=0), "needs workload"),
        (lambda r: r.block("units", uint=0), "has no uint; it has: unit, workload"),
        (lambda r: r.block("units", unit=0, workload=0, slot=0, incarnation=1, ready=1.0), "has no ready"),
        (lambda r: r.block("polls", policy=[0, 0], unit=[0, 1, 2]), "needs polls"),
        (lambda r: r.block("intervals", family=0), "intervals takes no rows"),
        (lambda r: r.amend("traffic", workload=0, served=1.0), "a key, which it has not"),
        (lambda r: r.amend("units", booted=1.0), "takes unit and what changes"),
        (lambda r: r.amend("units", unit=[0, 1, 2], booted=[1.0, 2.0]), "differ in length"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_at_once(act, words):
    """The message says what would fit."""
    with pytest.raises(ValueError, match=words):
        act(Recorder())


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda r: r.fact(1.0, Family.UNIT, 3, UnitState.PENDING, 0), "unit 3 has facts but no row"),
        (
            lambda r: r.fact(1.0, Family.ENDPOINT, 3, EndpointState.LISTED, 0),
            "endpoint of a unit that has no row",
        ),
        (lambda r: r.row("units", unit=0, workload=0, slot=0, incarnation=1), "two rows"),
        (
            lambda r: r.row("adoptions", unit=9, version=0, read=0.0, applied=0.0),
            "adoptions of a unit",
        ),
        (lambda r: r.amend("units", unit=5, booted=1.0), "no row {'unit': 5}"),
        (
            lambda r: r.row("learned", issuer=0, unit=0, bearer=-1, serial=1, point=0, at=1.0),
            "credentials has no row",
        ),
        (
            lambda r: r.row(
                "credentials",
                issuer=0,
                unit=0,
                bearer=2,
                serial=1,
                asked=1.0,
                issued=1.0,
                expires=2.0,
                due=2.0,
            ),
            "credentials of a theft",
        ),
    ],
)
def test_rows_that_do_not_fit_together_are_found_at_the_end(act, words):
    """A reference to nothing is a bug in the engine, not a row in the trace."""
    recorder = recorder_with_a_unit()
    act(recorder)
    with pytest.raises(ValueError, match=words):
        recorder.finish(ONE_SLOT)


def test_nothing_recorded_is_an_empty_trace():
    """A world without workloads."""
    trace = Recorder().finish(META)
    assert {name: trace.count(name) for name in trace} == dict.fromkeys(trace, 0)
