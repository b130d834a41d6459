"""At most once: acknowledge, then work and commit."""

from typing import ClassVar, Literal

from churnsim.model.commit import Commit


class AtMostOnce(Commit):
    """Acknowledge, then work and commit: nothing is done twice, but whoever ends before that loses a job."""

    kind: Literal["at-most-once"] = "at-most-once"
    is_acknowledged_first: ClassVar[bool] = True
