"""Samples and effects: shapes, seeds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.decision.sensitivity import Method, Morris, Sobol, noise_share, sensitivity


@pytest.mark.parametrize(("method", "points"), [(Morris(4, 6), 4 * 4), (Sobol(8), 8 * 5)])
def test_a_sample_has_the_points_it_says(method: Method, points: int) -> None:
    """Trajectories of one step for each factor; samples and their crossings."""
    shares = method.shares(3, 1)
    assert shares.shape == (points, 3)
    assert ((shares >= 0.0) & (shares <= 1.0)).all()


@pytest.mark.parametrize("method", [Morris(4, 6), Sobol(8)])
def test_a_seed_gives_the_same_sample_and_another_seed_another(method: Method) -> None:
    assert method.shares(3, 1).tolist() == method.shares(3, 1).tolist()
    assert method.shares(3, 1).tolist() != method.shares(3, 2).tolist()


@pytest.mark.parametrize("method", [Morris(4, 6), Sobol(8)])
def test_a_measure_that_never_changes_depends_on_nothing(method: Method) -> None:
    """No division by a variance of 0."""
    shares = method.shares(2, 1)
    found = sensitivity("y", ("a", "b"), method, shares, np.ones((len(shares), 4)))
    assert [one.size for one in found.effects] == [0.0, 0.0]
    assert (found.noise, found.warning) == (0.0, None)


def test_the_frame_begins_with_what_matters_most() -> None:
    method = Morris(4, 6)
    shares = method.shares(2, 1)
    found = sensitivity("y", ("a", "b"), method, shares, (shares @ np.array([1.0, 3.0]))[:, None])
    assert list(found.frame["factor"]) == ["b", "a"]
    assert found.frame["size"].tolist() == pytest.approx([3.0, 1.0])


def test_one_replication_says_nothing_about_noise() -> None:
    """So all of it may be noise."""
    assert noise_share(np.array([[1.0], [2.0]])) == 1.0


def test_what_does_not_fit_together_is_refused() -> None:
    shares = Morris(2, 6).shares(2, 1)
    with pytest.raises(ValueError, match="do not fit values"):
        sensitivity("y", ("a", "b", "c"), Morris(), shares, np.ones((len(shares), 4)))
    with pytest.raises(ValueError, match="must be finite"):
        sensitivity("y", ("a", "b"), Morris(), shares, np.full((len(shares), 4), np.nan))
