"""Measures: pure functions of a trace, each with a name, a unit and a direction that is better."""

from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar
from churnsim.metrics.range import AMOUNT, ANY, SHARE, Range
from churnsim.metrics.registry import MEASURES, Measure, evaluate, measure
from churnsim.metrics.series import STEPWISE, series

__all__ = [
    "AMOUNT",
    "ANY",
    "MEASURES",
    "SHARE",
    "STEPWISE",
    "Durations",
    "Measure",
    "Measurement",
    "Peak",
    "Range",
    "Ratio",
    "Scalar",
    "evaluate",
    "measure",
    "series",
]
