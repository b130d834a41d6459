"""Which factors a measure depends on: screening by Morris, shares of variance by Sobol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.base.errors import UsageError
from churnsim.decision.alternative import alternatives
from churnsim.decision.selection import run_values
from churnsim.experiment.plan import Point
from churnsim.scenario.design.morris import MorrisDesign
from churnsim.scenario.design.probe import ProbeDesign
from churnsim.scenario.design.saltelli import SaltelliDesign

if TYPE_CHECKING:
    import pandas as pd

    from churnsim.experiment import Results
    from churnsim.scenario import Study

Array = NDArray[np.float64]

# Above this share of noise, more replications of each point help more than more points.
NOISE_MANY = 0.2
# Draws from the results by which SALib finds its own intervals.
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Effect:
    """How much one factor matters.

    Parameters
    ----------
    size : float
        By which factors are ranked: of Morris the mean absolute effect (mu*) of the factor's whole range, in
        the unit of the measure; of Sobol the total share of variance, in [0, 1] up to sampling error.
    error : float
        Half width of its 95 % interval, which covers the choice of points alone, not noise in their values.
    alone : float
        Of Morris the mean effect with its sign (mu); of Sobol the share of variance without interactions.
    spread : float
        Of Morris the standard deviation of the effect (sigma): large beside `size` where it depends on the
        other factors or is curved. Of Sobol the share that interactions add.
    """

    size: float
    error: float
    alone: float
    spread: float

    @property
    def direction(self) -> float:
        """Of Morris, in [-1, 1]: 1 where the factor raises the measure everywhere, -1 where it lowers it."""
        return self.alone / self.size if self.size > 0.0 else 0.0


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How one measure depends on all factors.

    Parameters
    ----------
    measure : str
        Full name.
    factors : tuple of str
        Dotted paths.
    effects : tuple of Effect
        One for each factor, in their order.
    noise : float
        Share of the variance between points that is noise of their replications, in [0, 1]. Common random
        numbers make the noise of neighbours alike, so that it harms effects less than that.
    """

    measure: str
    factors: tuple[str, ...]
    effects: tuple[Effect, ...]
    noise: float

    @property
    def ranked(self) -> tuple[tuple[str, Effect], ...]:
        """Factors with their effects, the largest first."""
        pairs = zip(self.factors, self.effects, strict=True)
        return tuple(sorted(pairs, key=lambda pair: -pair[1].size))

    @property
    def warning(self) -> str | None:
        """What a reader must know about noise, None where there is little."""
        if self.noise <= NOISE_MANY:
            return None
        return (
            f"{self.measure}: {self.noise:.0%} of the variance between points is noise; "
            "make more replications before more points"
        )

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each factor, the one that matters most first; columns as the parts of `Effect`."""
        import pandas as pd

        rows: list[dict[str, Any]] = [
            {
                "measure": self.measure,
                "factor": factor,
                "size": one.size,
                "error": one.error,
                "alone": one.alone,
                "spread": one.spread,
                "noise": self.noise,
            }
            for factor, one in self.ranked
        ]
        return pd.DataFrame(rows)


def sensitivity(
    measure: str, factors: Sequence[str], design: ProbeDesign, values: Array, *, seed: int = 0
) -> Sensitivity:
    """Read from the runs of a design how a measure depends on each factor.

    Parameters
    ----------
    measure : str
        Its name.
    factors : sequence of str
        Dotted paths, in the order of the axes.
    design : MorrisDesign or SaltelliDesign
        By which the points were chosen.
    values : ndarray of float, shape (points, replications)
        Of each run, the points as the design gives them; the same replications at every point.
    seed : int
        Of the intervals.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a value is not finite, or the design says nothing of factors.

    Source: Morris, Technometrics 33 (1991) 161-174; Campolongo, Cariboni and Saltelli, Environ. Modell.
    Softw. 22 (2007) (mu*); Saltelli et al., Comput. Phys. Commun. 181 (2010) 259-270; computed by SALib.
    """
    shares = design.shares(len(factors))
    if values.ndim != 2 or len(values) != len(shares):
        raise ValueError(f"{len(shares)} points do not fit values of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("every value must be finite")
    means = values.mean(axis=1)
    if float(np.ptp(means)) == 0.0:  # nothing to explain, and no variance to share
        effects = tuple(Effect(0.0, 0.0, 0.0, 0.0) for _ in factors)
    elif isinstance(design, MorrisDesign):
        effects = _elementary(design, shares, means, seed)
    elif isinstance(design, SaltelliDesign):
        effects = _variance(shares.shape[1], means, seed)
    else:
        raise ValueError(f"{type(design).__name__} does not tell factors apart")
    return Sensitivity(measure, tuple(factors), effects, noise_share(values))


def values_of(results: Results, study: Study, measure: str) -> Array:
    """A measure at every point of a study's design, in its order, shape (points, replications).

    Parameters
    ----------
    results : Results
        Of a sweep of that study. Points that the design has twice were run once.
    study : Study
        Its design and its axes.
    measure : str
        A number of each run, or a ratio, of which each run's own value is taken.

    Raises
    ------
    UsageError
        If a run is missing or does not define the measure, or it is a quantile or a maximum.
    """
    designs = alternatives(results)
    values = run_values(designs, measure)
    if values.shape[1] < results.plan.replications:
        raise UsageError(f"{measure} is missing in some runs; every run must have gone through and have it")
    rows = {point.id: row for point, row in zip(results.plan.points, values, strict=True)}
    return np.array([rows[Point.of(settings).id] for settings in study.design.settings(study.sweep)])


def noise_share(values: Array) -> float:
    """Share of the variance between points that is noise of their replications.

    Parameters
    ----------
    values : ndarray of float, shape (points, replications)
        Of each run.

    Returns
    -------
    float
        Mean variance within a point, over the number of replications, over the variance of the points' means;
        at most 1, and 1 where one replication says nothing about it. 0 where nothing varies.

    Source: methods 3.13.
    """
    between = float(values.mean(axis=1).var(ddof=1)) if len(values) > 1 else 0.0
    if between == 0.0:
        return 0.0
    if values.shape[1] < 2:
        return 1.0
    within = float(values.var(axis=1, ddof=1).mean()) / values.shape[1]
    return float(min(1.0, within / between))


def _elementary(design: MorrisDesign, shares: Array, means: Array, seed: int) -> tuple[Effect, ...]:
    from SALib.analyze import morris

    found = morris.analyze(
        _cube(shares.shape[1]),
        shares,
        means,
        num_levels=design.levels,
        num_resamples=RESAMPLES,
        seed=np.random.default_rng(seed),
    )
    names = ("mu_star", "mu_star_conf", "mu", "sigma")
    rows = np.column_stack([np.asarray(found[name], dtype=np.float64) for name in names])
    return tuple(Effect(*map(float, row)) for row in rows)


def _variance(factors: int, means: Array, seed: int) -> tuple[Effect, ...]:
    from SALib.analyze import sobol

    found = sobol.analyze(
        _cube(factors),
        means,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        seed=np.random.default_rng(seed),
    )
    first, total, error = (np.asarray(found[name], dtype=np.float64) for name in ("S1", "ST", "ST_conf"))
    return tuple(
        Effect(float(whole), float(half), float(alone), float(whole - alone))
        for whole, half, alone in zip(total, error, first, strict=True)
    )


def _cube(factors: int) -> dict[str, Any]:
    """The unit cube, in the words of SALib."""
    return {
        "num_vars": factors,
        "names": [f"x{factor}" for factor in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }
