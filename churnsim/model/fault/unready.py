"""A version that never starts up."""

from __future__ import annotations

from typing import Literal

from churnsim.model.fault import Fault


class UnreadyFault(Fault):
    """Units of it never get through their start-up, so that only a deadline notices it."""

    kind: Literal["unready"] = "unready"

    @property
    def boots(self) -> bool:
        return False
