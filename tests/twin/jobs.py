"""Small worlds whose units do jobs, on every sort of terms."""

from __future__ import annotations

from typing import Any


def _law(mean: str) -> dict[str, Any]:
    return {"kind": "exponential", "mean": mean}


_BATCH: dict[str, Any] = {
    "kind": "processor",
    "replicas": 3,
    "startup": {"kind": "uniform", "low": "2s", "high": "20s"},
    "lifetime": _law("30m"),
    "drain": "15s",
    "jobs": {"every": _law("70s"), "work": _law("2m")},
}
_CRASH: dict[str, Any] = {"kind": "crash", "workload": "batch", "every": _law("8m")}


def _working(commit: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One processor whose units crash and retire, one beside it with the same jobs and a quiet life."""
    terms = {"commit": {"takes": _law("3s"), "acknowledge": _law("20s"), "loss": "10%", **commit}, **more}
    return {
        "horizon": "2h",
        "workloads": {"batch": _BATCH | terms, "calm": _BATCH | terms | {"replicas": 2, "drain": "0s"}},
        "failures": [_CRASH],
    }


_HASTY = {"lease": "90s", "extended": False, "attempts": 4}
_SAVING = {"every": "30s", "cost": "2s", "restore": "5s"}

JOBS: dict[str, dict[str, Any]] = {
    "jobs-at-least-once": _working({"kind": "at-least-once"}),
    "jobs-at-most-once": _working({"kind": "at-most-once"}),
    "jobs-exactly-once": _working({"kind": "exactly-once"}),
    "jobs-with-an-outbox": _working({"kind": "exactly-once", "outbox": _law("40s")}, checkpoints=_SAVING),
    # Keys that are forgotten before the lease is over.
    "jobs-forgotten": _working({"kind": "exactly-once", "retention": "40s"}, checkpoints=_SAVING),
    # Leases that are over while the unit is at work: several units at one job, each with its checkpoints.
    "jobs-in-many-hands": _working({"kind": "at-least-once"}, queue=_HASTY, checkpoints=_SAVING),
    "jobs-in-many-hands-with-keys": _working({"kind": "exactly-once"}, queue=_HASTY, checkpoints=_SAVING),
    "jobs-in-many-hands-told-first": _working({"kind": "at-most-once"}, queue=_HASTY),
    # All there at once, everybody fresh, in round numbers that meet.
    "jobs-at-once": {
        **_working(
            {"kind": "at-least-once", "acknowledge": "10s", "takes": "0s"},
            jobs={"count": 60, "at": "10m", "work": "50s"},
            checkpoints={"every": "10s"},
            queue={"lease": "30s", "attempts": 3},
            startup="10s",
        ),
        "start": "fresh",
    },
    # Units that cannot commit while their issuer is down and their credential has run out.
    "jobs-refused": {
        "horizon": "3h",
        "issuers": {"mesh": {"ttl": "10m", "revocation": {"kind": "list", "every": "1m"}}},
        "policies": {"authz": {"principals": 3, "refresh": {"kind": "pull", "every": "1m"}}},
        "workloads": {
            "batch": _BATCH | {"issuer": "mesh", "policy": "authz", "commit": {"kind": "at-most-once"}},
            "calm": _BATCH | {"issuer": "mesh", "queue": {"attempts": 20}},
        },
        "failures": [
            _CRASH,
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "25m"},
            {"kind": "theft", "workload": "calm", "every": _law("10m"), "detected": "1m"},
        ],
    },
}
