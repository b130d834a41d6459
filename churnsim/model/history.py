"""The history: how what is true of the units of a workload changes, of the requests that come to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.model.token import Tokens
from churnsim.model.verdict import Head
from churnsim.trace.code import LapseMode
from churnsim.trace.holder import of_units
from churnsim.trace.intervals import rank
from churnsim.trace.listing import listings
from churnsim.trace.lot import whole_groups
from churnsim.trace.noise import paces, slowed
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_ALWAYS = (
    "alive", "dead", "rejected", "blocked", "closed", "opened", "able", "over", "under", "held_over",
    "held_under",
)  # fmt: skip
QUANTITIES = (*_ALWAYS, "failing", "failing_under")

# What can be true of one unit, each a count or a weight that intervals add to.
_ALIVE, _DEAD, _REFUSED, _OVER, _UNDER, _DENYING, _ALLOWING, _HELD_OVER, _HELD_UNDER, _BLOCKED = range(10)
_FAILING, _UNANSWERED, _SLOWED = 10, 11, 12
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


@dataclass(frozen=True, eq=False)
class _Held:
    """Versions in force at some units: whose, which, from when until the next, or the unit is gone [s]."""

    unit: Indices
    version: Indices
    applied: Floats
    following: Floats

    @classmethod
    def of(cls, trace: Trace, adoptions: dict[str, NDArray[Any]]) -> _Held:
        unit, version = (adoptions[name].astype(np.int64) for name in ("unit", "version"))
        applied = adoptions["applied"]
        last = np.append(unit[1:] != unit[:-1], True) if unit.size else np.empty(0, bool)
        gone = trace.tables["units"]["gone"][unit]
        following = np.where(last, gone, np.append(applied[1:], np.nan)[: unit.size])
        return cls(unit, version, applied, np.where(np.isnan(following), np.inf, following))


class History:
    """What is true of the units of one workload, from change to change.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic; what holds requests up is respected.
    workload : int
        Which workload.
    end : float
        From which on nothing matters any more [s].

    Attributes
    ----------
    head : Head
        The newest version of its policy.
    listing : two (n,) arrays
        Instants [s] at which endpoints are listed or unlisted, and by how many there are more.
    paces : (p,) array
        Shares of their capacity that noise leaves to units; the first is 1.
    """

    def __init__(self, trace: Trace, workload: int, end: float) -> None:
        policy = trace.meta.workloads[workload].policy
        self.trace, self.workload, self._end = trace, workload, end
        self._mine = np.arange(*np.searchsorted(trace.tables["units"]["workload"], (workload, workload + 1)))
        self.head = Head.of(trace, policy)
        lasting = _guarded(trace, workload, self._mine, end)
        self.paces = paces(trace)
        if self.paces.size > 1:
            who, start, past, level = slowed(trace, workload)
            lasting.interval(who, start, past, _SLOWED, level.astype(float))
        self._is_sound = not _failures(lasting, trace, self._mine, workload)
        self._tokens = Tokens(trace, policy)
        if policy >= 0:
            _lapses(lasting, trace, self._mine, policy)
            _cached(lasting, trace, self._mine, policy, self.head, self._tokens)
        self._rows = rows = lasting.rows()
        listing = np.isin(rows.which, (_ALIVE, _DEAD))
        self.listing = rows.time[listing], rows.amount[listing]

    def at(self, unit: Indices, time: Floats) -> dict[str, Floats]:
        """Return what is true of each of some units at an instant [s], by quantity; shapes (n,)."""
        found = {name: np.zeros(unit.size) for name in QUANTITIES}
        for low, high, rows in self._histories():
            some = np.flatnonzero((low <= unit) & (unit < high))
            row = rank(rows.who, rows.time, unit[some], time[some]) - 1
            known = (row >= 0) & (rows.who[row] == unit[some])
            for name, each in self._levels(rows).items():
                found[name][some[known]] = each[row[known]]
        return found

    def states(self) -> Iterator[tuple[Indices, Floats, dict[str, Floats]]]:
        """Yield, some units at a time, who changes, when [s], and what is true of it from then on."""
        for _, _, changes in self._histories():
            yield changes.who, changes.time, self._levels(changes)

    def lots(self) -> Iterator[tuple[int, Floats, dict[str, Floats]]]:
        """Yield, some units at a time, instants of changes [s] and by how much each quantity changes then.

        What is true of units at different `paces` comes apart, by the number of the pace.

        Quantities are endpoints that are `alive` or `dead`; of those alive the parts that are `rejected`,
        `blocked`, `closed` and `opened` by rote, or `able` to decide; and principals, summed over units, whom
        these decide about wrongly: `over`, `under`, and by a cached decision `held_over`, `held_under`. Where
        there are bad versions, the part that is `failing` of those who let through, and `failing_under` of
        the principals whom they wrongly do not.
        """
        for _, _, changes in self._histories():
            levels = self._levels(changes)
            if self.paces.size == 1:
                yield 0, changes.time, _jumps(levels)
                continue
            pace = np.cumsum(np.where(changes.which == _SLOWED, changes.amount, 0.0))
            for number in range(self.paces.size):
                here = {name: np.where(pace == number, each, 0.0) for name, each in levels.items()}
                yield number, changes.time, _jumps(here)

    def _levels(self, changes: _Rows) -> dict[str, Floats]:
        levels = _levels(changes)
        if self._tokens.share:
            levels |= _unanswered(changes, levels)
        return levels if self._is_sound else levels | _failing(changes, levels)

    def _histories(self) -> Iterator[tuple[int, int, _Rows]]:
        """Yield units from the first to before the last, and all their changes."""
        rows = self._rows
        for low, high, stale in self._lots():
            part = slice(*np.searchsorted(rows.who, (low, high)))
            stale.parts.append(_Rows(rows.who[part], rows.time[part], rows.which[part], rows.amount[part]))
            yield low, high, stale.rows()

    def _lots(self) -> Iterator[tuple[int, int, _Changes]]:
        """Yield units from the first to before the last, and when their versions are not the newest."""
        trace, mine, head = self.trace, self._mine, self.head
        if not mine.size:
            return
        adoptions, low, past = trace.tables["adoptions"], int(mine[0]), int(mine[-1]) + 1
        first, last = np.searchsorted(
            adoptions["unit"], np.array((low, past), adoptions["unit"].dtype)
        ).tolist()
        parts = list(whole_groups(adoptions["unit"][first:last])) if head.committed.size else []
        for number, part in enumerate(parts or [slice(0, 0)]):
            follows = parts[number + 1 : number + 2]
            high = int(adoptions["unit"][first + follows[0].start]) if follows else past
            changes = _Changes(self._end)
            rows = slice(first + part.start, first + part.stop)
            held = _Held.of(trace, {name: column[rows] for name, column in adoptions.items()})
            _staleness(changes, held, head, self._tokens)
            _questions(changes, held, head, self._tokens)
            yield low, high, changes
            low = high


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
    changes = _guarded(trace, workload, mine, trace.meta.t1)
    rows = changes.rows()
    decides = _levels(rows)["able"]
    start, end = lasting(rows.who, rows.time, trace.meta.start)
    some = (decides > 0) & (start < end)
    return rows.who[some], start[some], end[some], decides[some]


def lasting(who: Indices, time: Floats, since: float) -> tuple[Floats, Floats]:
    """Return from when to when [s] what changes at each instant holds, no earlier than `since`.

    Rows are in order of unit and time; what the last of a unit says, who is gone, lasts no time.
    """
    start = np.maximum(time, since)
    follows = np.append(who[1:] == who[:-1], False)[: who.size]
    return start, np.where(follows, np.append(start[1:], 0.0)[: who.size], start)


def _guarded(trace: Trace, workload: int, mine: Indices, end: float) -> _Changes:
    """What holds of units whatever their policy says."""
    changes = _Changes(end)
    if trace.meta.workloads[workload].places:
        _hosts(changes, trace, mine)
    else:
        _endpoints(changes, trace, workload)
    if trace.meta.workloads[workload].issuer >= 0:
        _refusals(changes, trace, mine, trace.meta.workloads[workload].issuer)
    _obstructions(changes, trace, mine)
    return changes


def _endpoints(changes: _Changes, trace: Trace, workload: int) -> None:
    who, listed, unlisted = listings(trace, workload)
    gone = trace.tables["units"]["gone"][who]
    changes.interval(who, listed, np.fmin(gone, unlisted), _ALIVE, 1.0)
    changes.interval(who, np.where(np.isnan(gone), np.inf, gone), unlisted, _DEAD, 1.0)


def _hosts(changes: _Changes, trace: Trace, mine: Indices) -> None:
    """Who is handed requests one by one needs no list for it."""
    ready, gone = (trace.tables["units"][name][mine] for name in ("ready", "gone"))
    known = np.isfinite(ready)
    # At the very instant at which a unit goes it may have served a request that takes no time.
    end = np.where(np.isnan(gone), np.inf, np.nextafter(gone, np.inf))
    changes.interval(mine[known], ready[known], end[known], _ALIVE, 1.0)


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


def _failures(changes: _Changes, trace: Trace, mine: Indices, workload: int) -> bool:
    """Count what share of their requests units of bad versions fail; tell whether any does."""
    table, units = trace.tables["revisions"], trace.tables["units"]
    share = np.zeros(int(units["revision"][mine].max(initial=0)) + 1)
    some = (table["workload"] == workload) & (table["revision"] < share.size)
    share[table["revision"][some]] = table["failing"][some]
    each = share[units["revision"][mine]]
    rows = mine[each > 0]
    changes.interval(rows, units["ready"][rows], units["gone"][rows], _FAILING, each[each > 0])
    return bool(rows.size)


def _staleness(changes: _Changes, held: _Held, head: Head, tokens: Tokens) -> None:
    """While a unit's version is behind, count whom it admits or refuses unlike the head version.

    Each decision that turns the verdict about its principal makes the version in force wrong about it, or
    right again, until the next version is in force. Requests with a token that requires a newer one are not
    judged by it.
    """
    version, applied, following = held.version, held.applied, held.following
    turns = head.turns  # decisions that turn a verdict, ascending
    made = head.version[turns]
    when = head.committed[made - 1]
    row, turn = ragged(
        np.searchsorted(made, version, side="right"), np.searchsorted(when, following, side="left")
    )
    says = head.verdicts.of(head.principal[turns][turn], version[row])
    start, end, is_wrong = (
        np.maximum(when[turn], applied[row]),
        following[row],
        says != head.allowed[turns][turn],
    )
    for quantity, wrong in ((_OVER, says), (_UNDER, ~says)):
        who, low, high = held.unit[row][wrong], start[wrong], end[wrong]
        amount = np.where(is_wrong[wrong], 1.0, -1.0)
        changes.interval(who, low, high, quantity, amount)
        if tokens.share:
            asked = np.maximum(low, tokens.since(version[row][wrong], head))
            changes.interval(who, asked, high, quantity, -tokens.share * amount)


def _questions(changes: _Changes, held: _Held, head: Head, tokens: Tokens) -> None:
    """A unit that asks its source in vain, for its version is older than a token requires, denies."""
    if tokens.share:
        start = np.maximum(held.applied, tokens.since(held.version, head))
        row, low, high = tokens.unanswered(held.unit, start, held.following)
        changes.interval(held.unit[row], low, high, _UNANSWERED, tokens.share)


def _lapses(changes: _Changes, trace: Trace, mine: Indices, policy: int) -> None:
    lapses = trace.tables["lapses"]
    denying = np.isin(lapses["mode"], [mode for mode in LapseMode if mode.denies])
    for chosen, quantity in ((denying, _DENYING), (~denying, _ALLOWING)):
        rows = np.flatnonzero((lapses["policy"] == policy) & chosen & np.isin(lapses["unit"], mine))
        changes.interval(lapses["unit"][rows], lapses["start"][rows], lapses["end"][rows], quantity, 1.0)


def _cached(changes: _Changes, trace: Trace, mine: Indices, policy: int, head: Head, tokens: Tokens) -> None:
    """A cached decision contradicts the version in force, so against the head just one of them is wrong.

    Requests with a token are judged by none.
    """
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
            who, low, past = unit[row][some], start[some], end[some]
            changes.interval(who, low, past, quantity, amount * (1.0 - tokens.share))


def _jumps(levels: dict[str, Floats]) -> dict[str, Floats]:
    return {name: np.diff(each, prepend=0.0) for name, each in levels.items()}


def _levels(changes: _Rows) -> dict[str, Floats]:
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
        zip(_ALWAYS, (*told, *(able * each for each in (over, under, held_over, held_under))), strict=True)
    )


def _failing(changes: _Rows, levels: dict[str, Floats]) -> dict[str, Floats]:
    """What fails for a bad version of all that it lets through, and wrongly does not; shapes (n,)."""
    share = np.cumsum(np.where(changes.which == _FAILING, changes.amount, 0.0))
    share = np.where(share < _ROUNDING, 0.0, share)
    refused = levels["under"] + levels["held_under"]
    return {"failing": share * (levels["able"] + levels["opened"]), "failing_under": share * refused}


def _unanswered(changes: _Rows, levels: dict[str, Floats]) -> dict[str, Floats]:
    """Who is denied for want of an answer about a token, and about whom a unit decides; shapes (n,)."""
    share = np.cumsum(np.where(changes.which == _UNANSWERED, changes.amount, 0.0))
    vain = levels["able"] * np.where(share < _ROUNDING, 0.0, share)
    return {"able": levels["able"] - vain, "closed": levels["closed"] + vain}
