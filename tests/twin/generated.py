"""Small random worlds, of every kind there is, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from churnsim.base.quantity import format_duration
from churnsim.scenario import Scenario

Data = dict[str, Any]


def seconds(low: int, high: int) -> st.SearchStrategy[str]:
    """Whole seconds as text."""
    return st.integers(low, high).map(format_duration)


@st.composite
def laws(draw: st.DrawFn, low: int, high: int) -> str | Data:
    """Laws of times whose mean lies between bounds [s]; no time at all is a constant."""
    mean = draw(st.integers(low, high))
    text = format_duration(mean)
    if mean == 0:
        return text
    kinds: list[str | Data] = [
        text,
        {"kind": "exponential", "mean": text},
        {"kind": "uniform", "low": format_duration(mean / 2), "high": format_duration(mean * 3 / 2)},
        {"kind": "weibull", "mean": text, "shape": 2},
        {"kind": "lognormal", "median": text, "p99": format_duration(mean * 4)},
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def spread_laws(draw: st.DrawFn, low: int, high: int) -> Data:
    """The same without constants: two things of constant length may end at one instant."""
    found = draw(laws(low, high).filter(lambda law: not isinstance(law, str)))
    assert isinstance(found, dict)
    return found


shares = st.integers(20, 90)

#: Less than the shortest life, so that nothing falls due before it is issued.
leads = seconds(1, 140)

renewals = st.one_of(
    st.tuples(leads, leads).map(lambda p: {"kind": "before-expiry", "by": p[0], "jitter": p[1]}),
    shares.map(lambda at: {"kind": "fixed", "at": f"{at}%"}),
    st.tuples(shares, shares).map(lambda p: {"kind": "once", "low": f"{min(p)}%", "high": f"{max(p)}%"}),
    st.tuples(shares, shares, seconds(5, 90)).map(
        lambda p: {"kind": "per-check", "low": f"{min(p[:2])}%", "high": f"{max(p[:2])}%", "check": p[2]}
    ),
)

retries = st.one_of(
    st.just({"kind": "none"}),
    st.just({"kind": "immediate"}),
    st.just({"kind": "exponential", "initial": "3s", "cap": "2m", "jitter": "30%"}),
    st.just({"kind": "exponential", "initial": "3s", "cap": "2m", "jitter": "100%", "side": "below"}),
    seconds(1, 200).map(lambda every: {"kind": "fixed", "every": every}),
    seconds(10, 200).map(lambda every: {"kind": "window", "every": every}),
    shares.map(lambda share: {"kind": "remaining", "share": f"{share}%", "least": "7s"}),
    st.lists(seconds(1, 300), min_size=1, max_size=4).map(lambda p: {"kind": "schedule", "pauses": p}),
    st.tuples(st.integers(1, 4), st.none() | seconds(10, 300)).map(
        lambda p: {
            "kind": "budget",
            "attempts": p[0],
            "by": {"kind": "exponential", "initial": "2s"},
            **({} if p[1] is None else {"rest": p[1]}),
        }
    ),
)

_on_end = st.one_of(st.none(), st.just("0s"), spread_laws(5, 200))

revocations = st.one_of(
    st.just({"kind": "none"}),
    st.fixed_dictionaries(
        {"kind": st.just("list"), "every": laws(20, 400), "delay": laws(1, 200), "on_end": _on_end}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("push"),
            "delay": laws(1, 200),
            "loss": st.sampled_from(["0%", "40%"]),
            "disconnects": st.none()
            | st.fixed_dictionaries({"every": spread_laws(60, 900), "lasts": spread_laws(30, 300)}),
            "on_end": _on_end,
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("status"),
            "cache": seconds(20, 400),
            "fail": st.sampled_from(["soft", "hard"]),
            "on_end": _on_end,
        }
    ),
)

capacities = st.fixed_dictionaries(
    {
        "service": laws(1, 20),
        "signers": st.integers(1, 2),
        "queue": st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["fifo", "lifo", "random", "newest-first"]),
                "most": st.integers(0, 3) | st.just(1000),
            }
        ),
        "abandoned": st.sampled_from(["dropped", "signed"]),
    },
    optional={"timeout": seconds(3, 40)},
)

#: Tokens that come every so many seconds, never a whole number of them together within the horizon: one that
#: comes as a signature of constant length ends comes before or after it by rounding alone.
limited = st.tuples(capacities, st.integers(2, 40), st.integers(1, 3)).map(
    lambda p: {**p[0], "rate": f"{p[1]}.37/min", "burst": p[2]}
)

bundles = st.one_of(
    st.fixed_dictionaries({"kind": st.just("pull"), "every": laws(20, 400), "delay": laws(1, 200)}),
    st.fixed_dictionaries({"kind": st.just("push"), "delay": laws(1, 300)}),
)

keys = st.fixed_dictionaries(
    {"bundle": bundles, "prepare": seconds(1, 300)},
    optional={"every": spread_laws(400, 2000), "retire": seconds(100, 1500)},
)

issuers = st.fixed_dictionaries(
    {
        "ttl": seconds(300, 1500),
        "renewal": renewals,
        "retry": retries,
        "revocation": revocations,
        "verification": st.fixed_dictionaries(
            {
                "points": st.integers(1, 3),
                "leeway": seconds(0, 30),
                "skew": st.sampled_from(["0s", {"kind": "normal", "sd": "15s"}]),
                "drift": st.sampled_from(["0s", {"kind": "normal", "sd": "30m"}]),
                "sync": seconds(100, 900),
                "connections": st.none()
                | st.fixed_dictionaries(
                    {"lifetime": spread_laws(20, 600), "reauthenticate": st.none() | seconds(20, 600)}
                )
                | st.fixed_dictionaries({"reauthenticate": seconds(20, 600)}),
            }
        ),
        "capacity": st.none() | capacities | limited,
        "attestation": st.just("0s") | laws(1, 20),
        "backdate": st.sampled_from(["0s", "10s"]),
    },
    optional={"keys": keys},
)

_read_capacities = st.integers(1, 20).map(lambda rate: f"{rate}.37/min")

refreshes = st.one_of(
    st.fixed_dictionaries({"kind": st.just("pull"), "every": laws(20, 200), "delay": laws(1, 60)}),
    st.fixed_dictionaries({"kind": st.just("pull"), "every": seconds(20, 200), "delay": seconds(0, 10)}),
    st.fixed_dictionaries(
        {"kind": st.just("push"), "delay": laws(1, 120)},
        optional={"debounce": st.fixed_dictionaries({"quiet": seconds(1, 60), "most": seconds(61, 300)})},
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("pull"),
            "every": laws(20, 200),
            "delay": laws(1, 60),
            "loss": shares.map(lambda share: f"{share / 2}%"),
        },
        optional={
            "retry": retries.filter(lambda retry: retry["kind"] != "none"),
            "capacity": _read_capacities,
        },
    ),
    st.fixed_dictionaries(
        {"kind": st.just("push"), "delay": laws(1, 60)},
        optional={
            "connection": st.fixed_dictionaries(
                {"lasts": spread_laws(60, 900), "reconnect": spread_laws(10, 300)},
                optional={"capacity": _read_capacities},
            ),
            "heartbeat": seconds(10, 60),
        },
    ),
    st.fixed_dictionaries({"kind": st.just("stream"), "service": spread_laws(1, 60)}),
    st.fixed_dictionaries({"kind": st.just("query")}),
    st.fixed_dictionaries({"kind": st.just("snapshot"), "every": seconds(10, 90), "lag": seconds(0, 90)}),
    st.fixed_dictionaries(
        {
            "kind": st.just("long-poll"),
            "timeout": seconds(20, 200),
            "delay": spread_laws(1, 20),
            "pause": seconds(3, 40),
        }
    ),
)

thens = st.sampled_from(["deny", "allow", "last-good"])


@st.composite
def stages(draw: st.DrawFn) -> Data:
    """What to do when stale, in up to three stages."""
    ages = sorted(draw(st.sets(st.integers(30, 600), min_size=1, max_size=3)))
    first, *later = ({"after": format_duration(age), "then": draw(thens)} for age in ages)
    return first | ({"later": later} if later else {})


def _with_tenants(policy: Data) -> Data:
    """Give no tenant too many to the principals there are."""
    tenants = policy.pop("tenants", None)
    if tenants is not None:
        policy["offboarding"] = tenants | {"tenants": min(tenants["tenants"], policy["principals"])}
    return policy


policies = st.fixed_dictionaries(
    {"principals": st.integers(1, 5), "resources": st.integers(1, 3), "refresh": refreshes},
    optional={
        "changes": st.fixed_dictionaries(
            {
                "every": spread_laws(20, 600),
                "revoking": shares.map(lambda share: f"{share}%"),
                "about": st.sampled_from(["permission", "principal"]),
            }
        ),
        "replication": laws(1, 60),
        "tokens": shares.map(lambda share: f"{share}%"),
        "token_age": seconds(0, 120),
        "first_read": st.fixed_dictionaries(
            {"at_once": st.integers(1, 2), "takes": spread_laws(1, 60)},
            optional={
                "timeout": seconds(20, 90),
                "retry": retries.filter(lambda retry: retry["kind"] not in ("none", "budget")),
            },
        ),
        "before_first": st.sampled_from(["wait", "deny", "allow"]),
        "rollout": st.fixed_dictionaries(
            {
                "waves": st.sampled_from([["100%"], ["50%", "50%"], ["20%", "0%", "30%", "50%"]]),
                "bake": seconds(5, 400),
            }
        ),
        "when_stale": stages(),
        "tenants": st.fixed_dictionaries(
            {"tenants": st.integers(1, 5), "every": spread_laws(60, 900), "revoked": laws(1, 600)}
        ),
    },
).map(_with_tenants)

faults = st.one_of(
    shares.map(lambda share: {"kind": "errors", "share": f"{share}%"}),
    spread_laws(20, 200).map(lambda every: {"kind": "crash-loop", "every": every}),
    st.just({"kind": "unready"}),
)


@st.composite
def rollouts(draw: st.DrawFn, *kinds: str) -> Data:
    """How versions come to the units of a workload, many of them bad."""
    kind, more = draw(st.sampled_from(kinds)), {}
    if kind in ("rolling", "canary"):
        bounds = draw(st.sampled_from([("25%", "0%"), ("0%", "40%"), ("60%", "60%"), ("1%", "1%")]))
        more = dict(zip(("max_surge", "max_unavailable"), bounds, strict=True))
    if kind == "canary":
        more |= {"share": f"{draw(shares)}%", "bake": draw(seconds(5, 300))}
    if kind == "blue-green":
        more["keep"] = draw(seconds(0, 300))
    return {
        "kind": kind,
        "every": draw(spread_laws(100, 900)),
        "bad": f"{draw(shares)}%",
        "fault": draw(faults),
        "detected": draw(spread_laws(10, 300)),
        "deadline": draw(seconds(30, 400)),
        **more,
    }


_BESIDE = ("rolling", "batched", "recreate", "canary", "on-replacement")
restarts = st.fixed_dictionaries(
    {
        "kind": st.just("backoff"),
        "initial": seconds(1, 30),
        "factor": st.sampled_from([1.0, 2.0, 3.0]),
        "cap": seconds(31, 200),
        "reset_after": seconds(30, 400),
    }
)

workloads = st.fixed_dictionaries(
    {
        "kind": st.just("service"),
        "replicas": st.integers(1, 4),
        "traffic": st.just({"kind": "constant", "rate": "10/s"}),
        "issuer": st.just("mesh"),
        "policy": st.just("authz"),
    },
    optional={
        "owner": st.sampled_from(
            [{"kind": "agent", "units": 2}, {"kind": "central"}, {"kind": "central", "rate": "2/min"}]
        ),
        "lifetime": spread_laws(200, 2000),
        "pending": laws(1, 30),
        "startup": laws(1, 60),
        "rollout": rollouts(*_BESIDE, "blue-green"),
        "restart": restarts,
        "drain": spread_laws(1, 200),
        "endpoints": st.fixed_dictionaries({"addition": laws(1, 60) | st.just("0s"), "removal": laws(1, 30)}),
    },
)


_COMMITS = ("at-least-once", "at-most-once", "exactly-once")
commits = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(_COMMITS)},
        optional={"takes": laws(0, 20), "acknowledge": laws(0, 60), "loss": st.just("20%")},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("exactly-once"), "retention": laws(5, 300).filter(lambda law: isinstance(law, str))},
        optional={"acknowledge": laws(0, 60), "outbox": laws(0, 60)},
    ),
)
processors = st.fixed_dictionaries(
    {
        "kind": st.just("processor"),
        "replicas": st.integers(1, 4),
        "jobs": st.fixed_dictionaries({"every": spread_laws(20, 300), "work": spread_laws(10, 300)}),
        "commit": commits,
        "queue": st.fixed_dictionaries(
            {"lease": seconds(5, 200), "extended": st.booleans(), "attempts": st.integers(1, 6)}
        ),
    },
    optional={
        "checkpoints": st.fixed_dictionaries(
            {"every": seconds(5, 60)}, optional={"cost": seconds(0, 9), "restore": seconds(0, 20)}
        ),
        "lifetime": spread_laws(200, 2000),
        "startup": laws(1, 60),
        "drain": spread_laws(1, 200),
        "rollout": rollouts(*_BESIDE),
        "restart": restarts,
        "issuer": st.just("mesh"),
        "policy": st.just("authz"),
        "autoscaler": st.fixed_dictionaries(
            {
                "kind": st.just("queue-length"),
                "ceiling": st.integers(4, 6),
                "target": st.sampled_from([0.7, 1, 3]),
                "cooldown": seconds(0, 300),
            }
        ),
    },
)


functions = st.fixed_dictionaries(
    {
        "kind": st.just("function"),
        "traffic": st.sampled_from(
            [
                {"kind": "constant", "rate": "12/m"},
                {"kind": "diurnal", "mean": "10/m", "swing": "90%", "period": "33m"},
            ]
        ),
        "service": spread_laws(1, 60),
        "keep_alive": spread_laws(5, 300),
        "limit": st.integers(2, 6),
    },
    optional={
        "concurrency": st.integers(1, 3),
        "provisioned": st.integers(0, 2),
        "patience": seconds(5, 300),
        "lifetime": spread_laws(200, 2000),
        "pending": laws(1, 30),
        "startup": laws(1, 60),
        "drain": spread_laws(1, 200),
        "issuer": st.just("mesh"),
        "policy": st.just("authz"),
    },
)
runners = st.fixed_dictionaries(
    {
        "kind": st.just("runner"),
        "limit": st.integers(1, 5),
        "jobs": st.fixed_dictionaries({"every": spread_laws(20, 300), "work": spread_laws(10, 300)}),
        "commit": commits,
        "queue": st.fixed_dictionaries(
            {"lease": seconds(5, 200), "extended": st.booleans(), "attempts": st.integers(1, 6)}
        ),
    },
    optional={
        "spare": st.just(1),
        "time_limit": seconds(20, 400),
        "pending": laws(1, 30),
        "startup": laws(1, 60),
        "drain": spread_laws(1, 200),
        "issuer": st.just("mesh"),
        "policy": st.just("authz"),
        "owner": st.sampled_from([{"kind": "agent", "units": 2}, {"kind": "central"}]),
    },
)


environments = st.fixed_dictionaries(
    {
        "kind": st.just("environment"),
        "changes": spread_laws(100, 600),
        "life": spread_laws(100, 1500),
        "units": st.integers(1, 3),
        "limit": st.integers(1, 4),
        "teardown": st.fixed_dictionaries(
            {"fails": shares.map(lambda share: f"{share}%")}, optional={"sweep": seconds(100, 1500)}
        ),
    },
    optional={
        "idle": st.fixed_dictionaries({"after": seconds(50, 600), "used": spread_laws(50, 300)}),
        "pending": laws(1, 30),
        "startup": laws(1, 60),
        "drain": spread_laws(1, 200),
        "issuer": st.just("mesh"),
        "policy": st.just("authz"),
    },
)


@st.composite
def failures(draw: st.DrawFn) -> Data:
    """One failure of any kind."""
    kinds = [
        "issuer-outage", "issuer-brownout", "owner-outage", "policy-outage", "policy-brownout", "crash",
        "theft", "key-removal", "key-theft", "poison-policy", "partition",
    ]  # fmt: skip
    kind = draw(st.sampled_from(kinds))
    if kind == "crash":
        return {"kind": kind, "workload": draw(_names), "every": draw(spread_laws(300, 3000))}
    if kind == "theft":
        return {
            "kind": kind,
            "workload": draw(_names),
            "every": draw(spread_laws(60, 1000)),
            "detected": draw(laws(30, 1200)),
            "response": draw(st.just("0s") | spread_laws(5, 300)),
            "can_renew": draw(st.booleans()),
        }
    if kind == "key-theft":
        return {
            "kind": kind,
            "issuer": "mesh",
            **draw(_occasions),
            "detected": draw(laws(30, 1200)),
            "response": draw(st.none() | responses),
        }
    if kind == "poison-policy":
        return {"kind": kind, "policy": "authz", **draw(poisonings)}
    target: Data = {"policy": "authz"} if kind.startswith("policy") else {"issuer": "mesh"}
    if kind.endswith("brownout"):
        target["factor"] = draw(st.sampled_from([0.5, 3, 10]))
    if kind == "owner-outage":
        target = {"workload": draw(_names)}
    if kind == "partition":
        what = draw(st.sampled_from([["mesh"], ["authz"], ["mesh", "authz"]]))
        target = {"workload": draw(_names), "from": what, "share": draw(st.sampled_from(["40%", "100%"]))}
    return {"kind": kind, **target, **draw(_occasions), "lasts": draw(laws(10, 900))}


poisonings = st.fixed_dictionaries(
    {
        "at": st.lists(seconds(0, 3000), min_size=1, max_size=3, unique=True),
        "detected": st.just("0s") | spread_laws(5, 600),
        "effect": st.sampled_from(["deny", "allow", "crash"]),
    },
    optional={"kill_switch": st.just("0s") | spread_laws(5, 300)},
)
responses = st.fixed_dictionaries(
    {"remove": st.sampled_from(["at-once", "when-reissued"])},
    optional={
        "after": spread_laws(1, 400),
        "prepare": seconds(0, 200),
        "rate": st.sampled_from(["1/m", "0.2/s", "1/s"]),
    },
)
_occasions = st.one_of(
    st.lists(seconds(0, 3000), min_size=1, max_size=3, unique=True).map(lambda at: {"at": at}),
    spread_laws(300, 1500).map(lambda every: {"every": every}),
)
_names = st.sampled_from(["web", "api"])
caches = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["fixed", "sliding"]),
        "allow": st.sampled_from(["0s", "300ms", "2s"]) | seconds(1, 400),
    },
    optional={"deny": st.sampled_from(["100ms", "2s"]) | seconds(1, 300)},
).filter(lambda cache: cache["allow"] != "0s" or "deny" in cache)
others = workloads | processors | runners | environments | functions


@st.composite
def fleets(draw: st.DrawFn) -> dict[str, Data]:
    """Two fleets; the second may have its jobs from the first."""
    if not draw(st.sampled_from([True, False, False])):
        return {"web": draw(workloads), "api": draw(others)}
    first, later = draw(processors | runners), draw(processors | runners)
    jobs = {"after": "web", "each": draw(st.integers(1, 3)), "work": draw(spread_laws(10, 300))}
    return {"web": first, "api": later | {"jobs": jobs}}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A world of two fleets with one issuer and one policy, and up to four failures."""
    return Scenario.model_validate(
        _possible(
            {
                "name": "generated",
                "horizon": draw(seconds(600, 3600)),
                "warmup": draw(st.sampled_from(["0s", "5m"])),
                "start": draw(st.sampled_from(["fresh", "stationary"])),
                "issuers": {"mesh": draw(issuers)},
                "policies": {"authz": draw(policies)},
                "workloads": draw(fleets()),
                "failures": draw(st.lists(failures(), max_size=4)),
                "study": {"seed": draw(st.integers(0, 1000))},
            }
        )
    )


def _possible(world: Data) -> Data:
    """Let nobody crash by a version where who is in line would hang on it, or endlessly often in no time."""
    waits = "capacity" in str(world["policies"]["authz"]["refresh"])
    endless = any(
        "policy" in each and not {"startup", "pending"} & each.keys() for each in world["workloads"].values()
    )
    for failure in world["failures"]:
        if failure.get("effect") == "crash" and (waits or endless):
            failure["effect"] = "deny"
    return world


@st.composite
def remembering(draw: st.DrawFn) -> Scenario:
    """The same, with a cache of decisions before every copy, and a policy that changes often."""
    tree = draw(scenarios()).canonical()
    authz: Data = tree["policies"]["authz"]
    authz["cache"] = draw(caches)
    authz["changes"] = {"every": draw(spread_laws(10, 120)), "revoking": draw(shares.map("{}%".format))}
    for workload in tree["workloads"].values():
        if workload["kind"] == "function":
            workload["policy"] = None
    return Scenario.model_validate(tree)
