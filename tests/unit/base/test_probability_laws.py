"""Single facts about single laws that no general property would tell."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from churnsim.base.distribution import Distribution, Law, SignedLaw

_LAW: TypeAdapter[Distribution] = TypeAdapter(SignedLaw)


def _read(written: Any, folder: Path | None = None) -> Distribution:
    return _LAW.validate_python(written, context={"folder": folder} if folder else None)


def _refused(written: Any, folder: Path | None = None) -> tuple[tuple[Any, ...], str]:
    with pytest.raises(ValidationError) as caught:
        _read(written, folder)
    (error,) = caught.value.errors()
    return error["loc"], error["msg"]


def test_a_lognormal_law_meets_its_median_and_its_99th_percentile() -> None:
    law = _read({"kind": "lognormal", "median": "4s", "p99": "20s"})
    assert law.inverse(0.5) == pytest.approx(4.0, rel=1e-14)
    assert law.inverse(0.99) == pytest.approx(20.0, rel=1e-14)


def test_a_lognormal_law_meets_its_mean_and_its_coefficient_of_variation() -> None:
    law = _read({"kind": "lognormal", "mean": "20s", "cv": 0.5})
    assert (law.mean, math.sqrt(law.variance) / law.mean) == pytest.approx((20.0, 0.5), rel=1e-14)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"kind": "lognormal"}, "takes one pair (got nothing); give median and p99, or mean and cv"),
        ({"kind": "lognormal", "median": "4s", "cv": 1}, "takes one pair (got median and cv)"),
        ({"kind": "lognormal", "median": "4s", "p99": "4s"}, "p99 must exceed median (got 4s <= 4s)"),
        ({"kind": "lognormal", "median": "1ns", "p99": "9d"}, "p99 is at most 1e9 times the median"),
        ({"kind": "uniform", "low": "2s", "high": "1s"}, "low must not exceed high (got 2s > 1s)"),
        ({"kind": "truncated", "law": "4s", "high": "3s"}, "the law never lies in 0s to 3s"),
        ({"kind": "mixture", "parts": []}, "the weights must add up to 100% (got 0%)"),
        (
            {"kind": "mixture", "parts": [{"weight": "90%", "law": "4s"}]},
            "the weights must add up to 100% (got 90%)",
        ),
        ({"kind": "empirical"}, "an empirical law has one source (got none of them)"),
        ({"kind": "empirical", "values": []}, "the sample is empty"),
        ({"kind": "empirical", "values": ["1s"], "column": "x"}, "a column needs a file"),
    ],
)
def test_impossible_parameters_are_refused_in_words(written: Any, said: str) -> None:
    loc, message = _refused(written)
    assert loc == ()
    assert said in message


def test_thirds_are_a_whole() -> None:
    parts = [{"weight": "1/3", "law": text} for text in ("1s", "2s", "3s")]
    assert _read({"kind": "mixture", "parts": parts}).mean == pytest.approx(2.0, rel=1e-15)


def test_a_pareto_law_has_no_variance_up_to_shape_2() -> None:
    assert _read({"kind": "pareto", "minimum": "1s", "shape": 2}).variance == math.inf


@pytest.mark.parametrize(
    "written", ["-5s", {"kind": "uniform", "low": "-5s", "high": "5s"}, {"kind": "normal", "sd": "1s"}]
)
def test_only_a_signed_law_may_be_negative(written: Any) -> None:
    """A clock may be slow; a start-up may not take less than no time."""
    assert _read(written).low < 0
    with pytest.raises(ValidationError, match="a duration must not be negative"):
        TypeAdapter(Law).validate_python(written)


def test_a_clock_error_has_no_equilibrium() -> None:
    with pytest.raises(ValueError, match="equilibrium needs durations of at least 0"):
        _read({"kind": "normal", "sd": "30ms"}).equilibrium(0.5)


def test_a_clock_error_of_no_spread_is_constant() -> None:
    law = _read({"kind": "normal", "sd": "0s", "mean": "-5ms"})
    assert law.is_constant
    assert (law.inverse(0.3), law.survival(-0.005), law.survival(-0.006)) == (-0.005, 0.0, 1.0)


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "weibull", "pareto"])
def test_something_is_left_at_an_age_nobody_reaches(kind: str) -> None:
    """The survival is below the least float there, the law of what is left is not."""
    parameters: dict[str, Any] = {
        "lognormal": {"mean": "1s", "cv": 0.1},
        "gamma": {"mean": "1s", "shape": 2},
        "weibull": {"mean": "1s", "shape": 2},
        "pareto": {"minimum": "1s", "shape": 900},
    }
    law = _read({"kind": kind, **parameters[kind]})
    assert law.survival(1e4) < 1e-300
    left = law.residual(1e4, np.array([0.1, 0.5, 0.9]))
    assert np.all(np.isfinite(left))
    assert np.all(np.diff(left) > 0.0)


class Files:
    """CSV files with durations."""

    QUANTILES = "# measured\nprobability,life_s,boot_ms\n0,4,100\n# half\n0.5,60,1500\n1,3600,2000\n"
    SAMPLE = "name, boot_ms\na, 100\nb, 300\n\nc, 300\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(Files.QUANTILES)
    (tmp_path / "sample.csv").write_text(Files.SAMPLE, encoding="utf-8-sig")
    (tmp_path / "falling.csv").write_text(Files.QUANTILES.replace("0.5,60", "0.5,2"))
    (tmp_path / "words.csv").write_text(Files.SAMPLE.replace("b, 300", "b, many"))
    (tmp_path / "empty.csv").write_text("boot_ms\n")
    (tmp_path / "short.csv").write_text(Files.QUANTILES.replace("0,4,100\n", ""))
    return tmp_path


def _file(name: str, column: str) -> dict[str, str]:
    return {"kind": "empirical", "file": name, "column": column}


def test_a_table_of_quantiles_is_read_from_the_scenarios_folder(folder: Path) -> None:
    law = _read(_file("table.csv", "life_s"), folder)
    assert law.inverse(np.array([0.0, 0.25, 0.75, 1.0])).tolist() == [4.0, 32.0, 1830.0, 3600.0]
    assert law.mean == (4 + 60) / 4 + (60 + 3600) / 4


def test_the_name_of_a_column_says_its_unit(folder: Path) -> None:
    law = _read(_file("sample.csv", "boot_ms"), folder)
    assert law.model_dump(mode="json")["values"] == ["100ms", "300ms", "300ms"]
    assert law.inverse(np.array([0.3, 0.4, 0.9])).tolist() == [0.1, 0.3, 0.3]


def test_a_law_that_was_read_needs_its_file_no_more(folder: Path) -> None:
    law = _read(_file("table.csv", "boot_ms"), folder)
    (folder / "table.csv").unlink()
    again = _LAW.validate_python(law.model_dump(mode="json"))
    assert again == law
    assert hash(again) == hash(law)


@pytest.mark.parametrize(
    ("name", "column", "key", "said"),
    [
        (
            "falling.csv",
            "life_s",
            "file",
            r"falling.csv:5: quantiles must not fall \(.*life_s: 2s after 4s\)",
        ),
        (
            "words.csv",
            "boot_ms",
            "file",
            r"words.csv:3: column boot_ms needs a number .* \(got 'many'\)",
        ),
        ("empty.csv", "boot_ms", "file", r"empty.csv has no rows"),
        ("nowhere.csv", "boot_ms", "file", r"cannot read .*nowhere.csv: No such file or directory"),
        (
            "sample.csv",
            "bot_ms",
            "column",
            r"no column 'bot_ms'; did you mean 'boot_ms'\? columns: name",
        ),
        ("short.csv", "life_s", "file", r"quantiles must span 0 to 1 \(got 0.5 to 1\)"),
    ],
)
def test_a_bad_file_is_told_by_line_and_value(
    name: str, column: str, key: str, said: str, folder: Path
) -> None:
    loc, message = _refused(_file(name, column), folder)
    assert loc == (key,)
    assert re.search(said, message)


def test_a_wide_table_of_quantiles_is_exact(folder: Path) -> None:
    """Two pieces worked by hand: uniform on [4, 8] with weight 0.999, on [8, 1.25e7] with the rest."""
    law = _read({"kind": "empirical", "quantiles": {"0": "4s", "99.9%": "8s", "1": "1.25e7s"}})
    mean = 0.999 * 6.0 + 0.001 * (8.0 + 1.25e7) / 2.0
    second = 0.999 * (16 + 32 + 64) / 3.0 + 0.001 * (64 + 8 * 1.25e7 + 1.25e7**2) / 3.0
    assert law.mean == pytest.approx(mean, rel=1e-14)
    assert law.variance == pytest.approx(second - mean**2, rel=1e-13)
    # Half of the last piece's time lies where (1.25e7 - x)^2 is half of its greatest.
    late = 0.001 * (1.25e7 - 8.0) / 2.0
    width = 1.25e7 - 8.0
    assert law.equilibrium(1.0 - late / 2.0 / mean) == pytest.approx(1.25e7 - width / math.sqrt(2), rel=1e-12)
    assert law.equilibrium(4.0 / mean) == pytest.approx(4.0, rel=1e-14)


def test_no_kind_needs_scipy_before_it_is_asked() -> None:
    """A cold import of scipy would cost every command 0.1 s."""
    import subprocess
    import sys

    code = "import sys, churnsim.base.distribution as d; d.LAWS.all(); print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


class Plain(Distribution):
    """A law of a third party that knows no closed form: exponential, mean 1 h."""

    kind: str = "plain"

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return math.inf

    @property
    def mean(self) -> float:
        return self._moments[0]

    @property
    def variance(self) -> float:
        return self._moments[1]

    def inverse(self, u: Any) -> Any:
        with np.errstate(divide="ignore"):
            return -3600.0 * np.log1p(-np.asarray(u))

    def survival(self, x: Any) -> Any:
        return np.exp(-np.maximum(x, 0.0) / 3600.0)


def test_a_law_without_closed_forms_is_computed_by_quadrature() -> None:
    law, known = Plain(), _read({"kind": "exponential", "mean": "1h"})
    u = np.array([1e-6, 0.01, 0.5, 0.99, 1.0 - 1e-6])
    assert (law.mean, law.variance) == pytest.approx((3600.0, 3600.0**2), rel=1e-12)
    assert law.excess(np.array([0.0, 60.0, 9e3])) == pytest.approx(
        known.excess(np.array([0.0, 60.0, 9e3])), rel=1e-9
    )
    assert law.equilibrium(u) == pytest.approx(known.equilibrium(u), rel=1e-9)
    assert law.residual(1e3, u) == pytest.approx(known.residual(1e3, u), rel=1e-9)
