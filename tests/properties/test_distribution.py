"""Every probability law, whatever its parameters, is a law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from churnsim.base.distribution import LAWS, Distribution, Law
from churnsim.base.quantity import format_duration, format_factor, format_share

_LAW: TypeAdapter[Distribution] = TypeAdapter(Law)

# Strictly within (0, 1), as the streams draw them, with both tails.
U = np.concatenate(
    [2.0 ** -np.arange(52.0, 6.0, -1.0), np.linspace(0.02, 0.98, 97), 1 - 2.0 ** -np.arange(7.0, 53.0)]
)

# Apart by so much that rounding cannot swap two results.
U_APART = np.linspace(0.0005, 0.9995, 1000)

seconds = st.floats(1e-3, 1e7).map(lambda value: float(f"{value:.6g}"))
times = seconds.map(format_duration)
shapes = st.floats(0.3, 20.0).map(lambda value: float(f"{value:.4g}"))


def _uniform(pair: tuple[float, float]) -> dict[str, Any]:
    low, width = pair
    return {"kind": "uniform", "low": format_duration(low), "high": format_duration(low + width)}


def _lognormal(pair: tuple[float, float]) -> dict[str, Any]:
    median, ratio = pair
    return {"kind": "lognormal", "median": format_duration(median), "p99": format_duration(median * ratio)}


def _quantiles(pair: tuple[list[float], list[float]]) -> dict[str, Any]:
    values = sorted(pair[0])
    inner = sorted({float(f"{p:.6g}") for p in pair[1]})[: len(values) - 2]
    probabilities = [0.0, *inner, 1.0]
    return {
        "kind": "empirical",
        "quantiles": {repr(p): format_duration(x) for p, x in zip(probabilities, values, strict=False)},
    }


exponential = times.map(lambda mean: {"kind": "exponential", "mean": mean})
smooth = st.one_of(
    exponential,
    st.tuples(seconds, seconds).map(_uniform),
    st.tuples(seconds, st.floats(1.01, 1e4)).map(_lognormal),
    st.tuples(times, st.floats(0.05, 5.0)).map(lambda p: {"kind": "lognormal", "mean": p[0], "cv": p[1]}),
    st.tuples(times, shapes).map(lambda p: {"kind": "weibull", "mean": p[0], "shape": p[1]}),
    st.tuples(times, shapes).map(lambda p: {"kind": "gamma", "mean": p[0], "shape": p[1]}),
    st.tuples(times, st.floats(1.2, 20.0)).map(lambda p: {"kind": "pareto", "minimum": p[0], "shape": p[1]}),
    st.tuples(
        st.lists(seconds, min_size=3, max_size=12, unique=True),
        st.lists(st.floats(0.001, 0.999), min_size=10),
    ).map(_quantiles),
)
stepped = st.one_of(
    times,
    st.lists(times, min_size=1, max_size=9).map(lambda values: {"kind": "empirical", "values": values}),
)


def _mixture(parts: tuple[Any, Any, float]) -> dict[str, Any]:
    first, second, weight = parts
    weights = (format_share(weight), format_share(1.0 - weight))
    laws = zip(weights, (first, second), strict=True)
    return {"kind": "mixture", "parts": [{"weight": weight, "law": law} for weight, law in laws]}


def _truncated(parts: tuple[Any, float, float]) -> dict[str, Any]:
    written, low, width = parts
    law = _LAW.validate_python(written)
    bounds = law.inverse(low), law.inverse(low + width * (1.0 - low))
    return {
        "kind": "truncated",
        "law": written,
        "low": format_duration(float(bounds[0])),
        "high": format_duration(float(bounds[1])),
    }


def _scaled(parts: tuple[Any, float]) -> dict[str, Any]:
    return {"kind": "scaled", "law": parts[0], "by": format_factor(parts[1])}


weights = st.floats(0.01, 0.99).map(lambda value: float(f"{value:.3g}"))
smooth |= st.tuples(smooth, st.floats(0.0, 0.9), st.floats(0.05, 0.999)).map(_truncated)
smooth |= st.tuples(smooth, st.floats(0.1, 10.0)).map(_scaled)
smooth_mixtures = st.tuples(smooth, smooth, weights).map(_mixture)
any_written = st.one_of(smooth, stepped, st.tuples(smooth | stepped, smooth | stepped, weights).map(_mixture))

laws = any_written.map(_LAW.validate_python)
continuous_laws = (smooth | smooth_mixtures).map(_LAW.validate_python)
without_mixtures = (smooth | stepped).map(_LAW.validate_python)


@given(law=laws)
def test_the_inverse_never_falls(law: Distribution) -> None:
    values = law.inverse(U_APART)
    assert np.all(np.diff(values) >= 0.0)


@given(law=laws)
def test_no_value_lies_outside_the_support(law: Distribution) -> None:
    values = law.inverse(U)
    assert np.all(np.isfinite(values))
    assert np.all((values >= law.low) & (values <= law.high))


def _aside(values: Any, towards: float) -> Any:
    """Two floats further: far from 0 a law can move by more than its rounding from one float to the next."""
    return np.nextafter(np.nextafter(values, towards), towards)


@given(law=continuous_laws)
def test_a_value_of_a_continuous_law_is_exceeded_with_the_rest_of_the_probability(law: Distribution) -> None:
    """survival(inverse(u)) = 1 - u, to two floats: values move it by the density times their spacing."""
    values = law.inverse(U)
    assert np.all(law.survival(_aside(values, np.inf)) - 1e-12 <= 1.0 - U)
    assert np.all(law.survival(_aside(values, -np.inf)) + 1e-12 >= 1.0 - U)


@given(law=laws)
def test_the_inverse_is_the_least_value_that_is_not_exceeded_more_often(law: Distribution) -> None:
    """Galois: P(X > inverse(u)) <= 1 - u <= P(X >= inverse(u)), atoms included, to two floats."""
    values = law.inverse(U)
    assert np.all(law.survival(_aside(values, np.inf)) <= 1.0 - U + 1e-12)
    assert np.all(law.survival(_aside(values, -np.inf)) >= 1.0 - U - 1e-12)


@given(law=laws, u=st.lists(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True), min_size=1, max_size=5))
def test_a_batch_gives_the_bits_of_its_elements(law: Distribution, u: list[float]) -> None:
    batch = np.array([u, u])
    for function in (law.inverse, law.equilibrium, law.inverse_survival, law.excess, law.survival):
        alone = [function(each) for each in u]
        assert function(batch).shape == (2, len(u))
        assert function(batch)[0].tolist() == [float(value) for value in alone]
        assert all(np.ndim(value) == 0 for value in alone)
    ages = law.mean * batch
    assert law.residual(ages, batch)[1].tolist() == [float(law.residual(law.mean * each, each)) for each in u]


@given(law=laws)
def test_the_share_of_time_beyond_an_equilibrium_age_is_the_rest_of_the_probability(
    law: Distribution,
) -> None:
    """The equilibrium law has survival ``excess(x) / mean``, and no atoms."""
    ages = law.equilibrium(U)
    assert np.all(np.diff(law.equilibrium(U_APART)) >= 0.0)
    beyond = (
        law.excess(np.nextafter(ages, np.inf)) / law.mean,
        law.excess(np.nextafter(ages, -np.inf)) / law.mean,
    )
    assert np.all(beyond[0] - 1e-11 <= 1.0 - U)
    assert np.all(beyond[1] + 1e-11 >= 1.0 - U)


@given(law=continuous_laws, age=st.floats(0.0, 0.99))
def test_what_is_left_follows_the_law_given_the_age(law: Distribution, age: float) -> None:
    """P(X > age + residual(age, u)) = P(X > age) (1 - u), and at age 0 nothing is known."""
    old = float(law.inverse(age))
    left = law.residual(old, U_APART)
    expected = law.survival(old) * (1.0 - U_APART)
    assert np.all(left >= 0.0)
    slack = 4.0 * np.spacing(old + left)
    assert np.all(law.survival(old + left + slack) <= expected + 1e-11)
    assert np.all(law.survival(old + left - slack) >= expected - 1e-11)


@given(law=laws, x=st.floats(0.0, 1e300))
def test_survival_and_excess_fall_from_1_and_the_mean_to_0(law: Distribution, x: float) -> None:
    """At any duration, however absurd, without a warning."""
    assert law.survival(-x - 1.0) == 1.0
    assert law.excess(0.0) == pytest.approx(law.mean, rel=1e-12)
    assert law.excess(-1.0) == pytest.approx(law.mean + 1.0, rel=1e-12)
    for further in (x, x * 2.0):
        assert 0.0 <= law.survival(further) <= law.survival(x) <= 1.0
        assert 0.0 <= law.excess(further) <= law.excess(x) * (1.0 + 1e-9) + 1e-12 * law.mean


@given(law=laws, u=st.floats(0.001, 0.999))
def test_nothing_is_left_beyond_the_greatest_value(law: Distribution, u: float) -> None:
    if np.isfinite(law.high):
        assert law.residual(law.high, u) == 0.0
        assert law.residual(law.high * 2.0 + 1.0, u) == 0.0


@given(law=laws)
@settings(max_examples=50)
def test_a_law_is_read_back_equal_from_what_it_writes(law: Distribution) -> None:
    again = _LAW.validate_json(_LAW.dump_json(law))
    assert again == law
    assert hash(again) == hash(law)
    assert type(again) is type(law)


@given(law=laws)
def test_a_law_is_constant_where_it_says_so(law: Distribution) -> None:
    assert law.is_constant == bool(np.ptp(law.inverse(U)) == 0.0)
    assert (law.variance == 0.0) == law.is_constant or law.variance < 1e-9 * law.mean**2


def test_every_kind_of_duration_is_generated() -> None:
    """A new kind is added to the strategies here; `normal` is no duration."""
    assert set(LAWS.all()) == {
        *("constant", "exponential", "uniform", "lognormal", "weibull", "gamma", "pareto"),
        *("empirical", "mixture", "truncated", "normal", "scaled"),
    }
