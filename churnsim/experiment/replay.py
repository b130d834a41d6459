"""One stored run made again, with its whole trace, and held against what was stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from churnsim.base.errors import StoreError, UsageError
from churnsim.experiment.code import code_version
from churnsim.experiment.manifest import MANIFEST, read_manifest
from churnsim.experiment.plan import Run
from churnsim.experiment.status import STATUS, Batch, Status
from churnsim.experiment.store import read_batch
from churnsim.metrics.measurement import Measurement
from churnsim.metrics.registry import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Trace


@dataclass(frozen=True, slots=True)
class Address:
    """Where a stored run is.

    Parameters
    ----------
    folder : Path
        Of one scenario's results: the one with the manifest.
    run : Run
        Point and replication.
    seed : int or None
        Of the run; None where the folder holds it for one seed only.
    """

    folder: Path
    run: Run
    seed: int | None = None

    @classmethod
    def parse(cls, text: str, seed: int | None = None) -> Address:
        """Address written as ``FOLDER/POINT/REPLICATION``.

        Raises
        ------
        UsageError
            If it is not written so, or there is no folder of results.
        """
        path = Path(text)
        folder = path.parent.parent
        if not path.name.isdecimal() or len(path.parts) < 3:
            raise UsageError(
                f"a stored run is named FOLDER/POINT/REPLICATION, such as results/small/1a2b3c4d5e6f/base/0 "
                f"(got {text!r})"
            )
        if not (folder / MANIFEST).exists():
            raise UsageError(f"{folder} holds no results: there is no {MANIFEST} in it")
        return cls(folder, Run(path.parent.name, int(path.name)), seed)


@dataclass(frozen=True, slots=True)
class Replay:
    """A run made again.

    Parameters
    ----------
    scenario : Scenario
        At the point of the run.
    seed : int
        Of the run.
    trace : Trace
        The whole record of it.
    measurements, stored : mapping of str to Measurement
        By full name of the measure, now and then.
    version : str
        The code that made the stored run.
    """

    scenario: Scenario
    seed: int
    trace: Trace
    measurements: dict[str, Measurement]
    stored: dict[str, Measurement]
    version: str

    @property
    def differing(self) -> tuple[str, ...]:
        """Measures that are not bit for bit what was stored, those on one side only included."""
        names = dict.fromkeys([*self.stored, *self.measurements])
        return tuple(name for name in names if self.stored.get(name) != self.measurements.get(name))

    @property
    def is_same_code(self) -> bool:
        """Whether the code that made the stored run is the code here."""
        return self.version == code_version()


def replay(address: Address) -> Replay:
    """Make a stored run again from its manifest alone, and read what was stored of it.

    Raises
    ------
    UsageError
        If there is no such run, or several seeds or versions have it.
    StoreError
        If the manifest or the batch is damaged.
    """
    from churnsim.simulate import simulate

    manifest = read_manifest(address.folder / MANIFEST)
    batch = _batch(address)
    found = read_batch(address.folder / batch.file, batch)
    settings = next(
        (
            plan["points"][address.run.point]
            for plan in manifest["plans"]
            if address.run.point in plan["points"]
        ),
        None,
    )
    if found is None or settings is None:
        raise StoreError(f"{address.folder} has lost what it says of this run; run the same study again")
    scenario = Scenario.model_validate(manifest["scenario"])
    scenario = scenario.with_(settings) if settings else scenario
    trace = simulate(scenario, seed=batch.seed, replication=address.run.replication)
    return Replay(
        scenario, batch.seed, trace, dict(evaluate(trace)), found.get(address.run, {}), batch.version
    )


def _batch(address: Address) -> Batch:
    """The newest batch that has the run: of the code here if there is one, else of whatever there is."""
    every = list(Status(address.folder / STATUS).batches())
    having = [
        batch for batch in every if address.run in batch.runs and (address.folder / batch.file).exists()
    ]
    if not having:
        points = sorted({run.point for batch in every for run in batch.runs})
        raise UsageError(
            f"run {address.run.replication} of point {address.run.point} is not stored in {address.folder}; "
            f"points: {', '.join(points[:10])}{', ...' if len(points) > 10 else ''}"
        )
    seeds = sorted({batch.seed for batch in having})
    if address.seed is not None:
        having = [batch for batch in having if batch.seed == address.seed]
    if not having or (address.seed is None and len(seeds) > 1):
        raise UsageError(f"this run is stored for the seeds {', '.join(map(str, seeds))}; choose with --seed")
    same = [batch for batch in having if batch.version == code_version()]
    return (same or having)[-1]
