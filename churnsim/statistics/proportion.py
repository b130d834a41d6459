"""How often something happens in a run, when it was seen in a few runs or in none."""

from __future__ import annotations

from churnsim.statistics.estimate import Estimate, without_interval


def share_of_runs(happened: int, n: int, confidence: float = 0.95) -> Estimate:
    """Probability that a run shows something, from the number of runs that did; exact.

    Parameters
    ----------
    happened : int
        Runs that showed it, in [0, n].
    n : int
        Runs.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Estimate
        Two-sided Clopper-Pearson interval. With 0 or n of n, one end is known and the whole uncertainty
        goes to the other: 0 of n gives ``[0, 1 - (1 - confidence) ** (1 / n)]``, about 3 / n at 95 %. So at
        95 % an end that bounds what was never seen is wrong in 5 % at most, any other in 2.5 %; both ends
        together in 7.5 %.

    Raises
    ------
    ValueError
        If `happened` is outside [0, n].

    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413; rule of three: Hanley and Lippman-Hand, JAMA
    249 (1983) 1743-1745.
    """
    from scipy.special import betaincinv

    if not 0 <= happened <= n:
        raise ValueError(f"{happened} of {n} runs cannot have shown it")
    if n == 0:
        return without_interval(None, 0, 0, "undefined", 0)
    tail = 1.0 - confidence if happened in (0, n) else (1.0 - confidence) / 2.0
    low = 0.0 if happened == 0 else float(betaincinv(happened, n - happened + 1, tail))
    high = 1.0 if happened == n else float(betaincinv(happened + 1, n - happened, 1.0 - tail))
    return Estimate(happened / n, low, high, n, 0, "exact", happened)
