"""A version that fails requests."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Share
from churnsim.model.fault import Fault


class ErrorsFault(Fault):
    """Units of it fail a share of the requests that everybody lets through."""

    kind: Literal["errors"] = "errors"
    share: Share = Field("20%", validate_default=True, description="requests that fail")

    @property
    def failing(self) -> float:
        return self.share
