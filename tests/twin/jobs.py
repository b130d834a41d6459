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
_RUN: dict[str, Any] = {
    "kind": "runner",
    "startup": {"kind": "uniform", "low": "2s", "high": "20s"},
    "drain": "15s",
    "jobs": {"every": _law("70s"), "work": _law("2m")},
    "commit": {"kind": "at-least-once", "takes": _law("3s"), "acknowledge": _law("20s"), "loss": "10%"},
}
_PREVIEW: dict[str, Any] = {
    "kind": "environment",
    "startup": {"kind": "uniform", "low": "2s", "high": "20s"},
    "changes": _law("9m"),
    "life": _law("25m"),
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

_TOLD_AT_ONCE = {"commit": {"kind": "at-most-once", "acknowledge": "0s", "loss": "40%"}}

_HOURS = [{"at": at, "units": units} for at, units in (("0s", 2), ("7m", 5), ("20m", 0))]

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
    # A unit for each job, few at once or with some to spare, which crash, drain, are killed and given back.
    "runners": {
        "horizon": "3h",
        "issuers": {"mesh": {"ttl": "10m", "revocation": {"kind": "list", "every": "1m", "on_end": "2s"}}},
        "policies": {"authz": {"principals": 3, "refresh": {"kind": "pull", "every": "1m"}}},
        "workloads": {
            "batch": _RUN | {"limit": 3, "time_limit": "5m", "issuer": "mesh", "policy": "authz"},
            "calm": _RUN | {"spare": 2, "limit": 4, "commit": {"kind": "at-most-once"}, "time_limit": "3m"},
            "keyed": _RUN
            | {"queue": _HASTY, "time_limit": "4m", "drain": "0s", "pending": "1s", "spare": 1}
            | {"commit": {"kind": "exactly-once", "outbox": _law("40s"), "takes": _law("3s")}},
        },
        "failures": [
            *(_CRASH | {"workload": name} for name in ("batch", "calm", "keyed")),
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "15m"},
            {"kind": "theft", "workload": "batch", "every": _law("10m"), "detected": "1m"},
        ],
    },
    # Units that are done with a job in no time, while others have waited for one.
    "jobs-known-at-once": _working(
        {"kind": "exactly-once", "takes": "0s", "outbox": _law("40s")},
        queue=_HASTY,
        rollout={"kind": "recreate", "every": _law("4m"), "bad": "0%"},
        startup="40s",
        jobs={"every": _law("30s"), "work": _law("50s")},
    ),
    # Places that are free again the moment they are taken.
    "runners-over-at-once": {
        "horizon": "3h",
        "workloads": {
            "batch": _RUN | {"limit": 5, "spare": 2} | _TOLD_AT_ONCE,
            "calm": _RUN | {"limit": 4, "drain": "3m", "spare": 1} | _TOLD_AT_ONCE,
        },
        "failures": [_CRASH],
    },
    # Each outcome brings two jobs to runners and one to a processor, whose outcomes bring more; some in round
    # numbers that meet.
    "stages": {
        "horizon": "2h",
        "workloads": {
            "last": _BATCH
            | {"jobs": {"after": "calm", "each": 2, "work": "30s"}, "commit": {"kind": "exactly-once"}},
            "batch": _BATCH
            | {"commit": {"kind": "at-least-once", "acknowledge": _law("20s"), "loss": "10%"}},
            "calm": _RUN | {"limit": 6, "jobs": {"after": "batch", "each": 2, "work": _law("1m")}},
            "beside": _BATCH | {"jobs": {"after": "batch", "work": "1m"}, "commit": {"kind": "at-most-once"}},
        },
        "failures": [_CRASH, _CRASH | {"workload": "calm"}],
    },
    "stages-in-step": {
        "horizon": "1h",
        "start": "fresh",
        "workloads": {
            "last": _BATCH | {"jobs": {"after": "batch", "each": 3, "work": "50s"}, "startup": "10s"},
            "batch": _BATCH
            | {"jobs": {"count": 20, "at": "5m", "work": "50s"}, "startup": "10s", "queue": _HASTY}
            | {"commit": {"kind": "at-least-once", "acknowledge": "90s"}},
        },
        "failures": [_CRASH],
    },
    # Environments that are closed for want of use or after their time; some go on until they are swept.
    "environments": {
        "horizon": "2h",
        "issuers": {"mesh": {"ttl": "15m", "revocation": {"kind": "list", "every": "2m", "on_end": "1m"}}},
        "policies": {"authz": {"principals": 3, "refresh": {"kind": "pull", "every": "1m"}}},
        "workloads": {
            "batch": _PREVIEW | {"teardown": {"fails": "40%", "sweep": "50m"}, "issuer": "mesh"},
            "idle": _PREVIEW
            | {"idle": {"after": "9m", "used": _law("5m")}, "units": 2, "grants": 3, "limit": 9}
            | {"teardown": {"fails": "30%"}, "issuer": "mesh", "policy": "authz", "drain": "15s"},
            "plain": _PREVIEW | {"pending": "1s", "drain": _law("30s"), "limit": 2},
        },
        "failures": [
            *(_CRASH | {"workload": name} for name in ("batch", "idle")),
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "25m"},
            {"kind": "theft", "workload": "batch", "every": _law("10m"), "detected": "1m"},
        ],
    },
    # As many units as the queue wants, which stop while they have jobs, crash, and are none at times.
    "jobs-scaled": {
        "horizon": "3h",
        "workloads": {
            name: _BATCH
            | {"replicas": 2, "drain": drain, "lifetime": _law("40m"), "autoscaler": scaler}
            | {"jobs": {"every": every, "work": _law("2m")}, "checkpoints": _SAVING}
            for name, drain, every, scaler in (
                ("batch", "15s", _law("40s"), {"kind": "queue-length", "target": 1, "ceiling": 6}),
                ("calm", "5m", _law("6m"), {"kind": "queue-length", "target": 2, "cooldown": "90s"}),
                ("hours", "0s", _law("70s"), {"kind": "schedule", "every": "33m", "steps": _HOURS}),
            )
        },
        "failures": [_CRASH],
    },
}
