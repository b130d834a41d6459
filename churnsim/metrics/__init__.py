"""Measures: pure functions of a trace, each with a name, a unit and a direction that is better."""

from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar
from churnsim.metrics.registry import MEASURES, Measure, evaluate, measure

__all__ = [
    "MEASURES",
    "Durations",
    "Measure",
    "Measurement",
    "Peak",
    "Ratio",
    "Scalar",
    "evaluate",
    "measure",
]
