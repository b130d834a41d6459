"""Experiments: the runs a study asks for, made in parallel, kept safe, read as frames."""

from churnsim.experiment.api import run, sweep
from churnsim.experiment.cluster import Cluster
from churnsim.experiment.crew import EngineLost
from churnsim.experiment.interrupted import Interrupted
from churnsim.experiment.outcome import Failed
from churnsim.experiment.plan import Plan, Point, Run
from churnsim.experiment.result import Results
from churnsim.experiment.shard import Shard
from churnsim.experiment.store import Store

__all__ = [
    "Cluster",
    "EngineLost",
    "Failed",
    "Interrupted",
    "Plan",
    "Point",
    "Results",
    "Run",
    "Shard",
    "Store",
    "run",
    "sweep",
]
