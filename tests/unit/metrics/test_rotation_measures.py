"""Measures of rotation and of the credentials in circulation."""

from __future__ import annotations

import builder as b
import numpy as np
import pytest
from test_orphan import value

from churnsim.metrics.rotation import poisson_peak


def rotating(phases, *, period=10.0, ttl=20.0, end=100.0):
    """Units from before the window, renewed every `period` at the given phases without delay."""
    credentials = []
    for number, phase in enumerate(phases):
        issued = np.arange(phase - 2 * period, end, period)
        credentials += [
            b.credential(number, serial, time, time + ttl, due=time + period)
            for serial, time in enumerate(issued, start=1)
        ]
    return b.trace(
        start=-50.0,
        issuers=(b.issuer(ttl, renew_mean=period),),
        points=b.points(0.0),
        units=[b.unit(number, created=-50.0) for number in range(len(phases))],
        credentials=credentials,
    )


def test_residual_validity_has_the_median_of_its_uniform_law():
    """Renewed at half of 20 s the residual is uniform on (10, 20): τ(1 - f/2) = 15."""
    assert value(rotating([2.5, 7.0]), "credential.residual.half_life") == pytest.approx(15.0, rel=1e-12)


def test_issuances_are_counted_in_the_window_alone():
    """Four units every 10 s in 100 s: 40 issued."""
    trace = rotating([1.0, 2.0, 5.0, 7.0])
    assert value(trace, "issuance.rate") == 0.4


def test_units_in_step_are_coherent_and_evenly_spread_ones_are_not():
    """All phases equal: 1. Four phases a quarter of the period apart: their sum is 0."""
    assert value(rotating([3.0] * 4), "rotation.coherence") == pytest.approx(1.0, abs=1e-12)
    assert value(rotating([0.5, 3.0, 5.5, 8.0]), "rotation.coherence") == pytest.approx(0.0, abs=1e-12)


def test_half_of_a_fleet_in_step_against_the_other_half_spread():
    """Two at phase 0, one at a quarter, one at three quarters: the mean of 1, 1, i, -i is 1/2."""
    assert value(rotating([3.0, 3.0, 5.5, 0.5]), "rotation.coherence") == pytest.approx(0.5, abs=1e-12)


def test_the_margin_is_that_of_the_worst_renewal():
    """Due at 10 and 32, expiring at 20 and 42, granted at 12 and 38: slack used 0.2 and 0.6."""
    credentials = [
        b.credential(0, 1, 0, 20, due=10.0),
        b.credential(0, 2, 12, 42, asked=10.0, due=32.0),
        b.credential(0, 3, 38, 200, asked=32.0),
    ]
    trace = b.trace(issuers=(b.issuer(),), points=b.points(0.0), units=[b.unit(0)], credentials=credentials)
    assert value(trace, "rotation.margin") == pytest.approx(0.4)


def test_an_unborn_renewal_leaves_the_margin_undefined():
    """The only credential falls due after the window."""
    trace = b.trace(
        issuers=(b.issuer(),),
        points=b.points(0.0),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 400)],
    )
    assert value(trace, "rotation.margin") is None


@pytest.mark.parametrize(("mean", "bins"), [(0.3, 10), (8.3, 8640), (400.0, 360)])
def test_the_expected_poisson_peak_is_that_of_drawn_streams(mean, bins):
    """Against 2,000 drawn streams, within five of their standard errors."""
    peaks = np.random.default_rng(7).poisson(mean, (2000, bins)).max(axis=1)
    error = peaks.std(ddof=1) / np.sqrt(peaks.size)
    assert poisson_peak(mean, bins) == pytest.approx(peaks.mean(), abs=5 * error)


def test_a_single_bin_peak_is_the_mean():
    """The largest of one count is that count."""
    assert poisson_peak(3.7, 1) == pytest.approx(3.7, rel=1e-12)


def test_all_issuances_in_one_bin_are_a_storm():
    """Twenty issued in the first of ten bins, none later: peak 20 against the expected one of mean 2."""
    trace = b.trace(
        issuers=(b.issuer(ttl=500.0),),
        points=b.points(0.0),
        units=[b.unit(number) for number in range(20)],
        credentials=[b.credential(number, 1, 0.4 * number, 500) for number in range(20)],
    )
    assert value(trace, "rotation.storm") == pytest.approx(20 / poisson_peak(2.0, 10))
