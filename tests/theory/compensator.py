"""The rate of every outcome of a request, span by span as the conventions define it, in plain loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from churnsim.trace import LapseMode, Trace
from tests.twin.load import Load


def compensator(trace: Trace, workload: int, load: Load) -> dict[str, float]:
    """Return the expected number of requests of one workload, by outcome, over the measured window.

    Between two instants at which anything changes, ask in the middle: who is listed, who answers, whose
    credential is accepted by how many points, whose version of the policy says what about whom. What is
    more than the units listed can take is shed, the load of a bucket being even while the list is the same.
    """
    info, units = trace.meta.workloads[workload], trace["units"]
    mine = np.flatnonzero((units["workload"] == workload) & ~np.isnan(units["listed"]))
    listed, unlisted, gone = (units[name][mine] for name in ("listed", "unlisted", "gone"))
    accepted, credential_times = _accepted(trace, mine)
    versions, policy_times, allowed, commits = _versions(trace, mine)
    lapses = trace["lapses"]
    failing = {
        (int(whose), int(revision)): float(share)
        for whose, revision, share in zip(
            *(trace["revisions"][name] for name in ("workload", "revision", "failing")), strict=True
        )
    }
    bad = [failing.get((workload, int(units["revision"][unit])), 0.0) for unit in mine]
    rote = [np.flatnonzero(lapses["unit"] == unit) for unit in mine]
    pace, noise_times = _paces(trace, workload, mine)
    times = np.concatenate(
        [
            listed,
            unlisted,
            gone,
            credential_times,
            policy_times,
            commits,
            lapses["start"],
            lapses["end"],
            noise_times,
        ]
    )
    inside = times[(times > trace.meta.t0) & (times < trace.meta.t1)]
    window = [trace.meta.t0, trace.meta.t1]
    buckets = trace["traffic"]["start"][trace["traffic"]["workload"] == workload]
    jumps = load.jumps(trace.meta.t1)
    edges = np.unique(np.concatenate([inside, buckets, jumps, window]))
    edges = edges[(edges >= window[0]) & (edges <= window[1])]
    others = np.concatenate([buckets, jumps, commits, window, noise_times])
    kept = _kept(info.capacity, load, listed, unlisted, others)

    @cache
    def decided(held: int, newest: int) -> tuple[float, ...]:
        """Share of principals allowed, denied wrongly, allowed wrongly and denied, by two versions."""
        copy, head = allowed[held], allowed[newest]
        parts = (copy & head, ~copy & head, copy & ~head, ~copy & ~head)
        return tuple(float(part.mean()) for part in parts)

    counted: dict[str, float] = defaultdict(float)
    for begin, end in pairwise(edges):
        now, requests = (begin + end) / 2, load.offered(begin, end)
        newest = int(np.searchsorted(commits, now, side="right"))
        wanted = allowed[newest].mean()
        there = np.flatnonzero((listed <= now) & ~(unlisted <= now))
        if not there.size:
            counted["no_endpoint"] += requests * wanted
            counted["denied"] += requests * (1 - wanted)
            continue
        for unit in there:
            each = requests / there.size
            if gone[unit] <= now:
                counted["dead_endpoint"] += each * wanted
                counted["denied"] += each * (1 - wanted)
                continue
            taken = kept(now, pace(int(unit), now))
            counted["shed"] += each * (1 - taken) * wanted
            counted["denied"] += each * (1 - taken) * (1 - wanted)
            each *= taken
            good = accepted(int(unit), now)
            counted["credential_rejected"] += each * (1 - good) * wanted
            counted["denied"] += each * (1 - good) * (1 - wanted)
            lapsed = [row for row in rote[unit] if lapses["start"][row] <= now < lapses["end"][row]]
            if lapsed:
                denies = LapseMode(int(lapses["mode"][lapsed[0]])).denies
                counted["fail_closed" if denies else "served"] += each * good * wanted * (1 - bad[unit])
                counted["fail_closed" if denies else "bad_version"] += each * good * wanted * bad[unit]
                counted["denied" if denies else "fail_open"] += each * good * (1 - wanted)
                continue
            rightly, stale_deny, stale_allow, denied = decided(int(versions(int(unit), now)), newest)
            counted["served"] += each * good * rightly * (1 - bad[unit])
            counted["bad_version"] += each * good * rightly * bad[unit]
            counted["stale_deny"] += each * good * stale_deny
            counted["stale_allow"] += each * good * stale_allow
            counted["denied"] += each * good * denied
    return dict(counted)


def _kept(
    capacity: float, load: Load, listed: Any, unlisted: Any, others: Any
) -> Callable[[float, float], float]:
    """Share of its requests at an instant that a unit takes which has so much of its capacity."""
    if np.isnan(capacity):
        return lambda now, pace: 1.0
    edges = np.unique(np.concatenate([listed, unlisted[~np.isnan(unlisted)], others]))

    @cache
    def share(now: float, pace: float) -> float:
        place = int(np.searchsorted(edges, now))
        begin, end = float(edges[place - 1]), float(edges[place])
        able = pace * capacity * (end - begin) * np.count_nonzero((listed <= now) & ~(unlisted <= now))
        return float(min(1.0, able / load.offered(begin, end)))

    return share


def _paces(trace: Trace, workload: int, mine: Any) -> tuple[Callable[[int, float], float], Any]:
    """Share of its capacity that noise on its node leaves a unit at an instant, and when it can change."""
    noises, units, placed = trace["noises"], trace["units"], trace["placements"]
    node = {int(unit): int(where) for unit, where in zip(placed["unit"], placed["node"], strict=True)}
    loud: list[tuple[int, float, float, float]] = []  # node, from, to, what is left
    for unit, where, since in zip(placed["unit"], placed["node"], placed["time"], strict=True):
        until = float(np.nan_to_num(units["gone"][unit], nan=np.inf))
        for row in np.flatnonzero(noises["workload"] == units["workload"][unit]):
            if units["workload"][unit] != workload:
                begin, end = max(since, noises["start"][row]), min(until, noises["end"][row])
                loud.append((int(where), float(begin), float(end), float(noises["left"][row])))

    if not loud:
        return lambda place, now: 1.0, np.empty(0)

    def pace(place: int, now: float) -> float:
        here = node.get(int(mine[place]), -1)
        return min(
            (left for where, begin, end, left in loud if where == here and begin <= now < end), default=1.0
        )

    return pace, np.array([instant for _, begin, end, _ in loud for instant in (begin, end)])


def _accepted(trace: Trace, mine: Any) -> tuple[Callable[[int, float], float], Any]:
    """Share of points that accept some credential of a unit at an instant, and when that can change."""
    table, points, learned = trace["credentials"], trace["points"], trace["learned"]
    own = table["bearer"] == -1
    rows = [np.flatnonzero(own & (table["unit"] == unit)) for unit in mine]
    if not len(table["unit"]):
        return lambda unit, now: 1.0, np.empty(0)
    leeway = np.array([issuer.leeway for issuer in trace.meta.issuers])[table["issuer"]]
    assert len(set(table["issuer"].tolist())) == 1, "one issuer is enough for the shipped scenarios"
    ends = (table["expires"] + leeway)[:, None] - points["skew"][None, :]
    for credential, point, at in zip(learned["credential"], learned["point"], learned["at"], strict=True):
        ends[credential, point] = min(ends[credential, point], at)
    # Only an end that no successor covers changes anything.
    same = table["unit"][1:] == table["unit"][:-1]
    covered = np.append((table["issued"][1:] < ends[:-1].min(axis=1)) & same, False)
    uncovered = np.flatnonzero(~covered & own)
    returns = uncovered[uncovered + 1 < len(own)] + 1
    keys, bundles = trace["keys"], trace["bundles"]
    dropped = np.where(np.isnan(bundles["end"]), np.inf, bundles["end"])

    key = np.maximum(np.searchsorted(keys["activated"], table["issued"], side="right") - 1, 0)
    order = {int(point): place for place, point in enumerate(points["point"])}

    @cache
    def known(now: float) -> Any:
        now_known = np.zeros((len(keys["key"]), len(order)), bool)
        for row in np.flatnonzero((bundles["start"] <= now) & (now < dropped)):
            now_known[bundles["key"][row], order[int(bundles["point"][row])]] = True
        return now_known

    def share(unit: int, now: float) -> float:
        held = rows[unit]
        held = held[: np.searchsorted(table["issued"][held], now, side="right")]
        if not len(keys["key"]):  # else an older one is good where the newer is not known
            return float(points["weight"] @ (now < ends[held[-1]])) if held.size else 0.0
        return float(points["weight"] @ ((now < ends[held]) & known(now)[key[held]]).any(axis=0))

    times = (ends[uncovered].ravel(), table["issued"][returns], bundles["start"], dropped, table["issued"])
    return share, np.concatenate(times[: 5 if len(keys["key"]) else 2])


def _versions(trace: Trace, mine: Any) -> tuple[Callable[[int, float], int], Any, Any, Any]:
    """Version in force at a unit at an instant, when it can change, whom versions allow, when they came."""
    commits, table = trace["commits"], trace["adoptions"]
    if not len(commits["time"]):
        return lambda unit, now: 0, np.empty(0), np.ones((1, 1), bool), np.empty(0)
    first = commits["version"] == 0
    state = np.zeros(int(first.sum()), bool)
    state[commits["principal"][first]] = commits["allowed"][first]
    allowed = [state]
    came = []
    for version in range(1, int(commits["version"].max()) + 1):
        about = commits["version"] == version
        state = state.copy()
        state[commits["principal"][about]] = commits["allowed"][about]
        allowed.append(state)
        came.append(commits["time"][about][0])
    rows = [np.flatnonzero(table["unit"] == unit) for unit in mine]

    def version_at(unit: int, now: float) -> int:
        held = rows[unit]
        return int(table["version"][held[np.searchsorted(table["applied"][held], now, side="right") - 1]])

    return version_at, table["applied"], np.array(allowed), np.array(came)
