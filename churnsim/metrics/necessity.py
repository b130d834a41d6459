"""Counterfactual necessity: how much of each trust gap would close were one cause alone removed.

Beside the shares by cause, which name the first guard that decides and add up to the whole.
"""

from __future__ import annotations

import numpy as np

from churnsim.metrics import overtrust, undertrust
from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.overlap import Mask, inside
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Cause, GapFamily, Gaps, Side, necessities
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans


@measure(
    "overtrust.necessity",
    unit="pair s",
    better="lower",
    parts="cause",
    members=[cause.word for cause in (*overtrust.CREDENTIAL_CAUSES, *overtrust.POLICY_CAUSES)],
)
def exposure_necessity(trace: Trace) -> dict[str, Scalar]:
    """Over-trusted pair-seconds that removing one cause alone would close; the whole: that some one would.

    Parts need not add up: an instant counts for each cause that would do, and for none if two would have to
    go together. Compare with the same parts of overtrust.pair_seconds, which name the first that decides.
    """
    closed, meta = necessities(trace), trace.meta
    seconds = _seconds(trace, closed, closed.side == Side.OVER)
    known = {"": Scalar(seconds[""] if meta.issuers or meta.policies else None)}
    for causes, infos in (
        (overtrust.CREDENTIAL_CAUSES, meta.issuers),
        (overtrust.POLICY_CAUSES, meta.policies),
    ):
        known |= {cause.word: Scalar(seconds[cause.word] if infos else None) for cause in causes}
    return known


@measure(
    "undertrust.necessity",
    unit="share",
    better="lower",
    parts="cause",
    members=[cause.word for cause in undertrust.CREDENTIAL_CAUSES],
)
def lockout_necessity(trace: Trace) -> dict[str, Ratio]:
    """Share of time in which units are locked out and removing one cause alone would let them in.

    Of the same time as undertrust.share, whose parts name the first cause; these need not add up.
    """
    return _shares(
        trace, GapFamily.CREDENTIAL, undertrust.CREDENTIAL_CAUSES, undertrust.running_seconds(trace)
    )


@measure(
    "undertrust.policy_necessity",
    unit="share",
    better="lower",
    parts="cause",
    members=[cause.word for cause in undertrust.POLICY_CAUSES],
)
def denial_necessity(trace: Trace) -> dict[str, Ratio]:
    """Share of time in which principals are denied wrongly and removing one cause alone would let them in.

    Of the same time as undertrust.policy_share. A unit that lapsed with a version as wrong needs both gone.
    """
    return _shares(trace, GapFamily.POLICY, undertrust.POLICY_CAUSES, undertrust.allowed_seconds(trace))


def _shares(trace: Trace, family: GapFamily, causes: tuple[Cause, ...], intended: float) -> dict[str, Ratio]:
    closed = necessities(trace)
    seconds = _seconds(trace, closed, (closed.side == Side.UNDER) & (closed.family == family))
    return {name: Ratio(seconds[name], intended) for name in ("", *(cause.word for cause in causes))}


def _seconds(trace: Trace, closed: Gaps, chosen: Mask) -> dict[str, float]:
    """Weighted seconds in the window by cause; under "" those that some one cause would close."""
    by_cause = np.bincount(closed.cause[chosen], closed.seconds[chosen], len(Cause))
    # The causes of policies never meet: a version does not count in a lapse.
    of_policy = chosen & (closed.family == GapFamily.POLICY)
    rest = closed.where(chosen & ~of_policy)
    holder = np.where(rest.family == GapFamily.CREDENTIAL, rest.unit, rest.theft)
    points = int(rest.point.max(initial=0)) + 1
    pair = (holder * points + rest.point) * len(GapFamily) + rest.family
    some = Spans.of(rest.start, rest.end, pair)
    known, first = np.unique(pair, return_index=True)
    weight = rest.weight[first[np.searchsorted(known, some.group)]]
    whole = weight @ inside(some.start, some.end, trace.meta.t0, trace.meta.t1)
    parts = {cause.word: float(by_cause[cause]) for cause in Cause}
    return {"": float(whole + closed.seconds[of_policy].sum())} | parts
