"""What happened, as rows by key: read from the fast engine's trace, and from the slow twin's world."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, nan
from typing import Any

import numpy as np

from churnsim.model.account import OUTCOMES
from churnsim.trace import Trace
from churnsim.trace.code import Family, LapseMode, ServiceState
from tests.twin.estate import Estate
from tests.twin.policy import Copy
from tests.twin.probe import WINDOW_S
from tests.twin.slow import World

Key = tuple[Any, ...]
Table = dict[Key, tuple[float, ...]]

TIME_S = 1e-6  # two ways of adding the same terms may round differently; instants are below 1e6 s


def from_trace(trace: Trace) -> dict[str, Table]:
    """Rows by key of everything that both ways know."""
    units, credentials, thefts = trace["units"], trace["credentials"], trace["thefts"]
    causes, outcomes = trace.meta.causes, trace.names("outcome")
    who = list(zip(*(units[n].tolist() for n in ("workload", "slot", "incarnation")), strict=True))
    life = ("created", "placed", "booted", "ready", "stopped", "gone", "listed", "unlisted")
    signed = ("asked", "issued", "expires", "due", "revoked", "tries")
    held = [
        (*who[unit], bearer, serial)
        for unit, bearer, serial in _rows(credentials, "unit", "bearer", "serial")
    ]
    tables: dict[str, Table] = {
        "units": {
            (*who[row[0]], "" if row[1] < 0 else causes[row[1]], row[2]): row[3:]
            for row in _rows(units, "unit", "end_cause", "revision", *life)
        },
        "credentials": {
            held[i]: row
            for i, row in enumerate(_rows(credentials, *signed))
        },
        "signings": _visits(
            ((*who[unit], bearer, serial), arrived, began, ended, concluded, outcomes[outcome])
            for unit, bearer, serial, arrived, began, ended, concluded, outcome in _rows(
                trace["signings"], "unit", "bearer", "serial", "arrived", "began", "ended", "concluded",
                "outcome",
            )
        ),
        "learned": {
            (*held[c], point): (at,) for c, point, at in _rows(trace["learned"], "credential", "point", "at")
        },
        "thefts": {
            (row, *who[unit], serial): (time, detected, decided)
            for row, (unit, serial, time, detected, decided) in enumerate(
                _rows(thefts, "unit", "serial", "time", "detected", "decided")
            )
        },
        "keys": {
            row[:2]: row[2:]
            for row in _rows(
                trace["keys"], "issuer", "key", "published", "activated", "deactivated", "removed"
            )
        },
        "withdrawals": _numbered(
            (row[:2], row[2:]) for row in _rows(trace["withdrawals"], "issuer", "key", "start", "end")
        ),
        "bundles": _numbered(
            (row[:3], row[3:]) for row in _rows(trace["bundles"], "issuer", "key", "point", "start", "end")
        ),
        "forgers": _numbered(
            (row[:2], row[2:])
            for row in _rows(
                trace["forgers"], "issuer", "key", "time", "detected", "rotated", "reissued"
            )
        ),
        "cuts": _merged(
            ((*who[unit], family), start, end)
            for unit, family, start, end in _rows(trace["cuts"], "unit", "family", "start", "end")
        ),
        "unanswered": _merged(
            ((*held[c], point), start, end)
            for c, point, start, end in _rows(trace["unanswered"], "credential", "point", "start", "end")
        ),
        "connections": _merged(
            ((*who[unit], bearer, point), start, end)
            for unit, bearer, point, start, end in _rows(
                trace["connections"], "unit", "bearer", "point", "start", "end"
            )
        ),
        "commits": {
            (policy, version, principal, allowed): (time,)
            for policy, version, principal, allowed, time in _rows(
                trace["commits"], "policy", "version", "principal", "allowed", "time"
            )
        },
        "offboardings": {
            (policy, tenant, version): (left,)
            for policy, tenant, version, left in _rows(
                trace["offboardings"], "policy", "tenant", "version", "left"
            )
        },
        "polls": {
            who[row[0]]: row[1:]
            for row in _rows(trace["polls"], "unit", "polls", "seconds", "age_integral", "peaks", "peak_sum")
        },
        "targets": _numbered(
            ((workload, units), (when, spare))
            for workload, when, units, spare in _rows(
                trace["targets"], "workload", "time", "units", "spare"
            )
        ),
        "revisions": {
            (workload, number, is_bad, "" if cause < 0 else causes[cause]): row
            for workload, number, is_bad, cause, *row in _rows(
                trace["revisions"],
                "workload", "revision", "bad", "cause", "committed", "began", "completed", "noticed",
                "restored",
            )
        },
        "traffic": {
            (workload, start): row
            for (workload, start), row in zip(
                _rows(trace["traffic"], "workload", "start"), _rows(trace["traffic"], *OUTCOMES), strict=True
            )
        },
    }  # fmt: skip
    tables |= _work(trace) | _invocations(trace)
    ends = units["gone"].tolist()
    tables["adoptions"] = _adoptions(
        (who[u], v, read, applied, ends[u])
        for u, v, read, applied in _rows(trace["adoptions"], "unit", "version", "read", "applied")
    )
    modes = [mode.name.lower().replace("_", "-") for mode in LapseMode]
    tables["lapses"] = _merged(
        ((*who[u], modes[mode]), start, end)
        for u, mode, start, end in _rows(trace["lapses"], "unit", "mode", "start", "end")
    )
    tables["cached"] = _merged(
        ((*who[unit], principal, says), start, end)
        for unit, principal, says, start, end in sorted(
            _rows(trace["cached"], "unit", "principal", "allowed", "start", "end")
        )
    )
    down = trace["intervals"]
    services = (Family.ISSUER, Family.SOURCE, Family.OWNER)
    rows = np.isin(down["family"], services) & (down["state"] != ServiceState.UP)
    tables["outages"] = _merged(
        ((int(f) - Family.ISSUER, e), start, end)
        for f, e, start, end in _rows(
            {n: c[rows] for n, c in down.items()}, "family", "entity", "start", "end"
        )
    )
    return tables


def from_world(world: World) -> dict[str, Table]:
    """The same of a slow world."""
    t0, t1 = world.t0, world.t1
    units = [unit for fleet in world.fleets.values() for unit in fleet.units]
    who = {unit: (unit.fleet.number, unit.slot, unit.incarnation) for unit in units}
    thieves = sorted(world.thieves, key=lambda thief: (thief.unit.fleet.number, thief.time))
    credentials = [c for issuer in world.issuers.values() for c in issuer.credentials]

    def identified(identity: Any) -> Key:
        return (*who[identity.unit], -1 if identity.thief is None else thieves.index(identity.thief))

    renewers = [renewer for fleet in world.fleets.values() for renewer in fleet.renewers]

    def name(c: Any) -> Key:
        return (*identified(c.identity), c.serial)

    ringed = [issuer for issuer in world.issuers.values() if issuer.ring is not None]
    copies = [(who[unit], unit.copy) for unit in units if unit.copy is not None and unit.copy.adoptions]
    tables: dict[str, Table] = {
        "units": {
            (*who[u], u.end_cause, u.revision): (
                u.created, u.placed, u.booted, u.ready, u.stopped, u.gone, u.listed, u.unlisted,
            )
            for u in units
        },
        "targets": _numbered(
            ((fleet.number, units), (when, spare))
            for fleet in world.fleets.values()
            for when, units, spare in fleet.targets
        ),
        "revisions": {
            (fleet.number, v.number, v.is_bad, v.cause): (
                v.committed, v.began, v.completed, v.noticed, v.restored,
            )
            for fleet in world.fleets.values()
            if fleet.rollout is not None
            for v in fleet.rollout.versions[1:]
        },
        "credentials": {
            name(c): (c.asked, c.issued, c.expires, c.due, c.revoked, c.tries) for c in credentials
        },
        "signings": _visits(
            ((*identified(v.identity), v.serial), v.arrived, v.began, v.ended, v.concluded, v.outcome)
            for issuer in world.issuers.values()
            if issuer.desk is not None
            for v in issuer.desk.visits
        ),
        "learned": {(*name(c), p.number): (at,) for c in credentials for p, at in c.refused.items()},
        "thefts": {
            (row, *who[t.unit], t.stolen.serial): tuple(
                instant if instant < t1 else nan for instant in (t.time, t.detected, t.decided)
            )
            for row, t in enumerate(thieves)
        },
        "keys": {
            (i.number, key.number): (key.published, key.activated, key.deactivated, key.removed)
            for i in ringed for key in i.ring.signed
        },
        "withdrawals": _numbered(
            ((i.number, key.number), (start, _before(end, t1)))
            for i in ringed for key, start, end in i.ring.withdrawals
        ),
        "bundles": _numbered(
            ((i.number, key.number, point.number), (start, _before(end, t1)))
            for i in ringed for point in i.points for key, start, end in point.known if key.number >= 0
        ),
        "forgers": _numbered(
            ((f.issuer.number, f.key.number),
             (f.time, _before(f.detected, t1), f.rotated, f.reissued))
            for f in world.forgers
        ),
        "cuts": _merged(
            ((*who[u], int(family)), max(start, u.booted), min(end, u.gone if u.is_gone else t1))
            for u in units
            if u.booted == u.booted
            for what, family in (("issuer", Family.ISSUER), ("policy", Family.SOURCE))
            for start, end in (u.fleet.lines[what, u.slot].outages if (what, u.slot) in u.fleet.lines else ())
        ),
        "unanswered": _merged(
            ((*name(c), point), start, min(end, t1))
            for c in credentials
            for point, start, end in c.silences
        ),
        "connections": _merged(
            ((*holder, door.point.number), start, min(end, gone, t1))
            for holder, doors, gone in [
                *(((*who[u], -1), u.identity.doors, u.gone) for u in units if u.identity is not None),
                *(((*who[t.unit], n), t.doors, t1) for n, t in enumerate(thieves)),
            ]
            for door in doors
            for start, end in door.kept
        ),
        "commits": {},
        "offboardings": {},
        "polls": {
            unit: (copy.fetched, _seconds(copy, t0, t1), copy.age_integral, copy.peaks, copy.peak_sum)
            for unit, copy in copies
        },
        "adoptions": _adoptions(
            (unit, *row, copy.unit.gone) for unit, copy in copies for row in copy.adoptions
        ),
        "lapses": _merged(
            ((*who[u], mode), start, min(end, t1))
            for u in units
            if u.copy is not None
            for mode, start, end in u.copy.lapses
        ),
        "cached": _merged(
            ((*unit, principal, int(says)), start, min(end, t1))
            for unit, copy in copies
            if copy.memory is not None
            for principal, says, start, end in sorted(copy.memory.spans)
        ),
        "outages": _merged(
            ((family, number), start, min(end, t1))
            for family, services in enumerate((world.issuers.values(), world.sources.values(), renewers))
            for number, service in enumerate(services)
            for start, end in service.outages
        ),
    }  # fmt: skip
    tables |= _slow_work(world) | _slow_invocations(world)
    for source in world.sources.values():
        commits = tables["commits"]
        for principal, is_allowed in enumerate(source.versions[0]):
            commits[source.number, 0, principal, int(is_allowed)] = (world.clock.start,)
        for version, (time, verdicts) in enumerate(source.commits, start=1):
            for principal, is_allowed in verdicts.items():
                commits[source.number, version, principal, int(is_allowed)] = (time,)
        for tenant, left, version in source.departed:
            tables["offboardings"][source.number, tenant, version] = (left,)
    assert world.probe is not None
    tables["traffic"] = {
        (fleet.number, t0 + WINDOW_S * bucket): tuple(outcomes.values())
        for fleet in world.fleets.values()
        if fleet.recipe.requests is not None
        for bucket, outcomes in enumerate(world.probe.requests[fleet.name])
    }
    return tables


def _work(trace: Trace) -> dict[str, Table]:
    """Jobs, deliveries and outcomes."""
    units, fates, kinds = trace["units"], trace.names("fate"), trace.names("delivery")
    named = _rows(trace["jobs"], "workload", "number")
    who, workload = _rows(units, "slot", "incarnation"), units["workload"].tolist()
    ends = trace.names("environment_fate")
    return {
        "jobs": {
            (workload, number, fates[fate], *((*named[source], attempt) if source >= 0 else ())): row
            for workload, number, fate, source, attempt, *row in _rows(
                trace["jobs"],
                "workload", "number", "fate", "source", "source_attempt",
                "arrived", "work", "attempts", "ended",
            )
        },
        "deliveries": {
            (*named[job], attempt, who[unit], kinds[outcome]): row
            for job, attempt, unit, outcome, *row in _rows(
                trace["deliveries"],
                "job", "attempt", "unit", "outcome", "began", "ended", "resumed", "kept", "saving",
            )
        },
        "environments": {
            (workload, number, ends[fate]): row
            for workload, number, fate, *row in _rows(
                trace["environments"], "workload", "number", "fate", "opened", "closed", "removed"
            )
        },
        "residents": {
            (workload[unit], *who[unit], number): row
            for unit, number, *row in _rows(trace["residents"], "unit", "number", "until")
        },
        "outcomes": {
            (*named[job], attempt, "" if cause < 0 else trace.meta.causes[cause]): row
            for job, attempt, cause, *row in _rows(
                trace["outcomes"], "job", "attempt", "cause", "committed", "acknowledged"
            )
        },
    }  # fmt: skip


def _source(world: World, fleet: int, job: Any) -> Key:
    """The stage before, the number of its job and of the delivery whose outcome brought a job, if any did."""
    if job.source is None:
        return ()
    names = list(world.fleets)
    before = names.index(world.fleets[names[fleet]].recipe.jobs.after)
    return before, job.source.job.number, job.source.number


def _slow_work(world: World) -> dict[str, Table]:
    """The same of a slow world."""
    jobs = [(f.number, job) for f in world.fleets.values() if f.work is not None for job in f.work.jobs]
    estates = [(f, e) for f in world.fleets.values() if isinstance(f.demand, Estate) for e in f.demand.all]
    deliveries = [((fleet, job.number, d.number), d) for fleet, job in jobs for d in job.deliveries]
    return {
        "jobs": {
            (fleet, job.number, job.state, *_source(world, fleet, job)): (
                job.arrived, job.work, len(job.deliveries), job.ended,
            )
            for fleet, job in jobs
        },
        "deliveries": {
            (*name, (d.unit.slot, d.unit.incarnation), d.outcome): (
                d.began, d.ended, d.resumed, d.kept, d.saving,
            )
            for name, d in deliveries
        },
        "environments": {
            (f.number, each.number, each.fate): (each.opened, each.closed, each.removed)
            for f, each in estates
        },
        "residents": {
            (f.number, unit.slot, unit.incarnation, each.number): (
                each.closed if unit.is_disowned else nan,
            )
            for f, each in estates
            for unit in each.units
        },
        "outcomes": {
            (*name, d.again): (d.committed, d.acknowledged)
            for name, d in deliveries
            if not isnan(d.committed)
        },
    }  # fmt: skip


def _invocations(trace: Trace) -> dict[str, Table]:
    """Requests to functions."""
    who, kinds = _rows(trace["units"], "slot", "incarnation"), trace.names("invocation")
    taken = _rows(trace["invocations"], "workload", "number", "unit", "outcome", "arrived", "began", "ended")
    refused = _rows(trace["throttles"], "workload", "number", "time")
    return {
        "invocations": {
            (workload, number, who[unit], kinds[outcome]): row
            for workload, number, unit, outcome, *row in taken
        },
        "throttles": {(workload, number): (time,) for workload, number, time in refused},
    }


def _slow_invocations(world: World) -> dict[str, Table]:
    """The same of a slow world."""
    every = [
        (f.number, r) for f in world.fleets.values() if f.clients is not None for r in f.clients.requests
    ]
    return {
        "invocations": {
            (fleet, r.number, (r.unit.slot, r.unit.incarnation), r.outcome): (r.arrived, r.began, r.ended)
            for fleet, r in every
            if r.unit is not None
        },
        "throttles": {(fleet, r.number): (r.arrived,) for fleet, r in every if r.unit is None},
    }


def _visits(rows: Iterable[tuple[Any, ...]]) -> Table:
    """Requests by holder, serial, outcome and number; those of one instant in the order of their outcomes."""
    counts: dict[Key, int] = {}
    table: Table = {}
    for holder, arrived, began, ended, concluded, outcome in sorted(rows, key=lambda row: (row[0], row[1])):
        number = counts[holder] = counts.get(holder, 0) + 1
        table[*holder, number, outcome] = (arrived, began, ended, concluded)
    return table


def _numbered(rows: Iterable[tuple[Key, tuple[float, ...]]]) -> Table:
    """Rows by owner and number."""
    counts: dict[Key, int] = {}
    table: Table = {}
    for owner, row in sorted(rows, key=lambda each: (each[0], each[1][0])):
        counts[owner] = counts.get(owner, -1) + 1
        table[*owner, counts[owner]] = row
    return table


def _before(instant: float, end: float) -> float:
    return instant if instant < end else nan


def _adoptions(rows: Iterable[tuple[Any, ...]]) -> Table:
    """Versions in force for any time at all: whoever is replaced at its first instant is left out."""
    ordered = list(rows)
    table: Table = {}
    for place, (unit, version, read, applied, gone) in enumerate(ordered):
        after = ordered[place + 1 :][:1]
        until = after[0][3] if after and after[0][0] == unit else gone
        if not until <= applied + TIME_S:
            table[*unit, version] = (read, applied)
    return table


def _merged(rows: Iterable[tuple[Key, float, float]]) -> Table:
    """Stretches by owner and number, joined where they touch; what may be rounding is left out."""
    joined: dict[Key, list[list[float]]] = {}
    for owner, start, end in rows:
        mine = joined.setdefault(owner, [])
        if mine and start <= mine[-1][1]:
            mine[-1][1] = max(end, mine[-1][1])
        elif end > start + TIME_S:
            mine.append([start, end])
    return {(*owner, n): tuple(stretch) for owner, mine in joined.items() for n, stretch in enumerate(mine)}


def _rows(table: Any, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(np.asarray(table[name]).tolist() for name in names), strict=True))


def _seconds(copy: Copy, t0: float, t1: float) -> float:
    """Time in the window from the first policy until gone."""
    until = t1 if isnan(copy.unit.gone) else copy.unit.gone
    return max(until - max(copy.adoptions[0][2], t0), 0.0)
