"""Small worlds for the twins, in which together everything happens that can."""

from __future__ import annotations

from typing import Any

from churnsim.scenario import Scenario
from tests.twin.functions import FUNCTIONS
from tests.twin.jobs import JOBS


def _law(kind: str, mean: str) -> dict[str, Any]:
    return {"kind": kind, "mean": mean}


def _uniform(low: str, high: str) -> dict[str, Any]:
    return {"kind": "uniform", "low": low, "high": high}


def _poison(at: list[str], effect: str, detected: Any, **more: Any) -> dict[str, Any]:
    return {
        "kind": "poison-policy",
        "policy": "authz",
        "at": at,
        "effect": effect,
        "detected": detected,
    } | more


def _cut(workload: str, what: list[str], **more: Any) -> dict[str, Any]:
    return {"kind": "partition", "workload": workload, "from": what} | more


_WEB: dict[str, Any] = {
    "kind": "service",
    "replicas": 6,
    "lifetime": _law("exponential", "30m"),
    "startup": _uniform("2s", "20s"),
    "drain": "15s",
    "traffic": {"kind": "constant", "rate": "20/s"},
}

_AUTHZ: dict[str, Any] = {
    "principals": 6,
    "refresh": {"kind": "pull", "every": "1m", "delay": "2s"},
    "changes": {"every": _law("exponential", "10m")},
}

_STEADY: dict[str, Any] = {"kind": "service", "replicas": 12, "lifetime": _law("exponential", "20m")}
_OUTAGE: dict[str, Any] = {"kind": "issuer-outage", "issuer": "mesh", "at": ["30m"], "lasts": "5m"}

_SLOW: dict[str, Any] = {
    "kind": "issuer-brownout",
    "issuer": "mesh",
    "at": ["40m"],
    "lasts": "10m",
    "factor": 3,
}


def _desk(retry: dict[str, Any], capacity: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One issuer with a capacity, two fleets, an outage, thieves who renew."""
    mesh = {"ttl": "10m", "retry": retry, "capacity": capacity, **more}
    return {
        "horizon": "75m",
        "issuers": {"mesh": mesh},
        "workloads": {
            "web": _STEADY | {"issuer": "mesh", "startup": "5s"},
            "api": _STEADY | {"issuer": "mesh", "startup": _uniform("2s", "20s"), "drain": "30s"},
        },
        "failures": [
            _OUTAGE,
            _SLOW,
            _SLOW | {"at": ["45m"], "factor": 2},
            {
                "kind": "theft",
                "workload": "web",
                "every": "5m",
                "detected": _law("exponential", "10m"),
                "can_renew": True,
            },
        ],
    }


def _owned(world: dict[str, Any]) -> dict[str, Any]:
    """The same with owners that fail, while their requests are at the desk and before."""
    failing = {"kind": "owner-outage", "every": _law("exponential", "5m"), "lasts": _uniform("20s", "4m")}
    owners = {"web": {"kind": "agent", "units": 5}, "api": {"kind": "central", "rate": "20/min"}}
    workloads = {name: each | {"owner": owners[name]} for name, each in world["workloads"].items()}
    failures = [*world["failures"], *({**failing, "workload": name} for name in owners)]
    return world | {"workloads": workloads, "failures": failures}


def _robbed_at_leisure(world: dict[str, Any]) -> dict[str, Any]:
    """The same with a while between the detection of a theft and the decision to act on it."""
    response = {"response": _uniform("0s", "5m")}
    failures = [each | response if each["kind"] == "theft" else each for each in world["failures"]]
    return world | {"failures": failures}


_BACKOFF: dict[str, Any] = {"kind": "exponential", "initial": "3s", "cap": "1m"}
_NOISY = _law("exponential", "4s")

_STEPS = [{"at": at, "rate": rate} for at, rate in (("0s", "9/s"), ("10m", "0/s"), ("30m", "25/s"))]

_WAVES: dict[str, Any] = {
    "kind": "bursts",
    "rate": "9/s",
    "burst": "60/s",
    "every": _law("exponential", "9m"),
    "lasts": _uniform("2m", "6m"),
}
_HOURS = [{"at": at, "units": units} for at, units in (("0s", 3), ("7m", 9), ("20m", 1))]

WORLDS: dict[str, dict[str, Any]] = {
    # One signer, everybody patient; all that waited for the outage comes at one instant.
    "desk-fifo": _desk({"kind": "immediate"}, {"service": "2s"}, attestation="3s"),
    # Two signers, impatient holders who come back, the last to come is taken first.
    "desk-lifo": _desk(
        _BACKOFF,
        {"signers": 2, "service": _NOISY, "timeout": "8s", "queue": {"kind": "lifo"}},
        attestation=_law("exponential", "4s"),
    ),
    # A short queue that signs in vain, everything at once at the start.
    "desk-in-vain": _desk(
        {"kind": "fixed", "every": "7s"},
        {"service": _NOISY, "timeout": "5s", "abandoned": "signed", "queue": {"kind": "random", "most": 3}},
    )
    | {"start": "fresh"},
    # A limit of the rate, and holders who wait at the door.
    "desk-limited": _desk(
        {"kind": "immediate"},
        {
            "rate": "10/min",
            "burst": 3,
            "signers": 2,
            "service": _uniform("0s", "9s"),
            "timeout": "10s",
            "queue": {"kind": "newest-first", "most": 4},
        },
    ),
    # Agents that fail take back what they had at the desk, in the queue, with a signer or at the door.
    "desk-owners": _owned(
        _desk(_BACKOFF, {"signers": 2, "service": _NOISY, "timeout": "20s"}, attestation="3s")
    ),
    "desk-owners-at-the-door": _owned(
        _desk(
            {"kind": "immediate"},
            {"rate": "20/min", "burst": 3, "service": _NOISY, "queue": {"kind": "lifo", "most": 2}},
        )
    ),
    # Thieves whose requests are withdrawn when somebody acts at last: their places are for those at the door.
    "desk-robbed-at-the-door": _robbed_at_leisure(
        _desk(
            {"kind": "immediate"},
            {"service": _uniform("9s", "27s"), "timeout": "8s", "queue": {"kind": "random", "most": 2}},
        )
    ),
    # A stolen key: everybody is told at one instant to come for a new credential.
    "desk-rotated": _desk(
        _BACKOFF,
        {"service": "1s", "queue": {"kind": "lifo"}},
        keys={"prepare": "12s", "bundle": {"kind": "pull", "every": "2m", "delay": "5s"}},
    )
    | {
        "failures": [
            {
                "kind": "key-theft",
                "issuer": "mesh",
                "at": ["20m"],
                "detected": "5m",
                "response": {"after": "0s", "remove": "when-reissued"},
            }
        ],
    },
    # Traffic of every shape, over a list that lags and units that die, with a policy and without.
    "traffic": {
        "horizon": "150m",
        "policies": {"authz": _AUTHZ},
        "workloads": {
            name: _STEADY | {"endpoints": {"removal": "20s"}, "drain": "5s", **policy, "traffic": traffic}
            for name, policy, traffic in (
                (
                    "day",
                    {},
                    {"kind": "diurnal", "mean": "20/s", "swing": "100%", "peak": "20m", "period": "1h"},
                ),
                ("once", {}, {"kind": "steps", "steps": _STEPS}),
                ("again", {"policy": "authz"}, {"kind": "steps", "steps": _STEPS, "every": "35m"}),
                ("counted", {}, {"kind": "trace", "interval": "7m", "counts": [90, 0, 5000], "scale": 2}),
                (
                    "bursts",
                    {"policy": "authz"},
                    {
                        "kind": "bursts",
                        "rate": "2/s",
                        "burst": "40/s",
                        "every": _law("exponential", "10m"),
                        "lasts": _uniform("1m", "5m"),
                    },
                ),
            )
        },
        "failures": [
            {"kind": "crash", "workload": "again", "every": _law("exponential", "20m")},
            {"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "9m"},
        ],
    },
    # Autoscalers of every kind over units that take their time, drain, crash and are turned to too often.
    "autoscaled": {
        "horizon": "75m",
        # Polls that fall together with no tick of an autoscaler.
        "policies": {"authz": _AUTHZ | {"refresh": {"kind": "pull", "every": "58.7s", "delay": "2s"}}},
        "workloads": {
            name: _WEB
            | {"replicas": 3, "capacity": "5/s", "startup": startup, "policy": "authz"}
            | {"traffic": traffic, "autoscaler": autoscaler, "endpoints": {"removal": "20s"}}
            for name, startup, traffic, autoscaler in (
                ("hpa", "40s", _WAVES, {"kind": "hpa", "target": "70%", "ceiling": 30, "down_window": "3m"}),
                ("quick", "0s", _WAVES, {"kind": "hpa", "ceiling": 12, "up_period": "1m", "metrics": "1m"}),
                ("kpa", _uniform("2s", "20s"), _WAVES, {"kind": "kpa", "ceiling": 40}),
                ("hours", "30s", _WAVES, {"kind": "schedule", "every": "33m", "steps": _HOURS}),
            )
        },
        "failures": [{"kind": "crash", "workload": name, "every": "9m"} for name in ("hpa", "kpa", "hours")],
    },
    # More than the units that are left can serve, of whom some are gone and still listed.
    "overloaded": {
        "horizon": "75m",
        "policies": {"authz": _AUTHZ},
        "issuers": {"mesh": {"ttl": "9m"}},
        "workloads": {
            "web": _WEB
            | {"capacity": "4/s", "traffic": _WAVES, "policy": "authz", "issuer": "mesh", "drain": "0s"}
            | {"endpoints": {"removal": "2m"}, "lifetime": "367s"}
        },
        "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["20m"], "lasts": "9m"}],
    },
    # An issuer that needs another and a policy, both of which fail; both start from nothing.
    "needs": {
        "horizon": "2h",
        "start": "fresh",
        "issuers": {
            "mesh": {"ttl": "20m", "needs": {"issuer": "root", "policy": "authz"}, "retry": _BACKOFF},
            "root": {"ttl": "1h", "capacity": {"service": "1s"}},
        },
        "policies": {"authz": _AUTHZ},
        "workloads": {
            "web": _WEB | {"issuer": "mesh", "policy": "authz"},
            "ca": {"kind": "service", "replicas": 2, "issuer": "root"},
        },
        "failures": [
            _OUTAGE,
            {"kind": "issuer-outage", "issuer": "root", "at": ["0s", "34m"], "lasts": "10m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["32m"], "lasts": "20m"},
        ],
    },
    # Fixed renewal, fixed retry, one outage longer than the slack; everything begins at once.
    "fresh-outage": {
        "horizon": "3h",
        "start": "fresh",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "renewal": {"kind": "fixed", "at": "50%"},
                "retry": {"kind": "fixed", "every": "37s"},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh", "pending": _uniform("0s", "4s")}},
        "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "25m"}],
    },
    # Two failures of one issuer that overlap, exponential back-off, renewal drawn once.
    "overlapping-outages": {
        "horizon": "4h",
        "warmup": "10m",
        "issuers": {"mesh": {"ttl": "15m", "renewal": {"kind": "once", "low": "40%", "high": "70%"}}},
        "workloads": {
            "web": _WEB | {"issuer": "mesh", "endpoints": {"addition": _uniform("0s", "5s"), "removal": "3s"}}
        },
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h", "2h"], "lasts": "20m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["70m"], "lasts": _law("exponential", "25m")},
        ],
    },
    # Outages by law; per-check renewal; retry at the instant of recovery; two fleets of one issuer.
    "outages-by-law": {
        "horizon": "6h",
        "issuers": {
            "mesh": {
                "ttl": "30m",
                "renewal": {"kind": "per-check", "low": "40%", "high": "60%", "check": "30s"},
                "retry": {"kind": "immediate"},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}, "batch": _WEB | {"issuer": "mesh", "replicas": 3}},
        "failures": [
            {
                "kind": "issuer-outage",
                "issuer": "mesh",
                "every": _law("exponential", "1h"),
                "lasts": _law("exponential", "15m"),
            }
        ],
    },
    # Nobody asks twice; units pend, crash, and die before they are listed.
    "no-retry-and-crashes": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "renewal": {"kind": "once", "low": "30%", "high": "90%"},
                "retry": {"kind": "none"},
            }
        },
        "workloads": {
            "web": _WEB
            | {
                "issuer": "mesh",
                "pending": _law("exponential", "40s"),
                "endpoints": {"addition": _uniform("1m", "20m"), "removal": "20s"},
            }
        },
        "failures": [
            {"kind": "crash", "workload": "web", "every": _law("exponential", "20m")},
            {"kind": "crash", "workload": "web", "every": {"kind": "weibull", "mean": "40m", "shape": 2}},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["90m"], "lasts": "8m"},
        ],
    },
    # Revocation at the end, several points whose clocks are wrong by more than the leeway.
    "revoked-at-end": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "revocation": {"kind": "list", "every": _uniform("1m", "9m"), "delay": _uniform("0s", "4m")},
                "verification": {"points": 4, "leeway": "5s", "skew": {"kind": "normal", "sd": "20s"}},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "15m"}],
    },
    # Thieves with one credential; detection revokes it and the unit asks anew.
    "thefts": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "40m",
                "renewal": {"kind": "once", "low": "45%", "high": "55%"},
                "revocation": {"kind": "list", "every": "3m", "delay": "10s"},
                "verification": {"points": 3, "leeway": "10s"},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh", "lifetime": _law("exponential", "2h")}},
        "failures": [
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "6m"),
                "detected": _law("exponential", "9m"),
            },
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["2h"], "lasts": "30m"},
        ],
    },
    # Clocks that drift and are set back, some gaining and some losing, more than is forgiven.
    "drifting-clocks": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "15m",
                "backdate": "3s",
                "renewal": {"kind": "once", "low": "80%", "high": "99%"},
                "verification": {
                    "points": 4,
                    "leeway": "2s",
                    "skew": {"kind": "normal", "sd": "4s"},
                    "drift": {"kind": "normal", "sd": "20m"},
                    "sync": "7m",
                },
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [
            {"kind": "theft", "workload": "web", "every": _law("exponential", "9m"), "detected": "1m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "15m"},
        ],
    },
    # News that is lost or meets nobody, and is made up for; a decision that takes time.
    "pushed-revocations": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "40m",
                "revocation": {
                    "kind": "push",
                    "delay": _law("exponential", "20s"),
                    "loss": "30%",
                    "disconnects": {"every": _law("exponential", "15m"), "lasts": _law("exponential", "4m")},
                    "on_end": _law("exponential", "2m"),
                },
                "verification": {"points": 3, "skew": {"kind": "normal", "sd": "1s"}},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "5m"),
                "detected": _law("exponential", "4m"),
                "response": _law("exponential", "3m"),
                "can_renew": True,
            }
        ],
    },
    # Points ask, and refuse whom they get no answer about; connections are checked again.
    "asked-hard": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "30m",
                "revocation": {"kind": "status", "cache": "4m", "fail": "hard", "on_end": "30s"},
                "verification": {
                    "points": 3,
                    "leeway": "5s",
                    "skew": {"kind": "normal", "sd": "10s"},
                    "connections": {"lifetime": _law("exponential", "5m"), "reauthenticate": "3m"},
                },
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}, "api": _WEB | {"issuer": "mesh", "replicas": 2}},
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h", "90m"], "lasts": "6m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["93m", "2h"], "lasts": "90s"},
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "6m"),
                "detected": _law("exponential", "5m"),
                "response": "20s",
            },
        ],
    },
    # Points ask, and go on accepting whom they get no answer about; connections last long.
    "asked-soft": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "revocation": {"kind": "status", "cache": "3m", "on_end": "0s"},
                "verification": {"points": 2, "connections": {"lifetime": _uniform("1m", "20m")}},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [
            {
                "kind": "issuer-outage",
                "issuer": "mesh",
                "every": _law("exponential", "30m"),
                "lasts": _law("exponential", "10m"),
            },
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "4m"),
                "detected": _law("exponential", "8m"),
                "can_renew": True,
            },
        ],
    },
    # Thieves who renew, during outages too, and are not stopped by a list.
    "thieves-who-renew": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "renewal": {"kind": "once", "low": "40%", "high": "60%"},
                "retry": {"kind": "fixed", "every": "20s"},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "4m"),
                "detected": _law("exponential", "20m"),
                "can_renew": True,
            },
            {"kind": "issuer-outage", "issuer": "mesh", "every": _law("exponential", "30m"), "lasts": "10m"},
        ],
    },
    # The same, and detection revokes everything the thief was issued.
    "thieves-revoked": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "revocation": {"kind": "list", "every": _uniform("1m", "2m"), "delay": "1s"},
                "verification": {"points": 2, "skew": _uniform("0s", "3s")},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh", "drain": _uniform("1m", "10m")}},
        "failures": [
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "4m"),
                "detected": _law("exponential", "8m"),
                "can_renew": True,
            }
        ],
    },
    # Keys that points learn of too late and drop too early, one removed by mistake; clocks are wrong too.
    "keys-pulled": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "verification": {"points": 3, "leeway": "5s", "skew": {"kind": "normal", "sd": "20s"}},
                "keys": {
                    "every": _uniform("20m", "60m"),
                    "prepare": "2m",
                    "retire": "7m",
                    "bundle": {"kind": "pull", "every": _uniform("2m", "6m"), "delay": _uniform("0s", "5m")},
                },
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [
            {"kind": "key-removal", "issuer": "mesh", "at": ["1h", "62m"], "lasts": _uniform("2m", "9m")},
            {"kind": "key-removal", "issuer": "mesh", "every": _law("exponential", "1h"), "lasts": "3m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["2h"], "lasts": "25m"},
        ],
    },
    # Keys pushed and removed by mistake again and again, twice at once and from the first instant on; points
    # may fail to get an answer about a credential, too.
    "keys-pushed": {
        "horizon": "4h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "revocation": {"kind": "status", "cache": "2m", "fail": "hard"},
                "verification": {"points": 3, "skew": {"kind": "normal", "sd": "20s"}},
                "keys": {
                    "every": _uniform("20m", "60m"),
                    "prepare": "2m",
                    "retire": "7m",
                    "bundle": {"kind": "push", "delay": _law("exponential", "4m")},
                },
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}},
        "failures": [
            {"kind": "key-removal", "issuer": "mesh", "at": ["30m", "1h"], "lasts": "9m"},
            {"kind": "key-removal", "issuer": "mesh", "at": ["30m", "1h", "62m"], "lasts": "9m"},
            {"kind": "key-removal", "issuer": "mesh", "every": "10m", "lasts": _law("exponential", "30m")},
            {"kind": "key-removal", "issuer": "mesh", "every": "11m", "lasts": _law("exponential", "30m")},
            {"kind": "issuer-outage", "issuer": "mesh", "every": "20m", "lasts": _law("exponential", "9m")},
        ],
    },
    # Keys pushed, stolen and replaced while the issuer is down now and then; the old one goes at once.
    "keys-stolen": {
        "horizon": "6h",
        "issuers": {
            "mesh": {
                "ttl": "30m",
                "retry": {"kind": "fixed", "every": "20s"},
                "verification": {"points": 4},
                "keys": {
                    "every": _law("exponential", "2h"),
                    "prepare": "1m",
                    "bundle": {"kind": "push", "delay": _law("exponential", "1m")},
                },
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh"}, "api": _WEB | {"issuer": "mesh", "replicas": 3}},
        "failures": [
            {
                "kind": "key-theft",
                "issuer": "mesh",
                "every": _law("exponential", "40m"),
                "detected": _law("exponential", "10m"),
                "response": {
                    "after": _uniform("0s", "5m"),
                    "prepare": "0s",
                    "rate": "2/m",
                    "remove": "at-once",
                },
            },
            {"kind": "issuer-outage", "issuer": "mesh", "every": _law("exponential", "1h"), "lasts": "10m"},
            {"kind": "crash", "workload": "web", "every": _law("exponential", "1h")},
        ],
    },
    # A stolen key stays until everybody has another credential; beside it one that nobody answers.
    "keys-reissued": {
        "horizon": "6h",
        "issuers": {
            "mesh": {
                "ttl": "30m",
                "revocation": {"kind": "list", "every": "3m", "delay": "10s", "on_end": "0s"},
                "verification": {"points": 3},
                "keys": {"bundle": {"kind": "pull", "every": "4m", "delay": "3s"}},
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh", "lifetime": _law("exponential", "2h")}},
        "failures": [
            {
                "kind": "key-theft",
                "issuer": "mesh",
                "at": ["1h", "150m", "4h"],
                "detected": _law("exponential", "20m"),
                "response": {"prepare": "5m", "rate": "1/m"},
            },
            {"kind": "key-theft", "issuer": "mesh", "at": ["5h"], "detected": "1m", "response": None},
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "20m"),
                "detected": _law("exponential", "9m"),
                "can_renew": True,
            },
        ],
    },
    # A constant poll, commits in bursts closer than it, last good copy through an outage.
    "bursts": {
        "horizon": "4h",
        "policies": {
            "authz": _AUTHZ
            | {
                "changes": {
                    "every": {
                        "kind": "mixture",
                        "parts": [
                            {"weight": "80%", "law": "5s"},
                            {"weight": "20%", "law": _law("exponential", "30m")},
                        ],
                    },
                    "revoking": "60%",
                },
                "when_stale": {"after": "3m", "then": "last-good"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h", "3h"], "lasts": "20m"}],
    },
    # A varying poll with a varying delay, so that answers overtake each other; denies when stale.
    "overtaking-answers": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "pull",
                    "every": _uniform("10s", "50s"),
                    "delay": _law("exponential", "30s"),
                },
                "changes": {"every": _law("exponential", "1m")},
                "when_stale": {"after": "80s", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {
                "kind": "policy-outage",
                "policy": "authz",
                "every": _law("exponential", "20m"),
                "lasts": _law("exponential", "2m"),
            }
        ],
    },
    # The closed form: constant poll and delay, admits everybody when stale; outages overlap.
    "fail-open": {
        "horizon": "4h",
        "warmup": "7m",
        "policies": {
            "authz": _AUTHZ
            | {
                "when_stale": {"after": "4m", "then": "allow"},
                "changes": {"every": _law("exponential", "4m")},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz", "drain": _law("exponential", "1m")}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["20m", "90m", "3h"], "lasts": "15m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["100m"], "lasts": "12m"},
        ],
    },
    # A replica that lags, changes that are gathered, brown-outs, connections that break.
    "waves": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "pull", "every": "1m", "delay": "2s"},
                "changes": {"every": _law("exponential", "4m")},
                "rollout": {"waves": ["20%", "30%", "50%"], "bake": "5m"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}, "api": _WEB | {"policy": "authz", "replicas": 3}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "9m"},
            _poison(["2h"], "deny", "12m"),
        ],
    },
    "poison-at-once": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "pull",
                    "every": _uniform("30s", "90s"),
                    "delay": "3s",
                    "loss": "20%",
                    "retry": _BACKOFF,
                },
                "when_stale": {"after": "3m", "then": "allow"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            # The second comes before the first is noticed; the outage keeps it in force.
            _poison(["1h", "64m", "2h"], "deny", _law("exponential", "10m"), kill_switch="8m"),
            _poison(["62m", "130m"], "allow", "10m"),
            {"kind": "policy-outage", "policy": "authz", "at": ["65m"], "lasts": "15m"},
        ],
    },
    # Tenants leave at once or later, while changes go on about all: pushed, and pulled in waves.
    "tenants-that-leave": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "principals": 7,
                "resources": 2,
                "refresh": {"kind": "push", "delay": _law("exponential", "1m")},
                "replication": _law("exponential", "20s"),
                "offboarding": {"tenants": 3, "at": ["2h", "20m"], "revoked": _law("exponential", "15m")},
            },
            "quota": _AUTHZ
            | {
                "principals": 5,
                "refresh": {"kind": "pull", "every": _uniform("30s", "90s"), "delay": "3s"},
                "rollout": {"waves": ["40%", "60%"], "bake": "2m"},
                "offboarding": {"tenants": 5, "every": _law("exponential", "40m")},
            },
        },
        "workloads": {"web": _WEB | {"policy": "authz"}, "api": _WEB | {"policy": "quota"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["25m"], "lasts": "15m"}],
    },
    # Requests with tokens, of the newest version or an older one; the source cannot be asked for a while.
    "tokens": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "pull", "every": _uniform("30s", "90s"), "delay": "3s"},
                "tokens": "60%",
                "token_age": "25s",
                "when_stale": {"after": "6m", "then": "deny"},
            },
            "quota": _AUTHZ
            | {"refresh": {"kind": "push", "delay": _law("exponential", "1m")}, "tokens": "100%"},
        },
        "workloads": {"web": _WEB | {"policy": "authz"}, "api": _WEB | {"policy": "quota"}},
        "failures": [
            {"kind": "policy-outage", "policy": name, "at": ["40m"], "lasts": "12m"}
            for name in ("authz", "quota")
        ],
    },
    # Polls and points connected again in line: two fleets in one, an outage in which it stands still and
    # after which all ask at once, slow answers, and a poisoned version that waits in line like any.
    "in-line": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "pull",
                    "every": _uniform("30s", "90s"),
                    "delay": _law("exponential", "3s"),
                    "retry": {"kind": "immediate"},
                    "capacity": "0.31/s",
                },
                "when_stale": {"after": "4m", "then": "deny"},
            },
            "quota": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _law("exponential", "10s"),
                    "connection": {
                        "lasts": _law("exponential", "5m"),
                        "reconnect": _law("exponential", "1m"),
                        "capacity": "1.3/min",
                    },
                },
            },
        },
        "workloads": {
            "web": _WEB | {"policy": "authz"},
            "api": _WEB | {"policy": "authz"},
            "db": _WEB | {"policy": "quota"},
        },
        "failures": [
            {"kind": "policy-outage", "policy": name, "at": ["40m"], "lasts": "12m"}
            for name in ("authz", "quota")
        ]
        + [
            {"kind": "policy-brownout", "policy": "authz", "at": ["80m"], "lasts": "7m", "factor": 3},
            _poison(["2h"], "deny", "5m"),
        ],
    },
    "poison-in-waves": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _law("exponential", "8s"),
                    "connection": {"lasts": _law("exponential", "9m"), "reconnect": "50s"},
                    "heartbeat": "20s",
                },
                "replication": _law("exponential", "4s"),
                "rollout": {"waves": ["10%", "40%", "50%"], "bake": "4m"},
                "when_stale": {"after": "1m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz", "replicas": 12}},
        "failures": [
            # Noticed between the second wave and the third, and once before the first is baked.
            _poison(["1h", "2h", "150m"], "allow", _law("exponential", "5m"), kill_switch="1m"),
            {"kind": "policy-outage", "policy": "authz", "at": ["121m"], "lasts": "4m"},
        ],
    },
    "debounced-pushes": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _law("exponential", "3s"),
                    "debounce": {"quiet": "10s", "most": "40s"},
                    "connection": {
                        "lasts": _law("exponential", "8m"),
                        "reconnect": _law("exponential", "1m"),
                    },
                },
                "replication": _law("exponential", "5s"),
                "changes": {"every": _law("exponential", "12s")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["1h", "2h"], "lasts": "6m"},
            {
                "kind": "policy-brownout",
                "policy": "authz",
                "every": _law("exponential", "20m"),
                "lasts": _law("exponential", "10m"),
                "factor": 8,
            },
        ],
    },
    # Polls of a replica that lags; answers are slow in two brown-outs that overlap.
    "slow-polls": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ | {"replication": "17s", "changes": {"every": _law("exponential", "1m")}}
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {"kind": "policy-brownout", "policy": "authz", "at": ["30m"], "lasts": "20m", "factor": 20},
            {"kind": "policy-brownout", "policy": "authz", "at": ["40m"], "lasts": "20m", "factor": 0.7},
        ],
    },
    # Long polls and a stream that are slow for a while.
    "slow-long-polls": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "long-poll",
                    "timeout": "1m",
                    "delay": _law("exponential", "2s"),
                    "pause": "7s",
                },
                "replication": _uniform("0s", "9s"),
                "changes": {"every": _law("exponential", "40s")},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {"kind": "policy-brownout", "policy": "authz", "at": ["30m"], "lasts": "20m", "factor": 9}
        ],
    },
    "slow-stream": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "stream", "service": _law("exponential", "9s")},
                "replication": _law("exponential", "20s"),
                "changes": {"every": _law("exponential", "25s")},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {"kind": "policy-brownout", "policy": "authz", "at": ["30m"], "lasts": "20m", "factor": 3}
        ],
    },
    # First reads that wait for each other, give up, are asked again, and are lost in an outage.
    "first-reads": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "first_read": {
                    "takes": _law("exponential", "20s"),
                    "timeout": "45s",
                    "retry": {"kind": "exponential", "initial": "5s", "cap": "1m"},
                },
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz", "lifetime": _law("exponential", "5m")}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "9m"},
            {"kind": "policy-brownout", "policy": "authz", "at": ["2h"], "lasts": "9m", "factor": 2},
        ],
    },
    # The same without pauses, for units that serve meanwhile; two are answered at a time.
    "bold-first-reads": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "push", "delay": _law("exponential", "20s")},
                "before_first": "allow",
                "first_read": {"at_once": 2, "takes": _law("exponential", "1m"), "timeout": "3m"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz", "lifetime": _law("exponential", "5m")}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "9m"}],
    },
    # Units that serve before their first policy, which an outage holds up; stages of growing too old.
    "bold-starts": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "pull",
                    "every": _uniform("20s", "60s"),
                    "retry": {"kind": "fixed", "every": "7s"},
                },
                "changes": {"every": _law("exponential", "2m")},
                "before_first": "allow",
                "when_stale": {
                    "after": "2m",
                    "then": "last-good",
                    "later": [{"after": "4m", "then": "allow"}, {"after": "7m", "then": "deny"}],
                },
            },
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["0s", "1h", "2h"], "lasts": "12m"},
            {"kind": "crash", "workload": "web", "every": _law("exponential", "5m")},
        ],
    },
    # Units that deny before their first policy, and pushes with heartbeats; the last outage is never over.
    "shut-starts": {
        "horizon": "3h",
        "start": "fresh",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "push", "delay": _law("exponential", "20s"), "heartbeat": "30s"},
                "before_first": "deny",
                "when_stale": {
                    "after": "1m",
                    "then": "deny",
                    "later": [{"after": "5m", "then": "last-good"}, {"after": "9m", "then": "allow"}],
                },
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz", "drain": _law("exponential", "1m")}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["0s"], "lasts": "5m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["2h"], "lasts": "2h"},
        ],
    },
    # Stages where the polls of an outage are worked out in closed form.
    "stages-in-closed-form": {
        "horizon": "4h",
        "policies": {
            "authz": _AUTHZ
            | {
                "before_first": "allow",
                "when_stale": {
                    "after": "4m",
                    "then": "allow",
                    "later": [{"after": "8m", "then": "deny"}],
                },
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["20m", "2h"], "lasts": "15m"}],
    },
    # Units that ask the source, and know nothing before it answers for the first time.
    "queries-in-stages": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "query"},
                "before_first": "deny",
                "when_stale": {"after": "1m", "then": "allow", "later": [{"after": "4m", "then": "deny"}]},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["30m", "1h"], "lasts": "10m"}],
    },
    # Push with delays that let versions overtake each other, and an outage after which all is sent.
    "push": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "push", "delay": _law("exponential", "20s")},
                "changes": {"every": _law("exponential", "40s")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h", "2h"], "lasts": "6m"}],
    },
    # Versions that are committed the instant the source goes down: they are sent when it is back.
    "committed-as-it-goes-down": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ | {"refresh": {"kind": "query"}},
            "quota": _AUTHZ | {"refresh": {"kind": "push", "delay": _law("exponential", "20s")}},
        },
        "workloads": {"web": _WEB | {"policy": "authz"}, "api": _WEB | {"policy": "quota"}},
        "failures": [
            {"kind": kind, "policy": policy, "at": ["1h", "2h"], **rest}
            for policy in ("authz", "quota")
            for kind, rest in (
                ("policy-outage", {"lasts": "6m"}),
                ("poison-policy", {"detected": _law("exponential", "10m")}),
            )
        ],
    },
    # Polls that are lost and made again with back-off; denies when stale.
    "lossy-polls": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "pull",
                    "every": _uniform("20s", "60s"),
                    "delay": _law("exponential", "3s"),
                    "loss": "30%",
                    "retry": {"kind": "exponential", "initial": "2s", "cap": "40s", "jitter": "50%"},
                },
                "changes": {"every": _law("exponential", "2m")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h", "2h"], "lasts": "6m"}],
    },
    # The same, told of the recovery, at a constant period.
    "polls-told-of-recovery": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "pull", "every": "1m", "loss": "20%", "retry": {"kind": "immediate"}},
                "when_stale": {"after": "3m", "then": "allow"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {
                "kind": "policy-outage",
                "policy": "authz",
                "every": _law("exponential", "30m"),
                "lasts": _law("exponential", "4m"),
            }
        ],
    },
    # Connections that break unnoticed, heartbeats that would tell, outages that outlast reconnections.
    "broken-pushes": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _law("exponential", "10s"),
                    "connection": {
                        "lasts": _law("exponential", "8m"),
                        "reconnect": _law("exponential", "2m"),
                    },
                    "heartbeat": "20s",
                },
                "changes": {"every": _law("exponential", "40s")},
                "when_stale": {"after": "1m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h", "2h"], "lasts": "6m"}],
    },
    # Connections that might break, and never do.
    "unbroken-pushes": {
        "horizon": "1h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _law("exponential", "10s"),
                    "connection": {"lasts": _law("exponential", "9000d"), "reconnect": "1s"},
                },
                "changes": {"every": _law("exponential", "40s")},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
    },
    # The same without heartbeats: the age counts from the last version that came.
    "silent-pushes": {
        "horizon": "3h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _uniform("0s", "5s"),
                    "connection": {
                        "lasts": _law("exponential", "5m"),
                        "reconnect": _law("exponential", "1m"),
                    },
                },
                "when_stale": {"after": "15m", "then": "allow"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "6m"}],
    },
    # A busy stream of versions, each in its turn.
    "stream": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "stream", "service": _law("exponential", "15s")},
                "changes": {"every": _law("exponential", "25s")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "6m"}],
    },
    # No copies: the source is asked, and when it is down, what was known last.
    "queries": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "query"},
                "changes": {"every": _law("exponential", "1m")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["0s", "1h"], "lasts": "6m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["90m"], "lasts": "1m"},
        ],
    },
    # Everybody decides by the same snapshot, a little in the past; none is taken in an outage.
    "snapshots": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {"kind": "snapshot", "every": "30s", "lag": "48s"},
                "changes": {"every": _law("exponential", "1m")},
                "when_stale": {"after": "2m", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["0s", "1h"], "lasts": "6m"}],
    },
    # Snapshots in force as they are taken: at the instant an outage ends, and as units start.
    "snapshots-in-step": {
        "horizon": "2h",
        "start": "fresh",
        "policies": {"authz": _AUTHZ | {"refresh": {"kind": "snapshot", "every": "10s"}}},
        "workloads": {"web": _WEB | {"policy": "authz", "lifetime": None, "startup": "20s"}},
        "failures": [
            {"kind": "policy-outage", "policy": "authz", "at": ["0s", "1h"], "lasts": "5m"},
            {"kind": "crash", "workload": "web", "every": _law("exponential", "1m")},
        ],
    },
    # Requests that wait for news, are lost with the source and made again.
    "long-polls": {
        "horizon": "2h",
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "long-poll",
                    "timeout": "1m",
                    "delay": _law("exponential", "2s"),
                    "pause": "7s",
                },
                "changes": {"every": _law("exponential", "40s")},
                "when_stale": {"after": "90s", "then": "deny"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["30m", "1h"], "lasts": "6m"}],
    },
    # Outages that touch leave no instant in between; one is on at the very start, one at the very end.
    "edges": {
        "horizon": "1h",
        "start": "fresh",
        "issuers": {"mesh": {"ttl": "12m", "retry": {"kind": "immediate"}}},
        "policies": {"authz": _AUTHZ | {"when_stale": {"after": "5m", "then": "deny"}}},
        "workloads": {"web": _WEB | {"issuer": "mesh", "policy": "authz", "startup": "0s"}},
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["0s", "20m", "30m"], "lasts": "10m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["0s", "10m", "50m"], "lasts": "11m"},
        ],
    },
    # Too old a copy, and nobody is wronged by it.
    "victimless": {
        "horizon": "1h",
        "policies": {
            "authz": {
                "principals": 2,
                "refresh": _AUTHZ["refresh"],
                "when_stale": {"after": "5m", "then": "allow"},
            }
        },
        "workloads": {"web": _WEB | {"policy": "authz"}},
        "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["10m"], "lasts": "11m"}],
    },
    # Renewed by the time that is left; retries that look at what is left, keep to windows, and start over.
    "times-left": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "renewal": {"kind": "before-expiry", "by": "9m", "jitter": "2m"},
                "retry": {"kind": "remaining", "share": "60%", "least": "10s"},
            },
            "grid": {"ttl": "15m", "retry": {"kind": "window", "every": "40s"}},
            "edge": {
                "ttl": "15m",
                "retry": {
                    "kind": "budget",
                    "attempts": 3,
                    "by": {"kind": "exponential", "initial": "1s", "jitter": "50%", "side": "below"},
                    "rest": "90s",
                },
            },
        },
        "workloads": {
            "web": _WEB | {"issuer": "mesh"},
            "api": _WEB | {"issuer": "grid"},
            "cdn": _WEB | {"issuer": "edge"},
        },
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h", "2h"], "lasts": "22m"},
            {"kind": "issuer-outage", "issuer": "grid", "at": ["1h"], "lasts": "17m"},
            {"kind": "issuer-outage", "issuer": "edge", "at": ["1h"], "lasts": "17m"},
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "8m"),
                "detected": _law("exponential", "20m"),
                "can_renew": True,
            },
        ],
    },
    # Agents and central renewers that fail, alone and with the issuer, paced and not, with thieves about.
    "owners": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "renewal": {"kind": "once", "low": "40%", "high": "60%"},
                "retry": {"kind": "fixed", "every": "47s"},
                "revocation": {"kind": "list", "every": "2m", "delay": "1s"},
            }
        },
        "workloads": {
            "web": _WEB | {"issuer": "mesh", "replicas": 8, "owner": {"kind": "agent", "units": 3}},
            "api": _WEB | {"issuer": "mesh", "owner": {"kind": "central", "rate": "1/min"}},
            "own": _WEB | {"issuer": "mesh", "replicas": 2},
        },
        "failures": [
            {
                "kind": "owner-outage",
                "workload": "web",
                "every": _law("exponential", "40m"),
                "lasts": _law("exponential", "12m"),
            },
            {"kind": "owner-outage", "workload": "web", "owner": 1, "at": ["90m"], "lasts": "25m"},
            {"kind": "owner-outage", "workload": "api", "at": ["30m", "45m", "2h"], "lasts": "13m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h", "125m"], "lasts": "11m"},
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "6m"),
                "detected": _law("exponential", "10m"),
                "can_renew": True,
            },
            {
                "kind": "theft",
                "workload": "api",
                "every": _law("exponential", "6m"),
                "detected": _law("exponential", "10m"),
            },
        ],
    },
    # A cohort that falls due together while its one renewer is down, which asks for it one by one.
    # Who fills some slots does not reach the issuer, the policy or both, at times that overlap.
    "cut-off": {
        "horizon": "2h",
        "issuers": {
            "mesh": {
                "ttl": "10m",
                "retry": {"kind": "fixed", "every": "20s"},
                "capacity": {"service": _law("exponential", "2s"), "timeout": "30s"},
            }
        },
        "policies": {
            "authz": _AUTHZ
            | {
                "first_read": {"takes": _law("exponential", "2s")},
                "tokens": "30%",
                "when_stale": {"after": "4m", "then": "deny"},
            }
        },
        "workloads": {
            "web": _WEB | {"issuer": "mesh", "policy": "authz", "owner": {"kind": "agent", "units": 2}},
            "api": _STEADY | {"issuer": "mesh", "policy": "authz"},
        },
        "failures": [
            _cut("web", ["mesh", "authz"], share="50%", at=["10m", "13m", "40m"], lasts="6m"),
            _cut("api", ["mesh"], share="30%", every=_law("exponential", "20m"), lasts="9m"),
            {"kind": "owner-outage", "workload": "web", "at": ["42m"], "lasts": "9m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["70m"], "lasts": "8m"},
            _cut("api", ["mesh", "authz"], at=["72m"], lasts="12m"),
        ],
    },
    "cut-off-connections": {
        "horizon": "90m",
        "issuers": {"mesh": {"ttl": "6m", "retry": {"kind": "immediate"}}},
        "policies": {
            "authz": _AUTHZ
            | {
                "refresh": {
                    "kind": "push",
                    "delay": _law("exponential", "9s"),
                    "connection": {
                        "lasts": _law("exponential", "20m"),
                        "reconnect": _law("exponential", "1m"),
                        "capacity": "9.37/min",
                    },
                },
                "before_first": "deny",
            }
        },
        "workloads": {"web": _WEB | {"issuer": "mesh", "policy": "authz"}},
        "failures": [
            _cut("web", ["authz"], share="60%", every=_law("exponential", "8m"), lasts="5m"),
            _cut("web", ["mesh"], share="40%", at=["20m"], lasts="15m"),
            _poison(["25m"], "deny", "10m"),
            {"kind": "policy-outage", "policy": "authz", "at": ["30m"], "lasts": "9m"},
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "15m"),
                "detected": "20m",
                "can_renew": True,
            },
        ],
    },
    "paced-cohort": {
        "horizon": "2h",
        "start": "fresh",
        "issuers": {"mesh": {"ttl": "20m", "retry": {"kind": "immediate"}}},
        "workloads": {
            "web": _WEB
            | {
                "issuer": "mesh",
                "startup": "0s",
                "owner": {"kind": "central", "rate": "6/min"},
                "replicas": 9,
            }
        },
        "failures": [
            {"kind": "owner-outage", "workload": "web", "at": ["0s", "19m"], "lasts": "10m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["29m"], "lasts": "30s"},
        ],
    },
    # Much goes wrong, so that every outcome of a request is frequent; two policies.
    "busy": {
        "horizon": "2h",
        "issuers": {
            "mesh": {
                "ttl": "10m",
                "retry": {"kind": "fixed", "every": "1m"},
                "verification": {"points": 3, "skew": {"kind": "normal", "sd": "20s"}},
            }
        },
        "policies": {
            "authz": _AUTHZ
            | {
                "when_stale": {"after": "3m", "then": "allow"},
                "changes": {"every": _law("exponential", "1m")},
            },
            "audit": _AUTHZ
            | {
                "when_stale": {"after": "3m", "then": "deny"},
                "changes": {"every": _law("exponential", "1m")},
            },
        },
        "workloads": {
            "web": _WEB
            | {
                "issuer": "mesh",
                "policy": "authz",
                "replicas": 4,
                "drain": "0s",
                "traffic": {"kind": "constant", "rate": "1/s"},
            },
            "api": _WEB
            | {
                "issuer": "mesh",
                "policy": "audit",
                "replicas": 1,
                "startup": "1m",
                "lifetime": _law("exponential", "10m"),
                "traffic": {"kind": "constant", "rate": "1/s"},
                "drain": "0s",
                "endpoints": {"removal": "20s"},
            },
        },
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["30m"], "lasts": "15m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "15m"},
            {"kind": "policy-outage", "policy": "audit", "at": ["1h"], "lasts": "15m"},
        ],
    },
    # Everything at once; one policy and one issuer serve two fleets.
    "everything": {
        "horizon": "3h",
        "issuers": {
            "mesh": {
                "ttl": "20m",
                "renewal": {"kind": "per-check", "low": "40%", "high": "60%", "check": "20s"},
                "retry": {"kind": "exponential", "initial": "2s", "cap": "1m", "jitter": "50%"},
                "revocation": {"kind": "list", "every": _uniform("2m", "4m"), "delay": _uniform("0s", "30s")},
                "verification": {"points": 3, "leeway": "3s", "skew": {"kind": "normal", "sd": "2s"}},
            }
        },
        "policies": {"authz": _AUTHZ | {"when_stale": {"after": "5m", "then": "deny"}}},
        "workloads": {
            "web": _WEB
            | {
                "issuer": "mesh",
                "policy": "authz",
                "endpoints": {"addition": "2s", "removal": _law("exponential", "5s")},
            },
            "api": _WEB | {"issuer": "mesh", "policy": "authz", "replicas": 4, "drain": "0s"},
        },
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "every": _law("exponential", "1h"), "lasts": "14m"},
            {
                "kind": "policy-outage",
                "policy": "authz",
                "every": _law("exponential", "1h"),
                "lasts": _law("exponential", "8m"),
            },
            {"kind": "crash", "workload": "web", "every": _law("exponential", "1h")},
            {
                "kind": "theft",
                "workload": "web",
                "every": _law("exponential", "15m"),
                "detected": _law("exponential", "20m"),
                "can_renew": True,
            },
            {
                "kind": "theft",
                "workload": "api",
                "every": _law("exponential", "15m"),
                "detected": _law("exponential", "20m"),
            },
        ],
    },
}


# Requests fill caches, so that only counting them tells what caches hold: verdicts that turn more often than
# decisions run out, copies that lapse, units that are born with an empty cache and replaced at once, so that
# every one of three points is asked as often as the engine takes it to be.
_CACHED: dict[str, Any] = {
    "horizon": "4h",
    "history": "20m",
    "policies": {
        "authz": _AUTHZ
        | {
            "principals": 4,
            "refresh": {"kind": "pull", "every": _uniform("10s", "30s"), "delay": "2s"},
            "changes": {"every": _law("exponential", "20s")},
            "when_stale": {"after": "3m", "then": "deny"},
        }
    },
    "workloads": {
        "web": _WEB
        | {
            "replicas": 3,
            "policy": "authz",
            "lifetime": _law("exponential", "8m"),
            "startup": "0s",
            "drain": "0s",
            "endpoints": {"removal": "0s"},
            "traffic": {"kind": "constant", "rate": "1/s"},
        }
    },
    "failures": [{"kind": "policy-outage", "policy": "authz", "at": ["1h"], "lasts": "9m"}],
}


def _remembering(tokens: str = "0%", **cache: str) -> dict[str, Any]:
    return _CACHED | {
        "policies": {"authz": _CACHED["policies"]["authz"] | {"tokens": tokens, "cache": cache}}
    }


CACHED: dict[str, dict[str, Any]] = {
    "fixed-cache": _remembering(kind="fixed", allow="40s", deny="15s"),
    "fixed-cache-and-tokens": _remembering("40%", kind="fixed", allow="40s", deny="15s"),
    "sliding-cache": _remembering(kind="sliding", allow="20s", deny="5s"),
}


# Who answers a request asks others, some of whom ask each other in turn, for worlds in which much goes wrong.
CALLING: dict[str, dict[str, Any]] = {
    "calling": {
        "horizon": "70m",
        "warmup": "10m",
        "issuers": {
            "mesh": {
                "ttl": "9m",
                "verification": {"points": 2, "skew": {"kind": "normal", "sd": "30s"}},
            }
        },
        "policies": {
            "authz": _AUTHZ | {"changes": {"every": "3m"}, "when_stale": {"after": "4m", "then": "allow"}}
        },
        "workloads": {
            "web": _WEB
            | {"policy": "authz", "traffic": {"kind": "constant", "rate": "6/s"}, "lifetime": "6m"}
            | {"calls": {"cart": {"share": "60%", "retries": 2}, "stock": {"share": "100%"}}},
            "cart": _WEB
            | {"policy": "authz", "endpoints": {"removal": "2m"}, "lifetime": "5m", "drain": "0s"}
            | {
                "traffic": {"kind": "constant", "rate": "1/s"},
                "calls": {"stock": {"share": "80%", "retries": 1}},
            },
            "stock": _STEADY
            | {
                "issuer": "mesh",
                "replicas": 3,
                "startup": "1m",
                "calls": {"cart": {"share": "20%", "retries": 1}},
            },
        },
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["20m"], "lasts": "9m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["40m"], "lasts": "12m"},
            {"kind": "crash", "workload": "stock", "every": _law("exponential", "5m")},
        ],
    }
}


def _rolled(kind: str, fault: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A service whose versions come every 9 min or so, half of them bad."""
    return _WEB | {
        "issuer": "mesh",
        "policy": "authz",
        "startup": _uniform("5s", "50s"),
        "drain": _uniform("5s", "40s"),
        "endpoints": {"addition": _uniform("1s", "9s"), "removal": _uniform("1s", "20s")},
        "rollout": {
            "kind": kind,
            "every": _law("exponential", "9m"),
            "bad": "50%",
            "fault": fault,
            "detected": _uniform("30s", "4m"),
            "deadline": "2m",
        }
        | more,
    }


_ERRORS = {"kind": "errors", "share": "30%"}
_CRASHES = {"kind": "crash-loop", "every": _law("exponential", "1m")}
_STUCK = {"kind": "unready"}

# Versions by every kind of rollout, of which half are bad, while an issuer and a policy source fail.
ROLLED: dict[str, dict[str, Any]] = {
    name: {
        "horizon": "2h",
        "warmup": "10m",
        "start": start,
        "issuers": {
            "mesh": {"ttl": "9m", "capacity": {"service": "2s"}, "retry": {"kind": "fixed", "every": "31s"}}
        },
        "policies": {"authz": _AUTHZ | {"changes": {"every": _law("exponential", "6m")}}},
        "workloads": workloads,
        "failures": [
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["40m"], "lasts": "7m"},
            {"kind": "policy-outage", "policy": "authz", "at": ["80m"], "lasts": "5m"},
            {"kind": "crash", "workload": next(iter(workloads)), "every": _law("exponential", "25m")},
        ],
    }
    for name, start, workloads in (
        (
            "rolled-errors",
            "stationary",
            {
                "rolling": _rolled("rolling", _ERRORS),
                "batched": _rolled("batched", _ERRORS, batch="30%"),
                "canary": _rolled("canary", _ERRORS, bake="80s", share="30%"),
                "lazy": _rolled("on-replacement", _ERRORS),
            },
        ),
        (
            "rolled-crashes",
            "fresh",
            {
                "rolling": _rolled("rolling", _CRASHES, max_surge="50%", max_unavailable="0%")
                | {"restart": {"kind": "backoff", "cap": "70s", "reset_after": "3m"}},
                "recreate": _rolled("recreate", _CRASHES) | {"restart": {"kind": "backoff", "factor": 3}},
                "two": _rolled("blue-green", _CRASHES, keep="70s"),
            },
        ),
        (
            "rolled-stuck",
            "stationary",
            {
                "rolling": _rolled("rolling", _STUCK, max_surge="0%", max_unavailable="50%"),
                "canary": _rolled("canary", _STUCK, bake="3m", share="20%"),
                "two": _rolled("blue-green", _ERRORS, keep="4m"),
            },
        ),
    )
}
# More agents than there would be without the units that a rollout has beyond those wanted.
ROLLED["rolled-owned"] = {
    "horizon": "2h",
    "issuers": {"mesh": {"ttl": "9m"}},
    "policies": {"authz": _AUTHZ},
    "workloads": {
        "rolling": _rolled("rolling", _ERRORS, max_surge="60%") | {"owner": {"kind": "agent", "units": 2}},
        "canary": _rolled("canary", _ERRORS, bake="80s") | {"owner": {"kind": "agent", "units": 2}},
        "api": _WEB | {"issuer": "mesh", "owner": {"kind": "central"}},
    },
    "failures": [
        {"kind": "owner-outage", "workload": name, "every": _law("exponential", "20m"), "lasts": "6m"}
        for name in ("rolling", "canary")
    ],
}


def world(name: str, seed: int = 1) -> Scenario:
    """Return one of them as a scenario."""
    written = (WORLDS | CACHED | CALLING | ROLLED | JOBS | FUNCTIONS)[name]
    return Scenario.model_validate({"name": name, **written, "study": {"seed": seed}})
