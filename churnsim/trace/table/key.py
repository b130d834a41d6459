"""Signing keys: when each signs, who knows it, and who has stolen it."""

from __future__ import annotations

from churnsim.trace.table.column import ISSUER, KEY, POINT, Table, maybe, row, seconds

KEYS = Table(
    "keys",
    "Signing keys of the issuers that rotate theirs, activated before t1. A credential is signed by the key "
    "that is active when it is issued; key 0 stands for all that were active before the world began.",
    (
        ISSUER,
        KEY,
        seconds("published", "first in the published bundle; the world's start if before it"),
        seconds("activated", "signs from here on"),
        maybe("deactivated", "the next one signs from here on"),
        maybe("removed", "out of the published bundle for good"),
    ),
    sort=("issuer", "key"),
    key=("issuer", "key"),
)

WITHDRAWALS = Table(
    "withdrawals",
    "Times at which a key was missing from the published bundle although it belonged there.",
    (
        ISSUER,
        KEY,
        seconds("start", "dropped from the bundle"),
        maybe("end", "restored"),
    ),
    sort=("issuer", "key", "start"),
)

BUNDLES = Table(
    "bundles",
    "When a verification point knows a key: it accepts what the key has signed on `[start, end)`, at "
    "whatever instant that was issued. Known at the world's start: known before it too.",
    (
        ISSUER,
        KEY,
        POINT,
        seconds("start", "the bundle with the key comes into force"),
        maybe("end", "a bundle without it does"),
    ),
    sort=("issuer", "key", "point", "start"),
)

FORGERS = Table(
    "forgers",
    "Whoever stole a signing key, and signs what it likes until no point knows the key any more.",
    (
        row("forger", "row index"),
        ISSUER,
        KEY,
        seconds("time", "stolen"),
        maybe("detected", "noticed"),
        maybe("rotated", "forced rotation of all that the key had signed began"),
        maybe("reissued", "no unit was left with a good credential of the key"),
    ),
    sort=("issuer", "time", "key"),
    key=("forger",),
)
