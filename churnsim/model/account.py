"""The account: what became of every request, integrated over the intervals of a run.

Between two changes the world is constant, so the outcomes of the requests in between follow from counts:
how many units are listed, dead, refused, stale. Each unit's own history becomes a series of changes of
what it adds to those counts; from each change on, the meter tells how many requests it is about. A change
adds its part by itself, so some units at a time will do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.model.meter import Meter
from churnsim.model.traffic import Load
from churnsim.model.verdict import Head
from churnsim.trace.code import LapseMode
from churnsim.trace.holder import of_units
from churnsim.trace.lot import whole_groups
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

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
)
INTENDED = (*OUTCOMES[:6], "cached_deny", "shed", "evidence_blocked")

# What can be true of one unit, each a count or a weight that intervals add to.
_ALIVE, _DEAD, _REFUSED, _OVER, _UNDER, _DENYING, _ALLOWING, _HELD_OVER, _HELD_UNDER, _BLOCKED = range(10)
_ROUNDING = 1e-9  # what fractions of points leave over from their sums is nothing


class _Rows(NamedTuple):
    """Changes of one quantity of one unit each: who, when, which, by how much."""

    who: Indices
    time: Floats
    which: NDArray[np.int8]
    amount: Floats


@dataclass
class _Changes:
    """Changes, as they come."""

    end: float
    parts: list[_Rows] = field(default_factory=list)

    def interval(self, who: Indices, start: Floats, end: Floats, which: int, amount: Floats | float) -> None:
        """Add `amount` to quantity `which` of a unit from `start` to `end` [s]."""
        end = np.fmin(end, self.end)
        keep = start < end
        who, start, end = who[keep], start[keep], end[keep]
        size = np.broadcast_to(np.asarray(amount, float), keep.shape)[keep]
        for time, sign in ((start, 1.0), (end, -1.0)):
            self.parts.append(_Rows(who, time, np.full(who.size, which, np.int8), sign * size))

    def rows(self) -> _Rows:
        """Return all of them, unit by unit, each in order of time."""
        none = _Rows(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int8), np.empty(0))
        who, time, which, amount = (np.concatenate(column) for column in zip(none, *self.parts, strict=True))
        order = np.lexsort((time, who))
        return _Rows(who[order], time[order], which[order], amount[order])


def account(trace: Trace, workload: int, edges: Floats, load: Load) -> dict[str, Floats]:
    """Return expected requests of a workload per bucket, by outcome.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic.
    workload : int
        Which workload.
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
    info = trace.meta.workloads[workload]
    mine = np.arange(*np.searchsorted(trace.tables["units"]["workload"], (workload, workload + 1)))
    lasting, head = _Changes(float(edges[-1])), Head.of(trace, info.policy)
    _endpoints(lasting, trace, mine)
    if info.issuer >= 0:
        _refusals(lasting, trace, mine, info.issuer)
    _obstructions(lasting, trace, mine)
    if info.policy >= 0:
        _lapses(lasting, trace, mine, info.policy)
        _cached(lasting, trace, mine, info.policy, head)
    rows = lasting.rows()
    listing = np.isin(rows.which, (_ALIVE, _DEAD))
    listed = rows.time[listing], rows.amount[listing]
    sent = Meter(load, edges, *listed, head.committed, head.share)
    has_limit = np.isfinite(info.capacity)
    taken = Meter(load, edges, *listed, head.committed, head.share, info.capacity) if has_limit else sent
    total: dict[str, list[Floats]] = {name: [np.zeros(edges.size - 1)] * 2 for name in (*_QUANTITIES, "shed")}
    for low, high, stale in _lots(trace, mine, head, lasting.end):
        part = slice(*np.searchsorted(rows.who, (low, high)))
        stale.parts.append(_Rows(rows.who[part], rows.time[part], rows.which[part], rows.amount[part]))
        changes = stale.rows()
        arriving = sent.at(changes.time)
        accepted = taken.at(changes.time) if has_limit else arriving
        for name, each_unit in _history(changes).items():
            if name == "alive" and not has_limit:
                continue  # counted for what is shed alone
            jumps = np.diff(each_unit, prepend=0.0)
            found = (arriving if name in _UNLIMITED else accepted).requests(jumps)
            total[name] = [one + more for one, more in zip(total[name], found, strict=True)]
            if name == "alive" and has_limit:
                came = zip(total["shed"], arriving.requests(jumps), found, strict=True)
                total["shed"] = [one + more - kept for one, more, kept in came]
    # What carries a token of the newest version is decided by no older one.
    trusting = 1.0 if info.policy < 0 else 1.0 - trace.meta.policies[info.policy].tokens
    stale_deny, stale_allow, cached_deny, cached_allow = (
        trusting / head.principals * total[name][0] for name in ("under", "over", "held_under", "held_over")
    )
    wished = {name: each[1] for name, each in total.items()}
    unwished = {name: each[0] - each[1] for name, each in total.items()}
    unsent, unsent_unwished = sent.unsent()
    outcomes = {
        "served": wished["able"] + wished["opened"] - stale_deny - cached_deny,
        "no_endpoint": unsent,
        "dead_endpoint": wished["dead"],
        "credential_rejected": wished["rejected"],
        "stale_deny": stale_deny,
        "fail_closed": wished["closed"],
        "denied": sum(unwished[name] for name in ("dead", "shed", "rejected", "blocked", "closed", "able"))
        - stale_allow
        - cached_allow
        + unsent_unwished,
        "stale_allow": stale_allow,
        "fail_open": unwished["opened"],
        "cached_deny": cached_deny,
        "cached_allow": cached_allow,
        "shed": wished["shed"],
        "evidence_blocked": wished["blocked"],
    }
    # Differences of equal terms may leave a rounding below zero.
    return {name: np.maximum(requests, 0.0) for name, requests in outcomes.items()}


def attended(trace: Trace, workload: int) -> tuple[Indices, Floats, Floats, Floats]:
    """Return when units decide about requests: who, from, to [s], and which share of callers gets so far.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic; what holds requests up is respected.
    workload : int
        Which workload.

    Returns
    -------
    (n,) arrays
        In order of unit and time.
    """
    mine = np.flatnonzero(trace.tables["units"]["workload"] == workload)
    changes = _Changes(trace.meta.t1)
    _endpoints(changes, trace, mine)
    if trace.meta.workloads[workload].issuer >= 0:
        _refusals(changes, trace, mine, trace.meta.workloads[workload].issuer)
    _obstructions(changes, trace, mine)
    rows = changes.rows()
    decides = _history(rows)["able"]
    start = np.maximum(rows.time, trace.meta.start)
    follows = np.append(rows.who[1:] == rows.who[:-1], False)[: rows.who.size]
    end = np.where(follows, np.append(start[1:], 0.0)[: rows.who.size], start)
    some = (decides > 0) & (start < end)
    return rows.who[some], start[some], end[some], decides[some]


def _lots(trace: Trace, mine: Indices, head: Head, end: float) -> Iterator[tuple[int, int, _Changes]]:
    """Yield units from the first to before the last, and when their versions say other than the newest."""
    if not mine.size:
        return
    adoptions, low, past = trace.tables["adoptions"], int(mine[0]), int(mine[-1]) + 1
    first, last = np.searchsorted(adoptions["unit"], np.array((low, past), adoptions["unit"].dtype)).tolist()
    parts = list(whole_groups(adoptions["unit"][first:last])) if head.committed.size else []
    for number, part in enumerate(parts or [slice(0, 0)]):
        follows = parts[number + 1 : number + 2]
        high = int(adoptions["unit"][first + follows[0].start]) if follows else past
        changes = _Changes(end)
        rows = slice(first + part.start, first + part.stop)
        _staleness(changes, trace, {name: column[rows] for name, column in adoptions.items()}, head)
        yield low, high, changes
        low = high


def _endpoints(changes: _Changes, trace: Trace, mine: Indices) -> None:
    units = trace.tables["units"]
    listed, unlisted, gone = (units[name][mine] for name in ("listed", "unlisted", "gone"))
    known = np.isfinite(listed)
    who, listed, unlisted, gone = mine[known], listed[known], unlisted[known], gone[known]
    changes.interval(who, listed, np.fmin(gone, unlisted), _ALIVE, 1.0)
    changes.interval(who, np.where(np.isnan(gone), np.inf, gone), unlisted, _DEAD, 1.0)


def _refusals(changes: _Changes, trace: Trace, mine: Indices, issuer: int) -> None:
    """Where a unit holds no credential that a point accepts, the point's share of callers is refused."""
    credentials, gone = trace.tables["credentials"], trace.tables["units"]["gone"]
    held = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], mine))
    for accepted in of_units(trace, issuer, held):
        end = np.where(np.isnan(gone[accepted.holder]), np.inf, gone[accepted.holder])
        refused = accepted.refused(end)
        unit, place = np.divmod(refused.group, accepted.point.size)
        changes.interval(unit, refused.start, refused.end, _REFUSED, accepted.weight[place])


def _obstructions(changes: _Changes, trace: Trace, mine: Indices) -> None:
    table = trace.tables["obstructions"]
    rows = np.flatnonzero(np.isin(table["unit"], mine))
    changes.interval(table["unit"][rows], table["start"][rows], table["end"][rows], _BLOCKED, 1.0)


def _staleness(changes: _Changes, trace: Trace, adoptions: dict[str, NDArray[Any]], head: Head) -> None:
    """While a unit's version is behind, count whom it admits or refuses unlike the head version.

    Each commit that turns the verdict about its principal makes the version in force wrong about it, or right
    again, until the next version is in force.
    """
    unit, version = (adoptions[name].astype(np.int64) for name in ("unit", "version"))
    applied = adoptions["applied"]
    last = np.append(unit[1:] != unit[:-1], True) if unit.size else np.empty(0, bool)
    following = np.where(
        last, trace.tables["units"]["gone"][unit], np.append(applied[1:], np.nan)[: unit.size]
    )
    following = np.where(np.isnan(following), np.inf, following)
    turns = head.turns  # versions that turn a verdict, ascending
    when = head.committed[turns - 1]
    row, turn = ragged(
        np.searchsorted(turns, version, side="right"), np.searchsorted(when, following, side="left")
    )
    says = head.verdicts.of(head.principal[turns - 1][turn], version[row])
    start, end, is_wrong = (
        np.maximum(when[turn], applied[row]),
        following[row],
        says != head.allowed[turns - 1][turn],
    )
    for quantity, wrong in ((_OVER, says), (_UNDER, ~says)):
        changes.interval(
            unit[row][wrong], start[wrong], end[wrong], quantity, np.where(is_wrong[wrong], 1.0, -1.0)
        )


def _lapses(changes: _Changes, trace: Trace, mine: Indices, policy: int) -> None:
    lapses = trace.tables["lapses"]
    denying = np.isin(lapses["mode"], [mode for mode in LapseMode if mode.denies])
    for chosen, quantity in ((denying, _DENYING), (~denying, _ALLOWING)):
        rows = np.flatnonzero((lapses["policy"] == policy) & chosen & np.isin(lapses["unit"], mine))
        changes.interval(lapses["unit"][rows], lapses["start"][rows], lapses["end"][rows], quantity, 1.0)


def _cached(changes: _Changes, trace: Trace, mine: Indices, policy: int, head: Head) -> None:
    """A cached decision contradicts the version in force, so against the head just one of them is wrong."""
    cached, commits = trace.tables["cached"], head.committed
    rows = np.flatnonzero((cached["policy"] == policy) & np.isin(cached["unit"], mine))
    unit, principal, says = (cached[name][rows] for name in ("unit", "principal", "allowed"))
    low = np.searchsorted(commits, cached["start"][rows], side="right")
    high = np.searchsorted(commits, cached["end"][rows], side="left") + 1
    row, newest = ragged(low, high)
    start = np.maximum(np.append(-np.inf, commits)[newest], cached["start"][rows][row])
    end = np.minimum(np.append(commits, np.inf)[newest], cached["end"][rows][row])
    is_wrong = head.verdicts.of(principal[row].astype(np.int64), newest) != (says[row] == 1)
    for says_so, held, stale in ((1, _HELD_OVER, _UNDER), (0, _HELD_UNDER, _OVER)):
        for wrong, quantity, amount in ((True, held, 1.0), (False, stale, -1.0)):
            some = (says[row] == says_so) & (is_wrong == wrong)
            changes.interval(unit[row][some], start[some], end[some], quantity, amount)


_QUANTITIES = (
    "alive", "dead", "rejected", "blocked", "closed", "opened", "able", "over", "under", "held_over",
    "held_under",
)  # fmt: skip
_UNLIMITED = ("dead",)  # whoever is gone takes nothing, however much is sent


def _history(changes: _Rows) -> dict[str, Floats]:
    """What is true of the unit that changes after each change, as endpoints or principals; shapes (n,)."""
    # Each unit's amounts add up to nothing, so one running sum over all serves every unit.
    alive, dead, refused, over, under, denying, allowing, held_over, held_under, blocked = (
        np.cumsum(np.where(changes.which == which, changes.amount, 0.0)) for which in range(10)
    )
    # Weights of points are fractions: let their sum be what it is meant to be.
    refused = np.where(refused < _ROUNDING, 0.0, np.minimum(refused, 1.0))
    trusted = alive * (1.0 - refused)
    accepted = trusted * (1.0 - blocked)
    able = accepted * (1.0 - np.minimum(denying + allowing, 1.0))
    told = alive, dead, alive * refused, trusted * blocked, accepted * denying, accepted * allowing, able
    return dict(
        zip(
            _QUANTITIES, (*told, *(able * each for each in (over, under, held_over, held_under))), strict=True
        )
    )


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
