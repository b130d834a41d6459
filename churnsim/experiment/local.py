"""Runs made on this machine: in this process, or in worker processes started afresh."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.context import BaseContext
from typing import Any

from churnsim.base.errors import UsageError
from churnsim.experiment.crew import AHEAD, Crew
from churnsim.experiment.outcome import Outcome
from churnsim.experiment.plan import Run
from churnsim.experiment.work import Work


def local_crew(work: Work, workers: int | None, runs: int) -> Crew:
    """The crew for so many runs: this process for one worker or one run, else worker processes.

    Parameters
    ----------
    work : Work
        What is to be done.
    workers : int, optional
        At most so many at a time; as many as this process may use processors where not given.
    runs : int
        How many runs there are to make.

    Raises
    ------
    UsageError
        If `workers` is below 1.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers must be at least 1, got {workers}")
    several = min(workers or processors(), runs)
    return LocalProcesses(work, several) if several > 1 else InProcess(work)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class InProcess(Crew):
    """Runs made one after another in this process."""

    is_patient = False
    window = 1

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def task(self) -> Callable[[Run], Outcome]:
        return self._work

    def hire(self) -> Executor:
        return _Alone()

    def dismiss(self, executor: Executor) -> None:
        executor.shutdown()


class LocalProcesses(Crew):
    """Runs made by processes that start clean, which import what they need and receive the work once.

    Raises
    ------
    SystemExit
        In such a process that is still importing its main module: a script without a main guard has come
        back here. It ends without a word, and the parent says what is wrong.
    """

    def __init__(self, work: Work, workers: int) -> None:
        if getattr(current_process(), "_inheriting", False):  # as multiprocessing itself finds out
            raise SystemExit(1)
        self._parcel = pickle.dumps(work)
        self._workers = workers

    @property
    def window(self) -> int:
        return AHEAD * self._workers

    @property
    def task(self) -> Callable[[Run], Outcome]:
        return _perform

    def hire(self) -> Executor:
        return ProcessPoolExecutor(
            self._workers, mp_context=_context(), initializer=_begin, initargs=(self._parcel,)
        )

    def dismiss(self, executor: Executor) -> None:
        # Before Python 3.14 there is no public way to stop a worker that is in the middle of a run.
        processes = list((getattr(executor, "_processes", None) or {}).values())
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()


def _context() -> BaseContext:
    """How workers start: each afresh; on Linux as copies of one process that has imported all they need.

    Importing takes as long as dozens of short runs. Done once for all workers, it also costs nothing for
    those of another experiment or another round, or for one in the place of one that died.
    """
    if sys.platform != "linux":  # elsewhere, what the system's own libraries do in threads forbids copies
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["churnsim.experiment.equipment"])
    return context


class _Alone(Executor):
    """An executor that has no one else: submitting does the work."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


_parcel = b""
_work: Work | None = None


def _begin(parcel: bytes) -> None:
    """Make this worker ready; unpacking waits for the first run, whose outcome can tell what is wrong."""
    global _parcel
    _parcel = parcel
    # Ctrl-C reaches the whole group of processes; the parent alone decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    # A worker holds both ends of its queue, so it would wait for ever for work from a parent that was killed.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _perform(run: Run) -> Outcome:
    global _work
    if _work is None:
        _work = pickle.loads(_parcel)
    assert _work is not None
    return _work(run)
