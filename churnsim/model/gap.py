"""A gap: the law of the time between two points of a process that must not stand still."""

from math import inf
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from churnsim.base.distribution import LAWS, Distribution
from churnsim.base.errors import refusal
from churnsim.base.quantity import format_duration


def _takes_time(law: Distribution) -> Distribution:
    # Gaps of nothing would put endlessly many points into no time at all.
    if law.low < 0 or not 0 < law.mean < inf:
        if law.low < 0:
            said = "a time between two must not be negative"
        elif law.mean == inf:
            said = "a time between two must have a finite mean"
        else:
            mean = format_duration(law.mean)
            said = f"a time between two must be more than 0 on average (got a mean of {mean})"
        raise refusal("gap", said, "write one such as 10m")
    return law


Gap: TypeAlias = Annotated[Distribution, LAWS, AfterValidator(_takes_time)]
"""Field type of a law whose draws take time: never negative, mean positive and finite."""
