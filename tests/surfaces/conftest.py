"""A scenario small enough to run in a blink, and the command line to run it with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from churnsim.cli.entry import outcome

SMALL = """\
churnsim: 1
name: small
horizon: 2h
issuers:
  mesh: {ttl: 20m}
workloads:
  web:
    kind: service
    replicas: 6
    lifetime: {kind: exponential, mean: 1h}
    startup: 5s
    issuer: mesh
    traffic: {kind: constant, rate: 10/s}
failures:
  - {kind: issuer-outage, issuer: mesh, at: [30m], lasts: 25m}
prices: {unit_hour: "$0.04"}
invariants:
  - availability >= 10%
study:
  replications: 3
  seed: 7
  sweep: {issuers.mesh.ttl: [10m, 20m]}
  show: [availability, cost.total]
"""


@dataclass(frozen=True)
class Ending:
    """How a command ended: exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


Command = Callable[..., Ending]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small scenario in an empty folder, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    path = Path("small.yaml")
    path.write_text(SMALL)
    return path


@pytest.fixture
def churnsim(capfd: pytest.CaptureFixture[str]) -> Command:
    """The command line, run in this process; words are turned into text."""

    def run(*words: object) -> Ending:
        code = outcome([str(word) for word in words])
        out, err = capfd.readouterr()
        return Ending(code, out, err)

    return run
