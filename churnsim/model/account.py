"""The account: what became of every request, integrated over the intervals of a run.

Between two changes the world is constant, so the outcomes of the requests in between follow from counts:
how many units are listed, dead, refused, stale. Each unit's own history becomes a series of changes of
what it adds to those counts; from each change on, the meter tells how many requests it is about. A change
adds its part by itself, so some units at a time will do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.model.history import QUANTITIES, History
from churnsim.model.meter import Meter
from churnsim.model.traffic import Load

Floats = NDArray[np.float64]

OUTCOMES = (
    "served",
    "no_endpoint",
    "dead_endpoint",
    "credential_rejected",
    "stale_deny",
    "fail_closed",
    "denied",
    "stale_allow",
    "fail_open",
    "cached_deny",  # the order names the random numbers of sampled requests: append, never insert
    "cached_allow",
    "shed",
    "evidence_blocked",
    "throttled",
)
INTENDED = (*OUTCOMES[:6], "cached_deny", "shed", "evidence_blocked", "throttled")
_REFUSALS = ("dead", "shed", "throttled", "rejected", "blocked", "closed", "able")

_UNLIMITED = ("dead",)  # whoever is gone takes nothing, however much is sent


def account(history: History, edges: Floats, load: Load) -> dict[str, Floats]:
    """Return expected requests of a workload per bucket, by outcome.

    Parameters
    ----------
    history : History
        What is true of the units of a workload.
    edges : (b + 1,) array
        Edges [s] of the buckets.
    load : Load
        What the run is offered.

    Returns
    -------
    dict of (b,) arrays
        One array for each of `OUTCOMES`. Evaluation order: the endpoint answers, it has capacity left, its
        credential is accepted, its evidence can be kept, it has lapsed, its cache holds a decision, its
        policy decides.
    """
    head, info = history.head, history.trace.meta.workloads[history.workload]
    shares = head.committed, head.share
    sent = Meter(load, edges, *history.listing, *shares)
    has_limit = np.isfinite(info.capacity)
    taken = Meter(load, edges, *history.listing, *shares, info.capacity) if has_limit else sent
    beside = ("shed", "throttled")
    total: dict[str, list[Floats]] = {name: [np.zeros(edges.size - 1)] * 2 for name in (*QUANTITIES, *beside)}
    for time, changes in history.lots():
        arriving = sent.at(time)
        accepted = taken.at(time) if has_limit else arriving
        for name, jumps in changes.items():
            if name == "alive" and not has_limit:
                continue  # counted for what is shed alone
            found = (arriving if name in _UNLIMITED else accepted).requests(jumps)
            total[name] = [one + more for one, more in zip(total[name], found, strict=True)]
            if name == "alive" and has_limit:
                came = zip(total["shed"], arriving.requests(jumps), found, strict=True)
                total["shed"] = [one + more - kept for one, more, kept in came]
    return by_outcome(history, {name: (each[0], each[1]) for name, each in total.items()}, sent.unsent())


def by_outcome(
    history: History, total: dict[str, tuple[Floats, Floats]], unsent: tuple[Floats, Floats]
) -> dict[str, Floats]:
    """Return requests by outcome.

    Parameters
    ----------
    history : History
        Of the units that they came to.
    total : dict of two (n,) arrays
        Requests that met each quantity of a history, and those `shed` and `throttled`: all, and the intended
        ones.
    unsent : two (n,) arrays
        Requests that came to no unit, the intended ones and the others.
    """
    meta, head = history.trace.meta, history.head
    info = meta.workloads[history.workload]
    # What carries a token of the newest version is decided by no older one.
    trusting = 1.0 if info.policy < 0 else 1.0 - meta.policies[info.policy].tokens
    stale_deny, stale_allow, cached_deny, cached_allow = (
        trusting / head.principals * total[name][0] for name in ("under", "over", "held_under", "held_over")
    )
    wished = {name: each[1] for name, each in total.items()}
    unwished = {name: each[0] - each[1] for name, each in total.items()}
    outcomes = {
        "served": wished["able"] + wished["opened"] - stale_deny - cached_deny,
        "no_endpoint": unsent[0],
        "dead_endpoint": wished["dead"],
        "credential_rejected": wished["rejected"],
        "stale_deny": stale_deny,
        "fail_closed": wished["closed"],
        "denied": sum(unwished[name] for name in _REFUSALS) - stale_allow - cached_allow + unsent[1],
        "stale_allow": stale_allow,
        "fail_open": unwished["opened"],
        "cached_deny": cached_deny,
        "cached_allow": cached_allow,
        "shed": wished["shed"],
        "evidence_blocked": wished["blocked"],
        "throttled": wished["throttled"],
    }
    # Differences of equal terms may leave a rounding below zero.
    return {name: np.maximum(requests, 0.0) for name, requests in outcomes.items()}


def sampled(expected: dict[str, Floats], uniform: Floats) -> dict[str, Floats]:
    """Draw whole numbers of requests with the expected means.

    Given the run, the requests of a bucket that meet each outcome are independent Poisson counts.

    Parameters
    ----------
    expected : dict of (b,) arrays
        Means, by outcome.
    uniform : (outcomes, b) array
        One uniform per draw.
    """
    from scipy.stats import poisson

    return {
        name: np.asarray(poisson.ppf(u, mean), float)
        for (name, mean), u in zip(expected.items(), uniform, strict=True)
    }
