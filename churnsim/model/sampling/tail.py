"""Tail sampling: decided once the outcome is over, by what has become of it."""

from typing import ClassVar, Literal

from pydantic import Field

from churnsim.base.quantity import Duration, Share
from churnsim.model.sampling import Sampling


class TailSampling(Sampling):
    """Keep every outcome in trouble, and of the rest a share, picked at random.

    In trouble is what was refused, failed, was decided by rote, or not at the first attempt. Until it is
    handed over all of it is buffered, and lost with whoever holds it; who is told to stop decides at once.
    """

    kind: Literal["tail"] = "tail"
    keep: Share = Field(description="share of the outcomes without trouble that are kept")
    wait: Duration = Field(
        "0s", validate_default=True, description="time after an outcome before which it is not decided"
    )

    is_late: ClassVar[bool] = True

    @property
    def kept(self) -> float:
        return self.keep

    @property
    def kept_in_trouble(self) -> float:
        return 1.0

    @property
    def waits(self) -> float:
        return self.wait
