"""Chances corrected for how many comparisons were made."""

from __future__ import annotations

import pytest

from churnsim.statistics.multiple import holm


def test_the_smallest_of_three_counts_three_times() -> None:
    """0.01 x 3, 0.02 x 2, 0.04 x 1; the last is raised to the one before it."""
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])


def test_a_comparison_that_could_not_be_tested_counts() -> None:
    """Two of them make the one that was tested the smallest of three."""
    assert holm([None, 0.01, None]) == [None, pytest.approx(0.03), None]


def test_no_chance_exceeds_one() -> None:
    assert holm([0.9, 0.6]) == [1.0, 1.0]


def test_of_nothing_nothing() -> None:
    assert holm([]) == []
