"""Runs made on a Dask cluster that is there already, reached by address or by scheduler file."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import logging
import pickle
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.readable import span
from churnsim.experiment.code import code_version
from churnsim.experiment.crew import AHEAD, Crew, EngineLost
from churnsim.experiment.outcome import Outcome
from churnsim.experiment.plan import Run
from churnsim.experiment.work import Work

if TYPE_CHECKING:
    from distributed import Client

# How often the scheduler is asked who is there [s], and how long it may take to answer [s].
LOOK_S = 1.0
ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a Dask scheduler is.

    Parameters
    ----------
    address : str, optional
        Such as ``tcp://10.0.0.1:8786``.
    scheduler_file : Path, optional
        What ``dask scheduler --scheduler-file`` wrote, on a file system that all see.
    max_wait : float
        How long to wait while there is no worker [s].

    Raises
    ------
    UsageError
        If not exactly one of address and file is given, or the package distributed is not installed.
    """

    address: str | None = None
    scheduler_file: Path | None = None
    max_wait: float = 60.0

    def __post_init__(self) -> None:
        if (self.address is None) == (self.scheduler_file is None):
            raise UsageError("a Dask cluster is reached by one of an address and a scheduler file")
        if importlib.util.find_spec("distributed") is None:
            raise UsageError(
                "a Dask cluster needs the package distributed; install it here as churnsim[dask]"
            )

    def __str__(self) -> str:
        return str(self.address or self.scheduler_file)

    def crew(self, work: Work, runs: int) -> Crew:
        """The crew that makes runs of some work on it."""
        return DaskCrew(work, self)


class DaskCrew(Crew):
    """The workers of a Dask cluster, seen as one executor."""

    def __init__(self, work: Work, cluster: Cluster) -> None:
        from churnsim.experiment.delegate import Errand

        self._parcel = pickle.dumps(work)
        self._key = f"churnsim-{hashlib.sha256(self._parcel).hexdigest()[:16]}"
        self._errand = Errand(self._key, work.plan.version)
        self._cluster = cluster
        self._client: Client | None = None
        self._threads = 1
        self._looked = self._seen = 0.0

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        from distributed.scheduler import KilledWorker

        return (KilledWorker,)

    @property
    def window(self) -> int:
        return AHEAD * self._threads

    @property
    def task(self) -> Callable[[Run], Outcome]:
        return self._errand

    def hire(self) -> Executor:
        """Connect, compare versions on every worker, bring them the work.

        Raises
        ------
        EngineLost
            If no scheduler answers, or no worker comes.
        UsageError
            If a worker has other code, or another Python or NumPy.
        """
        from distributed import Client

        from churnsim.experiment.delegate import Delivery

        _hush()
        try:
            self._client = client = Client(
                self._cluster.address,
                scheduler_file=None
                if self._cluster.scheduler_file is None
                else str(self._cluster.scheduler_file),
                timeout=ANSWER_S,
                set_as_default=False,
            )
        except (OSError, ValueError) as error:
            raise EngineLost(
                f"no Dask scheduler answers at {self._cluster} ({error}); start one with 'dask scheduler', "
                "or mend the address"
            ) from error
        try:
            client.wait_for_workers(1, timeout=self._cluster.max_wait)
        except TimeoutError as error:
            client.close()
            raise self._deserted() from error
        try:
            _compare(client, self._cluster)
            client.register_plugin(Delivery(self._key, self._parcel))
        except BaseException:
            client.close()
            raise
        self._seen = time.monotonic()
        self._count()
        # Not pure: Dask would answer a run asked for again with what it remembers of it.
        executor: Executor = client.get_executor(pure=False)
        return executor

    def replace(self, executor: Executor) -> Executor:
        return executor  # Dask replaces its workers itself

    def watch(self) -> None:
        now = time.monotonic()
        if self._client is None or now - self._looked < LOOK_S:
            return
        self._looked = now
        if self._client.status != "running":
            raise self.lost()
        try:
            threads = self._count()
        except (OSError, TimeoutError) as error:
            raise self.lost() from error
        if threads:
            self._seen = now
        elif now - self._seen > self._cluster.max_wait:
            raise self._deserted()

    def lost(self) -> EngineLost:
        return EngineLost(f"the Dask scheduler at {self._cluster} is gone; start it again, with workers")

    def release(self, executor: Executor) -> None:
        executor.shutdown()
        self._leave()

    def dismiss(self, executor: Executor) -> None:
        if self._client is not None and self._client.status == "running":
            executor.shutdown(wait=False)
        self._leave()

    def _leave(self) -> None:
        """Tell the workers to forget the work, if there is still somebody to tell."""
        if self._client is None:
            return
        if self._client.status == "running":
            with contextlib.suppress(OSError, TimeoutError):
                self._client.unregister_worker_plugin(self._key)
        self._client.close(timeout=1)

    def _count(self) -> int:
        """Threads of all workers there are now."""
        assert self._client is not None
        workers: Mapping[str, Any] = self._client.scheduler_info()["workers"]
        threads = sum(int(worker["nthreads"]) for worker in workers.values())
        self._threads = threads or self._threads
        return threads

    def _deserted(self) -> EngineLost:
        waited = span(self._cluster.max_wait)
        return EngineLost(
            f"the Dask cluster at {self._cluster} has had no worker for {waited}; start workers, "
            "or wait longer with --max-wait"
        )


def _hush() -> None:
    """What goes wrong is said once, by us; Dask's own loggers repeat it with tracebacks until the end."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _here() -> dict[str, str]:
    """Versions in this process of what decides numbers."""
    return {
        "python": platform.python_version(),
        "numpy": importlib.metadata.version("numpy"),
        "churnsim": code_version(),
    }


def _compare(client: Client, cluster: Cluster) -> None:
    """Hold what every worker has against what is here; without churnsim a worker could not even tell."""
    here = _here()
    there: dict[str, dict[str, Any]] = {
        "python": client.run(platform.python_version, on_error="return"),
        "numpy": client.run(importlib.metadata.version, "numpy", on_error="return"),
        "churnsim": client.run(importlib.metadata.version, "churnsim", on_error="return"),
    }
    if all(isinstance(found, str) for found in there["churnsim"].values()):
        there["churnsim"] = client.run(code_version, on_error="return")
    differences = [
        f"{worker} has {name} {_shown(found)}, here it is {here[name]}"
        for name, workers in there.items()
        for worker, found in sorted(workers.items())
        if found != here[name]
    ]
    if differences:
        more = len(differences) - 5
        told = "; ".join([*differences[:5], *([f"and {more} more"] if more > 0 else [])])
        raise UsageError(
            f"the workers of the Dask cluster at {cluster} differ from this process, so runs would not be "
            f"the same: {told}; install the same on all of them"
        )


def _shown(found: object) -> str:
    return "missing" if isinstance(found, importlib.metadata.PackageNotFoundError) else str(found)
