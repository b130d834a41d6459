"""The figures that commands write: the timeline of a run, the measures of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from churnsim.base.errors import UsageError
from churnsim.experiment.file import make_folder, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from churnsim.cli.invocation import Invocation
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario


def check_drawable(scenario: Scenario, measures: Sequence[str]) -> None:
    """Refuse, before anything runs, a sweep that a figure cannot show.

    Raises
    ------
    UsageError
        If the study sweeps not exactly one setting, or shows no measure.
    """
    axes = list(scenario.study.sweep)
    if len(axes) != 1:
        raise UsageError(
            f"a figure of a sweep has one swept setting on its horizontal axis, but {scenario.name} sweeps "
            f"{len(axes)} ({', '.join(axes) or 'none'}); fix the others with --set study.sweep=..."
        )
    if not measures:
        raise UsageError(
            f"{scenario.name} does not say which measures to draw; "
            "write one as in 'study: {show: [availability]}'"
        )


def draw_sweep(results: Results, measures: Sequence[str], path: Path) -> None:
    """Draw the measures of a sweep over its one setting into a file."""
    _headless()
    from churnsim.plot import sweep_panels

    _save(sweep_panels(results.summary, measures, over=results.plan.axes[0])[0], path)


def draw_timeline(scenario: Scenario, asked: Invocation, path: Path) -> None:
    """Draw the timeline of the first replication, or of the one asked for, into a file."""
    _headless()
    from churnsim.plot import timeline
    from churnsim.simulate import simulate

    trace = simulate(scenario, seed=asked.seed, replication=asked.replication or 0)
    needed = {workload.name: workload.needed for workload in trace.meta.workloads}
    axes = timeline(trace.frame("intervals"), trace.frame("units"), needed=needed, start=trace.meta.t0)
    _save(axes, path)


def _headless() -> None:
    import matplotlib as mpl

    mpl.use("agg")  # a command never opens a window


def _save(axes: Axes, path: Path) -> None:
    from matplotlib import pyplot as plt

    from churnsim.plot import picture

    data = picture(axes, path.suffix.removeprefix("."))
    plt.close(axes.get_figure(root=True))
    make_folder(path.parent)
    write(path, data)
