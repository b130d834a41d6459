"""A share of the runs of a plan, for machines that know nothing of each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from churnsim.base.errors import UsageError

SHARDS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Shard:
    """Number `number` of `count` shards, counted from 1; together they make every run of a plan once."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Shard written as ``2/8``.

        Raises
        ------
        UsageError
            If it is not written so, or there is no such shard.
        """
        found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text)
        if found is None:
            raise UsageError(f"a shard is a number out of a count, such as 1/8 (got {text!r})")
        shard = cls(int(found[1]), int(found[2]))
        if not 1 <= shard.number <= shard.count <= SHARDS_MAX:
            raise UsageError(
                f"there is no shard {shard}; shards count from 1, such as 1/8 to 8/8, at most {SHARDS_MAX:,}"
            )
        return shard

    def takes(self, position: int, replication: int) -> bool:
        """Whether a run is its own.

        Parameters
        ----------
        position : int
            Of the run's point in the plan, from 0.
        replication : int
            Of the run.
        """
        # Along diagonals: each shard gets some runs of every point, so that costly points are shared out.
        return (position + replication) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"
