"""A real Dask cluster on this machine: a scheduler and workers that are processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from churnsim.experiment.cluster import Cluster

# A run that kills its worker is given up after two deaths, not after four: it is soon enough.
_SETTINGS = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}


@dataclass
class Processes:
    """The processes of a cluster, to be killed."""

    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def cluster(self) -> Cluster:
        """Where it is."""
        return Cluster(scheduler_file=self.folder / "scheduler.json", max_wait=30.0)

    def start_worker(self) -> None:
        """One more worker, of one thread, which its nanny starts again when it is killed."""
        words = ("worker", "--nthreads", "1", "--local-directory", str(self.folder / "scratch"))
        self.workers.append(_start(self.folder, *words))


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Processes]:
    """A cluster with so many workers, gone when the context ends."""
    processes = Processes(folder, _start(folder, "scheduler", "--host", "127.0.0.1", "--port", "0"))
    try:
        for _ in range(workers):
            processes.start_worker()
        end = time.monotonic() + 60.0
        while not (folder / "scheduler.json").exists():
            assert time.monotonic() < end
            assert processes.scheduler.poll() is None
            time.sleep(0.05)
        yield processes
    finally:
        for process in (*processes.workers, processes.scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    command = [sys.executable, "-m", "dask", *words, "--scheduler-file", str(folder / "scheduler.json")]
    with (folder / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--no-dashboard"], stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **_SETTINGS, "PYTHONPATH": path},
        )  # fmt: skip
