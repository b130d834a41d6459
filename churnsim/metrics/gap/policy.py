"""What a policy says and what each unit decides by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from churnsim.metrics.overlap import Floats, Ints, Mask, expand
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans
from churnsim.trace.lot import whole_groups


@dataclass(frozen=True, eq=False, slots=True)
class Decisions:
    """Every stretch in which the newest version of a policy says the same about one principal.

    Sorted by principal and start; a stretch ends where the next effective commit about the principal begins,
    a commit that only repeats its permission changes nothing.

    Parameters
    ----------
    principal, version : ndarray of int, shape (k,)
        Who, and the version that began it (0 at the start of the record).
    allowed : ndarray of int, shape (k,)
        1 allowed, 0 denied.
    start, end : ndarray of float, shape (k,)
        Bounds [s]; inf where nothing follows.
    committed : ndarray of float, shape (versions,)
        When version 1, 2, ... was committed [s].
    """

    principal: Ints
    version: Ints
    allowed: Ints
    start: Floats
    end: Floats
    committed: Floats

    def about(self, principal: int) -> Decisions:
        """Return the stretches of one principal alone."""
        mine = self.principal == principal
        names = ("principal", "version", "allowed", "start", "end")
        return replace(self, **{name: getattr(self, name)[mine] for name in names})

    def rank(self, principal: Ints, version: Ints) -> Ints:
        """Row that `version` decides `principal` by."""
        versions = self.committed.size + 1
        known, asked = self.principal * versions + self.version, principal * versions + version
        return np.asarray(np.searchsorted(known, asked, "right") - 1)


def decisions(trace: Trace, policy: int) -> Decisions:
    """Put the commits of `policy` in order."""
    commits = trace["commits"]
    rows = np.flatnonzero(commits["policy"] == policy)
    rows = rows[np.lexsort((commits["version"][rows], commits["principal"][rows]))]
    principal, version = commits["principal"][rows].astype(np.int64), commits["version"][rows]
    allowed, start = commits["allowed"][rows].astype(np.int64), commits["time"][rows]
    effective = (np.diff(principal, prepend=-1) != 0) | (np.diff(allowed, prepend=-1) != 0)
    principal, allowed, start = principal[effective], allowed[effective], start[effective]
    end = np.append(np.where(np.diff(principal) == 0, start[1:], np.inf), np.inf)[: start.size]
    later = (commits["policy"] == policy) & (commits["version"] > 0)
    _, first = np.unique(commits["version"][later], return_index=True)
    committed = commits["time"][later][first]
    return Decisions(principal, version[effective], allowed, start, end, committed)


@dataclass(frozen=True, eq=False, slots=True)
class Copies:
    """Every stretch in which one version is in force at one enforcement point.

    Parameters
    ----------
    unit, version : ndarray of int, shape (k,)
        Where, and which version.
    start, end : ndarray of float, shape (k,)
        Bounds [s], within the time from ready to gone; `end` is at most t1.
    """

    unit: Ints
    version: Ints
    start: Floats
    end: Floats

    def within(self, low: float, high: float) -> Copies:
        """Clip every copy to ``[low, high)``; those outside are lost."""
        start, end = np.maximum(self.start, low), np.minimum(self.end, high)
        kept = end > start
        return Copies(self.unit[kept], self.version[kept], start[kept], end[kept])

    @property
    def seconds(self) -> float:
        """Length of all copies [point s]."""
        return float((self.end - self.start).sum())

    def where(self, chosen: Mask) -> Copies:
        """Return the copies that a mask picks."""
        return Copies(self.unit[chosen], self.version[chosen], self.start[chosen], self.end[chosen])

    def missing(self, versions: Ints, committed: Floats) -> tuple[Ints, Ints]:
        """Copy and commit of each of some (ascending) `versions` committed before a copy ends, not in it."""
        low = np.searchsorted(versions, self.version, "right")
        high = np.searchsorted(committed, self.end, "left")
        copy, item = expand(np.maximum(high - low, 0))
        return copy, low[copy] + item


def copies(trace: Trace, workload: int) -> Iterator[Copies]:
    """Yield which version was in force where and when in one workload, some units at a time."""
    adoptions, units = trace["adoptions"], trace["units"]
    points = enforcement(trace, workload)
    low = np.full(len(units["unit"]), np.inf)
    high = low.copy()
    low[points.group], high[points.group] = points.start, points.end
    # Of the same type as what is searched, which would be copied otherwise.
    mine = np.searchsorted(units["workload"], (workload, workload + 1)).astype(adoptions["unit"].dtype)
    first, past = np.searchsorted(adoptions["unit"], mine)
    for lot in whole_groups(adoptions["unit"][first:past]):
        rows = slice(first + lot.start, first + lot.stop)
        unit, version = (adoptions[name][rows].astype(np.int64) for name in ("unit", "version"))
        applied = adoptions["applied"][rows]
        superseded = np.append(np.where(np.diff(unit) == 0, applied[1:], np.inf), np.inf)
        start, end = np.maximum(applied, low[unit]), np.minimum(superseded, high[unit])
        kept = end > start
        yield Copies(unit[kept], version[kept], start[kept], end[kept])


def cached(trace: Trace, policy: int) -> Spans:
    """When the cache of each unit overrules its version about each principal.

    By ``unit * principals + principal``; the rows of the table `cached` touch only where one ends.
    """
    table = trace["cached"]
    mine = table["policy"] == policy
    whom = table["unit"][mine] * trace.meta.policies[policy].principals + table["principal"][mine]
    return Spans(table["start"][mine], table["end"][mine], whom)


def enforcement(trace: Trace, workload: int) -> Spans:
    """When each unit of `workload` is an enforcement point, from ready to gone, by unit."""
    units = trace["units"]
    end = np.fmin(units["gone"], trace.meta.t1)
    unit = np.flatnonzero((units["workload"] == workload) & (end > units["ready"]))
    return Spans(units["ready"][unit], end[unit], unit)
