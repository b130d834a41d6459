"""Autoscalers: how many units there should be, decided from what is seen now."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from pydantic import Field, model_validator

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.model.bounds import in_order


@dataclass(frozen=True)
class Sight:
    """What an autoscaler sees of a workload.

    Parameters
    ----------
    now : float
        The present instant [s].
    wanted : int
        Units wanted so far.
    ready : tuple of float
        For how long each ready unit has been so [s].
    coming : int
        Units that are wanted and not ready yet.
    capacity : float
        Requests that one unit serves [1/s]; NaN where nobody says.
    rate : callable
        Requests offered per time [1/s], on average over the last so many seconds.
    jobs : int
        Jobs that wait or are in the hands of units.
    """

    now: float
    wanted: int
    ready: tuple[float, ...]
    coming: int
    capacity: float
    rate: Callable[[float], float]
    jobs: int = 0


class Decider(Protocol):
    """What an autoscaler remembers in one run."""

    def decide(self, sight: Sight) -> int:
        """Return how many units there should be."""


class Autoscaler(Recipe):
    """An autoscaler: it decides; the fleet creates and stops units, which takes the time that it takes."""

    needs_traffic: ClassVar[bool] = True
    needs_jobs: ClassVar[bool] = False

    @property
    @abstractmethod
    def lowest(self) -> int:
        """It never wants fewer units."""

    @property
    @abstractmethod
    def highest(self) -> int:
        """It never wants more units."""

    @property
    @abstractmethod
    def memory(self) -> float:
        """How long the past matters [s]."""

    @abstractmethod
    def first(self, start: float, u: float) -> float:
        """When it first looks [s], in a world that begins at `start`; `u` is the place of its phase."""

    @abstractmethod
    def following(self, now: float) -> float:
        """When it looks next [s] after a look at `now`."""

    @abstractmethod
    def decider(self) -> Decider:
        """Return one that remembers nothing yet."""


class Periodic(Autoscaler):
    """An autoscaler that looks at regular times and keeps to a floor and a ceiling."""

    floor: int = Field(1, strict=True, ge=0, description="fewest units it wants")
    ceiling: int = Field(strict=True, ge=1, le=1_000_000, description="most units it wants")

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        in_order(self.floor, self.ceiling)
        return self

    @property
    def lowest(self) -> int:
        return self.floor

    @property
    def highest(self) -> int:
        return self.ceiling

    @property
    @abstractmethod
    def period(self) -> float:
        """Time between two looks [s]."""

    def first(self, start: float, u: float) -> float:
        return start + u * self.period

    def following(self, now: float) -> float:
        return now + self.period


AUTOSCALERS = Kinds("autoscaler", "churnsim.model.autoscaler", Autoscaler)
