"""How long a plan will take and how much it will fill, from runs made before or from a few made now."""

from __future__ import annotations

import time
from dataclasses import dataclass

from churnsim.experiment.outcome import Finished
from churnsim.experiment.plan import Run
from churnsim.experiment.store import Store, batch_bytes
from churnsim.experiment.work import Work

# So many stored runs are enough to judge by; else so many are made, as long as they do not take longer [s].
STORED_LEAST = 10
TRIED_MOST = 4
TRIED_S = 10.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of a plan.

    Parameters
    ----------
    runs, missing : int
        Runs of the plan, and those not stored yet.
    seconds_per_run : float
        Of one worker [s].
    bytes_per_run : float
        In the store [B].
    basis : int
        Runs that this is judged by; 0 where there was nothing to judge by.
    is_stored : bool
        Whether these are runs found in the store, or runs made for this.
    """

    runs: int
    missing: int
    seconds_per_run: float
    bytes_per_run: float
    basis: int
    is_stored: bool

    def seconds(self, workers: int, runs: int | None = None) -> float:
        """Wall time of what is missing, or of so many runs, with so many workers [s]."""
        count = self.missing if runs is None else runs
        return count * self.seconds_per_run / min(workers, max(count, 1))

    @property
    def size(self) -> float:
        """What the missing runs will fill [B]."""
        return self.missing * self.bytes_per_run


def forecast(work: Work, store: Store | None) -> Forecast:
    """Forecast for a plan; keeps nothing.

    Parameters
    ----------
    work : Work
        The plan, and how a run is made.
    store : Store or None
        Where its runs would be kept.
    """
    there = store is not None and store.folder.exists()
    stored = store.load() if store is not None and there else {}
    missing = [run for run in work.plan.runs if run not in stored]
    if store is not None and there:
        runs, seconds, size = store.usage()
        if runs >= STORED_LEAST:
            return Forecast(len(work.plan.runs), len(missing), seconds / runs, size / runs, runs, True)
    tried, seconds = _tried(work, missing)
    size = batch_bytes(tried) - batch_bytes([]) if tried else 0
    count = max(len(tried), 1)
    return Forecast(len(work.plan.runs), len(missing), seconds / count, size / count, len(tried), False)


def _tried(work: Work, missing: list[Run]) -> tuple[list[Finished], float]:
    """A few runs spread over the plan, and what they took [s]; one before them warms up."""
    if not missing:
        return [], 0.0
    began = time.perf_counter()
    first = work(missing[0])
    step = max(len(missing) // TRIED_MOST, 1)
    tried: list[Finished] = []
    for run in missing[::step][:TRIED_MOST]:
        if tried and time.perf_counter() - began > TRIED_S:
            break
        outcome = first if time.perf_counter() - began > TRIED_S else work(run)
        if isinstance(outcome, Finished):
            tried.append(outcome)
    return tried, sum(one.seconds for one in tried)
