"""Random small worlds: every kind there is, in any combination that can be written."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_SECONDS = st.integers(1, 2400).map(lambda n: f"{n}s")
_SHORT = st.integers(0, 90).map(lambda n: f"{n}s")
_LONG = st.integers(30, 3600).map(lambda n: f"{n}s")
_SHARE = st.integers(0, 100).map(lambda n: f"{n}%")


def _law(times: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """A duration that is never negative, of every kind of law."""
    shape = st.sampled_from([0.6, 1.0, 1.5, 3.0])
    simple = st.one_of(
        times,
        st.builds(lambda mean: {"kind": "exponential", "mean": mean}, _LONG),
        st.builds(lambda low, wide: {"kind": "uniform", "low": f"{low}s", "high": f"{low + wide}s"},
                  st.integers(0, 300), st.integers(1, 900)),
        st.builds(lambda m, ratio: {"kind": "lognormal", "median": f"{m}s", "p99": f"{m * ratio}s"},
                  st.integers(1, 600), st.integers(2, 9)),
        st.builds(lambda kind, mean, k: {"kind": kind, "mean": mean, "shape": k},
                  st.sampled_from(["weibull", "gamma"]), _LONG, shape),
        st.builds(lambda least, k: {"kind": "pareto", "minimum": least, "shape": 1.5 + k}, _LONG, shape),
        st.builds(lambda v: {"kind": "empirical", "values": v}, st.lists(_LONG, min_size=1, max_size=4)),
    )  # fmt: skip
    capped = st.builds(lambda law: {"kind": "truncated", "law": law, "high": "2h"}, simple)
    mixed = st.builds(
        lambda a, b: {"kind": "mixture", "parts": [{"weight": "30%", "law": a}, {"weight": "70%", "law": b}]},
        simple,
        simple,
    )
    at_once = simple.map(
        lambda law: {
            "kind": "mixture",
            "parts": [{"weight": "40%", "law": "0s"}, {"weight": "60%", "law": law}],
        }
    )
    return st.one_of(simple, simple, capped, mixed, at_once)


_ANY, _TAKING = _law(_SHORT), _law(_LONG)
_SLOW = st.integers(1, 90).map(lambda n: f"{n}/min")
_RARE = st.integers(600, 7200).map(lambda n: {"kind": "exponential", "mean": f"{n}s"})


_CHECK = st.sampled_from(["5s", "17s", "1m"])
_SKEW = st.sampled_from(
    ["0s", {"kind": "normal", "sd": "5s"}, {"kind": "uniform", "low": "0s", "high": "9s"}]
)
_CHANGES = st.builds(
    lambda every, part, about: {"every": every, "revoking": part, "about": about},
    _TAKING,
    _SHARE,
    st.sampled_from(["permission", "principal"]),
)
_CACHE = st.builds(
    lambda kind, allow, deny: {"kind": kind, "allow": f"{allow}s", "deny": f"{deny}s"},
    st.sampled_from(["fixed", "sliding"]), st.integers(1, 120), st.integers(0, 60),
)  # fmt: skip
_PART = st.integers(0, 90).map(lambda n: f"{n}%")
_RETRY = st.sampled_from([
    {"kind": "immediate"}, {"kind": "fixed", "every": "20s"},
    {"kind": "exponential", "initial": "2s", "cap": "3m"},
])  # fmt: skip
_FIRST_READ = st.fixed_dictionaries(
    {"at_once": st.integers(1, 2), "takes": _ANY}, optional={"timeout": _LONG, "retry": _RETRY}
)
_STORMS = st.builds(
    lambda every, lasts, factor: {"every": every, "lasts": lasts, "factor": factor},
    _TAKING, _TAKING, st.sampled_from(["x9", "x0.2"]),
)  # fmt: skip
_LASTS = st.sampled_from(["10m", "20m", "45m"]) | _TAKING


_CAPACITY = st.fixed_dictionaries(
    {
        "signers": st.integers(1, 3),
        "service": st.sampled_from(["0s", "2s", {"kind": "exponential", "mean": "5s"}]),
        "queue": st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["fifo", "lifo", "random", "newest-first"]),
                "most": st.integers(0, 5) | st.just(10_000),
            }
        ),
        "abandoned": st.sampled_from(["dropped", "signed"]),
    },
    optional={"timeout": _LONG},
)
_LIMITED = st.builds(
    lambda capacity, rate, burst: {**capacity, "rate": rate, "burst": burst},
    _CAPACITY,
    st.sampled_from(["10/min", "2/s"]),
    st.integers(1, 4),
)


def _shares(least: int = 5) -> st.SearchStrategy[tuple[str, str]]:
    pairs = st.tuples(st.integers(least, 100), st.integers(least, 100))
    return pairs.map(lambda pair: (f"{min(pair)}%", f"{max(pair)}%"))


_KEYS = st.fixed_dictionaries(
    {
        "every": st.none() | _TAKING,
        "prepare": _SHORT,
        "bundle": st.one_of(
            st.fixed_dictionaries({"kind": st.just("pull"), "every": _TAKING, "delay": _ANY}),
            st.fixed_dictionaries({"kind": st.just("push"), "delay": _ANY}),
        ),
    },
    optional={"retire": _LONG},
)
_OWNER = st.sampled_from(
    [
        {"kind": "unit"},
        {"kind": "agent", "units": 2},
        {"kind": "central"},
        {"kind": "central", "rate": "2/min"},
    ]
)
_RESPONSE = st.fixed_dictionaries(
    {"remove": st.sampled_from(["at-once", "when-reissued"]), "after": _ANY},
    optional={"prepare": _SHORT, "rate": st.sampled_from(["1/m", "1/s"])},
)
_ON_END = st.sampled_from([None, "0s", {"kind": "exponential", "mean": "1m"}])


@st.composite
def _issuer(draw: st.DrawFn) -> dict[str, Any]:
    low, high = draw(_shares())
    return {
        "ttl": draw(st.integers(120, 3600).map(lambda n: f"{n}s")),
        "renewal": draw(st.sampled_from([
            {"kind": "fixed", "at": high},
            {"kind": "once", "low": low, "high": high},
            {"kind": "per-check", "low": low, "high": high, "check": draw(_CHECK)},
            {"kind": "before-expiry", "by": "55s", "jitter": draw(_CHECK)},
        ])),
        "retry": draw(st.sampled_from([
            {"kind": "immediate"}, {"kind": "none"}, {"kind": "fixed", "every": draw(_LONG)},
            {"kind": "exponential", "initial": "2s", "factor": 1.7, "cap": "3m", "jitter": draw(_SHARE)},
            {"kind": "window", "every": draw(_LONG)}, {"kind": "schedule", "pauses": ["5s", draw(_LONG)]},
            {"kind": "remaining", "share": "60%", "least": draw(_LONG)},
            {"kind": "budget", "attempts": 3, "by": {"kind": "exponential"}, "rest": draw(_LONG)},
            {"kind": "budget", "attempts": 2, "by": {"kind": "fixed", "every": draw(_LONG)}},
        ])),
        "revocation": draw(st.sampled_from([
            {"kind": "none"},
            {"kind": "list", "every": draw(_TAKING), "delay": draw(_ANY), "on_end": draw(_ON_END)},
            {"kind": "push", "delay": draw(_ANY), "loss": draw(_SHARE), "on_end": draw(_ON_END)},
            {"kind": "push", "disconnects": {"every": draw(_TAKING), "lasts": draw(_TAKING)}},
            {"kind": "status", "cache": draw(_LONG), "fail": "hard", "on_end": draw(_ON_END)},
            {"kind": "status", "cache": draw(_LONG), "fail": "soft", "on_end": draw(_ON_END)},
        ])),
        "verification": {
            "points": draw(st.integers(1, 3)),
            "leeway": draw(st.sampled_from(["0s", "3s", "1m"])),
            "skew": draw(_SKEW),
            "drift": draw(st.sampled_from(["0s", "-10m", {"kind": "normal", "sd": "30m"}])),
            "sync": draw(_LONG),
            "connections": draw(st.sampled_from([
                None, {"lifetime": draw(_TAKING)}, {"reauthenticate": draw(_LONG)},
                {"lifetime": draw(_TAKING), "reauthenticate": draw(_LONG)},
            ])),
        },
        "capacity": draw(st.none() | _CAPACITY | _LIMITED),
        "attestation": draw(st.just("0s") | _ANY),
        "keys": draw(st.none() | _KEYS),
        "backdate": draw(st.sampled_from(["0s", "10s"])),
    }  # fmt: skip


@st.composite
def _policy(draw: st.DrawFn) -> dict[str, Any]:
    thens = st.sampled_from(["deny", "allow", "last-good"])
    stale = st.builds(
        lambda after, then, last: {"after": after, "then": then, "later": [{"after": "61m", "then": last}]},
        _LONG,
        thens,
        thens,
    )
    principals = draw(st.integers(1, 5))
    leaving = st.fixed_dictionaries(
        {"tenants": st.integers(1, principals), "every": _TAKING, "revoked": st.just("0s") | _ANY}
    )
    return {
        "principals": principals,
        "resources": draw(st.integers(1, 3)),
        "offboarding": draw(st.none() | leaving),
        "refresh": draw(st.sampled_from([
            {"kind": "pull", "every": draw(_TAKING), "delay": draw(_ANY)},
            {"kind": "pull", "every": draw(_LONG), "delay": draw(_SHORT)},
            {"kind": "push", "delay": draw(_ANY)},
            {"kind": "push", "delay": draw(_ANY), "debounce": {"quiet": "9s", "most": "5m"}},
            {"kind": "pull", "every": draw(_TAKING), "loss": draw(_PART), "retry": draw(st.none() | _RETRY)},
            {"kind": "pull", "every": draw(_TAKING), "delay": draw(_ANY), "capacity": draw(_SLOW)},
            {"kind": "push", "delay": draw(_ANY), "heartbeat": draw(st.none() | _LONG),
             "connection": {"lasts": draw(_TAKING), "reconnect": draw(_TAKING)}},
            {"kind": "push", "connection": {"lasts": "5m", "reconnect": "1m", "capacity": draw(_SLOW)}},
            {"kind": "stream", "service": draw(_TAKING)},
            {"kind": "query"},
            {"kind": "snapshot", "every": draw(_LONG), "lag": draw(_SHORT)},
            {"kind": "long-poll", "timeout": draw(_LONG), "delay": draw(_ANY), "pause": draw(_LONG)},
        ])),
        "changes": draw(st.none() | _CHANGES),
        "rollout": draw(st.none() | _LONG.map(lambda bake: {"waves": ["30%", "0%", "70%"], "bake": bake})),
        "cache": draw(st.none() | _CACHE),
        "replication": draw(st.just("0s") | _ANY),
        "tokens": draw(st.sampled_from(["0%", "30%", "100%"])),
        "token_age": draw(_SHORT),
        "first_read": draw(st.none() | _FIRST_READ),
        "before_first": draw(st.sampled_from(["wait", "deny", "allow"])),
        "when_stale": draw(st.none() | stale),
    }  # fmt: skip


_CLOCK = st.sampled_from([None, {}, {"error": {"kind": "normal", "sd": "20s"}, "bound": "5s"}])
_PLACEMENT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["spread", "bin-pack", "shuffle-shard"]),
        "cpu": st.sampled_from([0, 0.5, 1]),
        "disruption": _SHARE,
    }
)
_CONTROL = st.fixed_dictionaries(
    {},
    optional={
        "heartbeat": st.sampled_from(["10s", "29s"]),
        "grace": _LONG,
        "toleration": _SHORT,
        "eviction_rate": st.sampled_from(["1/m", "10/s"]),
        "eviction_retry": _LONG,
        "scheduling": st.sampled_from(["1/m", "2/s"]),
    },
)


def _node_autoscaler(count: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"kind": st.just("cluster"), "floor": st.integers(0, count), "ceiling": st.integers(count, 5)},
        optional={
            "scan": st.sampled_from(["10s", "70s"]),
            "threshold": _SHARE,
            "unneeded": _SHORT,
            "after_add": _SHORT,
            "parallel": st.integers(1, 3),
        },
    )


@st.composite
def _pool(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    count = draw(st.integers(1, 4))
    return {
        "zone": zone,
        "count": count,
        "autoscaler": draw(st.none() | _node_autoscaler(count)),
        "units": draw(st.integers(1, 4)),
        "cpu": draw(st.sampled_from([None, 1, 2])),
        "boot": draw(_ANY),
        "lifetime": draw(st.none() | _TAKING),
        "grace": draw(_SHORT),
        "replacement": draw(_ANY),
    }


_FAULT = st.sampled_from([{"kind": "errors", "share": "30%"}, {"kind": "unready"}]) | _TAKING.map(
    lambda every: {"kind": "crash-loop", "every": every}
)


@st.composite
def _rollout(draw: st.DrawFn, kinds: tuple[str, ...]) -> dict[str, Any]:
    kind = draw(st.sampled_from(kinds))
    bounds: dict[str, Any] = {}
    if kind in ("rolling", "canary"):
        surge, missing = draw(st.sampled_from([("25%", "0%"), ("0%", "30%"), ("100%", "100%"), ("1%", "1%")]))
        bounds = {"max_surge": surge, "max_unavailable": missing}
    if kind == "canary":
        bounds |= {"share": draw(st.sampled_from(["10%", "60%"])), "bake": draw(_LONG)}
    if kind == "blue-green":
        bounds["keep"] = draw(_SHORT)
    return {
        "kind": kind,
        **bounds,
        **draw(st.one_of(_TAKING.map(lambda every: {"every": every}), _AT.map(lambda at: {"at": at}))),
        "bad": draw(_SHARE),
        "fault": draw(_FAULT),
        "detected": draw(_ANY),
        "deadline": draw(_LONG),
    }


_AT = st.lists(st.integers(0, 90), min_size=1, max_size=3).map(lambda at: [f"{minute}m" for minute in at])
_RESTART = st.sampled_from([
    {"kind": "immediate"},
    {"kind": "backoff"},
    {"kind": "backoff", "initial": "3s", "factor": 1.0, "cap": "1m", "reset_after": "2m"},
])  # fmt: skip
_OF_ALL = ("rolling", "batched", "recreate", "canary", "on-replacement")


_IMAGE = st.fixed_dictionaries(
    {"pull": _ANY},
    optional={
        "fails": st.sampled_from(["30%", "90%"]),
        "initial": st.sampled_from(["3s", "40s"]),
        "factor": st.just(1.5),
    },
)


@st.composite
def _service(draw: st.DrawFn, issuers: list[str], policies: list[str], has_cache: bool) -> dict[str, Any]:
    # A unit must be able to outlive a cached decision.
    lives = st.builds(lambda mean: {"kind": "exponential", "mean": mean}, _LONG) if has_cache else _TAKING
    return {
        "kind": "service",
        "replicas": draw(st.integers(1, 4)),
        "needed": draw(_SHARE),
        "pending": draw(_ANY),
        "startup": draw(_ANY),
        "image": draw(st.none() | _IMAGE),
        "lifetime": draw(st.none() | lives),
        "drain": draw(_ANY),
        "endpoints": {"addition": draw(_ANY), "removal": draw(_ANY)},
        "issuer": draw(st.sampled_from([None, *issuers])),
        "owner": draw(_OWNER),
        "policy": draw(st.sampled_from([None, *policies])),
        "placement": draw(_PLACEMENT),
        "clock": draw(_CLOCK),
        "rollout": draw(st.none() | _rollout((*_OF_ALL, "blue-green"))),
        "restart": draw(_RESTART),
        "traffic": draw(st.none() | st.just({"kind": "constant", "rate": "3/s"})),
    }


_COMMITS = ("at-least-once", "at-most-once", "exactly-once")
_COMMIT = st.fixed_dictionaries(
    {"kind": st.sampled_from(_COMMITS), "takes": _ANY, "acknowledge": _ANY, "loss": _PART}
)
_QUEUE = st.fixed_dictionaries(
    {"lease": _LONG | _SECONDS, "extended": st.booleans(), "attempts": st.integers(1, 9)}
)
_QUEUE_LENGTH = st.builds(
    lambda floor, target, cooldown: {
        "kind": "queue-length", "floor": floor, "ceiling": 5, "target": target, "cooldown": cooldown
    },
    st.integers(0, 1), st.sampled_from([0.5, 1, 5]), _SHORT,
)  # fmt: skip
_CHECKPOINTS = st.fixed_dictionaries({"every": _SECONDS, "cost": _SHORT, "restore": _SHORT})
_JOBS = st.one_of(
    st.builds(lambda every, work: {"every": every, "work": work}, _TAKING, _TAKING),
    st.builds(lambda count, work: {"count": count, "at": "5m", "work": work}, st.integers(1, 30), _TAKING),
)


@st.composite
def processors(draw: st.DrawFn, issuers: list[str], policies: list[str]) -> dict[str, Any]:
    """Plain data of a workload whose units do jobs."""
    return {
        "kind": "processor",
        "replicas": draw(st.integers(1, 4)),
        "startup": draw(_ANY),
        "clock": draw(_CLOCK),
        "lifetime": draw(st.none() | _TAKING),
        "drain": draw(_ANY),
        "issuer": draw(st.sampled_from([None, *issuers])),
        "owner": draw(_OWNER),
        "policy": draw(st.sampled_from([None, *policies])),
        "jobs": draw(_JOBS),
        "queue": draw(_QUEUE),
        "checkpoints": draw(st.none() | _CHECKPOINTS),
        "autoscaler": draw(st.none() | _QUEUE_LENGTH),
        "rollout": draw(st.none() | _rollout(_OF_ALL)),
        "restart": draw(_RESTART),
        "commit": draw(_COMMIT),
    }


@st.composite
def runners(draw: st.DrawFn, issuers: list[str], policies: list[str]) -> dict[str, Any]:
    """Plain data of a workload that has a unit for each job."""
    return {
        "kind": "runner",
        "pending": draw(_ANY),
        "startup": draw(_ANY),
        "image": draw(st.none() | _IMAGE),
        "drain": draw(_ANY),
        "issuer": draw(st.sampled_from([None, *issuers])),
        "owner": draw(_OWNER),
        "policy": draw(st.sampled_from([None, *policies])),
        "placement": draw(_PLACEMENT),
        "jobs": draw(_JOBS),
        "queue": draw(_QUEUE),
        "commit": draw(_COMMIT),
        "limit": draw(st.integers(1, 5)),
        "spare": draw(st.integers(0, 1)),
        "time_limit": draw(st.none() | _LONG),
    }


_RATES = st.sampled_from([
    {"kind": "constant", "rate": "6/m"}, {"kind": "diurnal", "mean": "6/m", "swing": "100%", "period": "40m"},
    {"kind": "bursts", "rate": "1/m", "burst": "1/s", "every": "9m", "lasts": "1m"},
])  # fmt: skip


@st.composite
def functions(draw: st.DrawFn, issuers: list[str], policies: list[str]) -> dict[str, Any]:
    """Plain data of a workload whose units are started by requests."""
    limit = draw(st.integers(1, 5))
    return {
        "kind": "function",
        "pending": draw(_ANY),
        "startup": draw(_ANY),
        "image": draw(st.none() | _IMAGE),
        "lifetime": draw(st.none() | _TAKING),
        "drain": draw(_ANY),
        "issuer": draw(st.sampled_from([None, *issuers])),
        "owner": draw(_OWNER),
        "policy": draw(st.sampled_from([None, *policies])),
        "placement": draw(_PLACEMENT),
        "traffic": draw(_RATES),
        "service": draw(_ANY),
        "concurrency": draw(st.sampled_from([1, 1, 3])),
        "keep_alive": draw(_ANY),
        "provisioned": draw(st.integers(0, limit)),
        "limit": limit,
        "patience": draw(st.none() | _LONG),
    }


@st.composite
def environments(draw: st.DrawFn, issuers: list[str], policies: list[str]) -> dict[str, Any]:
    """Plain data of a workload whose units come and go in bundles."""
    return {
        "kind": "environment",
        "pending": draw(_ANY),
        "startup": draw(_ANY),
        "drain": draw(_ANY),
        "issuer": draw(st.sampled_from([None, *issuers])),
        "owner": draw(_OWNER),
        "policy": draw(st.sampled_from([None, *policies])),
        "placement": draw(_PLACEMENT),
        "changes": draw(_TAKING),
        "life": draw(_TAKING),
        "units": draw(st.integers(1, 3)),
        "idle": draw(st.none() | st.fixed_dictionaries({"after": _LONG, "used": _TAKING})),
        "teardown": {"fails": draw(_SHARE), "sweep": draw(st.none() | _LONG)},
        "limit": draw(st.integers(1, 4)),
    }


def _second(issuers: list[str], policies: list[str], has_cache: bool) -> st.SearchStrategy[dict[str, Any]]:
    # A cache needs units that can outlive it, which those of other kinds may not.
    service = _service(issuers, policies, has_cache)
    kinds = (processors, runners, environments, functions)
    return service if has_cache else st.one_of(service, *(kind(issuers, policies) for kind in kinds))


@st.composite
def failures(
    draw: st.DrawFn,
    issuers: list[str],
    policies: list[str],
    tenants: dict[str, str],
    pools: list[str],
    sinks: list[str],
    loud: list[str],
) -> list[dict[str, Any]]:
    """Plain data of every failure that there may be in a world with these parts, one of each sort."""
    times = st.lists(st.integers(0, 90), min_size=1, max_size=3).map(
        lambda at: [f"{minute}m" for minute in at]
    )
    spells = draw(st.one_of(
        st.builds(lambda at, lasts: {"at": at, "lasts": lasts}, times, _LASTS),
        times.map(lambda at: {"at": at, "lengths": [f"{7 * (k + 1)}m" for k in range(len(at))]}),
        st.builds(lambda every, lasts: {"every": every, "lasts": lasts}, _RARE, _TAKING),
        st.builds(lambda every, lasts, storms: {"every": every, "lasts": lasts, "storms": storms},
                  _RARE, _TAKING, _STORMS),
    ))  # fmt: skip
    workload = draw(st.sampled_from(list(tenants)))
    choices: list[dict[str, Any]] = [
        {"kind": "crash", "workload": workload, "every": draw(_TAKING)},
        {
            "kind": "theft", "workload": workload, "every": draw(_RARE), "detected": draw(_ANY),
            "response": draw(_ANY), "can_renew": draw(st.booleans()),
        },
        {"kind": "owner-outage", "workload": workload, **spells},
    ]  # fmt: skip
    choices += [{"kind": "issuer-outage", "issuer": name, **spells} for name in issuers]
    choices += [{"kind": "issuer-brownout", "issuer": name, "factor": 4, **spells} for name in issuers]
    choices += [{"kind": "key-removal", "issuer": name, **spells} for name in issuers]
    choices += [
        {"kind": "key-theft", "issuer": name, "every": draw(_RARE), "detected": draw(_ANY),
         "response": draw(st.none() | _RESPONSE)}
        for name in issuers
    ]  # fmt: skip
    if issuers or policies:
        choices.append(
            {
                "kind": "partition",
                "workload": workload,
                "from": [*issuers, *policies],
                "share": draw(_SHARE),
                **spells,
            }
        )
    choices += [{"kind": "policy-outage", "policy": name, **spells} for name in policies]
    choices += [{"kind": "policy-brownout", "policy": name, "factor": 3, **spells} for name in policies]
    choices += [{"kind": "sink-outage", "sink": name, **spells} for name in sinks]
    occasions = {key: value for key, value in spells.items() if key in ("at", "every", "storms")}
    services = [*issuers, *policies]
    cuts = [["control-plane"], ["control-plane", *services], services or ["control-plane"]]
    for name in pools:
        choices += [
            {"kind": "node-loss", "pool": name, "nodes": draw(st.integers(1, 3)), **draw(st.sampled_from(
                [occasions, occasions | {"lasts": draw(_LASTS)}]))},
            {"kind": "spot-reclaim", "pool": name, "share": draw(_SHARE), "within": draw(_SHORT),
             "notice": draw(_SHORT), **occasions},
            {"kind": "deadly-request", "tenant": tenants[workload], **draw(st.sampled_from(
                [occasions, occasions | {"lasts": draw(_LASTS)}]))},
            {"kind": "zone-outage", "zone": "a", **spells},
            {"kind": "partition", "zone": "a", "share": draw(_SHARE), **spells,
             "from": draw(st.sampled_from(cuts))},
        ]  # fmt: skip
    left = draw(st.sampled_from(["20%", "70%", "100%"]))
    choices += [{"kind": "noisy-neighbour", "workload": name, "left": left, **spells} for name in loud]
    choices += [
        {"kind": "poison-policy", "policy": name, "at": draw(times), "detected": draw(_ANY),
         "effect": draw(st.sampled_from(["deny", "allow", "crash"]))}
        for name in policies
    ]  # fmt: skip
    return choices


_SINK = st.fixed_dictionaries(
    {},
    optional={
        "delay": _ANY,
        "capacity": st.sampled_from(["1/m", "2/s"]),
        "retention": _LONG,
    },
)
_EVERY = st.integers(5, 900).map(lambda n: f"{n}s")
_SHIPPING = st.one_of(
    st.builds(lambda every, stop: {"kind": "periodic", "every": every, "on_stop": stop},
              _EVERY | st.just({"kind": "uniform", "low": "20s", "high": "3m"}), st.booleans()),
    st.builds(lambda size, stop: {"kind": "batch", "size": size, "on_stop": stop},
              st.integers(2, 40), st.booleans()),
    st.just({"kind": "on-stop"}),
)  # fmt: skip
_SAMPLING = st.builds(
    lambda kind, share: {"kind": kind, "keep": share}, st.sampled_from(["head", "tail"]), _SHARE
)


@st.composite
def _artefact(draw: st.DrawFn, of: str, sinks: list[str], has_nodes: bool) -> dict[str, Any]:
    shipping = draw(_SHIPPING)
    holders: list[dict[str, Any]] = [{"kind": "unit"}]
    if shipping["kind"] != "on-stop":
        holders += [{"kind": "agent", "units": 2}, {"kind": "agent", "units": 1, "crashes": draw(_TAKING)}]
    holders += [{"kind": "node"}] if has_nodes else []
    bound = {
        "most": draw(st.integers(40, 90)),
        "when_full": draw(st.sampled_from(["drop-oldest", "drop-newest"])),
    }
    buffer = draw(st.none() | st.just(bound))
    sampling = draw(st.none() | _SAMPLING)
    if sampling and sampling["kind"] == "tail" and shipping["kind"] != "batch" and buffer is None:
        sampling["wait"] = draw(_EVERY | st.just("0s"))
    return {
        "of": of,
        "sink": draw(st.sampled_from(sinks)),
        "shipping": shipping,
        "holder": draw(st.sampled_from(holders)),
        "buffer": buffer,
        "sampling": sampling,
        "per_outcome": draw(st.integers(1, 3)),
        "signed": draw(st.booleans()),
    }


def _is_handled_apart(workload: dict[str, Any]) -> bool:
    """Whether no evidence follows its requests: they are handled one by one, or queue for workers."""
    return workload["kind"] == "function" or bool(workload.get("workers"))


@st.composite
def _kept(draw: st.DrawFn, workloads: dict[str, dict[str, Any]], has_nodes: bool) -> dict[str, Any]:
    """Sinks, outcomes that owe evidence, and artefacts: one of each outcome there is, that may owe others."""
    sinks = {name: draw(_SINK) for name in ("archive", "vault")}
    evidence, artefacts = dict[str, Any](), dict[str, Any]()
    for name, workload in workloads.items():
        makes = {
            "request": None if _is_handled_apart(workload) else workload.get("traffic"),
            "issuance": workload["issuer"], "adoption": workload["policy"], "commit": workload.get("jobs"),
        }  # fmt: skip
        kinds = [kind for kind, has in makes.items() if has is not None]
        for kind in kinds:
            of = f"{name}-{kind}"
            artefacts[of] = draw(_artefact(of, [*sinks], has_nodes))
            others = draw(st.lists(st.sampled_from(kinds), max_size=2, unique=True))
            owes = [of, *(f"{name}-{other}" for other in others if other != kind)]
            evidence[of] = {"kind": kind, "workload": name, "owes": owes}
    return {"sinks": sinks, "evidence": evidence, "artefacts": artefacts}


_CALL = _SHARE | st.fixed_dictionaries(
    {"share": _SHARE}, optional={"retries": st.integers(0, 4), "budget": st.sampled_from(["0%", "20%"])}
)
_WORKERS = st.fixed_dictionaries({"number": st.integers(1, 3), "queue": st.sampled_from([0, 1, 20])})


@st.composite
def _calling(draw: st.DrawFn, workloads: dict[str, Any]) -> dict[str, Any]:
    """The same workloads, of which services may call each other, and may have too little capacity for it."""
    services = [name for name, each in workloads.items() if each["kind"] == "service"]
    for name in services:
        workloads[name]["capacity"] = draw(st.sampled_from([None, None, "1/s"]))
        if workloads[name]["capacity"] is not None:
            workloads[name]["workers"] = draw(st.none() | _WORKERS)
    if len(services) == 2 and draw(st.booleans()):
        workloads[services[0]]["calls"] = {services[1]: draw(_CALL)}
        # What comes round has to become less: up to 5 attempts, of which so many call back.
        back = {"share": draw(st.sampled_from(["5%", "19%"]))}
        workloads[services[1]]["calls"] = draw(st.sampled_from([{}, {services[0]: back}]))
        for caller, callee in (services, services[::-1]):
            for call in workloads[caller]["calls"].values():
                if workloads[callee].get("workers") and isinstance(call, dict):
                    call["timeout"] = draw(st.none() | _SECONDS)
    return workloads


@st.composite
def _staged(draw: st.DrawFn, workloads: dict[str, Any]) -> dict[str, Any]:
    """The same workloads, of which one may have its jobs from another."""
    working = [name for name, each in workloads.items() if "jobs" in each]
    if len(working) == 2 and draw(st.booleans()):
        first, later = draw(st.permutations(working))
        jobs = {"after": first, "each": draw(st.integers(1, 3)), "work": draw(_TAKING)}
        workloads[later]["jobs"] = jobs
    return workloads


def _possible(failure: dict[str, Any], rules: dict[str, Any], fleets: dict[str, Any]) -> dict[str, Any]:
    """Let no version make units crash on whom others in line wait, or that start and read it in no time."""
    if failure.get("effect") != "crash":
        return failure
    policy = failure["policy"]
    waits = "capacity" in str(rules[policy]["refresh"])
    endless = any(
        fleet["policy"] == policy and fleet.get("pending", "0s") == fleet["startup"] == "0s"
        for fleet in fleets.values()
    )
    return failure | {"effect": "deny"} if waits or endless else failure


@st.composite
def worlds(draw: st.DrawFn, commit: dict[str, Any] | None = None) -> dict[str, Any]:
    """Plain data of a scenario of at most two hours and eight units.

    With a `commit` the first workload does jobs, and commits them in this way.
    """
    issuers, policies = draw(st.sampled_from([[], ["mesh"]])), draw(st.sampled_from([[], ["authz"]]))
    workloads = draw(st.sampled_from([["web"], ["web", "batch"]]))
    pools = draw(st.sampled_from([[], [], ["old"], ["old", "new"]]))
    horizon = draw(st.integers(1, 7200))
    rules = {name: draw(_policy()) for name in policies}
    has_cache = any(rule["cache"] for rule in rules.values())
    if commit is None:
        first = draw(_service(issuers, policies, has_cache))
    else:
        # A cached decision needs units that can outlive it, which a processor's may not.
        first = draw(processors(issuers, [name for name, rule in rules.items() if not rule["cache"]]))
        first["commit"] |= commit
    fleets = {workloads[0]: first}
    fleets |= {name: draw(_second(issuers, policies, has_cache)) for name in workloads[1:]}
    fleets = draw(_calling(draw(_staged(fleets))))
    nodes = {name: draw(_pool(zone)) for name, zone in zip(pools, ("a", "b"), strict=False)}
    tenants = {}
    for name, fleet in fleets.items():
        fleet["tenant"] = draw(st.sampled_from(["default", "guest"]))
        if fleet.get("placement", {}).get("kind") == "shuffle-shard":
            places = sum(pool["count"] for pool in nodes.values())
            fleet["placement"]["nodes"] = draw(st.integers(1, max(places, 1)))
            for pool in nodes.values():
                pool["autoscaler"] = None  # places that come and go cannot be dealt
        tenants[name] = fleet["tenant"]
    explained = draw(st.none() | _kept(fleets, bool(pools)))
    sinks = ["archive"] if explained else []
    # Neither evidence of requests nor the queue of a unit tells units apart that noise slows.
    queueing = {name for name, fleet in fleets.items() if fleet.get("workers")}
    loud = [name for name in fleets if pools and not sinks and queueing <= {name}]
    of_these = failures(issuers, policies, tenants, pools, sinks, loud).flatmap(st.sampled_from)
    return (explained or {}) | {
        "name": "random",
        "horizon": f"{horizon}s",
        "warmup": f"{draw(st.integers(0, horizon - 1))}s",
        "start": draw(st.sampled_from(["stationary", "fresh"])),
        "requests": draw(st.sampled_from(["expected", "sampled"])),
        "window": draw(st.sampled_from(["7s", "1m", "1h"])),
        "issuers": {name: draw(_issuer()) for name in issuers},
        "policies": rules,
        "workloads": fleets,
        "failures": [_possible(each, rules, fleets) for each in draw(st.lists(of_these, max_size=4))],
        "nodes": nodes,
        "control_plane": draw(_CONTROL),
        "prices": {"unit_hour": "$0.05", "issuance": "$0.001", "node_hour": "$0.2"},
    }
