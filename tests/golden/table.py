"""A golden table: every measure of a shipped scenario at a pinned seed, as text a person can review."""

from __future__ import annotations

from pathlib import Path

import churnsim
from churnsim.metrics import MEASURES, evaluate
from churnsim.simulate import simulate
from churnsim.statistics import summarise

FOLDER = Path(__file__).parent
SHIPPED = sorted((FOLDER.parents[1] / "scenarios").glob("*.yaml"))
SEED, REPLICATIONS = 20_261_124, 5

Rows = dict[str, tuple[str, ...]]


def golden(file: Path) -> Path:
    """Where the table of a scenario is kept."""
    return FOLDER / f"{file.stem}.txt"


def table(file: Path) -> str:
    """Simulate a scenario and write its table: measure, unit, mean and bounds, runs that define it."""
    scenario = churnsim.load(file)
    runs = [evaluate(simulate(scenario, seed=SEED, replication=r)) for r in range(REPLICATIONS)]
    lines = [f"# {file.name}, seed {SEED}, {REPLICATIONS} replications; `make goldens` writes it again"]
    lines.append(f"{'measure':50} {'unit':12} {'mean':>20} {'low':>20} {'high':>20} {'n':>3}")
    for name in runs[0]:
        found = summarise([run[name] for run in runs], possible=MEASURES.find(name).possible)
        numbers = " ".join(f"{_shown(number):>20}" for number in (found.mean, found.low, found.high))
        unit = MEASURES.find(name).unit.replace(" ", "·")
        lines.append(f"{name:50} {unit:12} {numbers} {found.n:>3}")
    return "\n".join(lines) + "\n"


def rows(text: str) -> Rows:
    """Words of each line by measure, head lines left out."""
    return {line.split()[0]: tuple(line.split()[1:]) for line in text.splitlines()[2:]}


def _shown(number: float | None) -> str:
    return "-" if number is None else f"{number:.12g}"
