"""A file laid over the files it extends."""

import pytest
from small_scenario import Write

from churnsim.base.errors import ScenarioError
from churnsim.scenario import load
from churnsim.scenario.extends import LEVELS_MAX, read
from churnsim.scenario.node import plain


def test_named_things_merge_by_name_and_lists_are_replaced(write: Write) -> None:
    """Three levels; the merged data is written down by hand."""
    write("a: {x: 1, y: 2}\nl: [1, 2]\nk: {kind: u, p: 1}\n", "ground.yaml")
    write("extends: ground.yaml\na: {y: 3, z: 4}\n", "middle.yaml")
    top = write("extends: middle.yaml\na: {z: 5}\nl: [9]\nk: {kind: v, q: 2}\n", "top.yaml")
    assert plain(read(top).tree) == {"a": {"x": 1, "y": 3, "z": 5}, "l": [9], "k": {"kind": "v", "q": 2}}


def test_each_value_remembers_which_file_it_came_from(write: Write) -> None:
    """The time to live is the base's, the replicas are our own."""
    base = write(name="base/small.yaml")
    top = write("extends: base/small.yaml\nworkloads: {web: {replicas: 5}}\n", "top.yaml")
    scenario = load(top)
    ttl, replicas = scenario.origin("issuers.mesh.ttl"), scenario.origin("workloads.web.replicas")
    assert (ttl.how, ttl.file, ttl.line) == ("extends", str(base), 5)
    assert (replicas.how, replicas.file, replicas.line, replicas.value) == ("file", str(top), 2, 5)


def test_a_data_file_is_found_from_the_file_that_names_it(write: Write) -> None:
    """The base and its data lie in one folder, the file that extends it in another."""
    write("x_s\n1\n3\n", "base/life.csv")
    startup = "startup: {kind: empirical, file: life.csv, column: x_s}"
    text = write().read_text(encoding="utf-8").replace("startup: 4s", startup)
    write(text, "base/small.yaml")
    scenario = load(write("extends: ../base/small.yaml\n", "top/top.yaml"))
    assert scenario.model_dump()["workloads"]["web"]["startup"]["values"] == (1.0, 3.0)
    assert scenario.origin("workloads.web.startup.values").line == 11


def test_a_circle_is_shown(write: Write) -> None:
    """The first extends b, b extends c, c extends b: the circle is b, c, b."""
    first, second, third = (
        write(f"extends: {base}.yaml\n", f"{name}.yaml") for name, base in ("ab", "bc", "cb")
    )
    with pytest.raises(ScenarioError) as caught:
        read(first)
    (problem,) = caught.value.problems
    assert problem.message == f"extends goes in a circle: {second} -> {third} -> {second}"
    assert (problem.file, problem.line, problem.column) == (str(third), 1, 10)


def test_a_file_that_extends_itself_is_a_circle(write: Write) -> None:
    """Even under another spelling of its name."""
    file = write("extends: x/../a.yaml\n", "a.yaml")
    with pytest.raises(ScenarioError, match="in a circle"):
        read(file)


def test_levels_are_bounded(write: Write) -> None:
    """A chain one longer than allowed."""
    for level in range(LEVELS_MAX + 1):
        write(f"extends: {level + 1}.yaml\n", f"{level}.yaml")
    write("a: 1\n", f"{LEVELS_MAX + 1}.yaml")
    with pytest.raises(ScenarioError, match="levels of extends"):
        read(write("extends: 1.yaml\n", "0.yaml"))


def test_a_missing_base_is_told_where_it_is_named(write: Write) -> None:
    """With the near name."""
    write(name="base.yaml")
    file = write("name: x\nextends: bsae.yaml\n", "top.yaml")
    with pytest.raises(ScenarioError) as caught:
        read(file)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == (str(file), 2, 10)
    assert problem.remedy is not None
    assert "base.yaml" in problem.remedy


def test_mistakes_of_both_files_are_told_at_once(write: Write) -> None:
    """Our own first."""
    write("a: 1\na: 2\n", "base.yaml")
    reading = read(write("extends: base.yaml\nb: .nan\n", "top.yaml"))
    assert [problem.rule for problem in reading.problems] == ["number", "duplicate-key"]
