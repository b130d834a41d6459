"""The call: what a workload asks of another to answer its own requests."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Duration, PositiveDuration, Share, format_duration
from churnsim.base.recipe import Recipe
from churnsim.trace.meta import CallInfo

Floats = NDArray[np.float64]


class Call(Recipe):
    """Requests to another workload, each made on behalf of a request; a failed one may be made again.

    An attempt is a request like any other: it goes to an endpoint of the list picked at random, for a
    principal picked at random, and is refused for whatever requests are refused for. One that is rightly
    denied is answered. One that is answered later than its `timeout` has failed, but has been worked on all
    the same. Attempts of a call follow each other before the world changes.
    """

    share: Share = Field(description="share of the requests it decides to answer that make this call")
    retries: int = Field(
        0, strict=True, ge=0, le=100, description="how often a call that fails is made again at most"
    )
    budget: Share | None = Field(
        None, description="retries at most, as a share of the calls; by default as many as `retries` allows"
    )
    timeout: PositiveDuration | None = Field(
        None,
        description="how long it waits for each attempt, where callees have workers; by default for ever",
    )
    pause: Duration = Field(
        "0s",
        validate_default=True,
        description="pause before it tries again: taken to be long enough for the callee to have forgotten "
        "what it found, and short enough for the world not to have changed",
    )

    @model_validator(mode="after")
    def _pauses_before_retries(self) -> Self:
        if self.pause > 0 and self.retries == 0:
            said = f"a pause of {format_duration(self.pause)} means nothing without retries"
            raise located(
                refusal("call", said, "give retries, or leave pause out"), "pause", value=self.pause
            )
        return self

    @property
    def most(self) -> float:
        """Attempts of a call at most, on average."""
        return 1.0 + min(float(self.retries), inf if self.budget is None else self.budget)

    def info(self, callee: int) -> CallInfo:
        """Return what measures need to know of it."""
        return CallInfo(callee, self.share, self.most, inf if self.timeout is None else self.timeout)

    def attempts(self, failing: Floats) -> Floats:
        """Return the mean attempts of a call of which each fails with these chances; shape (n,).

        1 + p + ... + p^k; a budget lets as many of the retries be as it can pay for. Source: methods O38.
        """
        mean = np.ones_like(failing)
        for _ in range(self.retries):
            mean = 1.0 + failing * mean
        return np.minimum(mean, self.most)

    def lost(self, failing: Floats) -> Floats:
        """Return the chance that every attempt of a call fails; shape (n,).

        Whatever the budget lets be made again, each attempt succeeds with the same chance, and a call
        succeeds once: 1 - attempts (1 - p). Source: methods O38.
        """
        every: Floats = failing ** (self.retries + 1)
        if self.budget is None:
            return every
        return np.maximum(every, 1.0 - self.attempts(failing) * (1.0 - failing))


def _share_alone(value: Any) -> Any:
    return value if isinstance(value, Mapping | Call) else {"share": value}


CallField = Annotated[Call, BeforeValidator(_share_alone, json_schema_input_type=Call | str)]
"""Field type of a call; a share alone is a call that is made once."""


def reached(callees: Mapping[str, Mapping[str, Call]]) -> dict[str, dict[str, float]]:
    """Return how many first attempts come to each workload for each request to another, if nothing fails.

    Parameters
    ----------
    callees : mapping of str to mapping
        Whom each workload calls, by name.

    Returns
    -------
    dict of str to dict of str to float
        By name of the workload, and of the one to which requests come from outside; 1 for itself, but for
        what comes round. Nothing is left out but zeros.
    """
    names = list(callees)
    shares = np.zeros((len(names), len(names)))
    for row, name in enumerate(names):
        for callee, call in callees[name].items():
            shares[row, names.index(callee)] = call.share
    whole = np.linalg.inv(np.eye(len(names)) - shares)
    return {
        name: {names[row]: float(whole[row, column]) for row in np.flatnonzero(whole[:, column] > 0).tolist()}
        for column, name in enumerate(names)
    }
