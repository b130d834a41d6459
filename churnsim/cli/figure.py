"""The figures that commands write: the timeline of a run, the measures of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from churnsim import __version__
from churnsim.base.errors import UsageError
from churnsim.base.readable import counted, readable
from churnsim.experiment.file import make_folder, write
from churnsim.scenario.candidate import candidates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from churnsim.cli.invocation import Invocation
    from churnsim.cli.propagation import Spread
    from churnsim.cli.warmup import Settling
    from churnsim.decision import Comparison, Front
    from churnsim.decision.sensitivity import Sensitivity
    from churnsim.episode import Explanation
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario
    from churnsim.trace import Trace

_SETTINGS_MOST = 2
_LINES_MOST = 12
_NAMED_MOST = 4  # workloads, in the line below the title


def check_drawable(scenario: Scenario, measures: Sequence[str]) -> None:
    """Refuse, before anything runs, a sweep that a figure cannot show.

    Raises
    ------
    UsageError
        If the study sweeps no setting or more than two, leaves one of them as it is at some point, would need
        too many lines, or shows no measure.
    """
    swept, points = list(scenario.study.sweep), candidates(scenario).settings
    axes = _telling(scenario, points)
    if not 1 <= len(axes) <= _SETTINGS_MOST:
        raise UsageError(
            "a figure of a sweep has one swept setting on its horizontal axis, and perhaps a line for each "
            f"value of a second, but {scenario.name} sweeps {len(axes)} ({', '.join(axes) or 'none'}); fix "
            "the others with --set study.sweep=..."
        )
    if any(set(point) != set(swept) for point in points):
        raise UsageError(
            f"a figure places every point by what it sets, but the design of {scenario.name} leaves settings "
            "as they are at some points; use 'design: {kind: grid}', or draw the table (--tsv) yourself"
        )
    lines = {str(point[axes[-1]]) for point in points} if len(axes) > 1 else set()
    if len(lines) > _LINES_MOST:
        raise UsageError(
            f"a figure over two settings has a line for each value of the second, and {axes[-1]} has "
            f"{len(lines)}, more than {_LINES_MOST}; list few values, or draw the table (--tsv) yourself"
        )
    if not measures:
        raise UsageError(
            f"{scenario.name} does not say which measures to draw; "
            "write one as in 'study: {show: [availability]}'"
        )


def draw_sweep(scenario: Scenario, results: Results, measures: Sequence[str], path: Path) -> None:
    """Draw the measures of a sweep over its first setting into a file, a line for each value of a second."""
    _headless()
    from churnsim.plot import sweep_panels

    title = scenario.question or scenario.name
    over, by = (*_telling(scenario, [point.settings for point in results.plan.points]), None)[:2]
    assert over is not None
    panels = sweep_panels(
        results.summary,
        measures,
        over=over,
        by=by,
        title=title,
        subtitle=_made(scenario, results),
        provenance=provenance(results),
    )
    _save(panels[0], path)


def draw_timeline(scenario: Scenario, asked: Invocation, path: Path) -> None:
    """Draw the timeline of the first replication, or of the one asked for, into a file."""
    _headless()
    from churnsim.plot import timeline
    from churnsim.simulate import simulate

    trace = simulate(scenario, seed=asked.seed, replication=asked.replication or 0)
    meta = trace.meta
    axes = timeline(
        trace.frame("intervals"),
        trace.frame("units"),
        needed={workload.name: workload.needed for workload in meta.workloads},
        locked_out=_locked_out(trace),
        start=meta.t0,
        title=f"{scenario.name}, replication {meta.replication}, seed {meta.seed}",
    )
    _save(axes, path)


def draw_contrasts(comparison: Comparison, title: str, provenance: str, path: Path) -> None:
    """Draw the differences of designs to their baseline into a file."""
    _headless()
    from churnsim.plot import contrasts

    bars = f"bars: {comparison.confidence:.0%} intervals; hollow: cannot tell"
    said = f"differences to {comparison.baseline.name}; {bars}"
    panels = contrasts(
        comparison.frame, comparison.measures, title=title, subtitle=said, provenance=provenance
    )
    _save(panels[0], path)


def draw_trade_off(comparison: Comparison, front: Front, title: str, provenance: str, path: Path) -> None:
    """Draw the first two objectives of a front against each other into a file."""
    _headless()
    from churnsim.plot import trade_off

    names = [one.name for one in comparison.designs]
    membership = dict(zip(names, front.membership.tolist(), strict=True))
    first, second, *_ = front.objectives
    axes = trade_off(
        comparison.frame, first, second, membership=membership, title=title, provenance=provenance
    )
    _save(axes, path)


def draw_episode(worst: Explanation, path: Path) -> None:
    """Draw the lanes of one episode into a file."""
    _headless()
    from churnsim.plot import episode

    _save(episode(worst.bars(), worst.frame(), title=worst.sentence), path)


def draw_propagation(scenario: Scenario, asked: Invocation, found: Sequence[Spread], path: Path) -> None:
    """Draw how fast the changes of a policy come to its points into a file, a line for each design."""
    _headless()
    import pandas as pd

    from churnsim.plot import propagation

    axes = propagation(
        pd.concat([one.frame for one in found]),
        title=f"{scenario.name}: how fast a change is true everywhere",
        provenance=_seeded(scenario, asked),
    )
    _save(axes, path)


def draw_effects(scenario: Scenario, results: Results, found: Sequence[Sensitivity], path: Path) -> None:
    """Draw how much each factor matters into a file."""
    _headless()
    import pandas as pd

    from churnsim.plot import effects

    title = scenario.question or scenario.name
    panels = effects(pd.concat([one.frame for one in found]), title=title, provenance=provenance(results))
    _save(panels[0], path)


def draw_warmup(scenario: Scenario, asked: Invocation, found: Sequence[Settling], path: Path) -> None:
    """Draw how the measures of a scenario settle into a file."""
    _headless()
    import pandas as pd

    from churnsim.plot import warmup

    panels = warmup(
        pd.concat([one.frame for one in found]),
        marked=scenario.warmup or None,
        title=f"When has {scenario.name} settled?",
        provenance=_seeded(scenario, asked),
    )
    _save(panels[0], path)


def _telling(scenario: Scenario, points: Sequence[Mapping[str, Any]]) -> list[str]:
    """The settings that tell points apart, without those of zipped ones that others before them settle."""
    axes = list(scenario.study.sweep)
    if not scenario.study.design.moves_together:
        return axes
    telling = list(axes[:1])
    for axis in axes[1:]:
        found: dict[tuple[str, ...], str] = {}
        for point in points:
            key, value = tuple(str(point.get(each)) for each in telling), str(point.get(axis))
            if found.setdefault(key, value) != value:
                telling.append(axis)
                break
    return telling


def provenance(*results: Results) -> str:
    """How the numbers of a figure were made, in one line, so that they can be made again."""
    plan = results[0].plan
    worlds = ", ".join(dict.fromkeys(f"{one.plan.scenario} {one.plan.scenario_hash[:8]}" for one in results))
    count = counted(plan.replications, "replication")
    return f"churnsim {__version__} · {worlds} · seed {plan.seed} · {count}"


def _seeded(scenario: Scenario, asked: Invocation) -> str:
    """The same for runs of which nothing is kept."""
    count = counted(asked.replications or 1, "replication")
    return f"churnsim {__version__} · {scenario.name} {scenario.hash[:8]} · seed {asked.seed} · {count}"


def _made(scenario: Scenario, results: Results) -> str:
    """How the numbers of a sweep were made, in one line; what is swept is left out."""
    swept = results.plan.axes
    units: dict[str, int] = {}
    for name, workload in scenario.workloads.items():
        replicas = getattr(workload, "replicas", None)  # not every kind has a fixed number
        if replicas is not None and f"workloads.{name}.replicas" not in swept:
            units[name] = replicas
    facts = [f"{count} units of {name}" for name, count in units.items()]
    if len(units) > _NAMED_MOST:
        facts = [f"{sum(units.values())} units of {len(units)} workloads"]
    if "horizon" not in swept:
        facts.append(readable(scenario.horizon - scenario.warmup, "s"))
    facts.append(f"{results.plan.replications} replications")
    if results.failures:
        facts.append(f"{len(results.failures)} runs failed")
    return f"{', '.join(facts)}; bands: {results.confidence:.0%} intervals"


def _locked_out(trace: Trace) -> pd.DataFrame:
    """When units that should be trusted had no credential that is accepted everywhere: columns start, end."""
    import pandas as pd

    from churnsim.metrics.trust import GapFamily, Side, episodes

    found = episodes(trace)
    rows = (found.side == Side.UNDER) & (found.family == GapFamily.CREDENTIAL)
    return pd.DataFrame({"start": found.start[rows], "end": found.end[rows]})


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
