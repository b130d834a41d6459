"""The worst episode of a run."""

from __future__ import annotations

from typing import Literal

import numpy as np

from churnsim.base.errors import UsageError
from churnsim.base.registry import did_you_mean
from churnsim.episode.explanation import Explanation
from churnsim.episode.subject import Subject
from churnsim.metrics.overlap import Floats
from churnsim.metrics.trust import Episodes, GapFamily, Side, episodes, gaps
from churnsim.trace import Trace

SIDES = ("under", "over")
FAMILIES = ("credential", "theft", "forger", "policy")
ORDERS = ("longest", "heaviest")


def explain_worst(
    trace: Trace,
    side: Literal["under", "over"] = "under",
    *,
    family: Literal["credential", "theft", "forger", "policy"] | None = None,
    by: Literal["longest", "heaviest"] = "longest",
) -> Explanation | None:
    """Explain the worst episode of over- or under-trust of a run, from its facts alone.

    Parameters
    ----------
    trace : Trace
        The run.
    side : {"under", "over"}
        Intended although not enforced (lockouts), or enforced although not intended (exposures).
    family : {"credential", "theft", "forger", "policy"}, optional
        Units, thieves, forgers with a stolen key, or principals; by default units and thieves, which are of
        one sort.
    by : {"longest", "heaviest"}
        What is worst: the longest episode, as long as some point was wrong; or that with most pair-seconds in
        the window, each point counted by its weight.

    Returns
    -------
    Explanation or None
        None where there was no such episode in the measured window.

    Raises
    ------
    UsageError
        If side, family or order are none of these.
    """
    found = episodes(trace)
    size = sizes(trace, found, side, family, by)
    if not size.size or not size.max() > 0:
        return None
    return Explanation.of(Subject.of(trace, found, int(size.argmax())), float(size.max()))


def sizes(trace: Trace, found: Episodes, side: str, family: str | None, by: str) -> Floats:
    """How bad each episode is [s or pair s]; 0 for those that are not asked for or lie outside the window."""
    for word, known in ((side, SIDES), (family, FAMILIES), (by, ORDERS)):
        if word is not None and word not in known:
            meant = did_you_mean(word, known)
            hint = f"did you mean {meant!r}?" if meant else f"there are: {', '.join(known)}"
            raise UsageError(f"there are no episodes {word!r}; {hint}")
    families = FAMILIES[:2] if family is None else (family,)
    chosen = found.side == Side[side.upper()]
    chosen &= np.isin(found.family, [GapFamily[name.upper()] for name in families])
    chosen &= found.seconds > 0
    size: Floats = found.end - found.start
    if by == "heaviest":
        rows = gaps(trace)
        belongs = rows.episode >= 0  # a lapse belongs to no single one
        size = np.bincount(rows.episode[belongs], rows.seconds[belongs], len(found)).astype(np.float64)
    return np.where(chosen, size, 0.0)
