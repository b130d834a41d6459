"""Units that own their credentials."""

from typing import Literal

from churnsim.model.owner import Owner


class UnitOwner(Owner):
    """Every unit asks for its own credentials; it fails only as a unit does."""

    kind: Literal["unit"] = "unit"

    def slots(self, replicas: int) -> int:
        return 0
