"""Whatever scenario can be written survives being written out, and an override equals an edit."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnsim.scenario import Scenario, explain, load
from churnsim.scenario.path import parse_path, path_text

times = st.integers(1, 5000).flatmap(
    lambda n: st.sampled_from([f"{n}s", f"{n}ms", f"{n / 8}m", f"{n}h{n % 60}m"])
)
shares = st.integers(1, 50).map(lambda n: f"{n}%")
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True)


@st.composite
def laws(draw: st.DrawFn) -> Any:
    """A law: a shorthand, a mapping, or one nested in another."""
    scale = draw(st.integers(1, 100))
    plain: list[Any] = [
        draw(times),
        {"kind": "exponential", "mean": draw(times)},
        {"kind": "uniform", "low": f"{scale}s", "high": f"{2 * scale}s"},
        {"kind": "lognormal", "mean": draw(times), "cv": scale / 10},
        {"kind": "weibull", "mean": draw(times), "shape": 0.5 + scale / 50},
        {"kind": "empirical", "values": [f"{scale}s", f"{scale + 1}s"]},
        {"kind": "empirical", "quantiles": {"0": "1s", "0.5": f"{scale + 1}s", "1": f"{scale + 200}s"}},
    ]
    law = draw(st.sampled_from(plain))
    return draw(st.sampled_from([law, {"kind": "truncated", "law": law, "high": "9999h"}]))


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of a valid scenario, as a file would hold it."""
    issuers = draw(st.lists(names, max_size=2, unique=True))
    policies = draw(st.lists(names, max_size=2, unique=True))
    workloads = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    data: dict[str, Any] = {"name": draw(names), "horizon": draw(times)}
    data["issuers"] = {name: {"ttl": draw(times)} for name in issuers}
    for issuer in data["issuers"].values():
        if draw(st.booleans()):
            issuer["preset"] = draw(st.sampled_from(["spire", "istio", "consul", "step-ca"]))
        if draw(st.booleans()):
            high = draw(st.integers(50, 90))
            issuer["renewal"] = {"kind": "once", "low": "40%", "high": f"{high}%"}
    data["policies"] = {name: {"refresh": {"kind": "pull", "every": draw(laws())}} for name in policies}
    data["workloads"] = {name: {"kind": "service", "replicas": draw(st.integers(1, 9))} for name in workloads}
    for workload in data["workloads"].values():
        workload |= {"startup": draw(laws()), "needed": draw(shares)}
        if issuers and draw(st.booleans()):
            workload["issuer"] = draw(st.sampled_from(issuers))
        if policies and draw(st.booleans()):
            workload["policy"] = draw(st.sampled_from(policies))
    struck = st.builds(
        lambda w, m: {"kind": "crash", "workload": w, "every": m}, st.sampled_from(workloads), laws()
    )
    data["failures"] = draw(st.lists(struck, max_size=2))
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenarios")


def loaded(folder: Path, data: Any, overrides: tuple[str, ...] = ()) -> Scenario:
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return load(file, overrides)


calmly = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@calmly
@given(data=scenarios())
def test_a_scenario_survives_being_written_out(folder: Path, data: dict[str, Any]) -> None:
    """File, canonical data, JSON text and YAML text all hold the same scenario with the same hash."""
    scenario = loaded(folder, data)
    canonical = scenario.canonical()
    again = [
        Scenario.model_validate(canonical),
        Scenario.model_validate(json.loads(json.dumps(canonical))),
        loaded(folder, canonical),
    ]
    for each in again:
        assert each == scenario
        assert each.canonical() == canonical
        assert each.hash == scenario.hash
    assert len(scenario.hash) == 64


@calmly
@given(data=scenarios(), pick=st.randoms(use_true_random=False))
def test_an_override_equals_an_edit(folder: Path, data: dict[str, Any], pick: Any) -> None:
    """Two values set from outside, changed in Python, or written into the file: one scenario, one hash."""
    name = pick.choice(list(data["workloads"]))
    override = f"workloads.{name}.replicas=17"
    by_override = loaded(folder, data, (override, "horizon=7777h"))
    by_change = loaded(folder, data).with_({f"workloads.{name}.replicas": 17}, horizon="7777h")
    data["workloads"][name]["replicas"] = 17
    by_edit = loaded(folder, data | {"horizon": "7777h"})
    assert by_override == by_edit == by_change
    assert by_override.hash == by_edit.hash == by_change.hash


@settings(calmly, max_examples=12)  # each tries all of a hundred values
@given(data=scenarios())
def test_setting_any_value_to_itself_changes_nothing(folder: Path, data: dict[str, Any]) -> None:
    """Every path that `explain` shows can be set: also defaults, presets, shorthands and list items."""
    scenario = loaded(folder, data)
    for path, value, _ in explain(scenario):
        assert scenario.with_({path: value}) == scenario, path


@calmly
@given(data=scenarios())
def test_every_value_has_one_origin(folder: Path, data: dict[str, Any]) -> None:
    """What `explain` lists is what `origin` says, one path at a time; files have positions, defaults none."""
    scenario = loaded(folder, data)
    for path, value, origin in explain(scenario):
        assert scenario.origin(path) == origin
        assert origin.value == value
        assert (origin.line is None) == (origin.how == "default")


@given(st.lists(st.from_regex(r"[^\".]+", fullmatch=True), min_size=1, max_size=4))
def test_a_path_is_read_back(steps: list[str]) -> None:
    """Also with dots in its steps, except under the sweep, whose rest is one key."""
    if steps[:2] != ["study", "sweep"]:
        dotted = [*steps, "a.b"]
        assert parse_path(path_text(tuple(dotted))) == tuple(dotted)
