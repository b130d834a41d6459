"""Results as frames."""

from __future__ import annotations

import math

import fake_world as fake
import pytest

from churnsim.base.errors import UsageError
from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.result import Results

SWEEP = fake.FakeScenario(study=fake.Study(replications=8, sweep={"x": (1, 2)}))


@pytest.fixture(scope="module")
def results() -> Results:
    return conduct(fake.work(scenario=SWEEP), hire=by_processes(1))


def test_runs_have_a_row_per_run_and_measure(results: Results) -> None:
    assert list(results.runs.columns) == [
        "point", "x", "replication", "measure", "value", "numerator", "denominator",
    ]  # fmt: skip
    assert len(results.runs) == 2 * 8 * 5
    share = results.runs.query("measure == 'share' and x == 1 and replication == 2").iloc[0]
    assert (share.value, share.numerator, share.denominator) == (0.5, 1032.0, 2064.0)


def test_the_summary_has_a_row_per_point_and_measure(results: Results) -> None:
    assert len(results.summary) == 2 * 5
    level = results.summary.query("measure == 'level' and x == 2").iloc[0]
    assert level["mean"] == pytest.approx(2033.5)
    assert level.low < 2033.5 < level.high
    assert (level.n, level.undefined, level.unit, level.better) == (8, 0, "", "neither")


def test_undefined_is_missing_never_zero(results: Results) -> None:
    nothing = results.summary.query("measure == 'nothing'").iloc[0]
    assert math.isnan(nothing["mean"])
    assert (nothing.n, nothing.undefined, nothing.method) == (0, 8, "undefined")


def test_a_comparison_pairs_replications(results: Results) -> None:
    """Under common random numbers each pair of the fake differs by 1000 exactly."""
    level = results.compare().query("measure == 'level'").iloc[0]
    assert (level.x, level.difference, level.low, level.high, level.n) == (2, 1000.0, 1000.0, 1000.0, 8)
    assert level.correlation == pytest.approx(1.0)
    back = results.compare({"x": 2}).query("measure == 'level'").iloc[0]
    assert (back.x, back.difference) == (1, -1000.0)
    assert results.compare(results.plan.points[1].id).equals(results.compare({"x": 2}))


def test_an_unknown_baseline_is_refused_with_those_there_are(results: Results) -> None:
    with pytest.raises(UsageError, match=r'no point .*there are: .*\{"x": 1\}'):
        results.compare({"x": 3})


def test_a_single_point_has_nothing_to_be_compared_with() -> None:
    """An empty frame would look like designs that do not differ."""
    alone = conduct(
        fake.work(scenario=fake.FakeScenario(study=fake.Study(replications=2))), hire=by_processes(1)
    )
    with pytest.raises(UsageError, match=r"nothing to compare.*churnsim\.sweep"):
        alone.compare()


def test_a_notebook_shows_the_summary(results: Results) -> None:
    shown = results._repr_html_()
    assert "fake: 2 points, 16 of 16 runs, seed 3" in shown
    assert "2033.5" in shown


def test_a_notebook_shows_failures_as_text() -> None:
    results = conduct(fake.work(fake.fails_at_two), hire=by_processes(1))
    assert "no, not two" in results._repr_html_()
