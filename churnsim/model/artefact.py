"""The artefact: a sort of verification artefact, how it is sampled, buffered, shipped and kept."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Size
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.model.holder import HOLDERS, Holder
from churnsim.model.sampling import SAMPLINGS, Sampling
from churnsim.model.shipping import SHIPPINGS, Shipping


class Buffer(Recipe):
    """How much a holder can keep, and what happens when that is full."""

    most: int = Field(strict=True, ge=1, le=1_000_000_000, description="artefacts that it holds at most")
    when_full: Literal["drop-oldest", "drop-newest", "block"] = Field(
        description="drop what is oldest, drop what comes, or refuse requests until there is room"
    )


class Artefact(Recipe):
    """A sort of artefact, such as decision logs, spans, signatures, issuance records or policy texts."""

    of: Annotated[str, Reference("evidence")] = Field(description="the kind of outcome that makes it")
    sink: Annotated[str, Reference("sinks")] = Field(description="where it becomes durable")
    shipping: Annotated[Shipping, SHIPPINGS] = Field(description="when it is handed over to the sink")
    holder: Annotated[Holder, HOLDERS] = Field(
        {"kind": "unit"}, validate_default=True, description="who buffers it until then"
    )
    buffer: Buffer | None = Field(None, description="how much the buffer holds; without bound by default")
    sampling: Annotated[Sampling, SAMPLINGS] | None = Field(
        None, description="of which outcomes it is kept; of all by default"
    )
    per_outcome: int = Field(
        1, strict=True, ge=1, le=1_000_000, description="how many an outcome makes, all at once"
    )
    size: Size = Field("1kB", validate_default=True, description="size of one")
    signed: bool = Field(
        False, description="whether its signature is good only while the unit's own credential is"
    )

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        shipping, buffer = self.shipping, self.buffer
        if buffer is not None and shipping.is_at_once:
            said = "what is handed over at once is never buffered"
            raise located(refusal("buffer", said, "leave the buffer out"), "buffer")
        least = max(shipping.most, self.per_outcome)
        if buffer is not None and buffer.most < least:
            said = f"a buffer for {buffer.most:,} artefacts never gathers a batch of {least:,}"
            remedy = f"make it hold {least:,} at least, or the batch smaller"
            raise located(refusal("buffer", said, remedy), "buffer", "most", value=buffer.most)
        if self.sampling is not None and self.sampling.is_late and shipping.is_at_once:
            said = (
                "an outcome is answered before it is known what becomes of it, and is handed over before that"
            )
            raise located(refusal("sampling", said, "sample by head, or hand over later"), "sampling")
        if self.waits > 0 and (buffer is not None or shipping.most > 1):
            said = "what a full buffer or a complete batch hands over is decided at that instant"
            raise located(
                refusal("sampling", said, "leave the wait out, or flush at intervals without a bound"),
                "sampling",
                "wait",
                value=self.waits,
            )
        if shipping.needs_stop and not self.holder.can_stop:
            said = "an agent is never told to stop, so it never hands anything over"
            raise located(refusal("shipping", said, "let it flush at intervals or in batches"), "shipping")
        return self

    @property
    def kept(self) -> float:
        """Share of the outcomes of which it is kept."""
        return 1.0 if self.sampling is None else self.sampling.kept

    @property
    def kept_in_trouble(self) -> float:
        """Share of the outcomes in trouble of which it is kept."""
        return 1.0 if self.sampling is None else self.sampling.kept_in_trouble

    @property
    def waits(self) -> float:
        """Time after an outcome before which it is never handed over, unless its holder stops [s]."""
        return 0.0 if self.sampling is None else self.sampling.waits

    @property
    def bound(self) -> float:
        """Outcomes whose artefacts the buffer holds; infinite without bound."""
        return float("inf") if self.buffer is None else float(self.buffer.most // self.per_outcome)
