"""Questionable scenarios are told with their arithmetic; sound ones are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import churnsim
from churnsim.checks import doubts
from churnsim.checks.doubt import DOUBTS
from churnsim.scenario import Scenario

SCENARIOS = Path(__file__).parents[3] / "scenarios"

SOUND: dict[str, Any] = {
    "name": "sound",
    "horizon": "6h",
    "issuers": {"mesh": {"ttl": "1h"}},
    "policies": {
        "authz": {"refresh": {"kind": "pull", "every": "1m"}, "when_stale": {"after": "10m", "then": "deny"}}
    },
    "workloads": {"web": {"kind": "service", "replicas": 3, "issuer": "mesh", "policy": "authz"}},
    "failures": [
        {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "5m"},
        {"kind": "theft", "workload": "web", "every": "1h", "detected": "1h"},
    ],
}
OUTAGE = {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "5m"}
CRASH = {"kind": "crash", "workload": "web", "every": "2h"}

ROLLING = {"kind": "rolling", "every": "30m"}

KEYS = {"every": "2h", "prepare": "10m", "bundle": {"kind": "pull", "every": "5m"}}

EXPLAINED: dict[str, Any] = {
    "sinks": {"archive": {}},
    "evidence": {"answer": {"kind": "request", "workload": "web", "owes": ["log"]}},
    "artefacts": {
        "log": {"of": "answer", "sink": "archive", "shipping": {"kind": "periodic", "every": "30m"}}
    },
    "workloads.web.traffic": {"kind": "constant", "rate": "10/s"},
}

BATCH: dict[str, Any] = {"kind": "processor", "replicas": 2, "jobs": {"every": "10m", "work": "5m"}}
RUNNER: dict[str, Any] = {
    "kind": "runner",
    "jobs": {"every": "1m", "work": {"kind": "exponential", "mean": "5m"}},
}
PREVIEWS: dict[str, Any] = {"kind": "environment", "changes": "20m", "life": "8h"}


def _batch(**terms: Any) -> dict[str, Any]:
    """The sound world with jobs."""
    return {"workloads": SOUND["workloads"] | {"batch": BATCH | terms}}


LAYERS: dict[str, Any] = {
    "web": SOUND["workloads"]["web"]
    | {"traffic": {"kind": "constant", "rate": "90/s"}, "calls": {"cart": {"share": "50%", "retries": 3}}},
    "cart": {"kind": "service", "replicas": 2, "calls": {"stock": {"share": "50%", "retries": 2}}},
    "stock": {"kind": "service", "replicas": 2},
}

FETCH: dict[str, Any] = {
    "kind": "function",
    "traffic": {"kind": "constant", "rate": "12/h"},
    "service": "2s",
    "keep_alive": "10m",
}


def _fetch(**fields: Any) -> dict[str, Any]:
    """The sound world with a function."""
    return {"workloads": SOUND["workloads"] | {"fetch": FETCH | fields}}


def _asking(callee: dict[str, Any], **call: Any) -> dict[str, Any]:
    """The sound world with layers of which the last answers in a while: 22.5/s come to its two units."""
    layers = LAYERS | {"stock": LAYERS["stock"] | callee}
    web = layers["web"] | {"calls": {"cart": "50%"}}
    cart = layers["cart"] | {"calls": {"stock": {"share": "50%"} | call}}
    return {"workloads": layers | {"web": web, "cart": cart}}


_TEN = {"capacity": "100/s", "workers": {"number": 10, "queue": 40}}

QUESTIONABLE: dict[str, tuple[dict[str, Any], str]] = {
    "timeout-below-work": (
        _asking(_TEN, timeout="60ms"),
        "54.9% of the attempts are late even where nobody is before them, e^-(60ms / 100ms): 10 at a time "
        "and 100/s take 100ms each",
    ),
    "timeouts-do-not-add-up": (
        _asking(_TEN, timeout="2s", retries=1, pause="20s")
        | {
            "workloads.cart.capacity": "100/s",
            "workloads.cart.workers": {"number": 10},
            "workloads.web.calls.cart": {"share": "50%", "timeout": "3s"},
        },
        "web gives up after 3s, while cart goes on trying to reach stock for up to 2 x 2s + 1 x 20s = 24s",
    ),
    "retries-too-soon": (
        _asking(_TEN, retries=2, pause="1s"),
        "a full unit of stock is worked off in 500ms, and is asked again after 1s: less than 30 times that",
    ),
    "storm-would-stay": (
        _asking(
            {"capacity": "25/s", "workers": {"number": 5, "queue": 100}},
            timeout="2s",
            retries=3,
            pause="3m",
        ),
        "a storm would stay: 22.5/s come to stock and 0.0% of the calls fail, but once 90/s come, 100.0% "
        "fail",
    ),
    "calls-beyond-capacity": (
        {"workloads": LAYERS, "workloads.stock.capacity": "10/s", "workloads.web.calls.cart.retries": 1},
        "stock turns requests away all the time: 22.5/s come to it if nothing fails, and its 2 units serve "
        "20/s",
    ),
    "retries-multiply": (
        {"workloads": LAYERS},
        "while stock is out, one request makes up to 12 attempts at it: 4 x 3, layer by layer",
    ),
    "every-request-cold": (
        _fetch(keep_alive="10s"),
        "nearly every request to fetch starts a unit: one comes every 5m, and a unit is gone 12s after it "
        "took its last; e^-(0.04) = 96.1% of them find none",
    ),
    "more-than-the-limit": (
        _fetch(traffic={"kind": "constant", "rate": "10/s"}, limit=16),
        "at least 20.0% of the requests to fetch are turned away: 10/s of 2s take 20 places on average, and "
        "16 units have 16",
    ),
    "nothing-on-demand": (
        _fetch(provisioned=3, limit=3),
        "keep_alive means nothing: all 3 units of fetch are provisioned, and none is started for a request",
    ),
    "patience-below-start": (
        _fetch(startup={"kind": "uniform", "low": "5s", "high": "9s"}, patience="3s"),
        "nobody who starts a unit of fetch is served: that takes at least 5s, and they give up after 3s",
    ),
    "flush-after-life": (
        {**EXPLAINED, "workloads.web.lifetime": "20m"},
        "most units of web are gone before they ever flush: that is every 30m, and they live for 20m",
    ),
    "decided-after-life": (
        {
            **EXPLAINED,
            "workloads.web.lifetime": "20m",
            "artefacts.log.shipping.every": "10s",
            "artefacts.log.sampling": {"kind": "tail", "keep": "10%", "wait": "30m"},
        },
        "most units of web are gone before they ever decide what to keep: that is 30m after it was made, and "
        "they live for 20m",
    ),
    "sink-too-slow": (
        {**EXPLAINED, "sinks.archive.capacity": "5/s"},
        "the queue of archive grows without end: requests make 10/s artefacts, and it makes 5/s durable",
    ),
    "batch-too-late": (
        {
            **EXPLAINED,
            "artefacts.log.shipping": {"kind": "batch", "size": 6000},
        },
        "a batch of 6000 takes 30m to fill at 3.333/s, and an outcome whose artefacts come more than 15m",
    ),
    "forgotten-too-early": (
        {
            **EXPLAINED,
            "sinks.archive.retention": "30m",
            "evidence": {
                "answer": {"kind": "request", "workload": "web", "owes": ["log", "record"]},
                "issuance": {"kind": "issuance", "workload": "web", "owes": ["record"]},
            },
            "artefacts": {
                name: {"of": of, "sink": "archive", "shipping": {"kind": "periodic", "every": "1m"}}
                for name, of in (("log", "answer"), ("record", "issuance"))
            },
        },
        "a credential is used for 30m before the next is issued, and an outcome is to be explained 15m "
        "later, but archive keeps 'record' for 30m",
    ),
    "clock-beyond-bound": (
        {"workloads.web.clock": {"error": {"kind": "normal", "sd": "50ms"}, "bound": "50ms"}},
        "32% of the clocks of web are off by more than the 50ms that is reckoned with",
    ),
    "key-forgotten": (
        _batch(commit={"kind": "exactly-once", "retention": "1m", "acknowledge": "10s"}),
        "not exactly once: keys are kept for 1m, but a job may be delivered again 2m40s after its commit: "
        "(5 attempts - 1) x (30s lease + 10s to acknowledge)",
    ),
    "lease-shorter-than-work": (
        _batch(queue={"lease": "2m", "extended": False}),
        "100% of the jobs take longer than the lease of 2m that nobody extends",
    ),
    "repeated-before": (
        {
            "workloads": SOUND["workloads"]
            | {
                "extract": {"kind": "processor", "replicas": 2, "jobs": {"every": "5m", "work": "1m"}},
                "load": {
                    "kind": "processor",
                    "replicas": 2,
                    "jobs": {"after": "extract", "each": 3, "work": "10s"},
                    "commit": {"kind": "exactly-once"},
                },
            }
        },
        "not exactly once: extract commits at least once, and each time that an outcome of it takes effect "
        "brings 3 new jobs, which no key of load has seen",
    ),
    "more-work-than-units": (
        _batch(jobs={"every": "1m", "work": "5m"}),
        "the queue grows without bound: a job of 5m every 1m keeps 5 units busy, and there are 2",
    ),
    "orphans-pile-up": (
        {"workloads": SOUND["workloads"] | {"previews": PREVIEWS | {"teardown": {"fails": "10%"}}}},
        "orphans pile up for ever: 0.1 of the environments, one every 20m of 3 units each, leave 21.6 units "
        "more a day that nobody wants",
    ),
    "environments-beyond-the-limit": (
        {"workloads": SOUND["workloads"] | {"previews": PREVIEWS | {"limit": 20}}},
        "changes are refused: one every 20m that stands for 8h makes 24 environments, orphans included, and "
        "there may be 20",
    ),
    "killed-at-its-time-limit": (
        {"workloads": SOUND["workloads"] | {"ci": RUNNER | {"time_limit": "10m"}}},
        "13.5% of the jobs take longer than 10m: they are killed, and not tried again",
    ),
    "checkpoint-never-reached": (
        _batch(checkpoints={"every": "6m"}),
        "nobody goes on from a checkpoint: no job takes longer than 5m, the first comes after 6m",
    ),
    "work-outlasts-units": (
        _batch(lifetime="4m"),
        "no job is ever done: the shortest stretch takes 5m, a unit lives for at most 4m",
    ),
    "next-version-comes-too-soon": (
        {"workloads.web.startup": "20m", "workloads.web.rollout": ROLLING | {"deadline": "1h"}},
        "a rollout of web cannot finish before the next version comes: it takes about 1h (3 x 20m of "
        "start-up), and one comes every 30m",
    ),
    "deadline-before-start-up": (
        {"workloads.web.startup": "6m", "workloads.web.rollout": ROLLING | {"deadline": "5m"}},
        "every version of web is taken back: its units take 6m to be ready, and a rollout without progress "
        "for 5m is given up",
    ),
    "bad-version-outlasts-bake": (
        {
            "workloads.web.rollout": {
                "kind": "canary",
                "every": "2h",
                "bad": "10%",
                "bake": "5m",
                "share": "40%",
                "detected": {"kind": "exponential", "mean": "10m"},
            },
        },
        "60.7% of the bad versions of web reach all units: they are noticed after 10m, and the canary of "
        "40% bakes for 5m",
    ),
    "fault-never-met": (
        {"workloads.web.rollout": ROLLING | {"fault": {"kind": "unready"}}},
        "no version of web is ever bad, so nothing is ever wrong with one: bad is 0%",
    ),
    "never-renewed-by-churn": (
        {"workloads.web.rollout": {"kind": "on-replacement", "every": "30m"}},
        "no unit of web ever gets a new version: they come with units that are replaced, and nothing ends "
        "one",
    ),
    "outage-after-horizon": (
        {"failures.0.at": ["7h"]},
        "this issuer-outage never comes: it begins at 7h, the run ends at 6h",
    ),
    "outage-unfelt": (
        {"workloads.web.issuer": None, "failures": [OUTAGE]},
        "nobody feels this outage: no workload holds credentials of mesh",
    ),
    "owner-outage-unfelt": (
        {"failures.0": {"kind": "owner-outage", "workload": "web", "at": ["1h"], "lasts": "5m"}},
        "nobody feels this outage: the units of web ask for their own credentials",
    ),
    "theft-without-issuer": (
        {"workloads.web.issuer": None, "failures": [SOUND["failures"][1]]},
        "there is nothing to steal: the units of web hold no credentials",
    ),
    "crash-after-lifetime": (
        {"workloads.web.lifetime": "1h", "failures": [CRASH]},
        "nobody crashes: units of web are told to stop after at most 1h, a crash comes after at least 2h",
    ),
    "stale-between-polls": (
        {"policies.authz.when_stale.after": "30s"},
        "a copy is too old before the next poll answers: 30s is less than 1m",
    ),
    "stale-between-changes": (
        {"policies.authz.refresh": {"kind": "push", "delay": "1s"}},
        "a copy is too old after 10m though nothing newer is there",
    ),
    "stream-overloaded": (
        {
            "policies.authz": {
                "refresh": {"kind": "stream", "service": "1m"},
                "changes": {"every": {"kind": "exponential", "mean": "30s"}},
            }
        },
        "copies fall behind without end: a version takes 1m on average and the next comes after 30s",
    ),
    "reads-beyond-capacity": (
        {"policies.authz.refresh": {"kind": "pull", "every": "1m", "capacity": "2/min"}},
        "the line before authz grows without end: 3 points poll every 1m on average, which is 3/min, and "
        "authz answers 2/min, so that each is read to every 1m30s only",
    ),
    "all-tenants-gone": (
        {"policies.authz.offboarding": {"tenants": 4, "every": "30m"}},
        "no tenant is left after about 2h: 4 tenants, one of them leaves every 30m on average",
    ),
    "slowness-unfelt": (
        {
            "failures": [
                {"kind": "policy-brownout", "policy": "authz", "at": ["1h"], "lasts": "5m", "factor": 3}
            ]
        },
        "nobody feels this brown-out: what is read from authz or sent by it takes no time anyway",
    ),
    "never-read-in-time": (
        {"policies.authz.first_read": {"takes": "20s", "timeout": "10s"}},
        "no unit ever gets its first policy: it gives up after 10s, an answer takes at least 20s",
    ),
    "never-without-policy": (
        {"policies.authz.before_first": "allow"},
        "no unit ever serves before its first policy: authz is never down, and read at once",
    ),
    "cache-never-filled": (
        {"policies.authz.cache": {"kind": "fixed", "allow": "1m"}},
        "this cache stays empty: nobody asks web anything",
    ),
    "cache-renewed-for-ever": (
        {
            "policies.authz.cache": {"kind": "sliding", "allow": "5m"},
            "workloads.web.traffic": {"kind": "constant", "rate": "30/s"},
        },
        "a right that was revoked is used about 1.1e+13 more times before it runs out: each principal asks a "
        "unit of web 6/min",
    ),
    "churn-of-nothing": (
        {"churn": "x2"},
        "churn x2 changes nothing: no unit has a lifetime, none crashes",
    ),
    "churn-held-up": (
        {"churn": "x4", "workloads.web.lifetime": "20m", "workloads.web.startup": "5m"},
        "units of web are born x2.5 as often, not x4: they are ready for 5m instead of 20m, but still need "
        "5m to get there",
    ),
    "step-after-horizon": (
        {
            "workloads.web.traffic": {
                "kind": "steps",
                "steps": [{"at": "0s", "rate": "1/s"}, {"at": "7h", "rate": "2/s"}],
            }
        },
        "this step never comes: it begins at 7h, the run ends at 6h",
    ),
    "counts-begin-anew": (
        {"workloads.web.traffic": {"kind": "trace", "interval": "1h", "counts": [1, 2]}},
        "these counts begin anew after 2h: 2 intervals of 1h, the run ends at 6h",
    ),
    "history-too-short": ({"history": "10m"}, "the past matters for 1h, but only 10m are lived through"),
    "renewal-after-expiry": (
        {"issuers.mesh.renewal": {"kind": "per-check", "low": "50%", "high": "50%", "check": "50m"}},
        "a credential can fall due 50m after its issue and lasts 45m",
    ),
    "never-renewed": (
        {"issuers.mesh.retry": {"kind": "none"}},
        "a unit of web whose renewal falls into an outage of mesh never asks again",
    ),
    "capacity-below-demand": (
        {"issuers.mesh.capacity": {"service": "1h"}},
        "mesh needs 6/h, can sign 1/h: the queue grows without bound, until all 3 wait in it; "
        "3 units renew every 30m on average, 0/h are born",
    ),
    "never-signed-in-time": (
        {"issuers.mesh.capacity": {"service": "20s", "timeout": "10s"}},
        "nobody is ever given a credential by mesh: a holder gives up after 10s, "
        "a signature takes at least 20s",
    ),
    "brownout-unfelt": (
        {
            "failures": [
                {"kind": "issuer-brownout", "issuer": "mesh", "at": ["1h"], "lasts": "5m", "factor": 3}
            ]
        },
        "nobody feels this brown-out: a signature of mesh takes no time, and 3 times nothing is nothing",
    ),
    "bootstrap-loop": (
        {
            "issuers": {
                "mesh": {"ttl": "1h", "needs": {"issuer": "root"}},
                "root": {"ttl": "1d", "needs": {"issuer": "mesh"}},
            }
        },
        "a bootstrap loop: mesh needs root, root needs mesh, so that none starts again once all have been "
        "down together",
    ),
    "leeway-beyond-half-ttl": (
        {"issuers.mesh.verification.leeway": "40m"},
        "a credential of 1h is accepted for 1h40m: a leeway of 40m is 66.7% of its time to live",
    ),
    "key-outlived": (
        {"issuers.mesh.keys": KEYS | {"retire": "45m"}},
        "credentials outlive their key by 15m: it leaves the bundle 45m after its last signature",
    ),
    "key-unknown": (
        {"issuers.mesh.keys": KEYS | {"prepare": "90s"}},
        "a new key signs before every point knows it: it is published 1m30s ahead, and reaches a point after "
        "up to 5m",
    ),
    "keys-queued": (
        {"issuers.mesh.keys": KEYS | {"every": "1h", "prepare": "150m"}},
        "about 2.5 keys that do not sign yet are in the bundle at any time: each is published 2h30m before "
        "it signs, and another signs every 1h",
    ),
    "no-key": (
        {"failures": [{"kind": "key-theft", "issuer": "mesh", "at": ["1h"], "detected": "1h"}]},
        "nothing comes of this: mesh has one key for ever, which everybody knows",
    ),
    "units-beyond-capacity": (
        {"nodes": {"rack": {"zone": "a", "count": 2, "units": 1}}},
        "3 units of web are wanted, and the nodes of rack hold 2: 1 wait for ever",
    ),
    "removed-too-soon": (
        {
            "nodes": {
                "rack": {
                    "zone": "a",
                    "count": 3,
                    "boot": "5m",
                    "autoscaler": {"kind": "cluster", "floor": 1, "ceiling": 4, "unneeded": "90s"},
                }
            }
        },
        "a node of rack is removed when it was not needed for 1m30s, and another takes 5m to boot on average",
    ),
    "pool-unused": (
        {
            "nodes": {"rack": {"zone": "a", "count": 3}, "annex": {"zone": "b", "count": 1}},
            "workloads.web.placement": {"kind": "spread", "pools": ["rack"]},
        },
        "nobody stands on the nodes of annex: every workload names other pools",
    ),
    "placement-without-nodes": (
        {"workloads.web.placement": {"kind": "bin-pack", "cpu": 0.5}},
        "units of web take room of nobody: the scenario has no nodes",
    ),
    "dealt-to-one": (
        {
            "nodes": {"rack": {"zone": "a", "count": 4}},
            "workloads": {
                name: {"kind": "service", "replicas": 3, "issuer": "mesh", "policy": "authz"}
                | {"placement": {"kind": "shuffle-shard", "nodes": 2}}
                for name in ("web", "more")
            },
        },
        "web, more are all of the tenant default, so that all of them are dealt the same places",
    ),
    "partition-unnoticed": (
        {
            "nodes": {"rack": {"zone": "a", "count": 3}},
            "failures": [{"kind": "partition", "zone": "a", "at": ["1h"], "lasts": "30s"}],
        },
        "nobody notices this partition: it lasts 30s at most, and a node is missed 50s after its last sign",
    ),
    "partition-unfelt": (
        {
            "issuers": SOUND["issuers"] | {"other": {"ttl": "1h"}},
            "failures": [
                {"kind": "partition", "workload": "web", "from": ["other"], "at": ["1h"], "lasts": "9m"}
            ],
        },
        "nobody feels that web is cut off from other: web does not ask it",
    ),
    "strike-without-nodes": (
        {"failures": [{"kind": "deadly-request", "tenant": "default", "at": ["1h"]}]},
        "nothing comes of what default does to others beside it: the scenario has no nodes",
    ),
    "noise-unheard": (
        {
            "nodes": {"rack": {"zone": "a", "count": 3}},
            "failures": [
                {"kind": "noisy-neighbour", "workload": "web", "at": ["1h"], "lasts": "5m", "left": "50%"}
            ],
        },
        "nobody hears the noise of web: there is no other workload",
    ),
    "image-without-nodes": (
        {"workloads.web.image": {"pull": "20s"}},
        "nobody pulls the image of web: the scenario has no nodes",
    ),
    "drain-longer-than-notice": (
        {
            "nodes": {"rack": {"zone": "a", "count": 3}},
            "workloads.web.drain": "5m",
            "failures": [{"kind": "spot-reclaim", "pool": "rack", "at": ["1h"]}],
        },
        "units of web are killed while they drain: that takes 5m on average, the notice is 2m",
    ),
    "push-to-nobody": (
        {"issuers.mesh.revocation": {"kind": "push", "loss": "5%"}},
        "of 5% of the revocations a point never hears",
    ),
    "status-asked-once": (
        {"issuers.mesh.revocation": {"kind": "status", "cache": "2h"}},
        "a point asks about a credential twice in its life at most: an answer is kept for 2h, a credential "
        "lasts 1h",
    ),
    "revoked-after-expiry": (
        {"issuers.mesh.revocation": {"kind": "list", "every": "1m", "on_end": "90m"}},
        "nothing is revoked at the end of a unit: that takes at least 1h30m, a credential lasts 1h",
    ),
    "many-units": (
        {"workloads.web.replicas": 1000, "workloads.web.lifetime": "1s", "failures": []},
        "a run has about 25 million units, 1,000/s of web over 7h, history included",
    ),
    "many-renewals": (
        {"workloads.web.replicas": 5000, "issuers.mesh.ttl": "2s", "failures": []},
        "a run has about 109 million renewals, 5,000/s at mesh over",
    ),
    "few-replications": (
        {"invariants": ["dwell.mean <= 1h"], "study.replications": 10},
        "10 of at least 15 runs for dwell.mean",
    ),
    "few-replications-for-quantile": (
        {"invariants": ["overtrust.window.p95 <= 1h"], "study.replications": 20},
        "overtrust.window.p95 is a quantile and has no interval with fewer than 50 runs",
    ),
    "undefined-measure": (
        {"invariants": ["availability >= 99%"], "study.replications": 20},
        "availability has nothing to measure here, so the invariant is never decided: no workload",
    ),
    "settled-invariant": (
        {"invariants": ["orphan.share <= 120%"], "study.replications": 20},
        "'orphan.share <= 120%' always holds: orphan.share is between 0% and 100%",
    ),
}
CHANGES = {"renewal-after-expiry": {"issuers.mesh.ttl": "45m"}}  # beside what is said above


def test_a_sound_scenario_raises_no_doubt() -> None:
    assert doubts(Scenario.model_validate(SOUND)) == ()


def test_every_doubt_has_a_questionable_scenario() -> None:
    assert sorted(doubt.__name__.replace("_", "-") for doubt in DOUBTS) == sorted(QUESTIONABLE)


def test_units_beyond_what_the_places_dealt_can_hold_are_doubted() -> None:
    """One unit a node: whichever two of the four nodes web is dealt, its third unit waits."""
    (doubt,) = doubts(
        Scenario.model_validate(SOUND).with_(
            {
                "nodes": {"rack": {"zone": "a", "count": 4, "units": 1}},
                "workloads.web.placement": {"kind": "shuffle-shard", "nodes": 2},
            }
        )
    )
    assert doubt.message == (
        "3 units of web are wanted, and the best 2 nodes to be dealt of rack hold 2: 1 wait for ever"
    )


@pytest.mark.parametrize("name", QUESTIONABLE)
def test_a_questionable_scenario_is_told_with_its_numbers(name: str) -> None:
    """Exactly one thing is wrong with each, so exactly one doubt is raised."""
    changes, said = QUESTIONABLE[name]
    (doubt,) = doubts(Scenario.model_validate(SOUND).with_(changes | CHANGES.get(name, {})))
    assert doubt.rule == name
    assert doubt.message.startswith(said)
    assert doubt.remedy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"workloads.web.issuer": None}, "the units of web hold no credentials"),
        (
            {"workloads.web.owner": {"kind": "agent", "units": 2}, "failures.0.owner": 2},
            "web has 2 owners of 2 slots each, counted from 0 (got 2)",
        ),
    ],
)
def test_an_outage_of_an_owner_that_is_not_there_is_doubted(changes: dict[str, Any], said: str) -> None:
    """No credentials to own; an owner beyond the last."""
    outage = {"kind": "owner-outage", "workload": "web", "at": ["1h"], "lasts": "5m"}
    (doubt,) = doubts(Scenario.model_validate(SOUND | {"failures": [outage]}).with_(changes))
    assert doubt.message == f"nobody feels this outage: {said}"


def test_a_budget_of_attempts_is_doubted_where_an_outage_outlasts_it() -> None:
    """Four pauses of 1 min until the fifth attempt: an outage of 5 min outlasts them, one of 4 does not."""
    by = {"kind": "fixed", "every": "1m"}
    scenario = Scenario.model_validate(SOUND).with_(
        {"issuers.mesh.retry": {"kind": "budget", "attempts": 5, "by": by}}
    )
    (doubt,) = doubts(scenario)
    assert doubt.rule == "never-renewed"
    assert doubt.message.startswith(
        "a unit of web whose renewal falls into an outage of mesh asks 5 times within 4m and never again: "
        "it is locked out from expiry on"
    )
    assert doubts(scenario.with_({"failures.0.lasts": "4m"})) == ()
    assert doubts(scenario.with_({"issuers.mesh.retry.rest": "10m"})) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limit": 7}, ()),
        (
            {"limit": 7, "startup": "2m"},
            (
                "the queue grows without bound: a job of 7m, its unit's start-up included, every 1m keeps 7 "
                "units busy, and there are 7",
            ),
        ),
        ({"limit": 5, "time_limit": "20m"}, ("1.83% of the jobs take longer than 20m",)),
    ],
)
def test_a_runner_is_busy_from_its_start_up_to_its_time_limit(
    changes: dict[str, Any], said: tuple[str, ...]
) -> None:
    """A job of 5 min a minute; of 20 min at most it keeps 5(1 - e^-4) = 4.9 units busy."""
    scenario = Scenario.model_validate(SOUND | {"workloads": {"ci": RUNNER | changes}, "failures": []})
    found = [doubt.message for doubt in doubts(scenario) if doubt.path[:2] == ("workloads", "ci")]
    assert len(found) == len(said)
    assert all(each in message for each, message in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("invariant", "said"),
    [
        ("orphan.share >= 120%", "never holds: orphan.share is between 0% and 100%"),
        ("orphan.share < 0%", "never holds"),
        ("orphan.share <= 0%", None),
        ("rotation.storm >= 0", "always holds: rotation.storm is at least 0"),
        ("rotation.margin > 1", "never holds: rotation.margin is at most 1"),
        ("orphan.window.mean >= 0s", "always holds: orphan.window.mean is at least 0 s"),
        ("cost.total < 5 USD", None),
    ],
)
def test_a_limit_that_no_value_or_every_value_keeps_is_doubted(invariant: str, said: str | None) -> None:
    """The very ends of what is possible are limits in good faith where either answer can come."""
    told = doubts(Scenario.model_validate(SOUND | {"invariants": [invariant]}))
    settled = [doubt.message for doubt in told if doubt.rule == "settled-invariant"]
    assert len(settled) == (said is not None)
    assert said is None or said in settled[0]


@pytest.mark.parametrize("name", sorted(path.stem for path in SCENARIOS.glob("*.yaml")))
def test_the_shipped_scenarios_raise_no_doubt(name: str) -> None:
    assert doubts(churnsim.load(SCENARIOS / f"{name}.yaml")) == ()
