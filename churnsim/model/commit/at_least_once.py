"""At least once: commit, then acknowledge."""

from typing import Literal

from churnsim.model.commit import Commit


class AtLeastOnce(Commit):
    """Commit, then acknowledge: nothing is lost, but whoever ends in between lets a job be done again."""

    kind: Literal["at-least-once"] = "at-least-once"
