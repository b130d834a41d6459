"""At random instants of random small worlds the gaps are what asking every point about every pair gives."""

from __future__ import annotations

import builder as b
import numpy as np
import pytest

from churnsim.metrics.trust import GapFamily, Side, concatenate, episodes, gaps, units_wrong
from churnsim.trace.intervals import Spans

PROBES = 60


def random_trace(seed):
    """A world of five units, three points and two principals in which times are drawn without any sense."""
    draw = np.random.default_rng(seed)
    units, credentials, learned, adoptions, lapses, thefts = [], [], [], [], [], []
    unanswered, connections = [], []
    for number in range(5):
        born = draw.uniform(-30, 60)
        gone = born + draw.uniform(10, 100)
        units.append(b.unit(number, created=born, stopped=gone if gone < 100 else b.NAN))
        issued, serial = born + draw.uniform(0, 5), 1
        while issued < min(gone, 100):
            revoked = issued + draw.uniform(0, 15) if draw.random() < 0.4 else b.NAN
            credentials.append(b.credential(number, serial, issued, issued + 20, revoked=revoked))
            learned += [
                b.learned(len(credentials) - 1, revoked + delay, point=point)
                for point, delay in enumerate(draw.uniform(0, 10, 3))
                if revoked + delay < 100
            ]
            issued, serial = issued + draw.uniform(5, 25), serial + 1
            start = issued + draw.uniform(-20, 9)
            unanswered.append(
                {
                    "issuer": 0,
                    "credential": len(credentials) - 1,
                    "point": int(draw.integers(3)),
                    "start": start,
                    "end": start + draw.uniform(0, 6),
                }
            )
            start = issued + draw.uniform(0, 20)
            end = min(start + draw.uniform(0, 9), np.fmin(gone, 100))
            if start < end:
                connections.append(connection(number, start, end, draw))
        if draw.random() < 0.7:
            time, theft = born + draw.uniform(0, 30), len(thefts)
            detected = time + draw.uniform(0, 40) if draw.random() < 0.7 else b.NAN
            who = {"theft": theft, "workload": 0, "unit": number, "serial": int(draw.integers(1, serial))}
            decided = detected + draw.uniform(0, 10)
            thefts.append(who | {"time": time, "detected": detected, "decided": decided})
            start = time + draw.uniform(0, 60)
            connections.append(connection(number, start, start + draw.uniform(0, 9), draw, bearer=theft))
            for renewal, issued in enumerate(np.sort(time + draw.uniform(0, 60, 2)), start=1):
                revoked = issued + draw.uniform(0, 15)
                credentials.append(
                    b.credential(number, renewal, issued, issued + 20, revoked=revoked, bearer=theft)
                )
                learned.append(b.learned(len(credentials) - 1, revoked + 3.0, point=1))
    times = np.sort(draw.uniform(-30, 100, 12))
    commits = [*b.permissions(1, 0)]
    for version, time in enumerate(times, start=1):
        commits.append(b.commit(version, time, int(draw.integers(2)), principal=int(draw.integers(2))))
    commits[0]["time"] = commits[1]["time"] = -30.0
    for unit in units:
        time = unit["ready"]
        while time < np.fmin(unit["gone"], 100):
            known = int(np.searchsorted(times, max(time - draw.uniform(0, 5), unit["ready"] - 5)))
            adoptions.append(b.adoption(unit["unit"], known, time))
            time += draw.uniform(5, 30)
        start = unit["ready"] + draw.uniform(0, 20)
        end = min(start + draw.uniform(0, 20), np.fmin(unit["gone"], 100))
        if end > start:
            mode = int(draw.integers(2))
            lapses.append({"policy": 0, "unit": unit["unit"], "start": start, "end": end, "mode": mode})
    return b.trace(
        start=-30.0,
        issuers=(b.issuer(leeway=1.0, backdate=0.5),),
        policies=(b.policy(2),),
        points=[
            point | {"drift": drift, "sync": 7.0, "synced": 2.5}
            for point, drift in zip(b.points(0.0, -3.0, 4.0), (0.0, 0.2, -0.3), strict=True)
        ],
        units=units,
        credentials=credentials,
        learned=learned,
        unanswered=unanswered,
        connections=connections,
        commits=commits,
        adoptions=adoptions,
        lapses=lapses,
        thefts=thefts,
    )


def connection(unit, start, end, draw, bearer=-1):
    who = {"issuer": 0, "unit": unit, "bearer": bearer, "point": int(draw.integers(3))}
    return who | {"start": start, "end": end}


def ask(trace, t):
    """Who is wrong at t: by side: unit and point, thief and point, or unit and principal."""
    wrong = set()
    as_dicts = {
        name: [dict(zip(trace[name], row, strict=True)) for row in zip(*trace[name].values(), strict=True)]
        for name in trace
    }
    learned = {(row["credential"], row["point"]): row["at"] for row in as_dicts["learned"]}

    def lets_in(number, row, point):
        shown = t + point["skew"] + point["drift"] * ((t - point["synced"]) % point["sync"])
        silent = any(
            (each["credential"], each["point"]) == (number, point["point"])
            and each["start"] <= t < each["end"]
            for each in as_dicts["unanswered"]
        )
        known = t >= learned.get((number, point["point"]), np.inf)
        return row["issued"] - 1.5 <= shown < row["expires"] + 1.0 and not known and not silent

    def is_open(point, whose, number):
        return any(
            each["point"] == point["point"]
            and (each["bearer"] == -1) == (whose == "unit")
            and each[whose] == number
            and each["start"] <= t < each["end"]
            for each in as_dicts["connections"]
        )

    for unit in as_dicts["units"]:
        is_gone = unit["gone"] <= t
        for point in as_dicts["points"]:
            accepted = any(
                row["unit"] == unit["unit"]
                and row["bearer"] == -1
                and row["issued"] <= t
                and lets_in(number, row, point)
                for number, row in enumerate(as_dicts["credentials"])
            )
            accepted = accepted or is_open(point, "unit", unit["unit"])
            if accepted and is_gone:
                wrong.add((Side.OVER, "credential", unit["unit"], point["point"]))
            if not accepted and not is_gone and unit["booted"] <= t:
                wrong.add((Side.UNDER, "credential", unit["unit"], point["point"]))
            for theft in as_dicts["thefts"]:
                loot = any(
                    (row["bearer"] == theft["theft"])
                    | ((row["unit"], row["bearer"], row["serial"]) == (theft["unit"], -1, theft["serial"]))
                    and row["issued"] <= t
                    and lets_in(number, row, point)
                    for number, row in enumerate(as_dicts["credentials"])
                )
                loot = loot or is_open(point, "bearer", theft["theft"])
                if loot and theft["unit"] == unit["unit"] and theft["time"] <= t:
                    wrong.add((Side.OVER, "theft", theft["theft"], point["point"]))
        if unit["ready"] <= t and not is_gone:
            version = [r for r in as_dicts["adoptions"] if r["unit"] == unit["unit"] and r["applied"] <= t][
                -1
            ]["version"]
            lapsed = [
                r for r in as_dicts["lapses"] if r["unit"] == unit["unit"] and r["start"] <= t < r["end"]
            ]
            for principal in range(2):
                said = [r for r in as_dicts["commits"] if r["principal"] == principal]
                head = [r for r in said if r["time"] <= t][-1]["allowed"]
                own = [r for r in said if r["version"] <= version][-1]["allowed"]
                decided = lapsed[0]["mode"] if lapsed else own
                if decided != head:
                    wrong.add((Side.OVER if decided else Side.UNDER, "policy", unit["unit"], principal))
    return wrong


def pointwise(trace):
    """The gaps with those of each unit about a principal in rows of their own."""
    found = gaps(trace)
    parts = [found.where((found.family != GapFamily.POLICY) | (found.principal < 0))]
    for workload, info in enumerate(trace.meta.workloads):
        if info.policy >= 0:
            principals = trace.meta.policies[info.policy].principals
            parts += [units_wrong(trace, workload, principal) for principal in range(principals)]
    return concatenate(*parts)


def told(trace, found, t):
    """The same from the gaps found; a lapse stands for every principal its mode is wrong about."""
    wrong = set()
    for row in np.flatnonzero((found.start <= t) & (t < found.end)):
        side, unit = found.side[row], found.unit[row]
        if found.family[row] == GapFamily.CREDENTIAL:
            place = (side, "credential", unit, found.point[row])
            assert place not in wrong, "two causes at once"
            wrong.add(place)
            continue
        if found.family[row] == GapFamily.THEFT:
            place = (side, "theft", found.theft[row], found.point[row])
            assert place not in wrong, "two causes at once"
            wrong.add(place)
            continue
        principals = [found.principal[row]]
        if found.principal[row] < 0:
            commits = trace["commits"]
            head = {
                p: commits["allowed"][(commits["principal"] == p) & (commits["time"] <= t)][-1]
                for p in range(2)
            }
            principals = [p for p in head if head[p] == (side == Side.UNDER)]
        for principal in principals:
            place = (side, "policy", unit, principal)
            assert place not in wrong, "two causes at once"
            wrong.add(place)
    return wrong


@pytest.mark.parametrize("seed", range(25))
def test_gaps_are_what_a_probe_would_find(seed):
    """The probe applies the definitions to one instant at a time, with neither intervals nor arrays."""
    trace = random_trace(seed)
    found = pointwise(trace)
    for t in np.random.default_rng([seed, 1]).uniform(-30, 100, PROBES):
        assert told(trace, found, t) == ask(trace, t), t


@pytest.mark.parametrize("seed", range(25))
def test_an_episode_lasts_as_long_as_some_point_is_wrong(seed):
    trace = random_trace(seed)
    found = episodes(trace)
    for t in np.random.default_rng([seed, 2]).uniform(-30, 100, PROBES):
        holds = (found.start <= t) & (t < found.end)
        held = set(zip(found.side[holds], found.family[holds], found.pair[holds], strict=True))
        asked = {
            (side, GapFamily[family.upper()], other if family == "policy" else holder)
            for side, family, holder, other in ask(trace, t)
        }
        assert held == asked, t
        assert np.count_nonzero(holds) == len(held)


@pytest.mark.parametrize("seed", range(5))
def test_weighted_seconds_are_the_integral_of_the_weights(seed):
    """Nothing changes between neighbouring events, so that the sum over those cells is exact."""
    trace = random_trace(seed)
    found, units, commits = pointwise(trace), trace["units"], trace["commits"]
    events = np.concatenate(
        (found.start, found.end, units["ready"], units["gone"], commits["time"], [0, 100])
    )
    edges = np.unique(np.clip(events[~np.isnan(events)], 0, 100))
    t, cell = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    live = ((units["ready"][:, None] <= t) & ~(units["gone"][:, None] <= t)).sum(axis=0)
    allowed = np.zeros(t.size)
    for principal in range(2):
        mine = commits["principal"] == principal
        allowed += commits["allowed"][mine][np.searchsorted(commits["time"][mine], t, "right") - 1]
    for row in range(len(found)):
        inside = (found.start[row] <= t) & (t < found.end[row])
        pairs = (
            1 if found.principal[row] >= 0 else np.where(found.side[row] == Side.UNDER, allowed, 2 - allowed)
        )
        is_credential = found.family[row] != GapFamily.POLICY
        weight = np.full(t.size, 1 / 3) if is_credential else pairs / np.maximum(live, 1)
        assert found.seconds[row] == pytest.approx((inside * weight * cell).sum(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_units_that_share_a_row_weigh_as_much_as_each_by_itself(seed):
    """By side, cause and principal: as long as any unit is wrong, as many weighted seconds as all of them."""
    trace = random_trace(seed)
    folded, single = gaps(trace), pointwise(trace)

    def things(found):
        found = found.where((found.family == GapFamily.POLICY) & (found.principal >= 0))
        thing = (found.principal * len(Side) + found.side) * 100 + found.cause
        spans = Spans.of(found.start, found.end, thing)
        weighed = [
            np.bincount(thing, each, 400)
            for each in (found.seconds, found.weight * (found.end - found.start))
        ]
        return spans, np.concatenate(weighed)

    (spans, weighed), (each, each_weighed) = things(folded), things(single)
    assert len(spans) > 0
    for name in ("start", "end", "group"):
        np.testing.assert_array_equal(getattr(spans, name), getattr(each, name))
    np.testing.assert_allclose(weighed, each_weighed, rtol=1e-12, atol=1e-12)
