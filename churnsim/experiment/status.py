"""The diary of a folder of results: a line per stored batch, a line per failed run, only ever appended to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from churnsim.base.errors import StoreError
from churnsim.experiment.file import append, read
from churnsim.experiment.outcome import Failed
from churnsim.experiment.plan import Plan, Run

STATUS = "status.jsonl"


@dataclass(frozen=True, slots=True)
class Batch:
    """A stored file, the runs it holds, and what proves it whole.

    Parameters
    ----------
    file : str
        Its name.
    seed, version : int, str
        What the runs depend on beside scenario, point and replication.
    runs : tuple of Run
        The runs in it.
    rows : int
        Rows of its table.
    sha256 : str
        Of its bytes, in hex.
    seconds : float
        What making its runs took in all [s]; for estimates.
    """

    file: str
    seed: int
    version: str
    runs: tuple[Run, ...]
    rows: int
    sha256: str
    seconds: float


class Status:
    """The file ``status.jsonl``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def batches(self, plan: Plan | None = None) -> Iterator[Batch]:
        """Batches made with the seed and version of the plan, or with any, oldest first.

        Raises
        ------
        StoreError
            If a line other than an unfinished last one cannot be understood.
        """
        for number, line in enumerate(self.lines(), start=1):
            try:
                entry = json.loads(line)
                if "file" not in entry:
                    continue
                batch = Batch(**{**entry, "runs": tuple(Run(str(p), int(r)) for p, r in entry["runs"])})
            except (ValueError, TypeError, KeyError) as error:
                remedy = "delete the line: the runs of that batch are made again"
                raise StoreError(f"{self.path}:{number}: not a status line ({error}); {remedy}") from error
            if plan is None or (batch.seed, batch.version) == (plan.seed, plan.version):
                yield batch

    def note_batch(self, batch: Batch) -> None:
        """Add a batch; from here on it counts."""
        self._append(
            {
                "file": batch.file,
                "seed": batch.seed,
                "version": batch.version,
                "runs": [list(run) for run in batch.runs],
                "rows": batch.rows,
                "sha256": batch.sha256,
                "seconds": batch.seconds,
            }
        )

    def note_failures(self, failures: Sequence[Failed], plan: Plan) -> None:
        """Add failed runs; they count as missing, and are made again when the plan is run again."""
        for failed in failures:
            self._append(
                {
                    "failed": list(failed.run),
                    "seed": plan.seed,
                    "version": plan.version,
                    "error": failed.error,
                    "message": failed.message,
                    "trace": failed.trace,
                    "repeat": failed.repeat,
                }
            )

    def _append(self, entry: dict[str, Any]) -> None:
        append(self.path, json.dumps(entry, separators=(",", ":")).encode())

    def lines(self) -> list[bytes]:
        """Its lines as they stand, without one that was being written when the writer died."""
        if not self.path.exists():
            return []
        return read(self.path).split(b"\n")[:-1]
