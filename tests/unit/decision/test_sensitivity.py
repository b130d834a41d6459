"""Samples and effects: shapes, seeds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.decision.sensitivity import noise_share, sensitivity
from churnsim.scenario.design.morris import MorrisDesign
from churnsim.scenario.design.probe import ProbeDesign
from churnsim.scenario.design.saltelli import SaltelliDesign


@pytest.mark.parametrize(
    ("method", "points"), [(MorrisDesign(trajectories=4), 4 * 4), (SaltelliDesign(samples=8), 8 * 5)]
)
def test_a_sample_has_the_points_it_says(method: ProbeDesign, points: int) -> None:
    """Trajectories of one step for each factor; samples and their crossings."""
    shares = method.shares(3)
    assert shares.shape == (points, 3)
    assert ((shares >= 0.0) & (shares <= 1.0)).all()


@pytest.mark.parametrize("method", [MorrisDesign(trajectories=4), SaltelliDesign(samples=8)])
def test_a_seed_gives_the_same_sample_and_another_seed_another(method: ProbeDesign) -> None:
    assert method.shares(3).tolist() == method.shares(3).tolist()
    assert method.shares(3).tolist() != method.model_copy(update={"seed": 5}).shares(3).tolist()


@pytest.mark.parametrize("method", [MorrisDesign(trajectories=4), SaltelliDesign(samples=8)])
def test_a_measure_that_never_changes_depends_on_nothing(method: ProbeDesign) -> None:
    """No division by a variance of 0."""
    shares = method.shares(2)
    found = sensitivity("y", ("a", "b"), method, np.ones((len(shares), 4)))
    assert [one.size for one in found.effects] == [0.0, 0.0]
    assert (found.noise, found.warning) == (0.0, None)


def test_the_frame_begins_with_what_matters_most() -> None:
    method = MorrisDesign(trajectories=4)
    shares = method.shares(2)
    found = sensitivity("y", ("a", "b"), method, (shares @ np.array([1.0, 3.0]))[:, None])
    assert list(found.frame["factor"]) == ["b", "a"]
    assert found.frame["size"].tolist() == pytest.approx([3.0, 1.0])


def test_one_replication_says_nothing_about_noise() -> None:
    """So all of it may be noise."""
    assert noise_share(np.array([[1.0], [2.0]])) == 1.0


def test_what_does_not_fit_together_is_refused() -> None:
    shares = MorrisDesign(trajectories=2).shares(2)
    with pytest.raises(ValueError, match="do not fit values"):
        sensitivity("y", ("a", "b", "c"), MorrisDesign(), np.ones((len(shares), 4)))
    with pytest.raises(ValueError, match="must be finite"):
        sensitivity("y", ("a", "b"), MorrisDesign(trajectories=2), np.full((len(shares), 4), np.nan))
