"""How fast changes of a policy come to its points, as the command line asks for it and shows it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray

from churnsim import __version__
from churnsim.base.errors import UsageError
from churnsim.base.readable import counted, readable, setting
from churnsim.cli.progress import progress
from churnsim.cli.table import Table
from churnsim.metrics import evaluate
from churnsim.metrics.propagation import curve
from churnsim.scenario.candidate import candidates

if TYPE_CHECKING:
    import pandas as pd

    from churnsim.cli.invocation import Invocation
    from churnsim.scenario import Scenario
    from churnsim.trace import Trace

SHARES = (0.5, 0.9, 0.99)
_LAGS = 600  # each 2 % after the one before
_BEYOND = 1.3  # how far the curves go on at least, of the mean time until 99 % of the points have it
_NEARLY_ALL = 0.999
_RANGE = 1e5  # of the longest time to the shortest
_SHORTEST = 1e-3  # [s]
_LONGER = "longer"

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spread:
    """How fast changes come to the points of one design.

    Parameters
    ----------
    design : str
        What it sets.
    lags : ndarray of float, shape (n,)
        Times since the commit [s].
    share : ndarray of float, shape (n,)
        Points that have it by then, mean over commits and runs.
    """

    design: str
    lags: Floats
    share: Floats

    def after(self, share: float) -> float | None:
        """Time since the commit by which so many have it on average [s]; None where the curve ends before."""
        there = np.flatnonzero(self.share >= share)
        return float(self.lags[there[0]]) if there.size else None

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each time, as `churnsim.plot.propagation` takes it."""
        import pandas as pd

        return pd.DataFrame({"design": self.design, "lag": self.lags, "share": self.share})


def chosen(scenario: Scenario, name: str | None) -> int:
    """Number of the policy that is asked for.

    Raises
    ------
    UsageError
        If there is none of that name, or none at all, or it is not said which; or it never changes.
    """
    names = list(scenario.policies)
    if not names:
        raise UsageError(f"{scenario.name} has no policy to follow; add one under policies")
    if name is None and len(names) > 1:
        raise UsageError(f"{scenario.name} has several policies ({', '.join(names)}); name one with --policy")
    if name is not None and name not in names:
        raise UsageError(f"{scenario.name} has no policy {name!r}; it has: {', '.join(names)}")
    whose = name or names[0]
    policy = scenario.policies[whose]
    if policy.changes is None and policy.offboarding is None:
        raise UsageError(f"{whose} never changes; give it changes, as in 'changes: {{every: 10m}}'")
    return names.index(whose)


def follow(scenario: Scenario, asked: Invocation, policy: int) -> list[Spread]:
    """Simulate the replications of every point of the study and follow the policy's changes.

    Raises
    ------
    UsageError
        If no change can be followed to its points within the horizon.
    """
    from churnsim.simulate import simulate

    designs = {_name(settings): scenario.with_(settings) for settings in candidates(scenario).settings}
    count, began = asked.replications or 1, time.monotonic()
    with progress(scenario.name) as tell:
        firsts: list[Trace] = []
        for world in designs.values():
            tell(len(firsts), len(designs) * count, time.monotonic() - began)
            firsts.append(simulate(world, seed=asked.seed))
        lags = _lags(scenario, policy, firsts)
        runs = [[curve(first, policy, lags)] for first in firsts]
        for place, (world, found) in enumerate(zip(designs.values(), runs, strict=True)):
            for number in range(1, count):
                done = len(designs) + place * (count - 1) + number - 1
                tell(done, len(designs) * count, time.monotonic() - began)
                found.append(curve(simulate(world, seed=asked.seed, replication=number), policy, lags))
        tell(len(designs) * count, len(designs) * count, time.monotonic() - began)
    return [Spread(design, lags, _mean(found)) for design, found in zip(designs, runs, strict=True)]


def print_curves(found: Sequence[Spread], table: Table) -> None:
    """Print when how many points have a change."""
    heads = [f"{share:.0%} have it after" for share in SHARES]
    table(
        ("design", *heads),
        [(one.design, *(_after(one, share) for share in SHARES)) for one in found],
    )


def document(
    scenario: Scenario, asked: Invocation, policy: int, found: Sequence[Spread], warnings: Sequence[object]
) -> dict[str, object]:
    """The JSON document of the command; times in seconds."""
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "version": __version__,
        "seed": asked.seed,
        "replications": asked.replications,
        "policy": list(scenario.policies)[policy],
        "designs": {
            one.design: {
                "after_s": {f"{share:g}": one.after(share) for share in SHARES},
                "lag_s": one.lags.tolist(),
                "share": [None if np.isnan(share) else share for share in one.share.tolist()],
            }
            for one in found
        },
        "warnings": [str(each) for each in warnings],
        "repeat": _repeat(scenario, asked, policy),
    }


def say_more(
    scenario: Scenario, asked: Invocation, policy: int, found: Sequence[Spread], figure: Path | None
) -> None:
    """Print below the table how the numbers were made."""
    count = counted(asked.replications or 1, "replication")
    click.echo(f"\nmean over all changes that can be followed so long, and {count}; to 2 %\n")
    if any(one.after(SHARES[-1]) is None for one in found):
        click.echo(
            f"{_LONGER}: the curves end before, {readable(float(found[0].lags[-1]), 's')} after a change"
        )
    if figure is not None:
        click.echo(f"figure:  {figure}")
    click.echo(f"seed:    {asked.seed}\nrepeat:  {_repeat(scenario, asked, policy)}")


def _repeat(scenario: Scenario, asked: Invocation, policy: int) -> str:
    """The command line that gives the same numbers."""
    names = list(scenario.policies)
    return asked.repeat if len(names) == 1 else f"{asked.repeat} --policy {shlex.quote(names[policy])}"


def _lags(scenario: Scenario, policy: int, traces: Sequence[Trace]) -> Floats:
    """Times since the commit at which curves are drawn [s], closer together where the fast designs differ."""
    measured = [evaluate(trace, ["propagation.p99"])["propagation.p99"].value for trace in traces]
    known = [each for each in measured if each is not None]
    if not known:
        raise UsageError(
            f"no change of {list(scenario.policies)[policy]} comes to its points within "
            f"{readable(scenario.horizon, 's')}; make the horizon longer, or the changes more frequent"
        )
    longest, limit = max(*known, _SHORTEST) * _BEYOND, (scenario.horizon - scenario.warmup) / 2

    def ends_before() -> bool:
        return any((curve(trace, policy, np.array([0.0, longest]))[1] < _NEARLY_ALL) for trace in traces)

    # Versions that an outage holds up come late, few as they are.
    while 2.0 * longest <= limit and ends_before():
        longest *= 2.0
    return np.append(0.0, np.geomspace(longest / _RANGE, longest, _LAGS))


def _mean(curves: Sequence[Floats]) -> Floats:
    """Mean over the runs that have one; NaN where none has."""
    known = [each for each in curves if np.isfinite(each).all()]
    return np.mean(known, axis=0) if known else np.full(curves[0].size, np.nan)


def _name(settings: Mapping[str, Any]) -> str:
    """What a design sets: its value where it is one setting, else each with the end of its path."""
    if len(settings) == 1:
        return setting(next(iter(settings.values())))
    words = [f"{path.rpartition('.')[2]}={setting(value)}" for path, value in settings.items()]
    return ", ".join(words) or "as it stands"


def _after(one: Spread, share: float) -> str:
    if not np.isfinite(one.share).all():
        return "-"
    after = one.after(share)
    return _LONGER if after is None else readable(after, "s")
