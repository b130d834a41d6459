"""The Python API: which names there are, and that each is what it says."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import churnsim

NAMES = {
    "ChurnsimError", "LawBroken", "Scenario", "ScenarioError", "StoreError", "UsageError", "__version__",
    "compare", "explain_worst", "load", "run", "simulate", "sweep",
}  # fmt: skip


def test_the_public_names_are_these() -> None:
    """Adding one is a decision: it changes this list. Removing one breaks somebody's notebook."""
    assert set(churnsim.__all__) == NAMES
    assert set(dir(churnsim)) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_public_name_resolves(name: str) -> None:
    """Each is fetched from its home on first use."""
    assert getattr(churnsim, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = churnsim.nonsense


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import churnsim.simulate; ",
        "from churnsim.simulate import simulate; ",
        "import churnsim.experiment.api; ",
    ],
)
def test_simulate_is_the_function_whatever_was_imported_before(before: str) -> None:
    """A module of the same name exists; importing it must not take the function's place."""
    probe = f"{before}import churnsim; print(callable(churnsim.simulate))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_load_change_and_run_gives_tidy_frames(small: Path) -> None:
    """The four steps of the README; a row per run and measure, and one per measure in the summary."""
    scenario = churnsim.load(small).with_({"issuers.mesh.ttl": "15m"})
    results = churnsim.run(scenario, replications=2, seed=0, workers=1)
    assert {"point", "replication", "measure", "value"} <= set(results.runs.columns)
    assert {"measure", "mean", "low", "high", "unit", "better"} <= set(results.summary.columns)
    assert len(results.runs) == 2 * len(results.summary)
    assert "<table" in results._repr_html_()


def test_a_file_will_do_for_a_scenario(small: Path) -> None:
    """As a path or as text, to each of the three verbs, by position or by name."""
    assert churnsim.run(str(small), replications=2, workers=1).plan.scenario == "small"
    assert len(churnsim.sweep(small, replications=2, workers=1).plan.points) == 2
    assert churnsim.simulate(small).meta.scenario == "small"
    assert pickle.loads(pickle.dumps(churnsim.simulate)) is churnsim.simulate


def test_designs_are_compared_by_scenario_or_by_file(small: Path) -> None:
    """Points of a sweep from the file; two scenarios made in Python; the same seed for all."""
    swept = churnsim.compare(small, replications=2, workers=1)
    assert [one.name for one in swept.designs] == ["ttl=10m", "ttl=20m"]
    assert set(swept.frame["measure"]) == {"availability", "cost.total"}
    now = churnsim.load(small)
    longer = now.with_({"name": "longer", "issuers.mesh.ttl": "1h"})
    found = churnsim.compare(now, longer, measures=["undertrust.share"], replications=2, workers=1)
    assert [one.name for one in found.designs] == ["small", "longer"]
    with pytest.raises(churnsim.UsageError, match="name at least one scenario"):
        churnsim.compare()


def test_a_script_without_a_main_guard_is_told_so_once(small: Path) -> None:
    """Each worker imports the script anew and comes to the same call; only the parent's message is left."""
    script = small.with_name("script.py")
    script.write_text("import churnsim\nchurnsim.run('small.yaml', workers=2)\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert "call this under `if __name__ == '__main__':`" in done.stderr.splitlines()[-1]


def test_a_wrong_change_is_told_without_the_command_line(small: Path) -> None:
    """Whoever writes Python has set no option."""
    with pytest.raises(churnsim.ScenarioError, match=r"^change issuers\.mesh\.tl=1h: ") as error:
        churnsim.load(small).with_({"issuers.mesh.tl": "1h"})
    assert "--set" not in str(error.value)


def test_a_trace_of_one_run_is_a_frame_for_each_table(small: Path) -> None:
    """What the timeline is drawn from."""
    trace = churnsim.simulate(churnsim.load(small), seed=0)
    intervals = trace.frame("intervals")
    assert {"family", "entity", "state", "start", "end"} <= set(intervals.columns)
    assert "ready" in set(intervals["state"])


def test_every_frame_says_how_it_was_made(small: Path) -> None:
    """Version, scenario, hash, seed and replications, enough to make the same again."""
    results = churnsim.sweep(small, replications=2, seed=3, workers=1)
    for frame in (results.runs, results.summary, results.compare()):
        made = frame.attrs["provenance"]
        assert (made["scenario"], made["seed"], made["replications"]) == ("small", 3, 2)
        assert made["hash"] == results.plan.scenario_hash
    compared = churnsim.compare(small, replications=2, seed=3, workers=1).frame
    assert compared.attrs["provenance"]["ttl=10m"] == results.plan.provenance
