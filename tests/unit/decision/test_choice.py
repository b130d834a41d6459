"""What to choose, and what the choice rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from churnsim.base.errors import UsageError
from churnsim.decision import (
    Alternative,
    Assumption,
    Choice,
    Comparison,
    Constraint,
    choose,
    compare,
    screen,
    vary,
)
from tests.unit.decision.designs import design, scalars, shares

NOISE = np.random.default_rng(1).normal(0.0, 0.01, 20)
AT_LEAST = [Constraint.read("availability >= 98%")]


def costing(name: str, cost: float, share: float = 0.99) -> Alternative:
    """Known to a cent and to a hundredth of a percent."""
    return design(name, cost__total=scalars(cost + NOISE), availability=shares(share + NOISE / 100))


def test_the_cheapest_of_those_that_keep_the_promise_is_chosen() -> None:
    """The cheapest of all breaks it."""
    designs = [costing("bad", 1.0, 0.9), costing("good", 2.0), costing("dear", 3.0)]
    found = choose(screen(designs, AT_LEAST), "cost.total", 0.5)
    assert found.best is designs[1]
    assert found.sentence.startswith(
        "Of the designs that keep every promise, good is the best in cost.total: the right pick with 95%"
    )


def test_where_none_surely_keeps_it_those_that_break_none_are_ranked() -> None:
    """At the limit: the runs cannot tell, and the sentence says so."""
    edge = [costing(name, cost, 0.98 - NOISE.mean() / 100) for name, cost in (("a", 2.0), ("b", 1.0))]
    found = choose(screen(edge, AT_LEAST), "cost.total", 0.5)
    assert (found.is_open, found.best) == (True, edge[1])
    assert found.sentence.startswith("No design surely keeps every promise; of those that break none, b is")


def test_a_better_design_of_which_the_runs_cannot_tell_is_named() -> None:
    """The cheapest lies at the limit: it is not chosen, and not forgotten; one that is dearer is."""
    edge = 0.98 - NOISE.mean() / 100
    designs = [costing("edge", 1.0, edge), costing("good", 2.0), costing("dear edge", 3.0, edge)]
    found = choose(screen(designs, AT_LEAST), "cost.total", 0.5)
    assert (found.best, found.contenders) == (designs[1], (designs[0],))
    assert found.sentence == (
        "Of the designs that keep every promise, good is the only one. Whether edge would be better is open: "
        "these runs do not decide its promises."
    )


def test_where_all_break_it_there_is_no_choice() -> None:
    found = choose(
        screen([costing("bad", 1.0, 0.9), costing("worse", 1.0, 0.8)], AT_LEAST), "cost.total", 0.5
    )
    assert (found.best, found.sentence) == (None, "No design can be chosen: each breaks a promise.")


def test_the_only_one_left_needs_no_race() -> None:
    found = choose(screen([costing("bad", 1.0, 0.9), costing("good", 2.0)], AT_LEAST), "cost.total", 0.5)
    assert found.sentence == "Of the designs that keep every promise, good is the only one."


def test_designs_too_close_for_the_runs_are_not_decided() -> None:
    """A thousandth of the noise: both are left, with the price of telling them apart."""
    rng = np.random.default_rng(3)
    designs = [design(name, cost__total=scalars(rng.normal(1.0, 0.1, 20))) for name in "ab"]
    found = choose(screen(designs, []), "cost.total", 1e-4)
    assert found.left == tuple(designs)
    assert "is not decided between a, b: to tell $0.0001000 apart may take" in found.sentence


def test_the_assumption_that_changes_a_verdict_comes_first() -> None:
    """One moves the difference far and changes nothing, the other moves it little, past zero."""
    outcomes = {("far", 9): 50.0, ("near", 2): -0.5}

    def again(settings: Mapping[str, Any]) -> tuple[Comparison, None]:
        ((path, value),) = settings.items()
        rng = np.random.default_rng(4)
        other = design("dear", cost__total=scalars(1.0 + outcomes[path, value] + rng.normal(0.0, 0.01, 20)))
        return compare([costing("cheap", 1.0), other], ["cost.total"]), None

    now = compare(
        [costing("cheap", 1.0), design("dear", cost__total=scalars(1.5 + NOISE[::-1]))], ["cost.total"]
    )
    swings = vary((now, None), [Assumption("far", (9,)), Assumption("near", (2,))], "cost.total", again)
    assert [each.assumption.path for each in swings] == ["near", "far"]
    assert swings[0].reversals == ("dear is better with 2, worse as written",)
    assert swings[1].size == pytest.approx(49.5, abs=0.1)
    assert swings[1].sentence.endswith("; no verdict changes")


def test_an_assumption_under_which_another_design_is_chosen_says_so() -> None:
    """Nothing in the cost changes, but the cheap design breaks its promise when outages are long."""

    def judged(share: float) -> tuple[Comparison, Choice | None]:
        designs = [costing("cheap", 1.0, share), costing("dear", 2.0)]
        return compare(designs, ["cost.total"]), choose(screen(designs, AT_LEAST), "cost.total", 0.5)

    assumed = Assumption("failures.0.lasts", ("2h",))
    (swing,) = vary(judged(0.99), [assumed], "cost.total", lambda _: judged(0.9))
    assert swing.size == pytest.approx(0.0)
    assert swing.reversals == ("with 2h the choice is dear, as written cheap",)
    (same,) = vary(judged(0.99), [assumed], "cost.total", lambda _: judged(0.99))
    assert same.sentence.endswith("; the choice stays the same")
    (none,) = vary((judged(0.99)[0], None), [assumed], "cost.total", lambda _: (judged(0.9)[0], None))
    assert none.sentence.endswith("; no verdict changes")


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("failures.0.lasts=[5m, 1h]", "failures.0.lasts", ("5m", "1h")),
        ("workloads.web.replicas=8", "workloads.web.replicas", (8,)),
    ],
)
def test_an_assumption_is_a_path_with_values(text: str, path: str, values: tuple[object, ...]) -> None:
    assert Assumption.read(text) == Assumption(path, values)


@pytest.mark.parametrize("text", ["failures.0.lasts", "=5m", "a=", "a=[]", "a=[1", "a=[1, null]"])
def test_what_is_no_assumption_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no assumption; write one as in"):
        Assumption.read(text)
