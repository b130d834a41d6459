"""The pytest plug-in: scenario files as tests."""

from __future__ import annotations

import pytest

from tests.surfaces.conftest import SMALL

INVARIANTS = """\
invariants:
  - availability >= 10%
  - availability >= 99.99%
  - dwell.mean <= 1h
"""
SCENARIO = SMALL.replace("invariants:\n  - availability >= 10%\n", INVARIANTS)


def test_scenarios_are_left_alone_unless_asked_for(pytester: pytest.Pytester) -> None:
    """Without the ini option a YAML file is nobody's test."""
    pytester.makefile(".yaml", small=SCENARIO)
    assert pytester.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_each_invariant_is_a_test(pytester: pytest.Pytester) -> None:
    """Kept passes, broken fails, undecided is skipped: not a failure, yet not silent."""
    pytester.makeini("[pytest]\nchurnsim_scenarios = worlds/*.yaml\n")
    pytester.mkdir("worlds").joinpath("small.yaml").write_text(SCENARIO)
    pytester.makefile(".yaml", elsewhere=SCENARIO)
    result = pytester.runpytest_subprocess("-rs", "-p", "no:xdist")
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*SKIPPED*inconclusive: *undefined in all 3 runs*"])


def test_an_undecided_invariant_may_be_a_failure(pytester: pytest.Pytester) -> None:
    """As the ini option says; a third word is refused."""
    pytester.makeini("[pytest]\nchurnsim_scenarios = *.yaml\nchurnsim_inconclusive = fail\n")
    pytester.makefile(".yaml", small=SCENARIO)
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*small.yaml:20:5: dwell.mean <= 1h: inconclusive: *"])
    pytester.makeini("[pytest]\nchurnsim_inconclusive = maybe\n")
    assert pytester.runpytest_subprocess("-p", "no:xdist").ret == pytest.ExitCode.USAGE_ERROR


def test_dots_in_an_invariant_survive(pytester: pytest.Pytester) -> None:
    """Pytest takes the title of a test for a dotted name, unless it is seen to be none."""
    pytester.makeini("[pytest]\nchurnsim_scenarios = *.yaml\n")
    pytester.makefile(".yaml", small=SCENARIO)
    result = pytester.runpytest_subprocess("-v", "-p", "no:xdist")
    result.stdout.fnmatch_lines(
        ["small.yaml::availability >= 99.99% FAILED*", "small.yaml::dwell.mean <= 1h SKIPPED*"]
    )


def test_a_failure_is_one_line_at_the_invariant(pytester: pytest.Pytester) -> None:
    """File, line and column of the invariant, its text, the numbers; no Python traceback."""
    pytester.makeini("[pytest]\nchurnsim_scenarios = *.yaml\n")
    pytester.makefile(".yaml", small=SCENARIO)
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    result.stdout.fnmatch_lines(["*small.yaml:19:5: availability >= 99.99%: *the whole interval breaks it"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*Error*")


def test_the_reported_line_is_that_of_the_invariant(pytester: pytest.Pytester) -> None:
    """What editors and annotations jump to: lines from 0, so 17 is line 18."""
    pytester.makeini("[pytest]\nchurnsim_scenarios = *.yaml\n")
    pytester.makefile(".yaml", small=SCENARIO)
    items, _ = pytester.inline_genitems("-p", "no:xdist")
    assert [item.reportinfo()[1] for item in items] == [17, 18, 19]
    assert items[0].name == "availability >= 10%"


def test_a_scenario_with_mistakes_is_an_error_of_collection(pytester: pytest.Pytester) -> None:
    """All mistakes with their places, as `churnsim validate` prints them."""
    pytester.makeini("[pytest]\nchurnsim_scenarios = *.yaml\n")
    pytester.makefile(".yaml", small=SCENARIO.replace("horizon: 2h", "horizon: 2"))
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*small.yaml:3:10: *"])
