"""No retry: a holder that was not answered never asks again."""

from math import inf
from typing import Literal

from churnsim.model.retry import Retry


class NoRetry(Retry):
    """Never ask again; the credential runs out and the unit stays without until it is replaced."""

    kind: Literal["none"] = "none"

    @property
    def gives_up(self) -> bool:
        return True

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return inf
