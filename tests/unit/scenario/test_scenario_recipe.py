"""The scenario itself: equality, hash, order, its own rules."""

import pickle
import subprocess
import sys
import time

import pytest
from pydantic import ValidationError
from small_scenario import SMALL, Write

from churnsim.base.errors import ScenarioError
from churnsim.scenario import Scenario, load


def test_the_hash_covers_the_world_and_not_what_is_asked(write: Write) -> None:
    """Study, invariants and question leave it alone; the world does not."""
    scenario = load(write())
    asked = scenario.with_({"study.seed": 0, "question": "why?", "invariants": ["availability >= 1%"]})
    assert asked.hash == scenario.hash
    assert asked != scenario
    assert scenario.with_(horizon="2h").hash != scenario.hash
    assert scenario.with_(name="other").hash != scenario.hash


def test_the_hash_does_not_depend_on_how_the_file_is_written(write: Write) -> None:
    """Order of keys, units, shorthands and spelt-out defaults."""
    text = SMALL.replace("horizon: 1h\n", "").replace(
        "startup: 4s", "startup: {value: 4000ms, kind: constant}"
    )
    other = load(write(f"warmup: 0s\nhorizon: 60m\n{text}", "other.yaml"))
    assert other.hash == load(write()).hash
    assert other == load(write())


def test_the_order_of_names_is_part_of_the_hash(write: Write) -> None:
    """It decides the order of rows in the trace, so one hash must not stand for two orders."""
    one, two = "a: {kind: service, replicas: 1}", "b: {kind: service, replicas: 1}"
    head = "name: x\nhorizon: 1h\nworkloads:\n"
    ordered, turned = (load(write(f"{head}  {x}\n  {y}\n")) for x, y in ((one, two), (two, one)))
    assert ordered.hash != turned.hash


def test_a_scenario_travels(write: Write) -> None:
    """To another process, with its origins."""
    scenario = load(write())
    copy = pickle.loads(pickle.dumps(scenario))
    assert copy == scenario
    assert hash(copy) == hash(scenario)
    assert copy.origin("issuers.mesh.ttl") == scenario.origin("issuers.mesh.ttl")


def test_a_scenario_is_frozen(write: Write) -> None:
    """Pydantic's own refusal."""
    with pytest.raises(ValidationError, match="frozen"):
        load(write()).horizon = 3.0  # type: ignore[misc]


def test_references_are_checked_without_a_file_too(write: Write) -> None:
    """At the location pydantic would give."""
    data = load(write()).canonical()
    data["workloads"]["web"]["issuer"] = "mehs"
    with pytest.raises(ValidationError, match="did you mean 'mesh'") as caught:
        Scenario.model_validate(data)
    assert [error["loc"] for error in caught.value.errors()] == [("workloads", "web", "issuer")]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("warmup=1h", "warmup must be shorter than horizon (got 1h >= 1h)"),
        ("window=1ms", "horizon holds 3,600,000 windows, more than 1,000,000; make window 4ms"),
        ("workloads={}", "must hold at least 1 (got a mapping); add one"),
        ("workloads={a b: {kind: service, replicas: 1}}", "'a b' is no name"),
        ("churnsim=2", "2 is not one of the choices; known: 1"),
        ("study.replications=0", "must be at least 1 (got 0)"),
    ],
)
def test_the_rules_of_the_scenario(write: Write, override: str, said: str) -> None:
    """Each broken once."""
    with pytest.raises(ScenarioError) as caught:
        load(write(SMALL[: SMALL.index("failures")]), [override])
    assert said in str(caught.value)


def test_loading_is_fast_once_imported(write: Write) -> None:
    """Under 50 ms for a page of YAML with a sweep; the best of five, as the machine is shared."""
    file = write(SMALL + "study: {sweep: {issuers.mesh.ttl: [5m, 15m, 1h, 6h, 24h]}}\n")
    load(file)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        load(file)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05


def test_loading_imports_nothing_heavy(write: Write) -> None:
    """In a fresh interpreter."""
    code = "import sys; from churnsim.scenario import load; load(sys.argv[1]); print(*sys.modules)"
    run = [sys.executable, "-c", code, str(write())]
    modules = set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())
    assert not modules & {
        "pandas",
        "matplotlib",
        "pyarrow",
        "scipy.stats",
        "scipy.special",
        "churnsim.metrics",
    }
