"""Traffic shapes: exact integrals, and counts read from files that say where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from churnsim.engine import Streams
from churnsim.model.staircase import Staircase
from churnsim.model.traffic import TRAFFICS, Load

HOUR = 3600.0


def read(written: dict[str, Any], folder: Path = Path()) -> Any:
    return TypeAdapter(TRAFFICS.annotation()).validate_python(written, context={"folder": folder})


def load(written: dict[str, Any]) -> Load:
    found: Load = read(written).load(Streams(3).named("traffic"), -HOUR, 48 * HOUR)
    return found


def between(shape: Load, start: float, end: float) -> float:
    return float(shape.between(np.array([start]), np.array([end]))[0])


@pytest.mark.parametrize(
    ("start", "end", "requests"),
    [
        (0.0, 10.0, 20.0),
        (5.0, 15.0, 5 * 2 + 5 * 7),  # over one jump
        (12.0, 25.0, 8 * 7 + 5 * 0),
        (-30.0, 0.0, 30 * 2),  # it has always been so
        (0.0, 100.0, 10 * 2 + 10 * 7),
        (30.0, 30.0, 0.0),
    ],
)
def test_a_staircase_is_integrated_exactly(start: float, end: float, requests: float) -> None:
    """Rates 2, 7 and 0 a second from 0, 10 and 20 s on: rate times length, added up by hand."""
    stairs = Staircase([0.0, 10.0, 20.0], [2.0, 7.0, 0.0])
    assert stairs.between(np.array([start]), np.array([end])).tolist() == [requests]


@pytest.mark.parametrize(
    ("start", "end", "requests"),
    [
        (0.0, 30.0, 90.0),
        (25.0, 45.0, 5 * 0 + 10 * 2 + 5 * 7),  # into the next round
        (-5.0, 5.0, 5 * 0 + 5 * 2),  # and out of the one before
        (5.0, 95.0, 270.0),  # three whole rounds, wherever they begin
    ],
)
def test_a_circle_of_stairs_begins_anew(start: float, end: float, requests: float) -> None:
    """The same rates again after every 30 s."""
    stairs = Staircase([0.0, 10.0, 20.0], [2.0, 7.0, 0.0], 30.0)
    assert stairs.between(np.array([start]), np.array([end])).tolist() == [requests]
    assert stairs.jumps(-1.0, 41.0).tolist() == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert stairs.mean == 3.0


@pytest.mark.parametrize("swing", ["0%", "30%", "100%"])
@pytest.mark.parametrize("span", [1e-3, 1.0, 60.0, 5 * HOUR, 40 * HOUR])
@pytest.mark.parametrize("start", [0.0, -HOUR, 12 * HOUR, 1e7])
def test_a_day_is_integrated_as_by_quadrature(swing: str, span: float, start: float) -> None:
    """Gauss' quadrature of mean (1 + swing cos), to nine digits, at the bottom of a full swing too."""
    shape = load({"kind": "diurnal", "mean": "50/s", "swing": swing, "peak": "12h"})
    span = start + span - start  # as long as instants so far away can say
    depth = float(swing.rstrip("%")) / 100

    nodes, weights = np.polynomial.legendre.leggauss(60)
    # 1 + cos x without cancelling; the turn counted from the peak
    half = np.pi * (np.remainder(start - 12 * HOUR, 24 * HOUR) + span * (nodes + 1) / 2) / (24 * HOUR)
    rate = 50.0 * ((1 - depth) + 2 * depth * np.cos(half) ** 2)
    expected = float(weights @ rate) * span / 2
    # An instant of a year has 1e-9 s: at the bottom the rate is known no better than that.
    close = 1e-6 if start > 1e6 else 1e-9
    assert between(shape, start, start + span) == pytest.approx(expected, rel=close, abs=1e-12)


def test_bursts_come_and_go_between_two_rates() -> None:
    """Every second lies in a burst or between two: one rate or the other, and both occur."""
    shape = load({"kind": "bursts", "rate": "1/s", "burst": "9/s", "every": "20m", "lasts": "7m"})
    jumps = shape.jumps
    rates = shape.between(jumps[:-1], jumps[1:]) / np.diff(jumps)
    assert set(np.round(rates, 9)) == {1.0, 9.0}
    lengths = np.diff(jumps)[1:]
    assert sorted(set(np.round(lengths, 6))) == [7 * 60.0, 20 * 60.0]


def test_a_burst_is_the_same_whoever_else_is_there() -> None:
    """Drawn by name: the same stream gives the same bursts, another replication others."""
    recipe = read({"kind": "bursts", "rate": "1/s", "burst": "9/s", "every": "20m", "lasts": "7m"})
    first, again, other = (recipe.load(Streams(3, r).named("t"), 0.0, 9e4).jumps.tolist() for r in (0, 0, 1))
    assert first == again != other


def write(folder: Path, text: str) -> dict[str, Any]:
    (folder / "counts.csv").write_text(text)
    return {"kind": "trace", "file": "counts.csv"}


def test_counts_of_a_file_are_offered_in_their_intervals(tmp_path: Path) -> None:
    """60, 0 and 30 requests in three minutes, and all over again; comments and other columns do not count."""
    text = "# counted by hand\nstart,who,requests\n0,a,60\n60,b,0\n\n120,c,30\n"
    recipe = read(write(tmp_path, text), tmp_path)
    shape = recipe.load(Streams(3).named("traffic"), 0.0, HOUR)
    assert [between(shape, *span) for span in ((0, 60), (60, 120), (30, 90), (150, 210))] == [60, 0, 30, 45]
    assert recipe.mean_rate == 0.5
    assert read(recipe.model_dump(mode="json")) == recipe  # the file is needed no more


def test_counts_may_be_scaled() -> None:
    written = {"kind": "trace", "counts": [1, 2], "interval": "1s", "scale": 2.5}
    assert between(load(written), 0.0, 2.0) == 7.5


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("start,requests\n0,1\n60,2\n180,3\n", "4:1", "180 s where 120 s is due: intervals last 60 s"),
        ("start,requests\n0,1\n60,2\n 30,3\n", "4:2", "30 s after 60 s: rows must be in order of time"),
        ("start,requests\n0,1\n-60,2\n", "3:1", "begins at a negative time, -60 s"),
        ("start,requests\n60,1\n120,2\n", "2:1", "the first interval begins at 60 s"),
        ("start,requests\n0,1\n60,-2\n", "3:4", "a negative number of requests, -2"),
        ("start,requests\n0,1\n60,many\n", "3:4", "not a number: 'many'"),
        ("start,requests\n0,1\n60\n", "3:1", "1 cells where the header has 2"),
        ("start,requests\n0,1\n", "2:1", "one row has no length"),
        ("start,requests\n0,inf\n1,1\n", "2:3", "not a number: 'inf'"),
    ],
)
def test_a_wrong_cell_is_told_at_its_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    """Line and column counted by hand."""
    with pytest.raises(ValidationError, match="counts") as caught:
        read(write(tmp_path, text), tmp_path)
    message = str(caught.value.errors()[0]["msg"])
    assert f"counts.csv:{place}: " in message
    assert said in message


def test_wrong_cells_are_told_at_once(tmp_path: Path) -> None:
    """A gap, a word, a row out of order and a negative count; what follows a gap is measured from there."""
    text = "start,requests\n0,1\n10,1\n30,many\n40,1\n25,1\n50,-1\n"
    with pytest.raises(ValidationError) as caught:
        read(write(tmp_path, text), tmp_path)
    places = [each["msg"].split("counts.csv:")[1].split(": ")[0] for each in caught.value.errors()]
    assert places == ["4:4", "4:1", "6:1", "7:4"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start,request\n0,1\n60,2\n", "no column 'requests'; did you mean 'request'?"),
        ("start;requests\n0;1\n", "no column 'start'; put commas between columns; columns: start;requests"),
        ("start,requests\n", "has no rows"),
        (None, "cannot read"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str | None, said: str) -> None:
    written = {"kind": "trace", "file": "none.csv"} if text is None else write(tmp_path, text)
    with pytest.raises(ValidationError) as caught:
        read(written, tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"kind": "trace"}, "one source (got neither)"),
        ({"kind": "trace", "counts": [1]}, "give interval"),
        ({"kind": "trace", "counts": [1], "file": "x.csv"}, "one source (got file and counts)"),
        ({"kind": "trace", "file": "x.csv", "interval": "1s"}, "the file says how long"),
        (
            {"kind": "steps", "steps": [{"at": "1s", "rate": "1/s"}]},
            "the first step must begin at 0s (got 1s)",
        ),
        (
            {"kind": "steps", "steps": [{"at": t, "rate": "1/s"} for t in ("0s", "9s", "5s")]},
            "steps must be in order of time (5s after 9s)",
        ),
        (
            {"kind": "steps", "every": "5s", "steps": [{"at": t, "rate": "1/s"} for t in ("0s", "5s")]},
            "before all begins anew (got 5s >= 5s)",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(written)
    assert said in str(caught.value)
