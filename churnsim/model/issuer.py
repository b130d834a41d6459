"""The issuer: a shared service that signs short-lived credentials and is sometimes down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Duration, PositiveDuration, format_duration
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.model.capacity import Capacity
from churnsim.model.desk import Desk
from churnsim.model.key import Keys
from churnsim.model.keyring import Keyring
from churnsim.model.renewal import RENEWALS, Renewal
from churnsim.model.retry import RETRIES, Retry
from churnsim.model.revocation import REVOCATIONS, Revocation
from churnsim.model.shared_service import SharedService
from churnsim.model.verification import Verification
from churnsim.trace.code import Family

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.wallet import Wallet


class Needs(Recipe):
    """What must be up for an issuer to start, such as a parent that signs its own certificate."""

    issuer: Annotated[str, Reference("issuers")] | None = Field(
        None, description="an issuer whose credential it cannot start without"
    )
    policy: Annotated[str, Reference("policies")] | None = Field(
        None, description="a policy source that it cannot start without"
    )


class Issuer(Recipe):
    """An issuer and the life of what it issues; without a capacity it signs at once and without limit."""

    ttl: PositiveDuration = Field(description="time to live of a credential")
    renewal: Annotated[Renewal, RENEWALS] = Field(
        {"kind": "fixed", "at": "50%"}, validate_default=True, description="when a credential is renewed"
    )
    retry: Annotated[Retry, RETRIES] = Field(
        {"kind": "exponential"}, validate_default=True, description="when a holder asks again after a failure"
    )
    capacity: Capacity | None = Field(
        None, description="how much it can sign; by default at once and without limit"
    )
    attestation: Law = Field(
        "0s",
        validate_default=True,
        description="time a new unit takes to prove who it is before it first asks; never for renewals",
    )
    needs: Needs = Field(Needs(), description="what must be up for it to start, after an outage or fresh")
    revocation: Annotated[Revocation, REVOCATIONS] = Field(
        {"kind": "none"}, validate_default=True, description="how a credential is revoked"
    )
    backdate: Duration = Field(
        "0s", validate_default=True, description="how long before its issue a credential is valid already"
    )
    verification: Verification = Field(default_factory=Verification, description="who checks the credentials")
    keys: Keys | None = Field(
        None, description="signing keys that are rotated; none: one for ever, known everywhere"
    )
    agreed_exposure: PositiveDuration | None = Field(
        None, description="how long at most a holder is to be trusted wrongly, as agreed; for its measures"
    )

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.verification.leeway > self.ttl:
            leeway, ttl = format_duration(self.verification.leeway), format_duration(self.ttl)
            said = f"leeway must not exceed ttl (got {leeway} > {ttl})"
            error = refusal("leeway", said, "lower it, or lengthen the ttl")
            raise located(error, "verification", "leeway", value=self.verification.leeway)
        objection = self.renewal.objection(self.ttl)
        if objection is not None:
            raise located(refusal("renewal", *objection), "renewal", value=self.renewal.model_dump())
        return self

    @property
    def memory(self) -> float:
        """How long the past matters [s]: until every earlier credential is refused everywhere."""
        checks = self.verification
        open_s = 0.0 if checks.connections is None else checks.connections.memory
        following = 0.0 if self.keys is None else self.keys.memory
        return self.ttl + checks.leeway + checks.late + open_s + following

    @property
    def retire(self) -> float:
        """Time from the last signature of a key to its removal from the bundle [s]."""
        own = None if self.keys is None else self.keys.retire
        return self.ttl + self.verification.leeway if own is None else own

    @property
    def points(self) -> int:
        """How many points are told apart; one stands for all that decide alike whatever happens."""
        alike = self.verification.agrees and not self.revocation.revokes and self.keys is None
        return 1 if alike else self.verification.points


class Authority(SharedService):
    """An issuer at work: up, down or blocked, with the wallets that depend on it.

    Parameters
    ----------
    index : int
        Position among the scenario's issuers.
    name : str
        Its name.
    recipe : Issuer
        What it is.
    world : World
        Where it stands.
    is_starting : bool
        Whether it has yet to start when the world begins.
    """

    FAMILY: ClassVar[int] = int(Family.ISSUER)

    def __init__(
        self, index: int, name: str, recipe: Issuer, world: World, is_starting: bool = False
    ) -> None:
        super().__init__(index, name, world, is_starting)
        self.recipe = recipe
        self.wallets: list[Wallet] = []
        self.desk = None if recipe.capacity is None else Desk(recipe.capacity, world)
        self.keyring = (
            None if recipe.keys is None else Keyring(index, name, recipe.keys, recipe.retire, world)
        )

    @property
    def is_calm(self) -> bool:
        """Whether it answers everybody at once, so that nobody's request matters to anybody else."""
        return self.desk is None and self.is_up

    def about_to_fail(self) -> None:
        # Renewals due before this instant were answered.
        for wallet in self.wallets:
            wallet.settle(self._world.now)

    def failed(self) -> None:
        for wallet in self.wallets:
            wallet.watch()
        if self.desk is not None:
            self.desk.fail()
