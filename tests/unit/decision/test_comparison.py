"""Designs side by side."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.base.errors import UsageError
from churnsim.decision import Alternative, compare
from churnsim.metrics import Scalar
from tests.unit.decision.designs import design, scalars, shares

NOISE = np.random.default_rng(1).normal(0.0, 1.0, 40)
SHARED = 100.0 + 10.0 * np.random.default_rng(2).normal(0.0, 1.0, 40)


def dearer(name: str, by: float) -> Alternative:
    """Costs that much more than the baseline in every run, give or take one; as available."""
    cost = SHARED + by + (NOISE if by else 0.0)
    return design(
        name, cost__total=scalars(cost), churn__rate=scalars(cost), availability=shares([0.99] * 40)
    )


def test_a_design_that_costs_more_is_worse() -> None:
    """By 5 give or take 1 over 40 pairs, while the costs themselves vary by 10."""
    found = compare([dearer("now", 0.0), dearer("next", 5.0)], ["cost.total"])
    base, other = found.contrasts
    assert (base.verdict, base.difference) == (None, None)
    assert other.verdict == "worse"
    assert other.difference is not None
    assert other.difference.mean == pytest.approx(5.0 + NOISE.mean())
    assert other.difference.correlation == pytest.approx(0.99, abs=0.01)


def test_a_design_that_costs_less_is_better_and_the_baseline_can_be_chosen() -> None:
    """The same two the other way round."""
    now, following = dearer("now", 0.0), dearer("next", 5.0)
    found = compare([now, following], ["cost.total"], baseline=following)
    assert [each.verdict for each in found.contrasts] == ["better", None]


def test_what_chance_explains_cannot_be_told() -> None:
    """A tenth of the noise's standard error."""
    found = compare([dearer("now", 0.0), dearer("next", -NOISE.mean() + 0.01)], ["cost.total"])
    assert found.contrasts[1].verdict == "cannot tell"


def test_what_never_differs_is_the_same() -> None:
    found = compare([dearer("now", 0.0), dearer("next", 5.0)], ["availability"])
    assert found.contrasts[1].verdict == "same"


def test_a_measure_without_a_better_direction_is_higher_or_lower() -> None:
    found = compare([dearer("now", 0.0), dearer("next", -5.0)], ["churn.rate"])
    assert found.contrasts[1].verdict == "lower"


def test_chances_are_corrected_for_all_comparisons_together() -> None:
    """A chance of 3 % alone is one of 30 % among ten, ruled on as such."""
    values = NOISE - NOISE.mean()
    scale = float(np.std(values, ddof=1)) / np.sqrt(40)
    near = [design("now", cost__total=scalars(SHARED))]
    near += [design(f"next {k}", cost__total=scalars(SHARED + values + 2.3 * scale)) for k in range(10)]
    alone, among = compare(near[:2], ["cost.total"]), compare(near, ["cost.total"])
    assert alone.contrasts[1].p_value is not None
    assert alone.contrasts[1].p_value < 0.05
    assert among.contrasts[1].p_value == pytest.approx(10 * alone.contrasts[1].p_value)
    assert (alone.contrasts[1].verdict, among.contrasts[1].verdict) == ("worse", "cannot tell")


def test_pairs_are_matched_by_replication() -> None:
    """A run that failed on one side leaves its pair out, and the others stay with their partners."""
    now = Alternative("now", {run: {"cost.total": Scalar(float(run))} for run in (0, 2, 3)})
    later = Alternative("next", {run: {"cost.total": Scalar(run + 1.0)} for run in (3, 1, 2)})
    contrast = compare([now, later], ["cost.total"]).contrasts[1]
    assert contrast.difference is not None
    assert (contrast.difference.n, contrast.difference.mean) == (2, 1.0)


def test_pairing_that_did_harm_is_told() -> None:
    """The two sides move against each other."""
    a, b = design("now", cost__total=scalars(SHARED)), design("next", cost__total=scalars(200.0 - SHARED))
    (warning,) = compare([a, b], ["cost.total"]).warnings
    assert warning.startswith("cost.total, next against now: runs of the two sides are negatively correlated")


def test_the_frame_is_tidy() -> None:
    """A row per measure and design, the baseline's difference missing."""
    frame = compare([dearer("now", 0.0), dearer("next", 5.0)], ["cost.total", "availability"]).frame
    assert list(frame["measure"]) == ["cost.total"] * 2 + ["availability"] * 2
    assert list(frame["verdict"]) == ["baseline", "worse", "baseline", "same"]
    assert frame["difference"].isna().tolist() == [True, False, True, False]


def test_one_design_or_two_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="two designs or more, got 1"):
        compare([dearer("now", 0.0)], ["cost.total"])
    with pytest.raises(UsageError, match="two designs are called 'now'"):
        compare([dearer("now", 0.0), dearer("now", 1.0)], ["cost.total"])
