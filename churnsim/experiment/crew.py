"""The seam to parallel work: who makes runs, behind any `concurrent.futures.Executor`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from typing import ClassVar

from churnsim.base.errors import ChurnsimError
from churnsim.experiment.outcome import Outcome
from churnsim.experiment.plan import Run

# Runs given out per worker: one at work, one ready to follow.
AHEAD = 2


class EngineLost(ChurnsimError):
    """Whatever made the runs is gone, or never answered.

    Parameters
    ----------
    reason : str
        What happened, and what would mend it.
    kept : str
        How many runs are kept and where; "" where none are.
    command : str
        What makes the rest of the runs; "" where none are kept.
    """

    exit_code = 3

    def __init__(self, reason: str, kept: str = "", command: str = "") -> None:
        super().__init__(reason, kept, command)
        self.reason = reason
        self.kept = kept
        self.command = command

    def __str__(self) -> str:
        return f"{self.reason}; {self.kept}; go on with: {self.command}" if self.kept else self.reason


class Crew(ABC):
    """An executor, what to submit to it, and what its troubles mean."""

    #: Whether a signal to stop waits until the executor is left alone; not where this process does the work.
    is_patient: ClassVar[bool] = True

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """Errors of a future that say: the worker that had the run died."""
        return (BrokenExecutor,)

    @property
    @abstractmethod
    def window(self) -> int:
        """Runs given out at a time: no worker idles, and few are suspected when one dies."""

    @property
    @abstractmethod
    def task(self) -> Callable[[Run], Outcome]:
        """What is submitted, with a `Run`; it and its outcome can be pickled."""

    @abstractmethod
    def hire(self) -> Executor:
        """Start an executor, or find one."""

    def replace(self, executor: Executor) -> Executor:
        """An executor to go on with after a worker of this one died."""
        self.dismiss(executor)
        return self.hire()

    def watch(self) -> None:  # noqa: B027 - most crews are told of every loss by their futures
        """Look after the executor while waiting for it; called a few times a second.

        Raises
        ------
        EngineLost
            If nothing more is to be expected of it.
        """

    def lost(self) -> EngineLost:
        """The error for an executor that gave up its runs by itself."""
        return EngineLost("the workers that made the runs are gone")

    def release(self, executor: Executor) -> None:
        """Send an executor home that has nothing left to do."""
        executor.shutdown()

    @abstractmethod
    def dismiss(self, executor: Executor) -> None:
        """Stop an executor at once, its unfinished runs given up."""
