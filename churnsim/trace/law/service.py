"""L12: nobody waits for a credential without asking, and nobody forgets to renew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family
from churnsim.trace.intervals import Spans
from churnsim.trace.law.statement import Violation, first, law, occurs
from churnsim.trace.ownership import owner_of_unit, owners_down
from churnsim.trace.signature import signers
from churnsim.trace.trace import Trace


@law(
    "L12",
    "Whoever asks is answered at once, finds the issuer not up or out of reach or its owner down, or comes "
    "to its desk that instant: so it was with every credential issued later than it was asked for, and with "
    "whoever holds one past due, or none, at its end. A credential is asked for when its predecessor fell "
    "due or was revoked, or once a forced rotation of its key has begun, the first one when the unit booted, "
    "or later where it has to prove who it is.",
)
def service(trace: Trace) -> Iterator[Violation]:
    """Follow each holder from one credential to the next, and on to its end."""
    table, units, thefts = trace["credentials"], trace["units"], trace["thefts"]
    unit, bearer, asked, issued = (table[name] for name in ("unit", "bearer", "asked", "issued"))
    due, revoked = table["due"], table["revoked"]
    down, desk = trace.unavailable(Family.ISSUER), trace["signings"]
    owner_down, owners, own = owners_down(trace), owner_of_unit(trace), bearer < 0
    cut_off = trace.severed(Family.ISSUER)
    bearers = trace.count("thefts") + 1
    came = desk["unit"] * bearers + desk["bearer"] + 1

    def excused(issuer: NDArray[Any], holder: NDArray[Any], time: NDArray[Any]) -> NDArray[Any]:
        """Whether issuer or owner were not up or reached at an instant, or the holder came to the desk."""
        at_desk = occurs(came, desk["arrived"], holder, time)
        owner = np.where(holder % bearers == 0, owners[holder // bearers], -1)  # thieves ask for themselves
        waits = owner_down.contains(time, owner)
        waits |= cut_off.contains(time, np.where(holder % bearers == 0, holder // bearers, -1))
        return np.asarray(down.contains(time, issuer) | waits | at_desk)

    holder = unit * bearers + bearer + 1

    def at(message: str, column: str, i: int) -> Violation:
        return Violation(message, float(table[column][i]), trace.label(Family.UNIT, int(unit[i])))

    late = np.flatnonzero(issued > asked)
    for i in late[~excused(table["issuer"][late], holder[late], asked[late])][:1].tolist():
        yield at(f"had to wait until {issued[i]} although issuer and owner were up", "asked", i)
    same = (unit[1:] == unit[:-1]) & (bearer[1:] == bearer[:-1])
    follows, last = np.append(False, same)[: len(unit)], np.append(~same, True)[: len(unit)]
    prompted = (asked[1:] == due[:-1]) | (asked[1:] == revoked[:-1])
    recalled = _recalled(trace)
    prompted |= recalled[:-1] <= asked[1:]
    for i in first(same & ~prompted):
        yield at(f"asked at {asked[i + 1]}, when its predecessor was neither due nor revoked", "due", i)
    # Who booted before the world began got its first credential then; L08 judges what is issued too early.
    young = units["booted"] >= trace.meta.start
    newborn = ~follows & own & young[unit] & (issued >= units["booted"][unit])
    attests = np.array([info.attests for info in trace.meta.issuers], bool)
    untimely = (asked < units["booted"][unit]) | ((asked > units["booted"][unit]) & ~attests[table["issuer"]])
    for i in first(newborn & untimely):
        yield at(f"first asked at {asked[i]}, not when it booted", "issued", i)

    ends = np.fmin(units["gone"], trace.meta.t1)[unit]
    ends[~own] = np.fmin(thefts["decided"], trace.meta.t1)[bearer[~own]]
    overdue = np.flatnonzero(last & (due < ends))
    whose, who = table["issuer"][overdue], holder[overdue]
    was_excused = excused(whose, who, due[overdue]) | excused(whose, who, revoked[overdue])
    # Ahead of time, at an instant that only a desk remembers.
    was_excused |= occurs(came, desk["serial"], who, table["serial"][overdue] + 1)
    for i in overdue[~was_excused].tolist():
        # Made to ask in an outage ahead of its due, it may have given up, or wait for its turn still.
        span = recalled[i], due[i]
        owner = int(owners[unit[i]]) if own[i] else -1
        is_cut_off = bool(own[i]) and _meets(cut_off, int(unit[i]), *span)
        if not (
            _meets(down, int(table["issuer"][i]), *span) or _meets(owner_down, owner, *span) or is_cut_off
        ):
            yield at("fell due, was not renewed, and issuer and owner were up", "due", i)
    issuer = np.array([info.issuer for info in trace.meta.workloads], np.int64)[units["workload"]]
    without = (issuer >= 0) & young & (units["booted"] < np.fmin(units["gone"], trace.meta.t1))
    without[unit[own]] = False
    without &= ~np.append(attests, False)[issuer]  # who has not proved who it is has not asked
    bare = np.flatnonzero(without)
    for i in bare[~excused(issuer[bare], units["unit"][bare] * bearers, units["booted"][bare])][:1].tolist():
        yield Violation(
            "never had a credential, though issuer and owner were up when it booted",
            float(units["booted"][i]),
            trace.label(Family.UNIT, i),
        )


def _meets(down: Spans, whose: int, since: float, until: float) -> bool:
    """Whether it was not up at some instant of [since, until]; not where that is empty."""
    return since <= until and bool(np.any((down.group == whose) & (down.start <= until) & (down.end > since)))


def _recalled(trace: Trace) -> NDArray[np.float64]:
    """When a forced rotation of its key began for each credential [s]; inf for never before t1."""
    table, keys, forgers = trace["credentials"], trace["keys"], trace["forgers"]
    recalled = np.full(len(table["issued"]), np.inf)
    for issuer in np.unique(forgers["issuer"]):
        mine, theirs = table["issuer"] == issuer, forgers["issuer"] == issuer
        begun = np.full(np.count_nonzero(keys["issuer"] == issuer), np.inf)
        np.fmin.at(begun, forgers["key"][theirs], forgers["rotated"][theirs])
        recalled[mine] = begun[signers(trace, issuer, table["issued"][mine])]
    return recalled
