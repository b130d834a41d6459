"""Credentials: what is issued, who accepts it, and who steals it."""

from __future__ import annotations

from churnsim.trace.table.column import (
    BEARER,
    INF,
    ISSUER,
    POINT,
    UNIT,
    WORKLOAD,
    Column,
    Table,
    code,
    maybe,
    row,
    seconds,
)

CREDENTIALS = Table(
    "credentials",
    "One row for every credential issued. A verification point e accepts it at true time t iff "
    "`issued <= t`, its clock shows at least `issued - backdate - leeway` and less than `expires + leeway`, "
    "e has not yet learned of its revocation, does not lack an answer about it (`unanswered`) and, if its "
    "issuer rotates keys, knows the key that was active at `issued`.",
    (
        ISSUER,
        UNIT,
        BEARER,
        row("serial", "1, 2, ... for each unit and bearer"),
        seconds("asked", "fell due; for the first: the unit booted"),
        seconds("issued", "valid from"),
        seconds("expires", "`issued` + time to live; rejected from this instant"),
        seconds("due", "its successor falls due"),
        maybe("revoked", "revocation recorded at the issuer"),
        Column("tries", "int32", "", "attempts that failed before this one", default=0),
    ),
    sort=("unit", "bearer", "serial"),
    key=("unit", "bearer", "serial"),
)

SIGNINGS = Table(
    "signings",
    "One row for every request that reached the desk of an issuer with a capacity. It was in the queue on "
    "`[arrived, began)`, or until `ended` if its signature never began; a signer was busy with it on "
    "`[began, ended)`, in vain where `concluded` is earlier.",
    (
        ISSUER,
        UNIT,
        BEARER,
        row("serial", "of the credential that it asks for"),
        seconds("arrived", "came to the desk"),
        maybe("began", "a signer began with it"),
        maybe("ended", "the desk was done with it: signed, dropped, refused or failed"),
        maybe("concluded", "its holder was done with it: signed, refused, failed, given up or gone"),
        code("outcome", "what became of it for its holder", "outcome", "int8"),
    ),
    sort=("issuer", "arrived", "unit", "bearer", "serial"),
)

LEARNED = Table(
    "learned",
    "When a verification point first refuses a revoked credential because it has learned of it.",
    (
        ISSUER,
        row("credential", "row in `credentials`"),
        POINT,
        seconds("at", "refused from this instant"),
    ),
    sort=("credential", "point"),
)

UNANSWERED = Table(
    "unanswered",
    "When a verification point refuses a credential because its issuer is down and its last answer too old.",
    (
        ISSUER,
        row("credential", "row in `credentials`"),
        Column("point", "int16", "", "verification point of the issuer"),
        seconds("start", "first not answered"),
        seconds("end", "answered again; t1 where still not"),
    ),
    sort=("credential", "point", "start"),
)

CONNECTIONS = Table(
    "connections",
    "Connections that outlive the acceptance of whoever opened them, at a point that would let nobody in "
    "with what it holds.",
    (
        ISSUER,
        UNIT,
        row("bearer", "who holds it: -1 the unit, else the theft whose thief does", default=-1),
        Column("point", "int16", "", "verification point of the issuer"),
        seconds("start", "no longer accepted"),
        seconds("end", "closed or checked again; t1 where still open"),
    ),
    sort=("unit", "bearer", "point", "start"),
)

POINTS = Table(
    "points",
    "Verification points of every issuer.",
    (
        ISSUER,
        Column("point", "int16", "", "0, 1, ... for each issuer"),
        seconds("skew", "clock error: the point's clock shows t + skew + drift x ((t - synced) mod sync)"),
        Column("weight", "float64", "share", "share of verifications made here; sums to 1 for each issuer"),
        Column("drift", "float64", "s/s", "what the clock gains", default=0.0),
        seconds("sync", "time after which the clock is set back to its skew; inf: never", default=INF),
        seconds("synced", "an instant at which it is set", default=0.0),
        Column(
            "messages",
            "float64",
            "",
            "lists pulled, revocations told and answers asked for in [t0, t1)",
            default=0.0,
        ),
        Column("bytes", "float64", "B", "size of the lists pulled in [t0, t1)", default=0.0),
    ),
    sort=("issuer", "point"),
)

THEFTS = Table(
    "thefts",
    "Stolen credentials.",
    (
        row("theft", "row index"),
        WORKLOAD,
        UNIT,
        row("serial", "which credential of the unit was stolen"),
        seconds("time", "stolen"),
        maybe("detected", "noticed"),
        maybe("decided", "acted upon: renewals refused and, where they can be, credentials revoked"),
        Column("can_renew", "bool", "", "whether the thief can renew it", default=0),
        Column("gang", "int16", "", "which of the failures that rob the workload", default=0),
        Column(
            "attempt", "int32", "", "number of the attempt, some of which find nothing to steal", default=0
        ),
    ),
    sort=("workload", "time", "theft"),
    key=("theft",),
)
