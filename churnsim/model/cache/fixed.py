"""The cache whose decisions live for a fixed time from when they were made."""

from typing import Literal

import numpy as np

from churnsim.model.cache import Cache, Uniform
from churnsim.model.refresh import Floats

_UNLIKE = 1e-12  # a cycle whose phase is no further from uniform than this has forgotten how it began


class FixedCache(Cache):
    """Each decision is held for its time to live from the request that made it, however often it is used.

    Fills are a renewal process: time to live C, then the wait for a request, exponential at rate r. The
    k-th comes at ``(k - 1) C + Gamma(k, r)``. Since F_1(L) >= F_1(L - C) >= F_2(L) >= … for their laws,
    one uniform tells which of them, if any, is held after a time L, and its age: exact from an empty cache
    on, not only in the long run, where one is held with probability ``rC / (1 + rC)`` and has any age up to
    C alike. Source: renewal theory; docs/theory.md O28.
    """

    kind: Literal["fixed"] = "fixed"

    def rest(self, span: Floats, ttl: Floats, rate: float, uniform: Uniform) -> Floats:
        u, dense = uniform(0), rate * ttl
        left = np.where(u * (1.0 + dense) < dense, u * (1.0 + dense) / max(rate, 1e-300), 0.0)
        # Coherence of an interval C + Exp(r) at its own mean, to the power of the intervals gone by.
        with np.errstate(divide="ignore", invalid="ignore"):
            cycles = span * rate / (1.0 + dense)
            forgets = 0.5 * np.log1p((2.0 * np.pi / (1.0 + dense)) ** 2)
            young = np.flatnonzero((cycles * forgets < -np.log(_UNLIKE)) & (ttl > 0.0) & (rate > 0.0))
        left[young] = _young(span[young], ttl[young], rate, u[young])
        return np.clip(left, 0.0, ttl)


def _young(span: Floats, ttl: Floats, rate: float, u: Floats) -> Floats:
    """Time left of the decision held `span` after the cache was empty [s]; 0 for none."""
    from scipy.special import gammainc, gammaincinv

    def filled(k: Floats, at: Floats) -> Floats:
        """Probability that the k-th fill has come by then; the 0-th always has."""
        wait = np.maximum(at - (k - 1.0) * ttl, 0.0)
        law: Floats = np.where(k < 1.0, 1.0, gammainc(np.maximum(k, 1.0), rate * wait))
        return law

    # The last k whose fill has come with a probability above u: between low (so) and high (not so).
    low, high = np.zeros(span.size), np.floor(span / ttl) + 2.0
    while np.any(high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        come = filled(middle, span) > u
        low, high = np.where(come, middle, low), np.where(come, high, middle)
    held = (low >= 1.0) & (u >= filled(low, span - ttl))
    k = np.maximum(low, 1.0)
    fill = (k - 1.0) * ttl + gammaincinv(k, u) / rate
    return np.where(held, ttl - (span - fill), 0.0)
