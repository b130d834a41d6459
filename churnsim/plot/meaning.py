"""What a figure says in words about a measure."""

from __future__ import annotations

import re
from collections.abc import Collection

from churnsim.base.errors import UsageError
from churnsim.metrics import MEASURES

# Why a point has no interval, by the method of its estimate.
_HOLLOW = {
    "all zero": "zero in every run",
    "few non-zero": "too few runs show it for an interval",
    "few runs": "too few runs for an interval",
    "one run": "one run: no interval",
    "few episodes": "too few episodes for an interval",
    "censored": "too many open at the end for an interval",
    "maximum": "largest of all runs: no interval",
}

_FORMULA = re.compile(r"[∫Σ/×|=(]| - ")
# Formulas without a colon, how points are weighed, and per what a rate is: the axis says that.
_ASIDE = re.compile(r" \(|,? [|∫Σ]|, points by weight|, per second")


def meaning(measure: str) -> str:
    """What a measure is, in a few words without its formula; empty for a measure that is not installed.

    Of ``Mean time a thief is accepted at some point: thief-seconds in the window / thefts in it.`` what
    stands before the colon; of a part, also which one.
    """
    try:
        found = MEASURES.find(measure)
    except UsageError:  # its numbers are good all the same
        return ""
    words, _, more = found.doc.rstrip(".").partition("; ")[0].partition(": ")
    if more and not _FORMULA.search(more):
        words = f"{words}: {more}"
    words = _ASIDE.split(words)[0]
    part = measure.removeprefix(found.name).removeprefix(".").replace("_", " ")
    return f"{words}; {found.parts}: {part}" if part else words


def direction(measure: str) -> str:
    """Which way is better, in words; empty where neither is."""
    try:
        better = MEASURES.find(measure).better
    except UsageError:
        return ""
    return "" if better == "neither" else f"{better} is better"


def why_hollow(methods: Collection[str], means: Collection[float]) -> str:
    """Why points have no interval, as an entry of the legend.

    Parameters
    ----------
    methods : collection of str
        Methods of their estimates; empty where the frame does not say.
    means : collection of float
        Their values: a share of which nothing was ever missing is 1, not 0.
    """
    reasons = [_HOLLOW.get(method, "no interval") for method in dict.fromkeys(methods)] or ["no interval"]
    if reasons == ["zero in every run"] and all(mean == 1 for mean in means):
        return "100% in every run"
    return " or ".join(reasons)
