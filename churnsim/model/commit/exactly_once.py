"""Exactly once: commit together with a key by which a second time is recognised."""

from typing import Literal

from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import PositiveDuration
from churnsim.model.commit import Commit


class ExactlyOnce(Commit):
    """Commit an outcome together with the key of its job, once; a job whose key is known is acknowledged.

    The key is kept for a while. A job that is delivered again after that is done again.
    """

    kind: Literal["exactly-once"] = "exactly-once"
    retention: PositiveDuration = Field(
        "24h", validate_default=True, description="time for which the keys of committed jobs are kept"
    )
    outbox: Law | None = Field(
        None,
        description="time after which a relay acknowledges what is committed, whatever becomes of the unit",
    )

    @property
    def remembered(self) -> float:
        return self.retention

    @property
    def relay(self) -> Law | None:
        return self.outbox
