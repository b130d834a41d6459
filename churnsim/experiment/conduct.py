"""Carrying out a plan: make what is not stored yet, store it as it arrives, report progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from churnsim.experiment.command import repeat_command, resume_command
from churnsim.experiment.crew import Crew, EngineLost
from churnsim.experiment.execute import execute
from churnsim.experiment.interrupted import Interrupted
from churnsim.experiment.local import local_crew
from churnsim.experiment.outcome import Failed, Outcome
from churnsim.experiment.patience import Patience
from churnsim.experiment.plan import Run
from churnsim.experiment.result import Results
from churnsim.experiment.store import Store
from churnsim.experiment.work import Work
from churnsim.metrics.measurement import Measurement

Progress = Callable[[int, int, float], None]

# A batch is stored after so long or so many runs, whichever is first: what a power cut can cost.
BATCH_S = 1.0
BATCH_RUNS = 256


# Who makes so many runs of some work.
Hire = Callable[[Work, int], Crew]


def by_processes(workers: int | None = None) -> Hire:
    """Runs are made on this machine, at most so many at a time; see `local_crew`."""
    return lambda work, runs: local_crew(work, workers, runs)


def conduct(
    work: Work,
    *,
    hire: Hire | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
    known: Results | None = None,
) -> Results:
    """Make all runs of a plan that are not stored yet.

    Parameters
    ----------
    work : Work
        The plan, and how a run is made.
    hire : callable, optional
        Who makes them; worker processes on this machine where not given.
    out : Path, optional
        Folder that keeps results; in memory only where not given.
    progress : callable, optional
        ``progress(done, total, elapsed)`` in this process: runs done (those stored before included), runs
        planned, seconds since the start. Called once before the first run is made, and after each.
    known : Results, optional
        Of an earlier round of the same plan with fewer replications; its runs, failed ones too, are not made
        again.

    Raises
    ------
    Interrupted
        On KeyboardInterrupt, with every finished run kept.
    EngineLost
        If whoever makes the runs is gone, with every finished run kept.
    StoreError
        If results cannot be stored, or what is stored is damaged.
    """
    with Patience() as patience:
        store = Store(out, work.plan) if out is not None else None
        if store is not None:
            store.open(work.scenario)
        ledger = _Ledger(work, store, progress, known)
        go_on = resume_command(work.scenario, work.plan, out)
    try:
        patience.check()
        if ledger.missing:
            crew = (hire or by_processes())(work, len(ledger.missing))
            with closing(execute(ledger.missing, crew, ledger.settle_if_due)) as outcomes:
                for outcome in outcomes:
                    ledger.add(outcome)
        ledger.settle()
        if store is not None:
            store.tidy()
    except KeyboardInterrupt:
        ledger.settle()
        done, total = len(ledger.measurements), len(work.plan.runs)
        place = None
        if store is not None:
            store.tidy()
            place = store.folder
        raise Interrupted(done, total, place, go_on) from None
    except EngineLost as error:
        ledger.settle()
        if store is None:
            raise
        kept = f"{len(ledger.measurements)} of {len(work.plan.runs)} runs are kept in {store.folder}"
        raise type(error)(error.reason, kept, go_on) from error
    except BaseException:
        ledger.settle()
        raise
    return ledger.results()


class _Ledger:
    """Outcomes so far, those not stored yet, and whom to tell."""

    def __init__(
        self, work: Work, store: Store | None, progress: Progress | None, known: Results | None
    ) -> None:
        self._work = work
        self._total = len(work.plan.runs)
        self._store = store
        self._progress = progress
        self._started = self._stored = time.monotonic()
        self._pending: list[Outcome] = []
        self._failures: list[Failed] = list(known.failures) if known is not None else []
        self.measurements: dict[Run, Mapping[str, Measurement]] = {
            **(known.measurements if known is not None else {}),
            **(store.load() if store is not None else {}),
        }
        failed = {each.run for each in self._failures}
        self.missing = [run for run in work.plan.runs if run not in self.measurements and run not in failed]
        self._tell()

    def add(self, outcome: Outcome) -> None:
        """Take an outcome in."""
        if isinstance(outcome, Failed):
            outcome = replace(
                outcome, repeat=repeat_command(self._work.scenario, self._work.plan, outcome.run)
            )
        self._pending.append(outcome)
        if isinstance(outcome, Failed):
            self._failures.append(outcome)
        else:
            self.measurements[outcome.run] = dict(outcome.measurements)
        self.settle_if_due()
        self._tell()

    def settle_if_due(self) -> None:
        """Store what is not stored yet, if it is much or has waited; also when nothing new comes for long."""
        if len(self._pending) >= BATCH_RUNS or time.monotonic() - self._stored >= BATCH_S:
            self.settle()

    def settle(self) -> None:
        """Store what is not stored yet."""
        # Taken out first: if storing fails, the error is raised on, and must not be met again on the way out.
        pending, self._pending = self._pending, []
        try:
            if self._store is not None and pending:
                self._store.keep(pending)
        except KeyboardInterrupt:
            self._pending = pending  # stored once more on the way out: what is there twice counts once
            raise
        self._stored = time.monotonic()

    def results(self) -> Results:
        """All of it, in the order of the plan whatever order runs finished in."""
        plan = self._work.plan
        ordered = {run: self.measurements[run] for run in plan.runs if run in self.measurements}
        failures = tuple(
            sorted(self._failures, key=lambda failed: (failed.run.replication, failed.run.point))
        )
        return Results(plan, ordered, failures, self._store.folder if self._store is not None else None)

    def _tell(self) -> None:
        if self._progress is not None:
            done = len(self.measurements) + len(self._failures)
            self._progress(done, self._total, time.monotonic() - self._started)
