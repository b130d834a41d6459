"""Errors say where, what and what would be right."""

from __future__ import annotations

import pickle

from churnsim.base.errors import ChurnsimError, LawBroken, Problem, ScenarioError, StoreError, UsageError

PROBLEM = Problem(
    message="unknown key 'lifetme'",
    rule="unknown-key",
    remedy="did you mean 'lifetime'?",
    path=("workloads", "web", 0),
    file="a.yaml",
    line=3,
    column=7,
)


def test_a_problem_shows_its_place_its_remedy_and_its_path() -> None:
    assert str(PROBLEM) == "a.yaml:3:7: unknown key 'lifetme'; did you mean 'lifetime'? [workloads.web.0]"


def test_a_problem_leaves_out_what_is_not_known() -> None:
    assert str(Problem(message="no such file")) == "no such file"
    assert str(Problem(message="empty", file="a.yaml")) == "a.yaml: empty"


def test_a_scenario_error_shows_all_problems_and_counts_them() -> None:
    error = ScenarioError([PROBLEM, Problem("empty")])
    assert str(error).splitlines() == [str(PROBLEM), "empty", "2 problems"]
    assert str(ScenarioError([PROBLEM])).endswith("\n1 problem")


def test_errors_survive_the_way_back_from_a_worker() -> None:
    """Process pools pickle what a run raises."""
    scenario = pickle.loads(pickle.dumps(ScenarioError([PROBLEM])))
    assert scenario.problems == (PROBLEM,)
    law = pickle.loads(pickle.dumps(LawBroken("L07", "two owners", 3.5, "web/3")))
    assert str(law) == "law L07 is broken at t = 3.5 s for web/3: two owners; this is a bug in churnsim"


def test_every_error_has_its_exit_code() -> None:
    codes = [error.exit_code for error in (ChurnsimError, LawBroken, ScenarioError, UsageError, StoreError)]
    assert codes == [1, 1, 2, 2, 3]
