"""No revocation: a credential is good until it expires."""

from typing import Literal

import numpy as np

from churnsim.engine import Stream
from churnsim.model.revocation import Floats, Revocation


class NoRevocation(Revocation):
    """Nothing is ever revoked; a short life has to do instead."""

    kind: Literal["none"] = "none"

    def refusals(self, revoked: Floats, points: int, stream: Stream, start: float, end: float) -> Floats:
        return np.full((revoked.size, points), np.inf)
