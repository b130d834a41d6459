"""Making many runs with a crew whose workers may die, each outcome handed on as it arrives."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait

from churnsim.experiment.crew import Crew, EngineLost
from churnsim.experiment.outcome import Failed, Outcome
from churnsim.experiment.patience import Patience
from churnsim.experiment.plan import Run

# How often to look up from waiting.
LOOK_UP_S = 0.1

# So many runs in a row killed their worker while none ever finished: it is not the runs.
DEATHS_MAX = 3

KILLED = (
    "its worker process died twice, beside other runs and alone: killed by a signal (out of memory?) "
    "or crashed in native code"
)


class WorkersDie(EngineLost):
    """No worker process lives long enough to finish a run."""


def execute(runs: Sequence[Run], crew: Crew, idle: Callable[[], None] = lambda: None) -> Generator[Outcome]:
    """Make the runs, yielding outcomes in the order in which they finish.

    When a worker dies, the executor can only say that all runs it had are lost. They are suspects then: each
    is made again alone, and the one that kills its worker again is the culprit and fails; the others go on.

    Parameters
    ----------
    runs : sequence of Run
        What to make, in this order as far as workers allow.
    crew : Crew
        Who makes them.
    idle : callable
        Called a few times a second while nothing has finished.

    Yields
    ------
    Outcome
        Exactly one per run. On EngineLost, and on KeyboardInterrupt where workers make the runs, those that
        have finished by then; then it is raised on.

    Raises
    ------
    WorkersDie
        If three runs in a row kill their worker and none has ever finished.
    EngineLost
        If a cluster is gone.
    """
    with Patience(at_once=not crew.is_patient) as patience:
        yield from _execute(runs, _Shift(crew, patience, idle))
        patience.check()


def _execute(runs: Sequence[Run], shift: _Shift) -> Generator[Outcome]:
    waiting, deaths, has_finished_any = deque(runs), 0, False
    try:
        while waiting or shift.given:
            shift.hand_out(waiting)
            for outcome in shift.collect():
                has_finished_any = True
                yield outcome
            while shift.suspects:
                suspect = shift.suspects.popleft()
                alone = shift.make_alone(suspect)
                deaths = deaths + 1 if alone is None else 0
                has_finished_any = has_finished_any or alone is not None
                yield alone or Failed(suspect, "WorkerKilled", KILLED)
                if deaths >= DEATHS_MAX and not has_finished_any:
                    raise WorkersDie(
                        f"the first {deaths} runs each killed their worker process and none finished; in a "
                        "script, call this under `if __name__ == '__main__':`, or use one worker to see why"
                    )
    except KeyboardInterrupt:
        if shift.is_elsewhere:  # a run in this process may have been led astray by it
            yield from shift.finished()
        raise
    except EngineLost:
        yield from shift.finished()
        raise
    finally:
        shift.end()


class _Shift:
    """An executor at work, replaced when it breaks, and the runs it has been given."""

    def __init__(self, crew: Crew, patience: Patience, idle: Callable[[], None]) -> None:
        self._crew = crew
        self._patience = patience
        self._idle = idle
        self._executor = crew.hire()
        self.given: dict[Future[Outcome], Run] = {}
        self.suspects: deque[Run] = deque()
        self._is_lost = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether others make the runs, whom a signal to this process does not reach."""
        return self._crew.is_patient

    def hand_out(self, waiting: deque[Run]) -> None:
        """Give out runs until the window is full."""
        while waiting and len(self.given) < self._crew.window:
            try:
                future = self._executor.submit(self._crew.task, waiting[0])
            except BrokenExecutor:
                if self.given:
                    return
                self._replace()
                continue
            self.given[future] = waiting.popleft()

    def collect(self) -> Iterator[Outcome]:
        """Wait for at least one run; when the executor broke, for all, the lost ones being suspects."""
        yield from self._outcomes(self._done(FIRST_COMPLETED))
        if self.suspects:
            yield from self._outcomes(self._done(ALL_COMPLETED))
            self._replace()

    def make_alone(self, run: Run) -> Outcome | None:
        """Make one run with nothing beside it; None if that kills its worker."""
        self.hand_out(deque([run]))
        for outcome in self.collect():
            return outcome
        self.suspects.remove(run)
        return None

    def finished(self) -> Iterator[Outcome]:
        """What has finished by now, without waiting."""
        done = {future for future in self.given if future.done() and not future.cancelled()}
        yield from self._outcomes(done)

    def end(self) -> None:
        """Send the executor home: at once if it is in the middle of something."""
        if self.given or self._is_lost:
            self._crew.dismiss(self._executor)
        else:
            self._crew.release(self._executor)

    def _done(self, enough: str) -> set[Future[Outcome]]:
        """Wait for one run or for all, looking up now and then whether to stop."""
        while True:
            self._patience.check()
            self._watch()
            found = wait(self.given, LOOK_UP_S, enough)
            if not found.not_done or (found.done and enough == FIRST_COMPLETED):
                return found.done
            self._idle()

    def _outcomes(self, done: set[Future[Outcome]]) -> Iterator[Outcome]:
        for future in sorted(done, key=lambda one: self.given[one]):
            run = self.given.pop(future)
            try:
                outcome = future.result()
            except self._crew.deaths:
                self.suspects.append(run)
                continue
            except CancelledError as error:  # nobody here cancels: whoever had the run is gone
                self._is_lost = True
                raise self._crew.lost() from error
            except Exception as error:  # noqa: BLE001 - what cannot travel between processes belongs to this run
                outcome = Failed(run, type(error).__name__, str(error))
            yield outcome

    def _watch(self) -> None:
        try:
            self._crew.watch()
        except EngineLost:
            self._is_lost = True
            raise

    def _replace(self) -> None:
        self._executor = self._crew.replace(self._executor)
