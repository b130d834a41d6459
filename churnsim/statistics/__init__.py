"""Statistics: what many runs together say about a measure, with an honest interval or none."""

from churnsim.statistics.difference import difference
from churnsim.statistics.estimate import Difference, Estimate
from churnsim.statistics.incident import Conditioned, Incident, conditioned_mean
from churnsim.statistics.multiple import holm
from churnsim.statistics.precision import Look, Precision, look, together
from churnsim.statistics.proportion import share_of_runs
from churnsim.statistics.summary import summarise
from churnsim.statistics.warmup import Truncation, mser5, welch

__all__ = [
    "Conditioned",
    "Difference",
    "Estimate",
    "Incident",
    "Look",
    "Precision",
    "Truncation",
    "conditioned_mean",
    "difference",
    "holm",
    "look",
    "mser5",
    "share_of_runs",
    "summarise",
    "together",
    "welch",
]
