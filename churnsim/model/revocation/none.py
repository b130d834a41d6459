"""No revocation: a credential is good until it expires."""

from typing import Literal

import numpy as np

from churnsim.model.revocation import Audience, Cases, Floats, Revocation


class NoRevocation(Revocation):
    """Nothing is ever revoked; a short life has to do instead."""

    kind: Literal["none"] = "none"

    def refusals(self, cases: Cases, audience: Audience) -> Floats:
        return np.full((len(cases), audience.points), np.inf)
