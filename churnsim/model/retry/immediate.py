"""Retry at the very instant the issuer is back: an idealisation that theory assumes."""

from typing import ClassVar, Literal

from churnsim.model.retry import Retry


class ImmediateRetry(Retry):
    """Ask again the instant the issuer is back (docs/theory.md O19); no real client can."""

    kind: Literal["immediate"] = "immediate"
    waits_for_recovery: ClassVar[bool] = True

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return 0.0
