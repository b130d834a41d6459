"""Failures as they were once recorded: read from a file, place by place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import churnsim
from churnsim.base.errors import ScenarioError
from churnsim.model.failure.issuer_outage import IssuerOutage
from churnsim.simulate import simulate
from churnsim.trace import Family, ServiceState

CHRONICLE = """# from the diary of an operator
start,target,duration
600,mesh,300
1200,root,60
3600,mesh,10.5
3600,rack,1
"""
SCENARIO = """
name: recorded
horizon: 2h
issuers: {mesh: {ttl: 10m}, root: {ttl: 1h}}
nodes: {rack: {zone: here, count: 3, units: 4}}
workloads:
  web: {kind: service, replicas: 4, issuer: mesh}
failures:
  - {kind: issuer-outage, issuer: mesh, trace: diary.csv}
  - {kind: issuer-outage, issuer: root, trace: diary.csv}
  - {kind: node-loss, pool: rack, trace: diary.csv}
"""


def scenario(folder: Path, chronicle: str = CHRONICLE, text: str = SCENARIO) -> churnsim.Scenario:
    (folder / "diary.csv").write_text(chronicle)
    (folder / "scenario.yaml").write_text(text)
    return churnsim.load(folder / "scenario.yaml")


def test_each_failure_takes_its_own_rows(tmp_path: Path) -> None:
    """Two outages of one issuer, one of the other, a node lost: at the very instants, for the very times."""
    trace = simulate(scenario(tmp_path))
    states = trace.intervals(Family.ISSUER)
    down = states["state"] == ServiceState.DOWN
    found = zip(*(states[name][down].tolist() for name in ("entity", "start", "end")), strict=True)
    assert list(found) == [(0, 600.0, 900.0), (0, 3600.0, 3610.5), (1, 1200.0, 1260.0)]
    assert np.unique(trace["losses"]["noticed"] // 60.0).size <= 1
    assert (trace["nodes"]["ordered"] > 3600.0).sum() == 1


def test_the_file_is_read_once(tmp_path: Path) -> None:
    """What was read stands in the scenario, so that its hash and every worker have it."""
    read = scenario(tmp_path)
    (tmp_path / "diary.csv").unlink()
    again = churnsim.Scenario.model_validate(read.canonical())
    assert again.hash == read.hash
    outage = again.failures[0]
    assert isinstance(outage, IssuerOutage)
    assert (outage.trace, outage.at, outage.lengths) == (None, (600.0, 3600.0), (300.0, 10.5))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1200,root", "1200,rot", "4:6: the scenario has no 'rot'; did you mean 'root'?"),
        ("3600,mesh", "900,mesh", "5:1: 900 s after 1200 s: rows must be in order of time; sort them"),
        ("600,mesh", "-6,mesh", "3:1: a negative time, -6 s; count from 0 on"),
        ("root,60", "root,0", "4:11: it lasts for 0 s; give more than 0, or leave the row out"),
        ("mesh,300", "mesh,4000", "5:1: begins at 3600 s, before the one before it has ended at 4600 s"),
        ("10.5", "soon", "5:11: not a number: 'soon'; mend the row"),
        ("10.5", "", "5:11: not a number: ''; mend the row"),
        ("rack,1", "rack", "6:6: 2 cells where the header has 3; mend the row"),
        (
            "start,target",
            "start,victim",
            "has no column 'target'; did you mean 'start'? columns: start, victim",
        ),
        ("1200,root", "1200,mesh", "3:5: nothing befalls 'root' here; targets: mesh, rack"),
    ],
)
def test_a_mistake_in_the_file_is_told_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    """As file:line:column, what is wrong, and what would be right."""
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, CHRONICLE.replace(old, new))
    assert said in str(caught.value)


def test_mistakes_in_the_file_are_told_at_once(tmp_path: Path) -> None:
    """Each once where it stands, for the failure that reads it; what follows a row out of order is right."""
    text = (
        "start,target,duration\n600,mesh,300\n500,mesh,10\n-3,moon,0\nsoon,mesh,5\n800,mesh,5\n2000,mesh,5\n"
    )
    alone = SCENARIO[: SCENARIO.index("  - {kind: issuer-outage, issuer: root")]
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, text, alone)
    places = [str(each).split("diary.csv:")[1].split(": ")[0] for each in caught.value.problems]
    assert places == ["3:1", "4:1", "4:9", "4:4", "5:1", "6:1"]


def test_a_file_of_mistakes_is_told_in_part(tmp_path: Path) -> None:
    """Twenty of 30, and how many are left."""
    text = "start,target,duration\n" + "soon,mesh,1\n" * 30
    alone = SCENARIO[: SCENARIO.index("  - {kind: issuer-outage, issuer: root")]
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, text, alone)
    assert len(caught.value.problems) == 21
    assert "10 more mistakes follow; mend these first" in str(caught.value)


def test_a_trace_says_it_all(tmp_path: Path) -> None:
    """Times or lengths beside it would be second opinions."""
    text = SCENARIO.replace("issuer: root, trace", "issuer: root, lasts: 5m, trace")
    with pytest.raises(ScenarioError, match="trace and lasts are both given; keep one of them"):
        scenario(tmp_path, text=text)
