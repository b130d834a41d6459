"""Scenario files: read with places, laid over each other, validated into frozen recipes."""

from churnsim.scenario.explain import explain
from churnsim.scenario.invariant import Invariant, parse_invariant
from churnsim.scenario.load import load
from churnsim.scenario.origin import Origin
from churnsim.scenario.scenario import Scenario
from churnsim.scenario.schema import schema
from churnsim.scenario.study import Study

__all__ = [
    "Invariant",
    "Origin",
    "Scenario",
    "Study",
    "explain",
    "load",
    "parse_invariant",
    "schema",
]
