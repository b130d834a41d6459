"""The results of an experiment, as tidy frames."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim.base.errors import UsageError
from churnsim.base.readable import setting
from churnsim.experiment.outcome import Failed
from churnsim.experiment.plan import Plan, Point, Run
from churnsim.metrics.measurement import Measurement, Ratio
from churnsim.metrics.range import ANY, Range
from churnsim.metrics.registry import MEASURES
from churnsim.statistics import difference, summarise

if TYPE_CHECKING:
    import pandas as pd

    from churnsim.statistics.precision import Look


@dataclass(frozen=True, eq=False)
class Results:
    """Every run of a plan that went through, and those that did not.

    Parameters
    ----------
    plan : Plan
        What was asked for.
    measurements : mapping of Run to mapping of str to Measurement
        By run, then by full name of the measure; in the order of the plan.
    failures : tuple of Failed
        Runs that failed, each with the command that repeats it.
    place : Path or None
        Folder that keeps the runs, None where they are in memory only.
    confidence : float
        Of all intervals.
    look : Look or None
        Why no more replications were made, where the study asks for a precision.
    """

    plan: Plan
    measurements: Mapping[Run, Mapping[str, Measurement]]
    failures: tuple[Failed, ...] = ()
    place: Path | None = None
    confidence: float = 0.95
    look: Look | None = None

    @property
    def exit_code(self) -> int:
        """0 where every run went through, 3 where some failed and the results are partial."""
        return 3 if self.failures else 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the numbers must know, a line each."""
        found = tuple(map(str, self.failures))
        if self.look is not None and self.look.state != "enough":
            found += (f"not as precise as study.until asks: {self.look.reason}",)
        return found

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Full names of all measures, in the order in which runs gave them."""
        return tuple(dict.fromkeys(name for values in self.measurements.values() for name in values))

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per run and measure.

        Columns: ``point``, one per swept path, ``replication``, ``measure``, ``value``, ``numerator``,
        ``denominator``; units are those of `summary`, undefined is missing.
        """
        import pandas as pd

        frame = pd.DataFrame(
            [
                {
                    **self._place_of(self.plan.point(run.point)),
                    "replication": run.replication,
                    "measure": name,
                    "value": _float(value.value),
                    "numerator": value.numerator if isinstance(value, Ratio) else float("nan"),
                    "denominator": value.denominator if isinstance(value, Ratio) else float("nan"),
                }
                for run, values in self.measurements.items()
                for name, value in values.items()
            ],
            columns=[*self._keys, "replication", "measure", "value", "numerator", "denominator"],
        )
        return self._signed(frame)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row per point and measure.

        Columns: ``point``, one per swept path, ``measure``, ``mean``, ``low``, ``high``, ``n``,
        ``undefined``, ``nonzero``, ``method``, ``unit``, ``better``. ``low`` and ``high`` are missing where
        no honest interval exists; ``method`` says why.
        """
        import pandas as pd

        rows = []
        for point in self.plan.points:
            for name in self.measures:
                taken = list(self.series(point, name).values())
                estimate = summarise(taken, self.confidence, _possible(name))
                rows.append(
                    {
                        **self._place_of(point),
                        "measure": name,
                        "mean": _float(estimate.mean),
                        "low": _float(estimate.low),
                        "high": _float(estimate.high),
                        "n": estimate.n,
                        "undefined": estimate.undefined,
                        "nonzero": _float(estimate.nonzero),
                        "method": estimate.method,
                        **_unit(name),
                    }
                )
        columns = ["measure", "mean", "low", "high", "n", "undefined", "nonzero", "method", "unit", "better"]
        return self._signed(pd.DataFrame(rows, columns=[*self._keys, *columns]))

    def compare(self, baseline: str | Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Every other point against a baseline, paired by replication: a row per point and measure.

        Parameters
        ----------
        baseline : str or mapping, optional
            Id or settings of the point to compare with; the first point where not given.

        Returns
        -------
        DataFrame
            Columns: ``point``, one per swept path, ``measure``, ``difference`` (point less baseline),
            ``low``, ``high``, ``n`` (pairs), ``undefined``, ``method``, ``correlation`` (that common random
            numbers achieved), ``warning``, ``unit``, ``better``.

        Raises
        ------
        UsageError
            If there is no such point, or no other to compare it with.
        """
        import pandas as pd

        if len(self.plan.points) == 1:
            raise UsageError(
                "there is nothing to compare: these results have one point; give the study an axis, such as"
                ' scenario.with_({"study.sweep": {"issuers.mesh.ttl": ["15m", "1h"]}}), and run it with'
                " churnsim.sweep"
            )
        base = self._find(baseline)
        rows = []
        for point in self.plan.points:
            if point.id == base.id:
                continue
            for name in self.measures:
                one, other = self.series(point, name), self.series(base, name)
                both = [r for r in one if r in other]
                found = difference([one[r] for r in both], [other[r] for r in both], self.confidence)
                rows.append(
                    {
                        **self._place_of(point),
                        "measure": name,
                        "difference": _float(found.mean),
                        "low": _float(found.low),
                        "high": _float(found.high),
                        "n": found.n,
                        "undefined": found.undefined,
                        "method": found.method,
                        "correlation": _float(found.correlation),
                        "warning": found.warning or "",
                        **_unit(name),
                    }
                )
        columns = [
            "measure",
            "difference",
            "low",
            "high",
            "n",
            "undefined",
            "method",
            "correlation",
            "warning",
        ]
        return self._signed(pd.DataFrame(rows, columns=[*self._keys, *columns, "unit", "better"]))

    def series(self, point: Point, name: str) -> dict[int, Measurement]:
        """One measure at one point by replication; a run may not have it (a part that did not occur)."""
        found = {
            r: self.measurements.get(Run(point.id, r), {}).get(name) for r in range(self.plan.replications)
        }
        return {r: value for r, value in found.items() if value is not None}

    def __repr__(self) -> str:
        return f"<Results of {self._headline}>"

    def _repr_html_(self) -> str:
        """The summary as a table, for notebooks."""
        notes = "".join(f"<p>{html.escape(warning)}</p>" for warning in self.warnings)
        table = self.summary.to_html(index=False, na_rep="–", float_format="{:.6g}".format, border=0)
        return f"<p><b>{html.escape(self._headline)}</b></p>{notes}{table}"

    @property
    def _headline(self) -> str:
        plan = self.plan
        done = f"{len(self.measurements)} of {len(plan.runs)} runs"
        return f"{plan.scenario}: {len(plan.points)} points, {done}, seed {plan.seed}"

    def _signed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame, with how it was made."""
        frame.attrs["provenance"] = self.plan.provenance
        return frame

    @property
    def _keys(self) -> list[str]:
        return ["point", *self.plan.axes]

    def _place_of(self, point: Point) -> dict[str, Any]:
        return {"point": point.id, **{path: _cell(point.settings.get(path)) for path in self.plan.axes}}

    def _find(self, baseline: str | Mapping[str, Any] | None) -> Point:
        if baseline is None:
            return self.plan.points[0]
        wanted = baseline if isinstance(baseline, str) else Point.of(baseline).id
        for point in self.plan.points:
            if point.id == wanted:
                return point
        known = "; ".join(
            f"{point.id} {json.dumps(dict(point.settings), default=str)}" for point in self.plan.points
        )
        raise UsageError(f"no point {baseline!r} to compare with; there are: {known}")


def _unit(name: str) -> dict[str, str]:
    try:
        measure = MEASURES.find(name)
    except UsageError:  # stored by a plug-in that is not installed here: its numbers are still good
        return {"unit": "", "better": "neither"}
    return {"unit": measure.unit, "better": measure.better}


def _possible(name: str) -> Range:
    try:
        return MEASURES.find(name).possible
    except UsageError:
        return ANY


def _float(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else setting(value)
