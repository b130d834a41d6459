"""No retry: a holder that was not answered never asks again."""

from math import inf
from typing import ClassVar, Literal

from churnsim.model.retry import Retry


class NoRetry(Retry):
    """Never ask again; the credential runs out and the unit stays without until it is replaced."""

    kind: Literal["none"] = "none"
    gives_up: ClassVar[bool] = True

    def delay(self, tries: int, u: float) -> float:
        return inf
