"""Retry after a share of the time that the credential has left."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import PositiveDuration, Share
from churnsim.model.retry import Retry


class RemainingRetry(Retry):
    """Ask again after a share of what is left until expiry, but not sooner than a least pause.

    Attempts crowd before the expiry, and then follow each other at the least pause. Source: F038, F039.
    """

    kind: Literal["remaining"] = "remaining"
    share: Share = Field(description="share of the time left after which it asks again", gt=0)
    least: PositiveDuration = Field(description="shortest pause, and the pause once nothing is left")

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return max(self.share * left, self.least)
