"""Retry within a budget of attempts."""

from math import inf
from typing import Annotated, Literal

from pydantic import Field, field_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration
from churnsim.model.retry import RETRIES, Retry


class BudgetRetry(Retry):
    """Ask by another rule until so many attempts have failed; then start over after a rest, or give up."""

    kind: Literal["budget"] = "budget"
    attempts: int = Field(description="attempts in one go, the first included", strict=True, ge=1, le=10_000)
    by: Annotated[Retry, RETRIES] = Field(description="when it asks again within the budget")
    rest: PositiveDuration | None = Field(
        None, description="pause after which it starts over with a new budget; left out, it gives up for ever"
    )

    @field_validator("by")
    @classmethod
    def _counted(cls, by: Retry) -> Retry:
        if by.waits_for_recovery:
            said = f"a retry that is told of the recovery has no attempts to count (got {by.kind})"  # type: ignore[attr-defined]
            raise refusal("uncounted", said, "write another kind, such as exponential")
        return by

    @property
    def gives_up(self) -> bool:
        return self.rest is None or self.by.gives_up

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        used = (tries - 1) % self.attempts + 1
        if self.rest is None and tries > used:
            return inf  # It gave up at an earlier failure.
        if used < self.attempts:
            return self.by.delay(used, waited, left, u)
        return inf if self.rest is None else self.rest
