"""Statistics: what many runs together say about a measure, with an honest interval or none."""

from churnsim.statistics.difference import difference
from churnsim.statistics.estimate import Difference, Estimate
from churnsim.statistics.proportion import share_of_runs
from churnsim.statistics.summary import summarise

__all__ = ["Difference", "Estimate", "difference", "share_of_runs", "summarise"]
