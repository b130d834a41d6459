"""The text of a metric invariant."""

import pytest
from small_scenario import SMALL, Write

from churnsim.base.errors import ScenarioError
from churnsim.scenario import Invariant, load, parse_invariant


@pytest.mark.parametrize(
    ("text", "invariant"),
    [
        ("availability >= 99.9%", Invariant("availability", ">=", "99.9%")),
        ("  overtrust.window.p99<65m ", Invariant("overtrust.window.p99", "<", "65m")),
        ("cost.total <= 4 cents", Invariant("cost.total", "<=", "4 cents")),
        ("a_b.c-d > 1/4", Invariant("a_b.c-d", ">", "1/4")),
    ],
)
def test_an_invariant_is_a_measure_an_operator_and_a_threshold(text: str, invariant: Invariant) -> None:
    """By hand; what it prints is read back."""
    assert parse_invariant(text) == invariant
    assert parse_invariant(str(invariant)) == invariant


@pytest.mark.parametrize(
    "text", ["", "availability", ">= 3", "a >=", "a b >= 3", "a == 3", "a => 3", "a = 3"]
)
def test_what_is_no_invariant_is_refused(text: str) -> None:
    """Parts missing, parts too many, operators there are not."""
    with pytest.raises(ValueError, match=r"is not an invariant|does not compare"):
        parse_invariant(text)


def test_words_are_judged_by_whoever_understands_them(write: Write) -> None:
    """Two of five are refused, each at its place; what is no word is left to others."""

    def judge(text: str) -> None:
        if text.startswith(("aval", "zzz")):
            raise ValueError(f"never heard of {text}")

    invariants = "[avalability >= 9%, unserved.share < 1%, never: {signal: x}, zzz > 1, availability > 0%]"
    file = write(SMALL + f"invariants: {invariants}\n")
    with pytest.raises(ScenarioError) as caught:
        load(file, judges={("invariants",): judge, ("study", "show"): judge})
    first, second = caught.value.problems
    assert (first.line, first.column, first.path) == (14, 14, ("invariants", 0))
    assert first.message == "never heard of avalability >= 9%"
    assert second.path == ("invariants", 3)
