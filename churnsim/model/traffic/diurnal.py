"""Traffic that comes and goes with the day."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration, Rate, Share
from churnsim.model.traffic import Floats, Traffic

_SMALL = 0.05  # below it three terms of the series of h - sin h have all the digits


class DiurnalTraffic(Traffic):
    """Poisson requests at a rate that swings like a cosine: mean (1 + swing cos(2π (t - peak) / period))."""

    kind: Literal["diurnal"] = "diurnal"
    mean: Rate = Field(description="requests per time, on average over a period")
    swing: Share = Field(
        "50%", validate_default=True, description="how far the rate goes above and below its mean"
    )
    peak: Duration = Field("12h", validate_default=True, description="an instant at which it is greatest")
    period: PositiveDuration = Field("24h", validate_default=True, description="time from peak to peak")

    @property
    def mean_rate(self) -> float:
        return self.mean

    def between(self, start: Floats, end: Floats) -> Floats:
        # ∫(1 + cos) = P/π (h + cos m sin h), m the angle of the middle and h half of the span's. At the
        # bottom of a full swing the terms cancel; written as h - sin h + 2 sin h cos²(m/2) they do not.
        half = np.pi * (end - start) / self.period
        middle = np.pi * np.remainder((start + end) / 2 - self.peak, self.period) / self.period
        rest = np.where(
            half < _SMALL, half**3 / 6 * (1 - half**2 / 20 * (1 - half**2 / 42)), half - np.sin(half)
        )
        swinging = self.period / np.pi * (rest + 2 * np.sin(half) * np.cos(middle) ** 2)
        mean: Floats = self.mean * ((1 - self.swing) * (end - start) + self.swing * swinging)
        return np.maximum(mean, 0.0)
