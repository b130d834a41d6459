"""Experiments: the runs a study asks for, made in parallel, kept safe, read as frames."""

from churnsim.experiment.api import run, sweep
from churnsim.experiment.interrupted import Interrupted
from churnsim.experiment.outcome import Failed
from churnsim.experiment.plan import Plan, Point, Run
from churnsim.experiment.result import Results
from churnsim.experiment.store import Store

__all__ = ["Failed", "Interrupted", "Plan", "Point", "Results", "Run", "Store", "run", "sweep"]
