"""The trace: columns, names, frames, digests."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from small_trace import META, mutate, record, record_beside_a_neighbour

from churnsim.trace import SCHEMA, Family, Trace, UnitState


def test_every_declared_column_is_there_with_its_type(small):
    """The schema is the contract with every measure."""
    for name, table in SCHEMA.items():
        assert {c: a.dtype for c, a in small[name].items()} == {
            c.name: np.dtype(c.dtype) for c in table.columns
        }


@pytest.mark.parametrize("table", [name for name, table in SCHEMA.items() if table.sort])
def test_rows_are_sorted_as_declared(small, table):
    """Measures may search them."""
    order = np.lexsort([small[table][column] for column in reversed(SCHEMA[table].sort)])
    assert order.tolist() == list(range(small.count(table)))


def test_columns_cannot_be_written(small):
    """A measure is a pure function of the trace."""
    with pytest.raises(ValueError, match="read-only"):
        small["units"]["ready"][0] = 0.0


def test_tables_that_differ_from_the_schema_are_refused(small):
    """A wrong type, a missing column, a missing table, unequal lengths, an unknown column."""
    units = dict(small["units"])
    for wrong in (
        small.tables | {"units": units | {"slot": units["slot"].astype(float)}},
        small.tables | {"units": {name: units[name] for name in units if name != "gone"}},
        small.tables | {"units": units | {"slot": units["slot"][:2]}},
        {name: small[name] for name in small if name != "bill"},
    ):
        with pytest.raises(ValueError, match=r"units|tables"):
            Trace(META, wrong)
    with pytest.raises(ValueError, match="units has no column age"):
        Trace.of(META, {"units": {"age": [1.0]}})
    with pytest.raises(ValueError, match="thefts needs column theft"):
        Trace.of(META, {"thefts": {"time": [1.0]}})


def test_intervals_of_one_family_and_state(small):
    """Ready: web/0 twice, web/1 twice, db once."""
    ready = small.intervals(Family.UNIT, UnitState.READY)
    assert ready["entity"].tolist() == [0, 1, 2, 4, 5]
    assert ready["start"].tolist() == [-35.0, 34.0, -15.0, 66.0, -5.0]
    assert small.intervals(Family.SOURCE)["start"].tolist() == [0.0, 40.0, 45.0]


def test_names_and_codes_are_inverse(small):
    """A code is the position of its name; an unknown name lists the known."""
    for codes in ("workload", "issuer", "policy", "cause", "family", "mode"):
        names = small.names(codes)
        assert [small.code(codes, name) for name in names] == list(range(len(names)))
    with pytest.raises(ValueError, match="no workload 'wbe' in this trace; there are: web, db"):
        small.code("workload", "wbe")


def test_entities_have_names(small):
    """Units by slot and incarnation, services by their own name."""
    assert small.label(Family.ENDPOINT, 1) == "web/0#2"
    assert small.label(Family.ISSUER, 0) == "mesh"
    assert small.label(Family.SOURCE, 0) == "authz"
    assert small.label(Family.OWNER, 1) == "the owner of web/1"


def test_frames_say_names_instead_of_codes(small):
    """Codes become categories, -1 becomes missing."""
    units = small.frame("units")
    assert units["workload"].tolist() == ["web"] * 5 + ["db"]
    assert units["end_cause"].isna().tolist() == [False, True, False, False, True, True]
    assert units["end_cause"][0] == "crash"
    intervals = small.frame("intervals")
    assert intervals.groupby("family", observed=True)["state"].unique().map(sorted).to_dict() == {
        "unit": ["draining", "gone", "pending", "ready", "starting"],
        "endpoint": ["listed", "unlisted"],
        "issuer": ["down", "up"],
        "source": ["down", "up"],
        "owner": ["down", "up"],
        "sink": ["down", "up"],
    }
    assert small.frame("lapses")["mode"].tolist() == ["deny"]
    for table in small:
        assert len(small.frame(table)) == small.count(table)


def test_an_unknown_table_is_refused_with_those_there_are(small):
    with pytest.raises(KeyError, match=r"did you mean 'credentials'.* there are: intervals.*bill"):
        small.frame("creds")


def test_a_pickled_trace_is_the_same(small):
    """Traces travel between processes."""
    assert pickle.loads(pickle.dumps(small)).digest() == small.digest()


def test_the_digest_changes_with_any_value(small):
    """One last bit, one open flag, one word of meta."""
    others = {
        small.digest(),
        mutate(small, "units", "ready", 1, np.nextafter(34.0, 35.0)).digest(),
        mutate(small, "intervals", "open", -1, False).digest(),
        replace(small, meta=replace(META, seed=2)).digest(),
    }
    assert len(others) == 4


def test_the_digest_does_not_see_the_sign_of_zero_or_nan(small):
    """Equal numbers have equal digests, whatever their bits."""
    zero = mutate(small, "points", "skew", 0, -0.0)
    nan = mutate(small, "units", "stopped", 1, -np.nan)
    assert zero.digest() == nan.digest() == small.digest()


@pytest.mark.parametrize("workload", ["web", "db"])
def test_a_neighbour_leaves_the_digest_of_a_workload_unchanged(small, workload):
    """Every code, unit number and theft number differs beside the neighbour, but nothing of its own."""
    beside = record_beside_a_neighbour()
    assert beside.label(Family.UNIT, 2) == "web/0#1"
    assert beside["credentials"]["bearer"].max() == 1
    assert beside.digest() != small.digest()
    assert beside.digest(workload=workload) == small.digest(workload=workload)


def test_the_digest_of_a_workload_changes_with_its_rows(small):
    """Of each of its tables, but not of its neighbour's."""
    mine = small.digest(workload="web")
    for table, column in (
        ("intervals", "start"), ("units", "booted"), ("credentials", "due"), ("learned", "at"),
        ("adoptions", "read"), ("polls", "peak_sum"), ("lapses", "end"), ("thefts", "detected"),
        ("traffic", "served"),
    ):  # fmt: skip
        assert mutate(small, table, column, 0, 7.0).digest(workload="web") != mine
    assert mutate(small, "units", "ready", 5, -4.0).digest(workload="web") == mine
    assert record().digest(workload="web") == mine


def test_the_summary_counts_rows(small):
    """In one line and, for notebooks, in a table that escapes names."""
    assert repr(small).startswith(
        "<Trace small seed 1.0 [10, 100) s: 38 intervals, 6 units, 2 cuts, 5 clocks, 23 credentials"
    )
    page = replace(small, meta=replace(META, scenario="<b>"))._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<th>units</th><td>6</td>" in page


def test_a_window_outside_the_world_is_refused():
    """Start <= t0 < t1."""
    with pytest.raises(ValueError, match="start <= t0 < t1"):
        replace(META, t0=100.0)


def test_reading_a_trace_needs_no_frames():
    """Pandas is loaded by `frame` alone."""
    loaded = (
        "import sys, churnsim.trace.law; print({'pandas', 'scipy', 'pyarrow', 'simpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
