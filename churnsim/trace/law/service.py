"""L12: nobody waits for a credential while the issuer answers, and nobody forgets to renew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.intervals import Spans
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.schema import Family, ServiceState
from churnsim.trace.trace import Trace


@law(
    "L12",
    "A credential issued later than it was asked for was asked for while its issuer was down; it was asked "
    "for when its predecessor fell due or was revoked, the first one when the unit booted; whoever holds one "
    "past due, or none, at its end had fallen due, been revoked or booted while the issuer was down.",
)
def service(trace: Trace) -> Iterator[Violation]:
    """Follow each holder from one credential to the next, and on to its end."""
    table, units, thefts = trace["credentials"], trace["units"], trace["thefts"]
    unit, bearer, asked, issued = (table[name] for name in ("unit", "bearer", "asked", "issued"))
    due, revoked = table["due"], table["revoked"]
    outages = trace.intervals(Family.ISSUER, ServiceState.DOWN)
    down = Spans.of(outages["start"], outages["end"], outages["entity"])

    def at(message: str, column: str, i: int) -> Violation:
        return Violation(message, float(table[column][i]), trace.label(Family.UNIT, int(unit[i])))

    for i in first((issued > asked) & ~down.contains(asked, table["issuer"])):
        yield at(f"had to wait until {issued[i]} although the issuer was up", "asked", i)
    same = (unit[1:] == unit[:-1]) & (bearer[1:] == bearer[:-1])
    follows, last = np.append(False, same)[: len(unit)], np.append(~same, True)[: len(unit)]
    prompted = (asked[1:] == due[:-1]) | (asked[1:] == revoked[:-1])
    for i in first(same & ~prompted):
        yield at(f"asked at {asked[i + 1]}, when its predecessor was neither due nor revoked", "due", i)
    # Who booted before the world began got its first credential then; L08 judges what is issued too early.
    young = units["booted"] >= trace.meta.start
    own = bearer < 0
    newborn = ~follows & own & young[unit] & (issued >= units["booted"][unit])
    for i in first(newborn & (asked != units["booted"][unit])):
        yield at(f"first asked at {asked[i]}, not when it booted", "issued", i)

    ends = np.fmin(units["gone"], trace.meta.t1)[unit]
    ends[~own] = np.fmin(thefts["detected"], trace.meta.t1)[bearer[~own]]
    excused = down.contains(due, table["issuer"]) | down.contains(revoked, table["issuer"])
    for i in first(last & (due < ends) & ~excused):
        yield at("fell due, was not renewed, and the issuer was up", "due", i)
    issuer = np.array([info.issuer for info in trace.meta.workloads], np.int64)[units["workload"]]
    without = (issuer >= 0) & young & (units["booted"] < np.fmin(units["gone"], trace.meta.t1))
    without[unit[own]] = False
    for i in first(without & ~down.contains(units["booted"], issuer)):
        yield Violation(
            "never had a credential, though the issuer was up when it booted",
            float(units["booted"][i]),
            trace.label(Family.UNIT, i),
        )
