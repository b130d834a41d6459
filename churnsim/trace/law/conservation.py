"""L03: no credential is lost between issue, expiry and revocation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.trace import Trace


@law(
    "L03",
    "Issued = valid + expired + revoked at t1 for every issuer, each credential in exactly one class "
    "(expired from its very expiry on); expires = issued + time to live; revoked no earlier than issued.",
)
def conservation(trace: Trace) -> Iterator[Violation]:
    """Sort credentials into classes, each by its own rule, and count."""
    table, issuers, t1 = trace["credentials"], trace.meta.issuers, trace.meta.t1

    def at(message: str, column: str, i: int) -> Violation:
        return Violation(message, float(table[column][i]), trace.label(Family.UNIT, int(table["unit"][i])))

    expires = table["issued"] + np.array([info.ttl for info in issuers])[table["issuer"]]
    for i in first(differ(table["expires"], expires, np.abs(table["issued"]))):
        yield at(f"expires {table['expires'][i]}, not issued + time to live", "issued", i)
    is_revoked = (table["issued"] <= table["revoked"]) & (table["revoked"] < t1)
    never = np.isnan(table["revoked"])
    is_expired = never & (table["expires"] <= t1)
    is_valid = never & (t1 < table["expires"])
    classes = is_revoked.astype(int) + is_expired + is_valid
    for i in first(classes != 1):
        yield at(f"in {classes[i]} of the classes valid, expired, revoked", "issued", i)
    issued, *parts = (
        np.bincount(table["issuer"][mask], minlength=len(issuers))
        for mask in (table["issued"] < t1, is_valid, is_expired, is_revoked)
    )
    valid, expired, revoked = parts
    for i in first(issued != valid + expired + revoked):
        yield Violation(
            f"{issued[i]} issued, {valid[i]} valid, {expired[i]} expired, {revoked[i]} revoked",
            t1,
            issuers[i].name,
        )
