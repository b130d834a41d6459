"""Retry rules: when a holder asks again after the issuer did not answer."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Retry(Recipe):
    """A retry rule: a pure function of how a holder stands after a failure, and of one uniform."""

    waits_for_recovery: ClassVar[bool] = False

    @property
    def gives_up(self) -> bool:
        """Whether a holder may stop asking for ever."""
        return False

    @abstractmethod
    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        """Pause until the next attempt.

        Parameters
        ----------
        tries : int
            Number of the failure, from 1.
        waited : float
            Time since it first asked [s], 0 at the first failure.
        left : float
            Time until its credential expires [s]; 0 once it has, or where there is none.
        u : float
            Uniform in (0, 1).

        Returns
        -------
        float
            The pause [s], more than 0; infinite: it gives up.
        """


RETRIES = Kinds("retry", "churnsim.model.retry", Retry)
