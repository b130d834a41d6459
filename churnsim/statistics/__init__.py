"""Statistics: what many runs together say about a measure, with an honest interval or none."""

from churnsim.statistics.difference import difference
from churnsim.statistics.estimate import Difference, Estimate
from churnsim.statistics.precision import Look, Precision, look, together
from churnsim.statistics.proportion import share_of_runs
from churnsim.statistics.summary import summarise

__all__ = [
    "Difference",
    "Estimate",
    "Look",
    "Precision",
    "difference",
    "look",
    "share_of_runs",
    "summarise",
    "together",
]
