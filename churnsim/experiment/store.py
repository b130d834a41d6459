"""A folder that keeps every finished run, whole, once, whatever happens to the process that made it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from churnsim.base.errors import StoreError
from churnsim.experiment.file import make_folder, read, write
from churnsim.experiment.manifest import SCHEMA_VERSION, note_plan
from churnsim.experiment.outcome import Failed, Finished, Outcome
from churnsim.experiment.plan import Plan, Run
from churnsim.experiment.row import from_table, schema, to_table
from churnsim.experiment.status import Batch, Status
from churnsim.metrics.measurement import Measurement

if TYPE_CHECKING:
    from churnsim.scenario import Scenario


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
        name = re.sub(r"[^\w.-]+", "-", plan.scenario).strip(".-") or "scenario"
        self.folder = out / name / plan.scenario_hash[:12]
        self._status = Status(self.folder / "status.jsonl")

    def open(self, scenario: Scenario) -> None:
        """Make the folder and note the plan in its manifest.

        Raises
        ------
        StoreError
            If it cannot be written, or holds something else.
        """
        make_folder(self.folder)
        note_plan(self.folder / "manifest.json", scenario, self.plan)

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Store finished runs as one batch and note failed ones; durable when this returns.

        Raises
        ------
        StoreError
            If it cannot be written; nothing of the batch counts then.
        """
        finished = sorted((one for one in outcomes if isinstance(one, Finished)), key=lambda one: one.run)
        if finished:
            self._status.note_batch(self._write_batch(finished))
        self._status.note_failures([one for one in outcomes if isinstance(one, Failed)], self.plan)

    def load(self) -> dict[Run, dict[str, Measurement]]:
        """Every stored run of the plan, each once: where a run was stored twice, the first counts.

        Raises
        ------
        StoreError
            If a batch is damaged or of another schema version.
        """
        wanted = set(self.plan.runs)
        stored: dict[Run, dict[str, Measurement]] = {}
        for batch in self._status.batches(self.plan):
            fresh = [run for run in batch.runs if run in wanted and run not in stored]
            path = self.folder / batch.file
            if not fresh or not path.exists():  # a deleted batch: its runs are missing, and made again
                continue
            found = self._read_batch(path, batch)
            stored.update({run: found.get(run, {}) for run in fresh})
        return {run: stored[run] for run in self.plan.runs if run in stored}

    def missing(self) -> tuple[Run, ...]:
        """The runs of the plan that are not stored, in the order of the plan."""
        stored = self.load()
        return tuple(run for run in self.plan.runs if run not in stored)

    def _write_batch(self, finished: Sequence[Finished]) -> Batch:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = to_table(finished).replace_schema_metadata({"churnsim.schema": str(SCHEMA_VERSION)})
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        data = sink.getvalue().to_pybytes()
        digest = hashlib.sha256(data).hexdigest()
        # Named by its content: two processes that make the same runs write the same file.
        file = f"batch-{digest[:16]}.parquet"
        write(self.folder / file, data)
        runs = tuple(one.run for one in finished)
        return Batch(file, self.plan.seed, self.plan.version, runs, table.num_rows, digest)

    def _read_batch(self, path: Path, batch: Batch) -> dict[Run, dict[str, Measurement]]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        data = read(path)
        remedy = "delete it and run the same again: its runs are made anew"
        if hashlib.sha256(data).hexdigest() != batch.sha256:
            raise StoreError(f"{path} is damaged (not the {batch.rows} rows that were stored); {remedy}")
        try:
            table = pq.read_table(pa.BufferReader(data))
        except pa.ArrowException as error:
            raise StoreError(f"{path} cannot be read ({error}); {remedy}") from error
        version = (table.schema.metadata or {}).get(b"churnsim.schema", b"?").decode()
        if (
            version != str(SCHEMA_VERSION)
            or not table.schema.equals(schema())
            or table.num_rows != batch.rows
        ):
            raise StoreError(
                f"{path} has schema version {version}, this churnsim reads {SCHEMA_VERSION}; {remedy}"
            )
        return from_table(table)
