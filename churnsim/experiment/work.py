"""What a worker does: simulate one run of a scenario, measure its trace."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from churnsim.experiment.outcome import Failed, Finished, Outcome
from churnsim.experiment.plan import Plan, Run
from churnsim.metrics.measurement import Measurement

if TYPE_CHECKING:
    from churnsim.scenario import Scenario
    from churnsim.trace import Trace

Simulate = Callable[..., "Trace"]  # (scenario, *, seed, replication)
Evaluate = Callable[["Trace"], Mapping[str, Measurement]]


@dataclass(frozen=True, slots=True)
class Work:
    """Everything a worker needs besides the run's name; sent to each worker once.

    Parameters
    ----------
    scenario : Scenario
        As it stands at the point without settings.
    plan : Plan
        The runs there are.
    simulate : callable
        ``simulate(scenario, seed=..., replication=...) -> Trace``; importable by name in another process.
    evaluate : callable
        ``evaluate(trace) -> {name: Measurement}``; likewise.
    """

    scenario: Scenario
    plan: Plan
    simulate: Simulate
    evaluate: Evaluate
    _variants: dict[str, Scenario] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, run: Run) -> Outcome:
        """Make one run; an error in it becomes its outcome, so that it cannot stop the others."""
        began = time.perf_counter()
        try:
            trace = self.simulate(self._variant(run.point), seed=self.plan.seed, replication=run.replication)
            return Finished(run, self.evaluate(trace), time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001 - whatever a model or a plug-in raises belongs to this run alone
            return Failed(run, type(error).__name__, str(error), traceback.format_exc())

    def _variant(self, id: str) -> Scenario:
        """The scenario at a point, validated once in each worker."""
        if id not in self._variants:
            settings = dict(self.plan.point(id).settings)
            self._variants[id] = self.scenario.with_(settings) if settings else self.scenario
        return self._variants[id]
