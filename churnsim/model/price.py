"""Prices: what a run's countable things cost."""

from pydantic import Field

from churnsim.base.quantity import Money
from churnsim.base.recipe import Recipe


class Prices(Recipe):
    """A price list in US dollars; whatever has no price is free and still counted."""

    unit_hour: Money = Field(
        "$0", validate_default=True, description="one unit for an hour, from placed to gone"
    )
    node_hour: Money = Field(
        "$0",
        validate_default=True,
        description="one node for an hour, from ordered to gone; a pool may say otherwise",
    )
    start: Money = Field("$0", validate_default=True, description="one start of a unit")
    issuance: Money = Field("$0", validate_default=True, description="one credential issued")
    policy_fetch: Money = Field("$0", validate_default=True, description="one fetch of the policy by a unit")
    revocation_message: Money = Field(
        "$0",
        validate_default=True,
        description="one list pulled, one revocation told to a point or one status asked for",
    )
    revocation_gigabyte: Money = Field(
        "$0", validate_default=True, description="10⁹ bytes of revocation lists pulled"
    )
    evidence_gigabyte: Money = Field(
        "$0", validate_default=True, description="10⁹ bytes of artefacts handed over to sinks"
    )
    request: Money = Field("$0", validate_default=True, description="one request offered")
