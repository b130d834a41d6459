"""Every value remembers where it came from."""

import pytest
from small_scenario import SMALL, Write

from churnsim.base.errors import ScenarioError
from churnsim.scenario import Scenario, explain, load
from churnsim.scenario.origin import Origin


def test_a_value_of_the_file_knows_its_line_and_column(write: Write) -> None:
    """Counted by hand in the small scenario."""
    file = write()
    assert load(file).origin("issuers.mesh.ttl") == Origin("10m", "file", str(file), 5, 15, None)


def test_what_a_shorthand_stands_for_comes_from_the_shorthand(write: Write) -> None:
    """``startup: 4s`` is the kind and the value of a constant law."""
    scenario = load(write())
    assert scenario.origin("workloads.web.startup.kind").line == 11
    assert scenario.origin("workloads.web.startup.value").line == 11


def test_what_nobody_wrote_is_a_default(write: Write) -> None:
    """Also below a mapping that nobody wrote."""
    scenario = load(write())
    assert scenario.origin("warmup") == Origin("0s", "default", None, None, None, None)
    assert scenario.origin("issuers.mesh.verification.skew.value").how == "default"


def test_what_python_wrote_says_so(write: Write) -> None:
    """A scenario built from plain data has no file."""
    built = Scenario.model_validate(load(write()).canonical())
    assert built.origin("horizon") == Origin("1h", "python", None, None, None, None)


def test_an_unknown_path_is_answered_with_the_nearest(write: Write) -> None:
    """At whatever level it goes wrong."""
    scenario = load(write())
    with pytest.raises(
        ScenarioError, match=r"there is no issuers.mesh.tll; did you mean 'issuers.mesh.ttl'\?"
    ):
        scenario.origin("issuers.mesh.tll")
    with pytest.raises(ScenarioError, match=r"did you mean 'issuers.mesh.ttl'\?"):
        explain(scenario, "isuers.mesh.ttl")
    with pytest.raises(ScenarioError, match="nothing stands below it"):
        scenario.origin("horizon.x")


def test_explaining_everything_covers_every_value(write: Write) -> None:
    """Leaves of the canonical data, each once, lists of words as one."""
    rows = explain(load(write(SMALL + "invariants: [availability >= 1%, churn.rate < 3]\n")))
    paths = [path for path, _, _ in rows]
    assert len(set(paths)) == len(paths)
    assert {"name", "failures.0.every.mean", "invariants"} <= set(paths)
    assert {path: value for path, value, _ in rows}["invariants"] == [
        "availability >= 1%",
        "churn.rate < 3",
    ]
