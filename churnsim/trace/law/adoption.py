"""L09: a unit enforces versions that existed when it read them, never going back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family, LapseMode
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.lot import whole_groups
from churnsim.trace.trace import Trace


@law(
    "L09",
    "A policy version is applied no earlier than it was read; it is no newer than the head at the read; the "
    "versions in force at a unit never go back; a unit that is ready for any time at all in the world has "
    "one in force from ready on, or from the start, or decides by rote from ready until it has.",
)
def adoption(trace: Trace) -> Iterator[Violation]:
    """Look at each adoption beside the one before it and the head at its read."""
    units, since = trace["units"], np.full(trace.count("units"), np.inf)
    policies = np.array([info.policy for info in trace.meta.workloads], np.int64)
    ruled = policies[units["workload"]] >= 0
    for part in whole_groups(trace["adoptions"]["unit"]):
        table = trace.rows("adoptions", part)
        yield from _judge(trace, table, policies[units["workload"][table["unit"]]])
        first_of = np.append(True, table["unit"][1:] != table["unit"][:-1])
        since[table["unit"][first_of]] = table["applied"][first_of]
    needed = np.fmax(units["ready"], trace.meta.start)
    served = ~np.isnan(units["ready"]) & ~(units["gone"] <= needed)
    lapses = trace["lapses"]
    lacking = np.isin(lapses["mode"], [mode for mode in LapseMode if mode.lacks_policy])
    who, begun, ended = (lapses[name][lacking] for name in ("unit", "start", "end"))
    waited = np.minimum(since, np.where(np.isnan(units["gone"]), trace.meta.t1, units["gone"]))[who]
    for row in first((begun != units["ready"][who]) | (ended != waited)):
        label = trace.label(Family.UNIT, int(who[row]))
        yield Violation("without a first policy, but not from ready until it came", float(begun[row]), label)
    since[who] = begun
    for i in first(ruled & served & ~(since <= needed)):
        yield Violation("ready without a policy", float(units["ready"][i]), trace.label(Family.UNIT, i))


def _judge(trace: Trace, table: Mapping[str, NDArray[Any]], policy: NDArray[np.int64]) -> Iterator[Violation]:
    """Judge all adoptions of some units, each of the given policy."""
    read, applied, unit, version = (table[name] for name in ("read", "applied", "unit", "version"))

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(applied[i]), trace.label(Family.UNIT, int(unit[i])))

    for i in first(~(applied >= read)):
        yield at(f"applied before it was read at {read[i]}", i)
    head = np.zeros(len(read), np.int64)  # what was read before the world began is its version 0
    commits = trace["commits"]
    for number in np.unique(policy):
        mine, theirs = policy == number, commits["policy"] == number
        versions = np.append(0, np.maximum.accumulate(commits["version"][theirs]))
        head[mine] = versions[np.searchsorted(commits["time"][theirs], read[mine], side="right")]
    for i in first((version > head) | (version < 0)):
        yield at(f"version {version[i]} read, head was {head[i]}", i)
    follows = np.append(False, unit[1:] == unit[:-1])
    before = np.append(0, version[:-1])
    for i in first(follows & (version < before)):
        yield at(f"version {version[i]} in force after {before[i]}", i)
