"""A folder that keeps every finished run, whole, once, whatever happens to the process that made it."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from churnsim.base.collection import no_collection
from churnsim.base.errors import StoreError
from churnsim.experiment.file import make_folder, read, remove, sweep_out, write
from churnsim.experiment.manifest import MANIFEST, SCHEMA_VERSION, note_plan
from churnsim.experiment.outcome import Failed, Finished, Outcome
from churnsim.experiment.plan import Plan, Run
from churnsim.experiment.row import from_table, schema, to_table
from churnsim.experiment.status import STATUS, Batch, Status
from churnsim.metrics.measurement import Measurement

if TYPE_CHECKING:
    import pyarrow as pa

    from churnsim.scenario import Scenario

# A batch of fewer runs is small; so many small ones are put into one.
SMALL_RUNS = 128
SMALL_MOST = 32

_REMEDY = "delete it and run the same again: its runs are made anew"


class Store:
    """``OUT/SCENARIO/HASH/``: a manifest, Parquet batches, and the diary that says which of them count.

    A batch counts from the moment its line is in the diary, and is written whole before that. Files that the
    diary does not name, left by a process that died in between, are never read.

    Parameters
    ----------
    out : Path
        Folder that holds the results of all scenarios.
    plan : Plan
        Which scenario, seed and version this is about.
    """

    def __init__(self, out: Path, plan: Plan) -> None:
        self.plan = plan
        self.folder = folder_of(out, plan.scenario, plan.scenario_hash)
        self.status = Status(self.folder / STATUS)
        self._small: list[Batch] = []

    def open(self, scenario: Scenario) -> None:
        """Make the folder, rid it of what killed writers left, and note the plan in its manifest.

        Raises
        ------
        StoreError
            If it cannot be written, or holds something else.
        """
        make_folder(self.folder)
        sweep_out(self.folder)
        note_plan(self.folder / MANIFEST, scenario, self.plan)

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Store finished runs as one batch and note failed ones; durable when this returns.

        Raises
        ------
        StoreError
            If it cannot be written; nothing of the batch counts then.
        """
        finished = sorted((one for one in outcomes if isinstance(one, Finished)), key=lambda one: one.run)
        if finished:
            seconds = sum(one.seconds for one in finished)
            self._write(to_table(finished), tuple(one.run for one in finished), seconds)
        self.status.note_failures([one for one in outcomes if isinstance(one, Failed)], self.plan)
        if len(self._small) >= SMALL_MOST:
            self.tidy()

    def tidy(self) -> None:
        """Put the small batches that were kept through this object into one, so that files stay few.

        Runs that take long are stored one by one, as they arrive. The new batch counts before the old ones
        are deleted: whoever dies in between leaves runs stored twice, which count once.
        """
        small, self._small = self._small, []
        if len(small) < 2:
            return
        import pyarrow as pa

        # Nothing depends on it: what is stored in many files is stored.
        with contextlib.suppress(StoreError):
            found = [(batch, table_of(self.folder / batch.file, batch)) for batch in small]
            there = [(batch, table) for batch, table in found if table is not None]
            runs = tuple(run for batch, _ in there for run in batch.runs)
            seconds = sum(batch.seconds for batch, _ in there)
            name = self._write(pa.concat_tables([table for _, table in there]), runs, seconds)
            for batch, _ in there:
                if batch.file != name:
                    remove(self.folder / batch.file)

    def load(self) -> dict[Run, dict[str, Measurement]]:
        """Every stored run of the plan, each once: where a run was stored twice, the first counts.

        Raises
        ------
        StoreError
            If a batch is damaged or of another schema version.
        """
        wanted = set(self.plan.runs)
        stored: dict[Run, dict[str, Measurement]] = {}
        with no_collection():
            for batch in self.status.batches(self.plan):
                fresh = [run for run in batch.runs if run in wanted and run not in stored]
                found = read_batch(self.folder / batch.file, batch) if fresh else None
                if found is None:  # a deleted batch: its runs are in another one, or missing and made again
                    continue
                stored.update({run: found.get(run, {}) for run in fresh})
        return {run: stored[run] for run in self.plan.runs if run in stored}

    def usage(self) -> tuple[int, float, int]:
        """Runs stored with the code and seed of the plan, what they took [s], bytes of their files."""
        batches = [
            (batch, path)
            for batch in self.status.batches(self.plan)
            if (path := self.folder / batch.file).exists()
        ]
        runs = sum(len(batch.runs) for batch, _ in batches)
        return (
            runs,
            sum(batch.seconds for batch, _ in batches),
            sum(path.stat().st_size for _, path in batches),
        )

    def missing(self) -> tuple[Run, ...]:
        """The runs of the plan that are not stored, in the order of the plan."""
        stored = self.load()
        return tuple(run for run in self.plan.runs if run not in stored)

    def _write(self, table: pa.Table, runs: tuple[Run, ...], seconds: float) -> str:
        """Store a batch and return the name of its file."""
        data = _parquet(table)
        digest = hashlib.sha256(data).hexdigest()
        # Named by its content: two processes that make the same runs write the same file.
        file = f"batch-{digest[:16]}.parquet"
        write(self.folder / file, data)
        batch = Batch(
            file, self.plan.seed, self.plan.version, runs, table.num_rows, digest, round(seconds, 3)
        )
        self.status.note_batch(batch)
        if len(runs) < SMALL_RUNS:
            self._small.append(batch)
        return file


def folder_of(out: Path, scenario: str, scenario_hash: str) -> Path:
    """Folder of a scenario's results below the folder that holds those of all."""
    name = re.sub(r"[^\w.-]+", "-", scenario).strip(".-") or "scenario"
    return out / name / scenario_hash[:12]


def batch_bytes(finished: Sequence[Finished]) -> int:
    """Size of a batch of these runs [B]."""
    return len(_parquet(to_table(finished)))


def _parquet(table: pa.Table) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"churnsim.schema": str(SCHEMA_VERSION)}), sink)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def read_batch(path: Path, batch: Batch) -> dict[Run, dict[str, Measurement]] | None:
    """The measurements of every run in a batch that its diary vouches for; None if the file is gone.

    Raises
    ------
    StoreError
        If it is damaged, or of another schema.
    """
    table = table_of(path, batch)
    return None if table is None else from_table(table)


def table_of(path: Path, batch: Batch) -> pa.Table | None:
    """The rows of a batch; None if the file is gone; raises as `read_batch`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = whole(path, batch)
    if data is None:
        return None
    try:
        table = pq.read_table(pa.BufferReader(data))
    except pa.ArrowException as error:
        raise StoreError(f"{path} cannot be read ({error}); {_REMEDY}") from error
    version = (table.schema.metadata or {}).get(b"churnsim.schema", b"?").decode()
    if version != str(SCHEMA_VERSION):
        raise StoreError(
            f"{path} has schema version {version}, this churnsim reads {SCHEMA_VERSION}; {_REMEDY}"
        )
    if not table.schema.equals(schema()) or table.num_rows != batch.rows:
        differing = sorted(set(map(str, table.schema)) ^ set(map(str, schema())))
        what = f"columns differ: {', '.join(differing)}" if differing else f"{table.num_rows} rows"
        raise StoreError(
            f"{path} claims schema version {version} but is not what that says ({what}); {_REMEDY}"
        )
    return table


def whole(path: Path, batch: Batch) -> bytes | None:
    """The bytes of a batch, if they are those that were stored; None if the file is gone.

    Raises
    ------
    StoreError
        If they are not.
    """
    if not path.exists():
        return None
    data = read(path)
    if hashlib.sha256(data).hexdigest() != batch.sha256:
        raise StoreError(f"{path} is damaged (not the {batch.rows} rows that were stored); {_REMEDY}")
    return data
