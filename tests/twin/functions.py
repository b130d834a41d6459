"""Small worlds whose units are started by requests, on every sort of terms."""

from __future__ import annotations

from typing import Any


def _law(mean: str) -> dict[str, Any]:
    return {"kind": "exponential", "mean": mean}


_FETCH: dict[str, Any] = {
    "kind": "function",
    "traffic": {"kind": "constant", "rate": "12/m"},
    "service": _law("12s"),
    "keep_alive": "40s",
    "startup": {"kind": "uniform", "low": "1s", "high": "9s"},
}
_CRASH: dict[str, Any] = {"kind": "crash", "workload": "fetch", "every": _law("4m")}
_BURSTS: dict[str, Any] = {
    "kind": "bursts", "rate": "6/m", "burst": "1/s", "every": _law("10m"), "lasts": _law("1m"),
}  # fmt: skip


def _called(*failures: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """One function whose units crash, one beside it at which several requests fit."""
    many = {"concurrency": 3, "keep_alive": _law("1m"), "traffic": _BURSTS}
    return {
        "horizon": "2h",
        "workloads": {"fetch": _FETCH | fields, "store": _FETCH | many | fields},
        "failures": [_CRASH, *failures],
    }


FUNCTIONS: dict[str, dict[str, Any]] = {
    "functions": _called(),
    "functions-from-nothing": {**_called(provisioned=2, startup="8s"), "start": "fresh"},
    # As many as there may be, now and then; who waits too long gives up.
    "functions-at-their-limit": _called(limit=3, patience="6s", startup=_law("6s")),
    # Units that are there whatever comes, have had their time, and drain.
    "functions-that-age": _called(provisioned=2, lifetime=_law("5m"), drain="10s", pending="2s"),
    "functions-that-take-no-time": _called(service="0s", startup="0s", keep_alive=_law("20s")),
    "functions-by-the-hour": _called(
        traffic={"kind": "diurnal", "mean": "10/m", "swing": "90%", "period": "50m"}
    ),
    # Requests that meet credentials that have run out, policies that are old, and units that wait for either.
    "functions-and-trust": {
        **_called(
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["30m"], "lasts": "20m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["80m"], "lasts": "15m"},
            issuer="mesh", policy="authz", provisioned=1, patience="90s", limit=9, lifetime=_law("40m"),
        ),
        "issuers": {
            "mesh": {
                "ttl": "15m",
                "attestation": "2s",
                "verification": {"points": 2, "skew": {"kind": "normal", "sd": "20s"}},
                "revocation": {"kind": "list", "every": "1m", "on_end": "0s"},
            }
        },
        "policies": {
            "authz": {
                "principals": 4,
                "refresh": {"kind": "pull", "every": "1m", "delay": "2s"},
                "changes": {"every": _law("2m")},
                "when_stale": {"after": "5m", "then": "deny"},
                "first_read": {"takes": "1s"},
            }
        },
    },
}  # fmt: skip
