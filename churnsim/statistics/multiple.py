"""Several differences judged at once: chances corrected for how many were looked at."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Chances of several tests, raised so that any false alarm among all is as rare as it is for one.

    Whatever the tests have to do with each other: comparisons that share their runs depend on one another.

    Parameters
    ----------
    p_values : sequence of float or None
        In [0, 1]; None for a comparison that could not be tested, which counts all the same: whether it
        can be is known only after looking.

    Returns
    -------
    list of float or None
        In the same order, at most 1; the k-th smallest of m times ``m - k + 1``, never below a smaller one.

    Source: Holm, Scand. J. Statist. 6 (1979) 65-70.
    """
    count = len(p_values)
    adjusted: list[float | None] = [None] * count
    tested = sorted((p, position) for position, p in enumerate(p_values) if p is not None)
    highest = 0.0
    for rank, (p, position) in enumerate(tested):
        highest = max(highest, min(1.0, (count - rank) * p))
        adjusted[position] = highest
    return adjusted
