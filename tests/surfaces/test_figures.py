"""Figures: drawn from frames alone, on the axes given, the same bytes every time, and something on them."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from churnsim.metrics import MEASURES
from churnsim.plot import (
    contrasts,
    effects,
    picture,
    propagation,
    sweep,
    sweep_panels,
    timeline,
    trade_off,
    warmup,
)
from churnsim.plot.axis import setting_axis, time_axis
from churnsim.plot.house import BLUE, COLOURS, GREEN, GREY, PURPLE, VERMILION
from churnsim.plot.meaning import meaning
from churnsim.plot.timeline import POINTS_MAX

HOUR = 3600.0


@pytest.fixture(autouse=True)
def _headless() -> Iterator[None]:
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture
def intervals() -> pd.DataFrame:
    """Two units of web ready for ten hours but for one gap of an hour; an issuer down for two hours."""
    rows = [
        ("unit", 0, "ready", -HOUR, 4 * HOUR),
        ("unit", 0, "gone", 4 * HOUR, 10 * HOUR),
        ("unit", 1, "ready", 0.0, 10 * HOUR),
        ("unit", 2, "starting", 4 * HOUR, 5 * HOUR),
        ("unit", 2, "ready", 5 * HOUR, 10 * HOUR),
        ("issuer", 0, "down", 7 * HOUR, 9 * HOUR),
    ]
    return pd.DataFrame(rows, columns=["family", "entity", "state", "start", "end"])


@pytest.fixture
def units() -> pd.DataFrame:
    """The three units belong to web."""
    return pd.DataFrame({"unit": [0, 1, 2], "workload": ["web"] * 3})


@pytest.fixture
def summary() -> pd.DataFrame:
    """Three settings, two measures; one estimate without an interval."""
    rows = [
        ("5m", "dwell.mean", 200.0, 180.0, 220.0, "s"),
        ("1h", "dwell.mean", 2000.0, 1800.0, 2200.0, "s"),
        ("24h", "dwell.mean", 50000.0, 45000.0, 55000.0, "s"),
        ("5m", "undertrust.share", 0.02, 0.01, 0.03, "share"),
        ("1h", "undertrust.share", 0.002, 0.001, 0.003, "share"),
        ("24h", "undertrust.share", 0.0, np.nan, np.nan, "share"),
    ]
    return pd.DataFrame(rows, columns=["issuers.mesh.ttl", "measure", "mean", "low", "high", "unit"])


def _pixels(axes: Axes) -> np.ndarray:
    return np.asarray(plt.imread(io.BytesIO(picture(axes, "png"))))[:, :, :3]


def _shows(pixels: np.ndarray, colour: str | tuple[float, ...], share: float) -> bool:
    near = np.abs(pixels - np.array(to_rgb(colour))).max(axis=2) < 0.06
    return bool(near.mean() > share)


def test_a_timeline_steps_through_the_ready_units(intervals: pd.DataFrame, units: pd.DataFrame) -> None:
    """Counted by hand: two until 4 h, one until 5 h, two to the end."""
    axes = timeline(intervals, units)
    x, y = (np.asarray(values) for values in axes.get_lines()[0].get_data())
    steps = dict(zip((x / HOUR).tolist(), y.tolist(), strict=True))
    assert steps == {0.0: 2.0, 4.0: 1.0, 5.0: 2.0, 10.0: 2.0}


def test_a_timeline_shows_line_gap_and_outage(intervals: pd.DataFrame, units: pd.DataFrame) -> None:
    """Looked for by colour: the line, the filled gap, the shaded outage; and each is in the legend."""
    axes = timeline(intervals, units, needed={"web": 2})
    pixels = _pixels(axes)
    assert _shows(pixels, COLOURS[0], 1e-3)
    outage = tuple(0.35 * part + 0.65 for part in to_rgb(PURPLE))
    assert _shows(pixels, outage, 0.03)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["web", "issuer down", "too few ready"]
    assert not legend.get_frame_on()


def test_a_timeline_counts_who_is_locked_out(intervals: pd.DataFrame, units: pd.DataFrame) -> None:
    """Counted by hand: one from 7 h, two from 8 h to 9 h; what was over before the run is left out."""
    locked_out = pd.DataFrame({
        "start": [-2 * HOUR, 7 * HOUR, 8 * HOUR], "end": [-HOUR, 9 * HOUR, 9 * HOUR],
    })  # fmt: skip
    axes = timeline(intervals, units, locked_out=locked_out, title="tiny, replication 0, seed 1")
    x, y = (np.asarray(values) for values in axes.get_lines()[1].get_data())
    steps = dict(zip((x / HOUR).tolist(), y.tolist(), strict=True))
    assert steps == {0.0: 0.0, 7.0: 1.0, 8.0: 2.0, 9.0: 0.0, 10.0: 0.0}
    assert axes.get_title(loc="left") == "tiny, replication 0, seed 1"


def test_a_long_timeline_is_thinned_and_keeps_its_dips() -> None:
    """20,000 units of a second each beside one steady unit; one instant without the steady one."""
    count = 20_000
    starts = np.arange(count, dtype=float)
    rows = pd.DataFrame(
        {"family": "unit", "entity": np.arange(count), "state": "ready", "start": starts, "end": starts + 0.5}
    )
    steady = pd.DataFrame({
        "family": "unit", "entity": [count, count + 1], "state": "ready",
        "start": [0.0, 7_000.75], "end": [7_000.6, float(count)],
    })  # fmt: skip
    line = timeline(pd.concat([rows, steady])).get_lines()[0]
    counts = np.asarray(line.get_ydata())
    assert len(counts) <= POINTS_MAX + 1
    assert counts.min() == 0.0
    assert counts.max() == 2.0


def test_a_timeline_without_intervals_is_refused(intervals: pd.DataFrame) -> None:
    """An empty figure would look like an outage of everything."""
    with pytest.raises(ValueError, match="at least one interval"):
        timeline(intervals.iloc[:0])


def test_needed_units_ask_for_the_units_table(intervals: pd.DataFrame) -> None:
    """Without it, nobody knows which unit belongs to which workload."""
    with pytest.raises(ValueError, match="frame of units"):
        timeline(intervals, needed={"web": 2})


def test_a_sweep_puts_points_at_their_settings(summary: pd.DataFrame) -> None:
    """Durations on a logarithmic axis, ticks written as in the scenario."""
    axes = sweep(summary, "dwell.mean", over="issuers.mesh.ttl")
    assert axes.get_xscale() == "log"
    assert list(np.asarray(axes.get_lines()[0].get_xdata())) == [300.0, 3600.0, 86400.0]
    axes.figure.canvas.draw()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["5m", "1h", "24h"]


def test_an_estimate_without_an_interval_is_hollow(summary: pd.DataFrame) -> None:
    """Its point is drawn again, filled white; the others keep their band."""
    line, hollow = sweep(summary, "undertrust.share", over="issuers.mesh.ttl").get_lines()
    assert list(np.asarray(hollow.get_xdata())) == [86400.0]
    assert hollow.get_markerfacecolor() == "white"
    assert len(np.asarray(line.get_xdata())) == 3


def test_measures_of_two_units_need_panels(summary: pd.DataFrame) -> None:
    """One axis cannot be percent and hours; the error names the function that can."""
    with pytest.raises(ValueError, match="use sweep_panels"):
        sweep(summary, ["dwell.mean", "undertrust.share"], over="issuers.mesh.ttl")
    panels = sweep_panels(summary, ["dwell.mean", "undertrust.share"], over="issuers.mesh.ttl")
    assert len(panels) == 2
    assert all(_pixels(axes).std() > 0.05 for axes in panels)


def test_panels_stand_alone(summary: pd.DataFrame) -> None:
    """Title and subtitle above; beside each panel its name, what it means and which way is better."""
    measures = ["dwell.mean", "undertrust.share"]
    panels = sweep_panels(
        summary, measures, over="issuers.mesh.ttl", title="How long?", subtitle="3 replications"
    )
    figure = panels[0].get_figure(root=True)
    assert figure is not None
    assert [text.get_text() for text in figure.texts] == ["How long?", "3 replications"]
    name, words = (text.get_text() for text in panels[0].texts)
    assert name == "dwell.mean"
    assert " ".join(words.split()) == "Mean time a thief is accepted at some point lower is better"


def test_a_second_setting_has_a_line_for_each_of_its_values(summary: pd.DataFrame) -> None:
    """Twice the points, once at a point and once at two: two lines in each panel, named in the first."""
    both = pd.concat([summary.assign(points=1), summary.assign(points=2)])
    measures = ["dwell.mean", "undertrust.share"]
    panels = sweep_panels(both, measures, over="issuers.mesh.ttl", by="points")
    legend = panels[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][:2] == ["points 1", "points 2"]
    for axes in panels:
        lines = [line for line in axes.get_lines() if line.get_linestyle() == "-"]
        assert [line.get_color() for line in lines] == list(COLOURS[:2])
    with pytest.raises(ValueError, match="several rows"):
        sweep_panels(both, measures, over="issuers.mesh.ttl")


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("", list(MEASURES)[:10]),
        ("Short?", list(MEASURES)[10:20]),
        ("A question that goes on and on " * 6, list(MEASURES)),
        (
            "How many WWWWW MMMMM will WWWWW in MMMMM when MMMMM and WWWWW meet WWWWW and MMMMM?",
            list(MEASURES)[:2],
        ),
    ],
    ids=["no title", "a word", "a long title and every measure", "wide letters"],
)
def test_words_beside_panels_stay_out_of_them(title: str, names: list[str]) -> None:
    """Measured on the canvas for every measure there is: no text over the ticks, a neighbour or the edge."""
    frame = pd.DataFrame({"x": 1, "measure": names, "mean": 0.5, "low": 0.4, "high": 0.6, "unit": "share"})
    panels = sweep_panels(frame, names, over="x", title=title, subtitle="1 replication")
    figure = panels[0].get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    words = [text for axes in panels for text in axes.texts] + list(figure.texts)
    boxes = [text.get_window_extent() for text in words if text.get_text()]
    ticks = [label.get_window_extent() for axes in panels for label in axes.get_yticklabels()]
    assert max(box.x1 for box in boxes[: 2 * len(panels)]) < min(box.x0 for box in ticks)
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    assert max(box.y1 for box in boxes) <= figure.bbox.y1
    for position, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[position + 1 :])


def test_every_measure_has_a_meaning_without_its_formula() -> None:
    """Short enough for four lines beside a panel; sums, integrals and fractions stay in the reference."""
    for name in MEASURES:
        words = meaning(name)
        assert 10 < len(words) < 140, name
        assert not set(words) & set("∫Σ|="), name
    assert (
        meaning("unserved.share.dead_endpoint")
        == "Share of intended requests that were not served; cause: dead endpoint"
    )
    assert meaning("no.such.measure") == ""


def test_a_hollow_point_is_explained(summary: pd.DataFrame) -> None:
    """Zero in every run, as the frame's column `method` says; without it, only that none exists."""
    for method, expected in (("all zero", "zero in every run"), (None, "no interval")):
        frame = summary if method is None else summary.assign(method=method)
        legend = sweep(frame, "undertrust.share", over="issuers.mesh.ttl").get_legend()
        assert legend is not None
        assert [text.get_text() for text in legend.get_texts()] == [expected]


def test_a_figure_without_hollow_points_has_no_legend(summary: pd.DataFrame) -> None:
    """One line is named by its title."""
    assert sweep(summary, "dwell.mean", over="issuers.mesh.ttl").get_legend() is None


def _one(unit: str, means: list[float]) -> Axes:
    frame = pd.DataFrame({
        "x": range(len(means)), "measure": "m", "mean": means,
        "low": means, "high": means, "unit": unit,
    })  # fmt: skip
    axes = sweep(frame, "m", over="x")
    axes.figure.canvas.draw()
    return axes


def _ticks(axes: Axes) -> list[str]:
    low, high = axes.get_ylim()
    labels = zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    return [label.get_text() for tick, label in labels if low <= tick <= high]


@pytest.mark.parametrize(
    ("unit", "means", "share"),
    [("USD", [100.0, 101.0], 0.1), ("s", [60.0, 66.0], 0.6), ("share", [0.3, 0.3], 0.01)],
)
def test_what_hardly_changes_looks_flat(unit: str, means: list[float], share: float) -> None:
    """A change of a hundredth fills no more than a twentieth of the axis or so, one of a tenth about half."""
    low, high = _one(unit, means).get_ylim()
    assert max(means) - min(means) <= share * (high - low)


def test_a_share_near_one_is_judged_by_what_is_missing() -> None:
    """99.9 % and 99 % are a factor of ten apart; and no share is above 100 %."""
    low, high = _one("share", [0.999, 0.99, 1.0]).get_ylim()
    assert 0.98 < low < 0.99
    assert 1.0 <= high < 1.002


def test_an_axis_begins_at_zero_where_zero_is_near() -> None:
    """Half of the largest value or less: its height says how large it is."""
    assert _one("1/s", [1.0, 3.0]).get_ylim()[0] == 0.0
    assert _one("1/s", [0.0, 0.0]).get_ylim() == (0.0, 1.0)


@pytest.mark.parametrize(
    ("unit", "means", "expected"),
    [
        ("share", [0.0002, 0.01], ["0.03%", "0.1%", "0.3%", "1%"]),
        ("1/s", [0.002, 0.27], ["0.1/min", "0.3/min", "1/min", "3/min", "10/min"]),
        ("s", [200.0, 68_000.0], ["10 min", "1 h", "6 h", "1 d"]),
        ("units", [0.2, 90.0], ["1", "10", "100"]),
        ("1/s", [0.02, 0.04], ["0/min", "1/min", "2/min"]),
        ("s", [3600.0, 7200.0], ["0 h", "1 h", "2 h"]),
        ("1/h", [2.0, 6.0], ["0/h", "2/h", "4/h", "6/h"]),
    ],
)
def test_values_are_labelled_in_one_handy_unit(unit: str, means: list[float], expected: list[str]) -> None:
    """Percent, rates and times people count in, at round numbers; nothing between the major ticks."""
    axes = _one(unit, means)
    assert _ticks(axes) == expected
    assert len(axes.yaxis.get_minorticklocs()) == 0


def test_settings_left_free_are_refused(summary: pd.DataFrame) -> None:
    """Two rows for one point would draw a zigzag."""
    with pytest.raises(ValueError, match="fix every other setting"):
        sweep(pd.concat([summary, summary]), "dwell.mean", over="issuers.mesh.ttl")


def test_an_unknown_measure_is_named(summary: pd.DataFrame) -> None:
    """Not an empty figure."""
    with pytest.raises(ValueError, match="no measure availability"):
        sweep(summary, "availability", over="issuers.mesh.ttl")


def test_a_setting_is_told_from_its_like_below_the_axes(summary: pd.DataFrame) -> None:
    """Two workloads commit: whose kind is in the legend, and whose below it."""
    over, by = "workloads.read.commit.kind", "workloads.price.commit.kind"
    both = [summary.rename(columns={"issuers.mesh.ttl": over}).assign(**{by: kind}) for kind in ("a", "b")]
    (axes,) = sweep_panels(pd.concat(both), ["dwell.mean"], over=over, by=by)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][:2] == ["price commit a", "price commit b"]


def test_words_stand_side_by_side_in_their_order(summary: pd.DataFrame) -> None:
    """Kinds have no position of their own."""
    named = summary.replace({"5m": "none", "1h": "list", "24h": "push"})
    axes = sweep(named, "dwell.mean", over="issuers.mesh.ttl")
    assert axes.get_xscale() == "linear"
    assert list(np.asarray(axes.get_lines()[0].get_xdata())) == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("values", [("0.5/m", "5/m", "1/s"), ("10%", "20%", "40%"), ("$1", "$2", "$9")])
def test_quantities_of_every_sort_have_a_place(summary: pd.DataFrame, values: tuple[str, ...]) -> None:
    """Rates, shares and money lie on a scale as durations do, so a line runs through them."""
    named = summary.replace(dict(zip(("5m", "1h", "24h"), values, strict=True)))
    line = sweep(named, "dwell.mean", over="issuers.mesh.ttl").get_lines()[0]
    assert line.get_linestyle() == "-"
    assert np.all(np.diff(np.asarray(line.get_xdata(), float)) > 0)


def test_between_kinds_there_is_no_line(summary: pd.DataFrame) -> None:
    """Renewal rules are no scale; each has its name below it, in lines that do not touch."""
    rules = {"5m": "fixed, at 50%", "1h": "once, low 45%, high 55%", "24h": "per-check, low 45%, check 5s"}
    (axes,) = sweep_panels(summary.replace(rules), ["dwell.mean"], over="issuers.mesh.ttl")
    assert {line.get_linestyle() for line in axes.get_lines()} == {"None"}
    _figure(axes).canvas.draw()
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["fixed, at 50%", "once, low 45%, high\n55%", "per-check, low 45%,\ncheck 5s"]


@pytest.mark.parametrize("format", ["png", "svg"])
def test_the_same_figure_gives_the_same_bytes(
    intervals: pd.DataFrame, units: pd.DataFrame, format: str
) -> None:
    """No date, no random ids: figures can be kept under version control."""
    first, second = (picture(timeline(intervals, units), format) for _ in range(2))
    assert first == second


def test_drawing_on_given_axes_makes_no_figure(
    intervals: pd.DataFrame, units: pd.DataFrame, summary: pd.DataFrame
) -> None:
    """Returned are the axes given; the caller's figure stays the only one."""
    _, (above, below) = plt.subplots(2)
    assert timeline(intervals, units, ax=above) is above
    assert sweep(summary, "dwell.mean", over="issuers.mesh.ttl", ax=below) is below
    assert len(plt.get_fignums()) == 1


def test_drawing_leaves_the_global_style_alone(intervals: pd.DataFrame) -> None:
    """A researcher's own style is theirs."""
    before = dict(mpl.rcParams)
    picture(timeline(intervals))
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("last", "label"),
    [(50.0, "time (s)"), (20 * 60.0, "time (min)"), (24 * HOUR, "time (h)"), (30 * 24 * HOUR, "time (d)")],
)
def test_time_is_labelled_in_the_unit_people_count_in(last: float, label: str) -> None:
    """At most nine ticks, at round multiples of one unit."""
    axes = plt.subplots()[1]
    time_axis(axes, 0.0, last)
    assert axes.get_xlabel() == label
    assert len([tick for tick in axes.get_xticks() if 0 <= tick <= last]) <= 10


def test_settings_close_together_stay_linear() -> None:
    """Ten, twenty and forty replicas: a factor of four needs no logarithm."""
    axes = plt.subplots()[1]
    setting_axis(axes, [10.0, 20.0, 40.0], ["10", "20", "40"])
    assert axes.get_xscale() == "linear"


def test_labels_of_settings_that_crowd_do_not_overlap() -> None:
    """Drawn by a design: every setting keeps its tick, the first and the last their labels too."""
    figure, axes = plt.subplots()
    places = [300.0, 310.0, 320.0, 2000.0, 7000.0, 7100.0]
    axes.plot(places, places)
    setting_axis(axes, places, [f"{place:.0f} seconds" for place in places])
    figure.canvas.draw()
    assert list(axes.get_xticks()) == places
    texts = [label for label in axes.get_xticklabels() if label.get_text()]
    assert [text.get_text() for text in (texts[0], texts[-1])] == ["300 seconds", "7100 seconds"]
    boxes = [text.get_window_extent() for text in texts]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_every_setting_that_is_no_number_has_its_label(summary: pd.DataFrame) -> None:
    """Rules of renewal or retry are told apart by their labels alone: wrapped, all of them are there."""
    rules = {
        "5m": "exponential, initial 5s, factor 1.5, cap 4m, jitter 10%",
        "1h": "window, every 30s",
        "24h": "exponential, initial 1s, factor 2, cap 32s, jitter 100%, side below",
    }
    told = summary.assign(**{"issuers.mesh.ttl": summary["issuers.mesh.ttl"].map(rules)})
    axes = sweep(told, "dwell.mean", over="issuers.mesh.ttl")
    axes.figure.set_size_inches(8, 3)
    axes.figure.canvas.draw()
    texts = axes.get_xticklabels()
    assert [" ".join(text.get_text().split()) for text in texts] == list(rules.values())
    boxes = [text.get_window_extent() for text in texts]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def designs_frame() -> pd.DataFrame:
    """Three designs in two measures, the second dearer and not surely more available."""
    rows = []
    for measure, unit, values in (
        ("cost.total", "USD", ((10.0, 0.0, "baseline"), (15.0, 5.0, "worse"), (9.0, -1.0, "better"))),
        (
            "availability",
            "share",
            ((0.99, 0.0, "baseline"), (0.991, 0.001, "cannot tell"), (0.95, -0.04, "worse")),
        ),
    ):
        for design, (mean, gap, verdict) in zip("abc", values, strict=True):
            gone = float("nan") if verdict == "baseline" else gap
            rows.append(
                {
                    "measure": measure, "design": design, "unit": unit, "verdict": verdict,
                    "mean": mean, "low": mean * 0.999, "high": mean * 1.001,
                    "difference": gone, "difference_low": gone - 0.002, "difference_high": gone + 0.002,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_differences_are_coloured_by_their_verdict() -> None:
    """Green is better, red is worse, hollow is not known; 0 is in view of every panel."""
    panels = contrasts(designs_frame(), ["cost.total", "availability"], title="Which?", provenance="seed 7")
    for axes, verdicts in zip(panels, (("worse", "better"), ("cannot tell", "worse")), strict=True):
        low, high = axes.get_ylim()
        assert low < 0 < high
        points = [line for line in axes.lines if line.get_marker() == "o"]
        assert [point.get_color() for point in points] == [
            {"better": GREEN, "worse": VERMILION}.get(verdict, GREY) for verdict in verdicts
        ]
        assert [point.get_markerfacecolor() == "white" for point in points] == [
            verdict == "cannot tell" for verdict in verdicts
        ]
    assert [label.get_text() for label in panels[-1].get_xticklabels()] == ["a", "b", "c"]
    assert "seed 7" in {text.get_text() for text in _figure(panels[0]).texts}


def test_differences_need_a_measure_of_the_frame() -> None:
    with pytest.raises(ValueError, match=r"no measure dwell\.mean"):
        contrasts(designs_frame(), ["dwell.mean"])
    with pytest.raises(ValueError, match="none asked for"):
        contrasts(designs_frame(), [])


def test_a_trade_off_names_its_designs_and_shows_who_is_on_the_front() -> None:
    """Solid from one half on, hollow from 5 %, grey below."""
    chances = {"a": 0.9, "b": 0.2, "c": 0.01}
    axes = trade_off(designs_frame(), "cost.total", "availability", membership=chances, title="Which?")
    points = [line for line in axes.lines if np.size(line.get_xdata()) == 1]
    assert [point.get_markerfacecolor() for point in points] == [BLUE, "white", "white"]
    assert [point.get_color() for point in points] == [BLUE, BLUE, GREY]
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]
    assert axes.get_xlabel() == "cost.total (USD, lower is better)"
    legend = axes.get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == 3


def test_points_that_lie_on_each_other_share_their_names() -> None:
    """Or none of them could be read."""
    frame = designs_frame()
    frame.loc[frame["design"] == "b", ["mean", "low", "high"]] = frame.loc[
        frame["design"] == "a", ["mean", "low", "high"]
    ].to_numpy()
    axes = trade_off(frame, "cost.total", "availability")
    assert [text.get_text() for text in axes.texts] == ["a, b", "c"]
    with pytest.raises(ValueError, match=r"no measure dwell\.mean"):
        trade_off(frame, "dwell.mean", "availability")


def test_effects_are_bars_as_long_as_their_share_of_the_largest() -> None:
    """Two factors in two measures of different units; each panel's longest bar is 1."""
    rows = [
        ("cost.total", "a.b.mean", 4.0, 0.4),
        ("cost.total", "c.ttl", 1.0, 0.1),
        ("availability", "c.ttl", 0.02, 0.001),
        ("availability", "a.b.mean", 0.0, 0.0),
    ]
    frame = pd.DataFrame(rows, columns=["measure", "factor", "size", "error"]).assign(noise=0.05)
    panels = effects(frame, title="Which?", provenance="seed 7")
    lengths = [[bar.get_width() for bar in axes.patches] for axes in panels]  # type: ignore[attr-defined]
    assert lengths == [[1.0, 0.25], [0.0, 1.0]]
    assert [label.get_text() for label in panels[0].get_yticklabels()] == ["b.mean", "c.ttl"]
    with pytest.raises(ValueError, match="no measure to draw"):
        effects(frame[:0])


def test_a_curve_that_has_not_settled_has_no_cut() -> None:
    """Two measures of four steps; the first is cut at 60 s, and the file's warm-up is marked in both."""
    cut, never = (
        pd.DataFrame({"measure": name, "unit": unit, "time": [30.0, 90.0, 150.0, 210.0], "mean": mean})
        for name, unit, mean in (
            ("availability", "share", [0.2, 0.9, 0.9, 0.9]),
            ("issuance.rate", "1/s", [1.0, 2.0, 3.0, 4.0]),
        )
    )
    frame = pd.concat([cut.assign(cut=60.0), never.assign(cut=np.nan)]).assign(smooth=lambda x: x["mean"])
    panels = warmup(frame, marked=120.0, title="When?", provenance="seed 7")
    marks = [[list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2] for axes in panels]
    assert marks == [[[60.0, 60.0], [120.0, 120.0]], [[120.0, 120.0]]]
    assert panels[0].get_xlim() == (0.0, 240.0)
    with pytest.raises(ValueError, match="no measure to draw"):
        warmup(frame[:0])


def _figure(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def test_each_design_has_its_curve_of_propagation() -> None:
    """As many lines as designs, named in the order of the frame, from nobody to everybody."""
    lags = np.linspace(0.0, 120.0, 13)
    frame = pd.concat(
        pd.DataFrame({"design": design, "lag": lags, "share": np.minimum(lags / reach, 1.0)})
        for design, reach in (("pull", 60.0), ("push", 10.0))
    )
    axes = propagation(frame, title="How fast", provenance="made by hand")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["pull", "push"]
    assert [line.get_ydata()[-1] for line in axes.get_lines()] == [1.0, 1.0]
    assert axes.get_xlabel() == "time (s) since the commit"
    with pytest.raises(ValueError, match="no curve"):
        propagation(frame[:0])
