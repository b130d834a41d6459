"""L08: credentials are issued in turn, by an issuer that answers, to somebody who may ask."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family
from churnsim.trace.law.statement import LATE, Violation, first, law
from churnsim.trace.ownership import owner_of_unit, owners_down
from churnsim.trace.trace import Trace


@law(
    "L08",
    "Serials count 1, 2, 3, ... for each unit and bearer; a credential is issued while its issuer is up, not "
    "before it was asked for, to a unit between booted and gone (also to one that is gone at that instant: "
    "a first one if it is ready then, or crashes for the first policy that it reads, any where an autoscaler "
    "or a rollout stops it) that reaches the issuer and whose owner, if it has one, is up, or to a thief who "
    "can renew what was stolen before; its successor falls due after it was issued.",
)
def issue(trace: Trace) -> Iterator[Violation]:
    """Look at each credential beside its predecessor, its issuer, its unit and its theft."""
    table, units, thefts = trace["credentials"], trace["units"], trace["thefts"]
    issued, unit, bearer, serial = (table[name] for name in ("issued", "unit", "bearer", "serial"))

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(issued[i]), trace.label(Family.UNIT, int(unit[i])))

    follows = np.zeros(len(unit), bool)
    follows[1:] = (unit[1:] == unit[:-1]) & (bearer[1:] == bearer[:-1])
    before = np.append(0, serial[:-1])[: len(serial)]
    for i in first(serial != np.where(follows, before + 1, 1)):
        yield at("serials do not count 1, 2, 3, ...", i)
    for i in first(~(issued >= table["asked"])):
        yield at("issued before it was asked for", i)
    for i in first(~(table["due"] > issued)):
        yield at("successor due before it was issued", i)
    while_down = trace.unavailable(Family.ISSUER).contains(issued, table["issuer"]) & (
        issued >= trace.meta.start
    )
    for i in first(while_down):
        yield at("issued while the issuer was not up", i)
    own = bearer < 0
    for i in first(own & trace.severed(Family.ISSUER).contains(issued, unit)):
        yield at("issued while its unit did not reach the issuer", i)
    down = owners_down(trace)
    if len(down):
        owner_down = down.contains(issued, owner_of_unit(trace)[unit]) & (issued >= trace.meta.start)
        for i in first(own & owner_down):
            yield at("issued while its owner was down", i)
    ready, gone = units["ready"][unit], units["gone"][unit]
    # Who looks at an instant after all else has happened in it may end whom it was issued to.
    late = [code for code, name in enumerate(trace.meta.causes) if name in LATE]
    is_later = np.isin(units["end_cause"][unit], late)
    poisoned = [code for code, name in enumerate(trace.meta.causes) if name == "poison-policy"]
    dies_of_it = np.isnan(ready) & np.isin(units["end_cause"][unit], poisoned)
    ends_then = ((serial == 1) & ((ready == gone) | dies_of_it)) | is_later
    trusted = (units["booted"][unit] <= issued) & (~(issued >= gone) | (ends_then & (issued == gone)))
    for i in first(own & ~trusted):
        yield at("issued to a unit not booted or gone", i)
    rows, stolen = np.flatnonzero(~own), bearer[~own]
    honest = (thefts["unit"][stolen] != unit[rows]) | ~thefts["can_renew"][stolen]
    too_early = ~(issued[rows] >= thefts["time"][stolen])
    for i in first(honest | too_early):
        yield at("issued to a thief who could not ask", int(rows[i]))
