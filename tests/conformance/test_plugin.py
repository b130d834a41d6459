"""One file and its entry points are all that a third party needs to add a kind or a measure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = '''
"""Kinds and measures of a third party, in one file."""

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration, Rate
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.metrics.measurement import Scalar
from churnsim.metrics.registry import measure
from churnsim.model.copies import from_fetches, starts
from churnsim.model.failure import Failure
from churnsim.model.refresh import Refresh
from churnsim.model.retry import Retry
from churnsim.model.traffic import Traffic


class Meltdown(Failure):
    """Every unit of a workload crashes at one instant."""

    kind: Literal["meltdown"] = "meltdown"
    causes: ClassVar[tuple[str, ...]] = ("meltdown",)
    workload: Annotated[str, Reference("workloads")] = Field(description="whose units melt")
    at: Duration = Field(description="when")

    @property
    def target(self) -> str:
        return self.workload

    def arm(self, system: Any, stream: str) -> None:
        system.world.at(self.at, Order.FAULT, self.melt, system)

    def melt(self, system: Any) -> None:
        for unit in list(system.fleets[self.workload].units):
            system.fleets[self.workload].crash(unit, system.world.cause("meltdown"))


class NeverRefresh(Refresh):
    """What a unit starts with it keeps."""

    kind: Literal["never"] = "never"

    @property
    def memory(self) -> float:
        return 0.0

    def first_pause(self, stream: Any, lane: int, tries: int) -> float:
        return 5.0

    def settle(self, lives: Any, source: Any) -> Any:
        begin, everyone = np.where(lives.aged, source.start, lives.since), np.arange(lives.unit.size)
        fetches = starts(lives, source)
        return from_fetches(lives, source, everyone, source.version(begin), begin, begin, fetches)


class PatientRetry(Retry):
    """Pause longer by the same amount each time."""

    kind: Literal["patient"] = "patient"
    step: PositiveDuration = Field(description="what is added to each pause")

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return tries * self.step


class PerDayTraffic(Traffic):
    """Requests that come and go with the day, none at midnight and twice the mean at noon."""

    kind: Literal["per-day"] = "per-day"
    rate: Rate = Field(description="requests per time, on average")

    @property
    def mean_rate(self) -> float:
        return self.rate

    def between(self, start: Any, end: Any) -> Any:
        turn = 2 * np.pi / 86_400
        return self.rate * (end - start - (np.sin(turn * end) - np.sin(turn * start)) / turn)


@measure("melted.units", unit="units", better="lower")
def melted(trace: Any) -> Scalar:
    """Units that ended in a meltdown."""
    if "meltdown" not in trace.meta.causes:
        return Scalar(None)
    return Scalar(float((trace["units"]["end_cause"] == trace.code("cause", "meltdown")).sum()))
'''

METADATA = "Metadata-Version: 2.1\nName: meltdown\nVersion: 1.0\n"

ENTRY_POINTS = """
[churnsim.failure]
meltdown = meltdown:Meltdown
[churnsim.refresh]
never = meltdown:NeverRefresh
[churnsim.retry]
patient = meltdown:PatientRetry
[churnsim.traffic]
per-day = meltdown:PerDayTraffic
[churnsim.measure]
melted = meltdown
"""

SCENARIO = """
churnsim: 1
name: plugged
horizon: 1h
issuers: {mesh: {ttl: 10m, retry: {kind: patient, step: 3s}}}
policies: {authz: {refresh: {kind: never}, changes: {every: 5m}}}
workloads:
  web:
    kind: service
    replicas: 7
    startup: 10s
    issuer: mesh
    policy: authz
    traffic: {kind: per-day, rate: 86400/d}
failures:
  - {kind: meltdown, workload: web, at: 30m}
  - {kind: issuer-outage, issuer: mesh, at: [20m], lasts: 15m}
invariants: [melted.units <= 7]
study: {replications: 2}
"""

TESTS = """
import churnsim.testing, meltdown, pytest
KINDS = [meltdown.Meltdown, meltdown.NeverRefresh, meltdown.PatientRetry, meltdown.PerDayTraffic]
CHECKS = [check for kind in KINDS for check in churnsim.testing.conformance(kind)]
@pytest.mark.parametrize("check", CHECKS + churnsim.testing.measure_conformance("melted.units"), ids=str)
def test_conformance(check): check()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What installing the plug-in leaves on the path."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "meltdown-1.0.dist-info").mkdir()
    (folder / "meltdown-1.0.dist-info" / "METADATA").write_text(METADATA)
    (folder / "meltdown-1.0.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    (folder / "meltdown.py").write_text(PLUGIN)
    (folder / "plugged.yaml").write_text(SCENARIO)
    (folder / "test_meltdown.py").write_text(TESTS)
    return folder


def called(site: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_scenario_uses_kinds_of_a_third_party(site: Path) -> None:
    """All seven units of the fleet melt, and the measure of the same file counts them."""
    run = json.loads(called(site, "churnsim", "run", "plugged.yaml", "--json"))
    assert run["measures"]["melted.units"]["mean"] == 7.0
    assert run["measures"]["melted.units"]["unit"] == "units"
    assert run["measures"]["staleness.share"]["mean"] > 0.5
    assert 0.5 < run["measures"]["availability"]["mean"] < 1.0


def test_kinds_of_a_third_party_are_listed_and_in_the_schema(site: Path) -> None:
    """By the same commands as ours."""
    listed = called(site, "churnsim", "kinds")
    for word in ("meltdown", "never", "patient", "per-day", "melted.units"):
        assert word in listed
    assert '"patient"' in called(site, "churnsim", "schema")


def test_a_third_party_runs_the_suite_in_its_own_tests(site: Path) -> None:
    """Every check of every kind and of the measure, by parametrising one line."""
    said = called(site, "pytest", "-q", "-p", "no:cacheprovider", "test_meltdown.py")
    assert "failed" not in said
    assert int(said.split(" passed")[0].split()[-1]) > 50
