"""The scenario: what the world is, and the study asked of it, frozen once validated."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from math import ceil, inf
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from churnsim.base.errors import Problem, ScenarioError, refusal
from churnsim.base.quantity import Duration, Factor, PositiveDuration, format_duration
from churnsim.base.recipe import Recipe
from churnsim.model.artefact import Artefact
from churnsim.model.control_plane import ControlPlane
from churnsim.model.failure import FAILURES, Failure
from churnsim.model.issuer import Issuer
from churnsim.model.outcome import OUTCOMES, Outcome
from churnsim.model.policy import Policy
from churnsim.model.pool import Pool
from churnsim.model.price import Prices
from churnsim.model.sink import Sink
from churnsim.model.workload import WORKLOADS, Workload
from churnsim.scenario.condition import condition_problems
from churnsim.scenario.impossible import impossible
from churnsim.scenario.invariant import parse_invariant
from churnsim.scenario.names import name_problems
from churnsim.scenario.node import Branch, planted
from churnsim.scenario.origin import Origin, origin_of, value_at
from churnsim.scenario.override import Override, laid, path_at
from churnsim.scenario.place import PYTHON, Place
from churnsim.scenario.problem import in_order
from churnsim.scenario.section import NAMED
from churnsim.scenario.seed import seed_of
from churnsim.scenario.settle import Source, settle
from churnsim.scenario.study import Study
from churnsim.scenario.sweep import sweep_problems

WINDOWS_MAX = 1_000_000

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_ASKED = ("study", "invariants", "question")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise refusal("name", f"{text!r} is no name", "use letters, digits, '-' and '_'")
    return text


def _invariant(value: Any) -> Any:
    if isinstance(value, str):
        parse_invariant(value)
    elif not isinstance(value, Mapping) or len(value) != 1:
        said = "an invariant is a comparison, or a mapping with one key"
        raise refusal("invariant", said, "write 'availability >= 99.9%' or 'never: {...}'")
    return value


Name = Annotated[str, AfterValidator(_name)]
WorkloadField = Annotated[Workload, WORKLOADS]
FailureField = Annotated[Failure, FAILURES]
OutcomeField = Annotated[Outcome, OUTCOMES]
Invariants = tuple[Annotated[str | dict[str, Any], BeforeValidator(_invariant)], ...]


class Scenario(Recipe):
    """A world and a study; made by `load`, or in Python by giving the fields.

    Equal scenarios have equal values, wherever these were written. The hash covers the world alone,
    so that asking more of the same world reuses its runs.
    """

    churnsim: Literal[1] = Field(1, description="version of the scenario language")
    name: Name = Field(description="short name; results are filed under it")
    question: str = Field("", description="what the study is meant to find out")
    horizon: PositiveDuration = Field(description="simulated time, warm-up included")
    warmup: Duration = Field("0s", validate_default=True, description="start of it that is not measured")
    history: Duration | None = Field(
        None,
        description="time simulated before 0, so that the past is complete; by default as long as it matters",
    )
    start: Literal["stationary", "fresh"] = Field(
        "stationary",
        description="stationary: ages drawn from their equilibrium; fresh: everything is born at time 0",
    )
    requests: Literal["expected", "sampled"] = Field(
        "expected",
        description="expected: rates are integrated; sampled: whole requests are drawn",
    )
    churn: Factor = Field(
        "x1",
        validate_default=True,
        description="how many times as fast units die, while the load offered stays the same",
    )
    window: PositiveDuration = Field("1m", validate_default=True, description="bucket of the traffic table")
    issuers: dict[Name, Issuer] = Field({}, description="issuers of credentials, by name")
    policies: dict[Name, Policy] = Field({}, description="policy sources, by name")
    nodes: dict[Name, Pool] = Field(
        {}, description="pools of nodes, by name; without any, units stand nowhere"
    )
    control_plane: ControlPlane = Field(
        ControlPlane(), description="how units are placed and lost nodes found"
    )
    workloads: dict[Name, WorkloadField] = Field(min_length=1, description="workloads, by name")
    sinks: dict[Name, Sink] = Field({}, description="where verification artefacts become durable, by name")
    evidence: dict[Name, OutcomeField] = Field(
        {}, description="kinds of outcome that have to be explained later, by name"
    )
    artefacts: dict[Name, Artefact] = Field({}, description="sorts of verification artefact, by name")
    failures: tuple[FailureField, ...] = Field((), description="what goes wrong")
    prices: Prices = Field(Prices(), description="what countable things cost")
    invariants: Invariants = Field((), description="what must hold, as in 'availability >= 99.9%'")
    study: Study = Field(Study(), description="the runs to make")

    _source: Source | None = PrivateAttr(None)

    @field_validator("warmup")
    @classmethod
    def _shorter_than_horizon(cls, warmup: float, info: ValidationInfo) -> float:
        horizon = info.data.get("horizon", inf)
        if warmup >= horizon:
            got = f"got {format_duration(warmup)} >= {format_duration(horizon)}"
            raise refusal("order", f"warmup must be shorter than horizon ({got})", "shorten it")
        return warmup

    @field_validator("window")
    @classmethod
    def _not_too_fine(cls, window: float, info: ValidationInfo) -> float:
        buckets = info.data.get("horizon", 0.0) / window
        if buckets > WINDOWS_MAX:
            said = f"horizon holds {buckets:,.0f} windows, more than {WINDOWS_MAX:,}"
            raise refusal(
                "size", said, f"make window {format_duration(window * ceil(buckets / WINDOWS_MAX))}"
            )
        return window

    @model_validator(mode="after")
    def _stands_on_its_own(self, info: ValidationInfo) -> Self:
        # A tree that is being read is judged by its reader, with the places of its values.
        if not (info.context or {}).get("judged"):
            tree = self.written.tree
            names = tuple(name_problems(Scenario, tree))
            problems = [*names, *impossible(self, tree), *sweep_problems(Scenario, tree, FilePath(), names)]
            problems = problems or list(condition_problems(self))
            if problems:
                raise ValidationError.from_exception_data("Scenario", [_detail(each) for each in problems])
        return self

    @classmethod
    def grown(
        cls, tree: Branch, folder: FilePath, found: Iterable[Problem] = (), *, is_swept_anew: bool = True
    ) -> Self:
        """Scenario written in `tree`, after problems `found` while reading it.

        Raises
        ------
        ScenarioError
            If there is any problem.
        """
        settled = settle(cls, tree, folder)
        problems = [*found, *settled.problems]
        if is_swept_anew:
            problems += sweep_problems(cls, tree, folder, settled.problems)
        if problems or settled.value is None:
            raise ScenarioError(in_order(problems, tree.place.file))
        settled.value._source = settled.source
        if is_swept_anew and (problems := list(condition_problems(settled.value))):
            raise ScenarioError(in_order(problems, tree.place.file))
        return settled.value

    @property
    def hash(self) -> str:
        """SHA-256 of the world's canonical JSON, hexadecimal; two scenarios with one hash give one trace."""
        world = {key: value for key, value in self.canonical().items() if key not in _ASKED}
        for section in NAMED:  # the order of names decides the order of rows, so it is part of the hash
            world[section] = list(world[section].items())
        text = json.dumps(world, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def canonical(self) -> dict[str, Any]:
        """Plain data that validates to this scenario again: every value, defaults and presets written out."""
        return self.model_dump(mode="json", by_alias=True)

    def with_(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Self:
        """Scenario with values changed, by dotted path: ``with_({"issuers.mesh.ttl": "15m"})``.

        Values are written as in a file: quantities carry their unit. A ``preset`` may be changed; data
        files are read again.

        Raises
        ------
        ScenarioError
            If a path does not exist or the outcome is not valid.
        """
        source, problems, is_swept_anew = self.written, list[Problem](), False
        tree = source.tree
        for address, value in {**(changes or {}), **more}.items():
            place = Place("--set", f"change {address}={value!s:.60}")
            try:
                path = path_at(address, place)
                node = planted(
                    value.model_dump(mode="json", by_alias=True) if isinstance(value, Recipe) else value,
                    place,
                )
                tree = laid(tree, Override(path, node), seed_of(type(self), tree, source.folder))
            except ScenarioError as error:
                problems += error.problems
            else:
                is_swept_anew |= path[0] == "study"
        return self.grown(tree, source.folder, problems, is_swept_anew=is_swept_anew)

    def origin(self, path: str) -> Origin:
        """Where the value at a dotted `path` comes from.

        Raises
        ------
        ScenarioError
            If there is no such path.
        """
        steps, value = value_at(self.canonical(), path)
        return origin_of(value, self.written.full, steps)

    @property
    def written(self) -> Source:
        """What it was made from."""
        if self._source is not None:
            return self._source
        tree = planted(self.canonical(), PYTHON)
        assert isinstance(tree, Branch)
        return Source(tree, tree, FilePath())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.canonical() == other.canonical()

    def __hash__(self) -> int:
        return int(self.hash[:15], 16)


def _detail(problem: Problem) -> InitErrorDetails:
    error = refusal(problem.rule or "scenario", problem.message, problem.remedy or "")
    return InitErrorDetails(type=error, loc=problem.path, input=None)
