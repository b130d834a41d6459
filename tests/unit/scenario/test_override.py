"""Values set from outside, by dotted path."""

import pytest
from small_scenario import Write

from churnsim.base.errors import ScenarioError
from churnsim.scenario import Scenario, load
from churnsim.scenario.path import parse_path, path_text


def problem_of(write: Write, override: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(write(), [override])
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a.b.0", ("a", "b", "0")),
        ('a."b.c".d', ("a", "b.c", "d")),
        ("study.sweep.issuers.mesh.ttl", ("study", "sweep", "issuers.mesh.ttl")),
        ('study.sweep."horizon"', ("study", "sweep", "horizon")),
    ],
)
def test_a_dotted_path_is_read_and_written(text: str, steps: tuple[str, ...]) -> None:
    """Steps by hand; what is written is read back."""
    assert parse_path(text) == steps
    assert parse_path(path_text(steps)) == steps


@pytest.mark.parametrize("text", ["", ".", "a..b", "a.", ".a", 'a."b', 'a"b"', '""'])
def test_what_is_no_dotted_path_is_refused(text: str) -> None:
    """Empty steps and open quotes."""
    with pytest.raises(ValueError, match="is not a dotted path"):
        parse_path(text)


def test_a_value_is_read_as_yaml(write: Write) -> None:
    """A text, a number, a mapping and a list in turn."""
    sets = [
        "issuers.mesh.ttl=15m",
        "workloads.web.replicas=5",
        "workloads.web.startup={kind: uniform, low: 1s, high: 2s}",
        "failures=[]",
    ]
    scenario = load(write(), sets)
    assert scenario.issuers["mesh"].ttl == 900.0
    assert scenario.canonical()["workloads"]["web"]["replicas"] == 5
    assert scenario.canonical()["workloads"]["web"]["startup"] == {
        "kind": "uniform",
        "low": "1s",
        "high": "2s",
    }
    assert scenario.failures == ()


def test_later_overrides_lie_over_earlier_ones(write: Write) -> None:
    """And a value may contain an equals sign."""
    scenario = load(write(), ["question=a", "question=x = y"])
    assert scenario.question == "x = y"


def test_one_parameter_of_a_default_recipe_can_be_set(write: Write) -> None:
    """The default back-off is exponential: setting its cap keeps the rest of it."""
    before, after = load(write()), load(write(), ["issuers.mesh.retry.cap=9m"])
    rest = before.issuers["mesh"].retry.model_dump()
    assert after.issuers["mesh"].retry.model_dump() == {**rest, "cap": 540.0}
    assert after.origin("issuers.mesh.retry.initial").how == "default"
    assert after.origin("issuers.mesh.retry.cap").how == "--set"


def test_one_parameter_behind_a_shorthand_can_be_set(write: Write) -> None:
    """``startup: 4s`` is a constant law whose value is 4 s."""
    assert load(write(), ["workloads.web.startup.value=5s"]).canonical()["workloads"]["web"]["startup"] == {
        "kind": "constant",
        "value": "5s",
    }


def test_one_parameter_of_a_preset_can_be_set(write: Write) -> None:
    """The others stay the preset's, with their facts."""
    scenario = load(write(), ["issuers.mesh.preset=spire", "issuers.mesh.renewal.low=40%"])
    assert scenario.origin("issuers.mesh.renewal.low").value == "40%"
    assert scenario.origin("issuers.mesh.renewal.high").source == "F006, F007, F009"


def test_list_items_are_set_by_position(write: Write) -> None:
    """The crash's law is a mapping within the first item of a list."""
    scenario = load(write(), ["failures.0.every.mean=10m"])
    assert scenario.canonical()["failures"][0]["every"]["mean"] == "10m"


def test_an_override_equals_an_edit(write: Write) -> None:
    """Same scenario, same hash."""
    edited = write().read_text(encoding="utf-8").replace("ttl: 10m", "ttl: 7m")
    assert load(write(), ["issuers.mesh.ttl=7m"]).hash == load(write(edited, "edited.yaml")).hash


def test_a_wrong_key_is_told_with_the_override(write: Write) -> None:
    """The file is innocent."""
    text = problem_of(write, "issuers.mesh.tll=7m")
    assert text.startswith("--set issuers.mesh.tll=7m: unknown key 'tll'; did you mean 'ttl'?")


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("issuers.mehs.ttl=7m", "there is no issuers.mehs; did you mean 'issuers.mesh.ttl'?"),
        ("policies.authz.principals=3", "there is no policies.authz; the scenario has no policies"),
        ("failures.3.workload=web", "failures is a list of 1 and has no item '3'; count from 0 to 0"),
        ("failures.x.workload=web", "has no item 'x'"),
        ("horizon", "write PATH=VALUE"),
        ("=3", "is not a dotted path"),
        ("horizon=[", "not YAML"),
        ("horizon=.inf", "not a finite number"),
        ("horizon=", "a duration is a number with a unit (got nothing)"),
        ("extends=x.yaml", "cannot be set from outside"),
        ("name.first=x", "a text is due here, not a mapping"),
        ("workloads.web.issuer=mehs", "did you mean 'mesh'?"),
    ],
)
def test_what_cannot_be_set_is_refused_with_the_right_answer(write: Write, override: str, said: str) -> None:
    """One problem each; nothing new is made of a typing error."""
    text = problem_of(write, override)
    assert text.startswith(f"--set {override}")
    assert said in text


def test_changes_in_python_are_the_same_as_overrides(write: Write) -> None:
    """Also for a scenario that came from no file."""
    scenario = load(write())
    built = Scenario.model_validate(scenario.canonical())
    for each in (scenario, built):
        changed = each.with_({"issuers.mesh.ttl": "7m", "failures.0.every.mean": "10m"}, horizon="2h")
        assert changed == load(write(), ["issuers.mesh.ttl=7m", "failures.0.every.mean=10m", "horizon=2h"])
        assert changed.origin("horizon").how == "--set"
    with pytest.raises(ScenarioError, match=r"did you mean 'issuers\.mesh\.ttl'"):
        scenario.with_({"issuers.mehs.ttl": "7m"})
    with pytest.raises(ScenarioError, match="a duration needs a unit"):
        scenario.with_(horizon=3600)


def test_a_change_takes_recipes_and_array_numbers(write: Write) -> None:
    """A recipe is written out; NumPy's integers are integers."""
    import numpy as np

    scenario = load(write())
    issuer = scenario.with_({"issuers.mesh.ttl": "7m"}).issuers["mesh"]
    changed = scenario.with_({"issuers.mesh": issuer, "workloads.web.replicas": np.int64(8)})
    assert changed.issuers["mesh"] == issuer
    assert changed.canonical()["workloads"]["web"]["replicas"] == 8
