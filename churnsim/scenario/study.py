"""What is asked of a scenario: which points, how often each, and what to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from churnsim.base.errors import refusal
from churnsim.base.recipe import Recipe
from churnsim.scenario.aim import Aims
from churnsim.scenario.axis import Axis
from churnsim.scenario.design import DESIGNS, StudyDesign
from churnsim.scenario.design.grid import GridDesign
from churnsim.scenario.expression import ExpressionError, parse_expression

POINTS_MAX = 100_000


def _condition(text: str) -> str:
    try:
        parse_expression(text)
    except ExpressionError as error:
        raise refusal("where", error.message, error.remedy) from None
    return text


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Conditions = Annotated[
    tuple[Annotated[str, AfterValidator(_condition)], ...],
    BeforeValidator(_several, json_schema_input_type=str | tuple[str, ...]),
]


class Study(Recipe):
    """The runs to make: points of the swept space, each replicated."""

    replications: int = Field(20, strict=True, ge=1, le=1_000_000, description="runs of each point")
    seed: int = Field(
        1, strict=True, ge=0, lt=2**63, description="seed from which all random streams derive; 0 is a seed"
    )
    sweep: dict[str, Axis] = Field(
        {},
        description="values to try, by dotted path: a list, or a range such as {low: 5m, high: 24h}",
        examples=[{"issuers.mesh.ttl": ["5m", "1h"]}],
    )
    design: Annotated[StudyDesign, DESIGNS] = Field(
        GridDesign(), description="which points of the swept space are run"
    )
    where: Conditions = Field(
        (),
        description="what a point must be to be run, as in 'issuers.mesh.ttl > workloads.web.lifetime'",
    )
    until: Aims = Field(
        (),
        description="precision at which replications are enough, as in 'availability +- 0.01%'; "
        "replaces their number",
    )
    show: tuple[str, ...] = Field(
        (), description="measures a sweep's table and figure show; a default choice if empty"
    )

    @model_validator(mode="after")
    def _can_be_laid_out(self) -> Self:
        axes: Mapping[str, Any] = self.sweep
        if not all(axes.values()):
            return self  # an axis without values is told at its place by whoever reads the scenario
        problems = [
            (("sweep",) if each.axis is None else ("sweep", each.axis), each.message, each.remedy)
            for each in self.design.objections(axes)
        ]
        if not problems and (count := self.design.count(axes)) > POINTS_MAX:
            said = f"the study has {count:,} points, more than {POINTS_MAX:,}"
            problems = [
                (("sweep",), said, "try fewer values, or draw from ranges with 'design: {kind: sobol, ...}'")
            ]
        if problems:
            details = [
                InitErrorDetails(type=refusal("design", message, remedy), loc=loc, input=None)
                for loc, message, remedy in problems
            ]
            raise ValidationError.from_exception_data("Study", details)
        return self
