"""Registering measures and taking them from a trace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from churnsim.base.errors import UsageError
from churnsim.metrics import registry
from churnsim.metrics.measurement import Measurement, Ratio, Scalar
from churnsim.metrics.range import SHARE
from churnsim.metrics.registry import Measure, Measures

TRACE: Any = object()


def whole(trace: object) -> Measurement:
    return Scalar(1.0)


def in_parts(trace: object) -> dict[str, Measurement]:
    return {"": Ratio(3.0, 4.0), "crash": Ratio(1.0, 4.0), "issuer.outage": Ratio(2.0, 4.0)}


@pytest.fixture
def measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measures:
    """A registry of its own, over a package with one module that registers ``counted``."""
    package = tmp_path / "some_measures"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "counted.py").write_text(
        "from churnsim.metrics.measurement import Scalar\n"
        "from churnsim.metrics.registry import measure\n"
        "@measure('counted', unit='1', better='lower')\n"
        "def counted(trace):\n"
        "    '''How many there were.'''\n"
        "    return Scalar(2.0)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    own = Measures("some_measures", "churnsim.no_such_group")
    monkeypatch.setattr(registry, "MEASURES", own)
    for module in ("some_measures", "some_measures.counted"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    own.add(Measure("share", "share", "lower", "By cause.", "cause", in_parts, SHARE))
    return own


def test_a_module_in_the_package_registers_itself_by_being_there(measures: Measures) -> None:
    found = measures["counted"]
    assert (found.unit, found.better, found.doc) == ("1", "lower", "How many there were.")
    assert list(measures) == ["counted", "share"]


def test_a_measure_in_parts_gives_the_whole_and_every_part(measures: Measures) -> None:
    assert list(registry.evaluate(TRACE)) == ["counted", "share", "share.crash", "share.issuer.outage"]


def test_names_choose_measures_and_parts(measures: Measures) -> None:
    assert list(registry.evaluate(TRACE, ["share.crash"])) == ["share.crash"]
    assert list(registry.evaluate(TRACE, ["share"])) == ["share", "share.crash", "share.issuer.outage"]


def test_an_unknown_name_is_refused_with_the_nearest(measures: Measures) -> None:
    with pytest.raises(UsageError, match=r"unknown measure 'conted'; did you mean 'counted'\?"):
        registry.evaluate(TRACE, ["conted"])


def test_a_measure_without_parts_has_none_to_ask_for(measures: Measures) -> None:
    with pytest.raises(UsageError, match="unknown measure"):
        measures.find("counted.crash")


def test_two_measures_cannot_share_a_name(measures: Measures) -> None:
    with pytest.raises(ValueError, match="two measures are called 'share'"):
        measures.add(Measure("share", "share", "lower", "Another.", None, whole, SHARE))


def test_a_measure_must_say_what_it_is(measures: Measures) -> None:
    with pytest.raises(ValueError, match="needs a docstring"):
        registry.measure("mute", unit="1", better="lower")(whole)


def test_a_scan_that_fails_is_not_taken_for_a_short_list(
    measures: Measures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some_measures" / "broken.py").write_text("raise RuntimeError('no')")
    for _ in range(2):
        with pytest.raises(RuntimeError):
            len(measures)
