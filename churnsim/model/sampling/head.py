"""Head sampling: decided when the outcome begins, for all that belongs to it."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Share
from churnsim.model.sampling import Sampling


class HeadSampling(Sampling):
    """Keep a share of the outcomes, picked at random before anything is known of them.

    One draw an outcome decides for all its artefacts: who keeps fewer keeps some of those who keep more.
    """

    kind: Literal["head"] = "head"
    keep: Share = Field(description="share of the outcomes that are kept")

    @property
    def kept(self) -> float:
        return self.keep
