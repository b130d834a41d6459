"""Traffic at a constant rate."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Rate
from churnsim.model.traffic import Floats, Traffic


class ConstantTraffic(Traffic):
    """Poisson requests at a constant rate, each to an endpoint of the list picked at random."""

    kind: Literal["constant"] = "constant"
    rate: Rate = Field(description="requests per time")

    @property
    def mean_rate(self) -> float:
        return self.rate

    def between(self, start: Floats, end: Floats) -> Floats:
        return self.rate * (end - start)
