"""Which factors a measure depends on: screening by Morris, shares of variance by Sobol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

# Above this share of noise, more replications of each point help more than more points.
NOISE_MANY = 0.2
# Draws from the results by which SALib finds its own intervals.
RESAMPLES = 200


class Method(Protocol):
    """A way to choose points and to read effects from what they gave."""

    def shares(self, factors: int, seed: int) -> Array:
        """Points in the unit cube, shape (points, factors): how much of each factor's range lies below."""
        ...

    def effects(self, shares: Array, values: Array, seed: int) -> tuple[Effect, ...]:
        """One effect for each factor, from the points and one value for each."""
        ...


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


@dataclass(frozen=True, slots=True)
class Morris:
    """Screening: trajectories through the space, one factor changed at each step.

    Parameters
    ----------
    trajectories : int
        At least 2; each costs factors + 1 points.
    levels : int
        Values of each factor, even.

    Source: Morris, Technometrics 33 (1991) 161-174; Campolongo, Cariboni and Saltelli, Environ. Modell.
    Softw. 22 (2007) (mu*); computed by SALib.
    """

    trajectories: int = 20
    levels: int = 6

    def shares(self, factors: int, seed: int) -> Array:
        """Points of all trajectories, shape (trajectories * (factors + 1), factors)."""
        from SALib.sample import morris

        generator = _generator(seed, 0)
        return np.asarray(
            morris.sample(_problem(factors), self.trajectories, num_levels=self.levels, seed=generator),
            dtype=np.float64,
        )

    def effects(self, shares: Array, values: Array, seed: int) -> tuple[Effect, ...]:
        """Elementary effects, factor by factor."""
        from SALib.analyze import morris

        found = morris.analyze(
            _problem(shares.shape[1]),
            shares,
            values,
            num_levels=self.levels,
            num_resamples=RESAMPLES,
            seed=_generator(seed, 1),
        )
        names = ("mu_star", "mu_star_conf", "mu", "sigma")
        rows = np.column_stack([np.asarray(found[name], dtype=np.float64) for name in names])
        return tuple(Effect(*map(float, row)) for row in rows)


@dataclass(frozen=True, slots=True)
class Sobol:
    """Shares of variance: how much of the measure's variation each factor explains.

    Parameters
    ----------
    samples : int
        A power of two; each costs factors + 2 points.

    Source: Saltelli et al., Comput. Phys. Commun. 181 (2010) 259-270; computed by SALib.
    """

    samples: int = 128

    def shares(self, factors: int, seed: int) -> Array:
        """Points of a scrambled sequence and their crossings, shape (samples * (factors + 2), factors)."""
        from SALib.sample import sobol

        generator = _generator(seed, 0)
        return np.asarray(
            sobol.sample(_problem(factors), self.samples, calc_second_order=False, seed=generator),
            dtype=np.float64,
        )

    def effects(self, shares: Array, values: Array, seed: int) -> tuple[Effect, ...]:
        """First-order and total shares, factor by factor; all 0 where the measure does not vary."""
        from SALib.analyze import sobol

        factors = shares.shape[1]
        if float(np.ptp(values)) == 0.0:  # no variance to share
            return tuple(Effect(0.0, 0.0, 0.0, 0.0) for _ in range(factors))
        found = sobol.analyze(
            _problem(factors),
            values,
            calc_second_order=False,
            num_resamples=RESAMPLES,
            seed=_generator(seed, 1),
        )
        first, total = (np.asarray(found[name], dtype=np.float64) for name in ("S1", "ST"))
        return tuple(
            Effect(float(whole), float(conf), float(alone), float(whole - alone))
            for whole, conf, alone in zip(total, found["ST_conf"], first, strict=True)
        )


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
    measure: str, factors: Sequence[str], method: Method, shares: Array, values: Array, *, seed: int = 0
) -> Sensitivity:
    """Read from the runs of a sample how a measure depends on each factor.

    Parameters
    ----------
    measure : str
        Its name.
    factors : sequence of str
        Dotted paths, as many as `shares` has columns.
    method : Method
        By which `shares` were chosen.
    shares : ndarray of float, shape (points, factors)
        The points, as the method gave them.
    values : ndarray of float, shape (points, replications)
        Of each run; the same replications at every point.
    seed : int
        Of the intervals.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a value is not finite.
    """
    if values.ndim != 2 or len(values) != len(shares) or len(factors) != shares.shape[1]:
        raise ValueError(
            f"{shares.shape} points of {len(factors)} factors do not fit values of shape {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("every value must be finite")
    effects = method.effects(shares, values.mean(axis=1), seed)
    return Sensitivity(measure, tuple(factors), effects, noise_share(values))


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


def _problem(factors: int) -> dict[str, Any]:
    """The unit cube, in the words of SALib."""
    return {
        "num_vars": factors,
        "names": [f"x{factor}" for factor in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }


def _generator(seed: int, purpose: int) -> np.random.Generator:
    """Random numbers of their own for the sample and for the intervals."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, purpose])))
