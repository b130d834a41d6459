"""A gap: the law of the time between two points of a process that must not stand still."""

from math import inf
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from churnsim.base.distribution import LAWS, Distribution


def _takes_time(law: Distribution) -> Distribution:
    # Gaps of nothing would put endlessly many points into no time at all.
    if law.low < 0 or not 0 < law.mean < inf:
        raise ValueError("it must last longer than 0s on average, never be negative and have a finite mean")
    return law


Gap: TypeAlias = Annotated[Distribution, LAWS, AfterValidator(_takes_time)]
"""Field type of a law whose draws take time: never negative, mean positive and finite."""
