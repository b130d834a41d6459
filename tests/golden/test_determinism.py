"""A run is a pure function of scenario, seed and replication: no hash order, no process shows in it."""

from __future__ import annotations

import os
import subprocess
import sys

import churnsim
from churnsim.simulate import simulate
from tests.golden.table import SHIPPED

SCRIPT = """
import sys, churnsim
from churnsim.simulate import simulate
for file in sys.argv[1:]:
    for replication in (1, 0):
        scenario = churnsim.load(file)
        print(simulate(scenario, replication=replication).digest(), scenario.hash)
"""


def _digests(hash_seed: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, SHIPPED)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_two_processes_with_other_hashes_and_this_one_give_the_same_traces() -> None:
    """Sets and dicts of text are ordered differently in each; digests and scenario hashes are not."""
    here = []
    for file in SHIPPED:
        scenario = churnsim.load(file)
        here += [
            f"{simulate(scenario, replication=replication).digest()} {scenario.hash}"
            for replication in (1, 0)
        ]
    assert len(set(here)) == 2 * len(SHIPPED)
    assert _digests("0") == _digests("4242") == here


def test_a_seed_of_0_is_a_seed() -> None:
    """Not the scenario's own, which is 1."""
    scenario = churnsim.load(SHIPPED[0])
    digests = [simulate(scenario, seed=seed).digest() for seed in (None, 0, 1, 2)]
    assert digests[0] == digests[2]
    assert len(set(digests)) == 3
