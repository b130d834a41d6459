"""Checks of measures: named, explained, pure, and possible or undefined in every world, never broken."""

from __future__ import annotations

import re
from typing import get_args

from churnsim.metrics.measurement import Durations, Peak, Ratio, Scalar
from churnsim.metrics.registry import Better, Measure
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.testing.check import checks, require
from churnsim.testing.world import WORLD
from churnsim.trace import Meta, Trace, WorkloadInfo

ROUNDING = 1e-6  # of integrals over a whole run
_BARE = {"name": "bare", "horizon": "1s", "workloads": {"web": {"kind": "service", "replicas": 1}}}


def _worlds() -> list[Trace]:
    nobody = Meta("nobody", "0", 1, 0, 0.0, 0.0, 1.0, workloads=(WorkloadInfo("web", "function", "a", 0, 0),))
    written = (WORLD, WORLD | {"start": "fresh", "warmup": "119m"}, _BARE, _BARE | {"start": "fresh"})
    return [*(simulate(Scenario.model_validate(each)) for each in written), Trace.of(nobody, {})]


@checks("measure")
def is_named_and_explained(measure: Measure) -> None:
    """Dotted lower-case words, a unit, a direction, one line."""
    require(
        re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", measure.name),
        f"{measure.name!r}: use dotted.words",
    )
    require(measure.unit.strip(), f"{measure.name}: a number without a unit (write '1' for none)")
    require(measure.better in get_args(Better), f"{measure.name}: better is {measure.better!r}")
    require(measure.doc.strip() and "\n" not in measure.doc, f"{measure.name}: one line that says what it is")


@checks("measure")
def is_defined_or_undefined_in_every_world(measure: Measure) -> None:
    """Also where nobody is issued, asked, stolen from or there at all: None, never a crash."""
    for trace in _worlds():
        for name, found in measure(trace).items():
            require(
                isinstance(found, Scalar | Ratio | Durations | Peak), f"{name}: {found!r} is no measurement"
            )
            require(name == measure.name or measure.parts, f"{name}: parts that nobody declared")
            value = found.value
            require(value is None or value == value, f"{name}: not a number")
            low, high = measure.possible.low - ROUNDING, measure.possible.high + ROUNDING
            require(
                value is None or low <= value <= high, f"{name}: {value} is outside of {measure.possible}"
            )


@checks("measure")
def is_a_pure_function_of_the_trace(measure: Measure) -> None:
    """The same twice, and the trace as it was."""
    trace = simulate(Scenario.model_validate(WORLD))
    before = trace.digest()
    once, again = measure(trace), measure(trace)
    require(
        {n: f.value for n, f in once.items()} == {n: f.value for n, f in again.items()},
        f"{measure.name} varies",
    )
    require(trace.digest() == before, f"{measure.name} changes the trace")
