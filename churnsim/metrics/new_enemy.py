"""New enemies: requests about what is newer than a revocation, let in by what is older."""

from __future__ import annotations

from churnsim.metrics.measurement import Ratio
from churnsim.metrics.registry import measure
from churnsim.trace import Trace

_MILLION = 1e6


@measure("new_enemy.rate", unit="per million requests", better="lower")
def rate(trace: Trace) -> Ratio:
    """Requests that an old version or a cache lets in although the newest denies them, a million offered.

    Counted as if what is asked for had been written under the newest version (Zanzibar's new enemy). However
    short, staleness leaves some; only a token, the version that a request requires, leaves none.
    """
    traffic = trace["traffic"]
    wrong = float(traffic["stale_allow"].sum() + traffic["cached_allow"].sum())
    return Ratio(wrong * _MILLION, float(traffic["offered"].sum()))
