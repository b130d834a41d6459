"""Checks of every kind in a world: it runs, keeps the laws, repeats itself, minds no stranger."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from churnsim.base.quantity import format_duration
from churnsim.base.recipe import Recipe
from churnsim.base.reference import reference_of
from churnsim.metrics import MEASURES, evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.testing.check import checks, require
from churnsim.testing.example import NAMES
from churnsim.testing.subject import Subject
from churnsim.trace import Trace

_GROUPS = (
    "law", "renewal", "retry", "revocation", "bundle", "refresh", "cache", "traffic", "failure", "owner",
    "workload", "commit", "autoscaler", "node_autoscaler", "outcome", "sampling", "shipping", "holder",
    "rollout", "fault", "restart",
)  # fmt: skip
_SHARED = ("queue", "placement")  # where strangers are in each other's way on purpose
_MESH, _AUTHZ, _RACK, _WEB = (NAMES[section] for section in ("issuers", "policies", "nodes", "workloads"))
_SINK, _ANSWER, _LOG = (NAMES[section] for section in ("sinks", "evidence", "artefacts"))

WORLD: dict[str, Any] = {
    "name": "conformance",
    "horizon": "2h",
    "window": "10m",
    "issuers": {
        _MESH: {
            "ttl": "20m",
            "keys": {"every": "40m", "prepare": "1m", "bundle": {"kind": "pull", "every": "3m"}},
        }
    },
    "policies": {
        _AUTHZ: {
            "principals": 5,
            "refresh": {"kind": "pull", "every": "1m"},
            "changes": {"every": {"kind": "exponential", "mean": "5m"}},
        }
    },
    "workloads": {
        _WEB: {
            "kind": "service",
            "replicas": 3,
            "startup": "10s",
            "lifetime": {"kind": "exponential", "mean": "30m"},
            "issuer": _MESH,
            "owner": {"kind": "agent", "units": 2},
            "policy": _AUTHZ,
            "traffic": {"kind": "constant", "rate": "5/s"},
        }
    },
    "sinks": {_SINK: {"delay": "2s", "retention": "1h"}},
    "evidence": {_ANSWER: {"kind": "request", "workload": _WEB, "owes": [_LOG]}},
    "artefacts": {
        _LOG: {"of": _ANSWER, "sink": _SINK, "shipping": {"kind": "periodic", "every": "40s"}, "signed": True}
    },
    "failures": [
        {"kind": "issuer-outage", "issuer": _MESH, "at": ["1h"], "lasts": "15m"},
        {"kind": "policy-outage", "policy": _AUTHZ, "at": ["30m"], "lasts": "5m"},
        {"kind": "owner-outage", "workload": _WEB, "at": ["90m"], "lasts": "6m"},
        {"kind": "sink-outage", "sink": _SINK, "at": ["70m"], "lasts": "10m"},
    ],
}

STRANGER: dict[str, Any] = {
    "kind": "service",
    "replicas": 2,
    "lifetime": {"kind": "exponential", "mean": "10m"},
    "issuer": _MESH,
    "policy": _AUTHZ,
    "traffic": {"kind": "constant", "rate": "1/s"},
    "tenant": "stranger",
}


def tiny(subject: Subject, **fields: Any) -> Scenario:
    """Return a small scenario in which the kind does its work."""
    tree = copy.deepcopy(WORLD)
    written, web = dict(subject.written), tree["workloads"][_WEB]
    if subject.group == "placement" or _needs_nodes(subject.recipe):
        tree["nodes"] = {
            _RACK: {"zone": NAMES["zones"], "count": 3, "units": 2, "boot": "1m", "lifetime": "1h"}
        }
    match subject.group:
        case "law" if subject.recipe.low >= 0:
            web["startup"] = written
        case "law":
            tree["issuers"][_MESH]["verification"] = {"points": 3, "skew": written}
        case "renewal" | "retry" | "revocation":
            tree["issuers"][_MESH][subject.group] = written
        case "queue":
            tree["issuers"][_MESH]["capacity"] = {"service": "20s", "timeout": "2m", "queue": written}
        case "bundle":
            tree["issuers"][_MESH]["keys"]["bundle"] = written
        case "refresh":
            tree["policies"][_AUTHZ]["refresh"] = written
        case "cache":
            tree["policies"][_AUTHZ]["cache"] = written
        case "traffic" | "owner":
            web[subject.group] = written
        case "autoscaler":
            begin = min(max(3, subject.recipe.lowest), subject.recipe.highest)
            web |= {"autoscaler": written, "replicas": begin}
            if subject.recipe.needs_jobs:
                _let_work(tree)
            else:
                web["capacity"] = "2/s"
        case "node_autoscaler":
            begin = min(max(2, subject.recipe.floor), subject.recipe.ceiling)
            pool = {"zone": NAMES["zones"], "units": 2, "boot": "1m", "count": begin}
            tree["nodes"] = {_RACK: pool | {"autoscaler": written}}
        case "outcome":
            tree["evidence"][_ANSWER] = written
            if subject.recipe.objection(Scenario.model_validate(WORLD).workloads[_WEB]) is not None:
                _let_work(tree)
                tree["evidence"][_ANSWER] = written
        case "sampling" | "shipping" | "holder":
            tree["artefacts"][_LOG][subject.group] = written
        case "failure":
            tree["failures"].append(written)
        case "commit":
            _let_work(tree)
            web["commit"] = written
        case "placement":
            web["placement"] = written
        case "restart":
            web["restart"] = written
            tree["failures"].append({"kind": "crash", "workload": _WEB, "every": "7m"})
        case "rollout":
            web["rollout"] = written | {"bad": "40%", "detected": "2m"}
        case "fault":
            web["rollout"] = {"kind": "canary", "every": "20m", "bad": "60%", "fault": written}
        case _:
            tree["workloads"][_WEB] = written
            if Scenario.model_validate(WORLD).evidence[_ANSWER].objection(subject.recipe) is not None:
                tree |= {"evidence": {}, "artefacts": {}}
    return Scenario.model_validate(tree | fields)


def _let_work(tree: dict[str, Any]) -> None:
    """Give its workload jobs to do instead of requests, and evidence of these."""
    web = tree["workloads"][_WEB]
    del web["traffic"]
    web |= {"kind": "processor", "jobs": {"every": "4m", "work": "8m"}}
    tree["evidence"][_ANSWER]["kind"] = "commit"


def _needs_nodes(recipe: Recipe) -> bool:
    references = map(reference_of, type(recipe).model_fields.values())
    return getattr(recipe, "needs_nodes", False) or any(
        each is not None and each.section == "nodes" for each in references
    )


@checks(*_GROUPS, *_SHARED)
def keeps_the_laws(subject: Subject) -> None:
    """Every law holds of three runs, stationary and fresh, with requests expected and sampled."""
    for fields in ({}, {"start": "fresh"}, {"requests": "sampled", "warmup": "20m"}):
        simulate(tiny(subject, **fields), replication=len(fields))


@checks(*_GROUPS, *_SHARED)
def repeats_itself(subject: Subject) -> None:
    """The same scenario, seed and replication give the same trace, also in another process."""
    scenario = tiny(subject)
    digest = simulate(scenario).digest()
    require(simulate(scenario).digest() == digest, f"{subject.name}: two runs of one seed differ")
    moved: Scenario = pickle.loads(pickle.dumps(scenario))
    again = Scenario.model_validate(scenario.canonical())
    require(simulate(moved).digest() == digest, f"{subject.name}: a pickled scenario runs differently")
    require(
        simulate(again).digest() == digest, f"{subject.name}: a scenario written and read runs differently"
    )


@checks(*_GROUPS)
def is_not_disturbed_by_a_stranger(subject: Subject) -> None:
    """Another workload beside it, of another tenant, leaves the trace of this one as it was to the bit."""
    scenario = tiny(subject)
    tree = scenario.canonical()
    tree["history"] = format_duration(-simulate(scenario).meta.start)  # it must not depend on who is there
    stranger = copy.deepcopy(STRANGER)
    if tree["nodes"]:  # which they are not to share
        tree["nodes"]["annex"] = {"zone": "elsewhere", "count": 1}
        stranger["placement"] = {"kind": "spread", "pools": ["annex"]}
        tree["workloads"][_WEB]["placement"]["pools"] = [_RACK]
    alone = simulate(Scenario.model_validate(tree))
    tree["workloads"] = {"stranger": stranger, **tree["workloads"]}
    beside = simulate(Scenario.model_validate(tree))
    same = beside.digest(workload=_WEB) == alone.digest(workload=_WEB)
    require(same, f"{subject.name}: a stranger changes it; draw by name and lane, never in order")


@checks(*_GROUPS, *_SHARED)
def can_be_measured(subject: Subject) -> None:
    """Every measure of its run is a number or undefined."""
    measured(simulate(tiny(subject)))


def measured(trace: Trace) -> None:
    """Evaluate every measure of a trace."""
    for name, measurement in evaluate(trace).items():
        value = measurement.value
        require(value is None or isinstance(float(value), float), f"{name}: {value!r}")
        require(name in MEASURES or MEASURES.find(name).parts, f"{name}: a part of nothing")
