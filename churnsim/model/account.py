"""The account: what became of every request, integrated over the intervals of a run.

Between two changes the world is constant, so the outcomes of the requests in between follow from counts:
how many units are listed, dead, refused, stale. Each unit's own history becomes a series of changes of
what it adds to those counts; from each change on, the meter tells how many requests it is about. A change
adds its part by itself, so some units at a time will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churnsim.model.history import QUANTITIES, History
from churnsim.model.meter import Meter
from churnsim.model.traffic import Load
from churnsim.trace.intervals import Steps

Floats = NDArray[np.float64]
Counted = dict[str, tuple[Floats, Floats]]  # all, and those intended

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
    "dependency",
    "bad_version",
)
INTENDED = (
    *OUTCOMES[:6], "cached_deny", "shed", "evidence_blocked", "throttled", "dependency", "bad_version",
)  # fmt: skip
_REFUSALS = ("dead", "shed", "throttled", "rejected", "blocked", "closed", "able")

_ROUNDING = 1e-13  # of all requests of a bucket

_UNLIMITED = ("dead",)  # whoever is gone takes nothing, however much is sent
# Those that may call others.
_DECIDED = ("opened", "able", "over", "under", "held_over", "held_under", "failing", "failing_under")


@dataclass(frozen=True, eq=False)
class Passage:
    """How requests fare in a workload that calls others, or is called.

    Parameters
    ----------
    kept : sequence of Steps
        Share of what comes to a listed unit for which it has capacity left, by its pace.
    answered : Steps
        Chance that all the calls of a request are answered.
    """

    kept: Sequence[Steps]
    answered: Steps

    def within(self, prompt: Steps) -> Passage:
        """Return how requests fare that have failed unless the answer comes in time: with this chance."""
        return Passage(self.kept, Steps(self.answered.times, self.answered.counts * prompt.counts))


def account(history: History, edges: Floats, load: Load, passage: Passage | None = None) -> dict[str, Floats]:
    """Return expected requests of a workload per bucket, by outcome.

    Parameters
    ----------
    history : History
        What is true of the units of a workload.
    edges : (b + 1,) array
        Edges [s] of the buckets.
    load : Load
        What the run is offered.
    passage : Passage, optional
        How requests fare where they are not the only ones, or have to call others.

    Returns
    -------
    dict of (b,) arrays
        One array for each of `OUTCOMES`. Evaluation order: the endpoint answers, it has capacity left, its
        credential is accepted, its evidence can be kept, it has lapsed, its cache holds a decision, its
        policy decides, its version is sound, whom it calls answers.
    """
    head, info = history.head, history.trace.meta.workloads[history.workload]
    shares = head.committed, head.share
    sent = Meter(load, edges, *history.listing, *shares)
    has_limit = np.isfinite(info.capacity)
    taken = answered = [sent] * history.paces.size
    if passage is not None:
        both = [Steps(kept.times, kept.counts * passage.answered.counts) for kept in passage.kept]
        taken, answered = (
            [Meter(load, edges, *history.listing, *shares, kept=each) for each in kept]
            for kept in (passage.kept, both)
        )
    elif has_limit:
        limits = (info.capacity * history.paces).tolist()
        taken = [Meter(load, edges, *history.listing, *shares, limit) for limit in limits]
    nothing = [np.zeros(edges.size - 1)] * 2
    total: dict[str, list[Floats]] = dict.fromkeys((*QUANTITIES, "shed", "throttled"), nothing)
    done: dict[str, list[Floats]] = {} if passage is None else dict.fromkeys(_DECIDED, nothing)
    for pace, time, changes in history.lots():
        arriving = sent.at(time)
        accepted = taken[pace].at(time) if taken[pace] is not sent else arriving
        for name, jumps in changes.items():
            if name == "alive" and not has_limit:
                continue  # counted for what is shed alone
            found = (arriving if name in _UNLIMITED else accepted).requests(jumps)
            _add(total, name, found)
            if name == "alive" and has_limit:
                came = zip(total["shed"], arriving.requests(jumps), found, strict=True)
                total["shed"] = [one + more - kept for one, more, kept in came]
        if passage is not None:
            answers = answered[pace].at(time)
            for name in changes.keys() & _DECIDED:
                _add(done, name, answers.requests(changes[name]))
    paired = ({name: (each[0], each[1]) for name, each in every.items()} for every in (total, total | done))
    return by_outcome(history, next(paired), sent.unsent(), next(paired))


def by_outcome(
    history: History, total: Counted, unsent: tuple[Floats, Floats], answered: Counted | None = None
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
    answered : dict of two (n,) arrays, optional
        The same, of requests all of whose calls were answered; by default of all of them.
    """
    done, share = total if answered is None else answered, 1.0 / history.head.principals
    stale_deny, cached_deny = (share * total[name][0] for name in ("under", "held_under"))
    stale_allow, cached_allow = (share * done[name][0] for name in ("over", "held_over"))
    wished = {name: each[1] for name, each in total.items()}
    unwished = {name: each[0] - each[1] for name, each in total.items()}
    failed, spoilt = (each["failing"][1] - share * each["failing_under"][0] for each in (total, done))
    served = done["able"][1] + done["opened"][1] - share * done["under"][0] - share * done["held_under"][0]
    served = served - spoilt
    fail_open = done["opened"][0] - done["opened"][1]
    outcomes = {
        "served": served,
        "no_endpoint": unsent[0],
        "dead_endpoint": wished["dead"],
        "credential_rejected": wished["rejected"],
        "stale_deny": stale_deny,
        "fail_closed": wished["closed"],
        "denied": sum(unwished[name] for name in _REFUSALS)
        - stale_allow
        - cached_allow
        + unsent[1]
        + (unwished["opened"] - fail_open),
        "stale_allow": stale_allow,
        "fail_open": fail_open,
        "cached_deny": cached_deny,
        "cached_allow": cached_allow,
        "shed": wished["shed"],
        "evidence_blocked": wished["blocked"],
        "throttled": wished["throttled"],
        "dependency": wished["able"] + wished["opened"] - stale_deny - cached_deny - failed - served,
        "bad_version": failed,
    }
    # Differences of equal terms may leave a rounding, which is nothing, and may be below zero.
    least = _ROUNDING * np.sum([np.abs(requests) for requests in outcomes.values()], axis=0)
    return {name: np.where(requests > least, requests, 0.0) for name, requests in outcomes.items()}


def _add(total: dict[str, list[Floats]], name: str, more: Sequence[Floats]) -> None:
    total[name] = [one + another for one, another in zip(total[name], more, strict=True)]


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
