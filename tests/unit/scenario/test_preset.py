"""Presets hold what real products do, each value with the fact behind it."""

from pathlib import Path

import pytest
import yaml
from small_scenario import SMALL, Write

from churnsim.base.errors import ScenarioError
from churnsim.base.quantity import parse_duration
from churnsim.scenario import Scenario, explain, load
from churnsim.scenario.node import plain
from churnsim.scenario.origin import leaves
from churnsim.scenario.preset import FOLDER, about, preset, presets
from churnsim.scenario.section import NAMED

ALL = [(section, name) for section, names in presets().items() for name in names]
FACTS = Path(__file__).parents[3] / "docs" / "facts.yaml"


def test_the_promised_presets_are_there() -> None:
    """The list of the guide."""
    assert presets() == {
        "issuers": (
            "aws-botocore",
            "aws-imds",
            "aws-irsa",
            "aws-sdk-java",
            "aws-sdk-ruby",
            "cabf-2026",
            "cabf-2027",
            "cabf-2029",
            "cert-manager",
            "cert-manager-csi-spiffe",
            "consul",
            "entra",
            "entra-cae",
            "gcp",
            "github-app",
            "istio",
            "istio-jwks",
            "kubelet",
            "kubernetes-token",
            "letsencrypt-classic",
            "letsencrypt-shortlived",
            "letsencrypt-tlsserver",
            "linkerd",
            "spire",
            "spire-jwt",
            "spire-rotating",
            "step-ca",
            "vault",
            "vault-agent",
            "vault-secrets-operator",
        ),
        "policies": (
            "aws-iam",
            "gcp-iam",
            "istio",
            "kubelet-webhook",
            "kubernetes-configmap",
            "kubernetes-webhook",
            "network-policy",
            "opa",
            "opa-long-poll",
            "opal",
            "openfga",
            "spicedb",
            "spicedb-follower",
            "verified-permissions",
            "zanzibar",
        ),
        "prices": ("aws-2026", "aws-fargate-2026", "aws-lambda-2026", "aws-private-ca-2026"),
        "workloads": ("aws-lambda", "azure-functions", "gcp-functions"),
    }


def test_sections_with_names_are_the_mappings_of_the_scenario() -> None:
    """The list is written down once for those who cannot see the scenario's class."""
    fields = Scenario.model_fields.items()
    assert tuple(name for name, field in fields if str(field.annotation).startswith("dict")) == NAMED


@pytest.mark.parametrize(("section", "name"), ALL)
def test_every_value_of_a_preset_cites_facts_that_exist(section: str, name: str) -> None:
    """Ids are looked up in docs/facts.yaml, which gives the public source of each."""
    facts = {fact["id"]: fact for fact in yaml.safe_load(FACTS.read_text(encoding="utf-8"))["facts"]}
    values = preset(section, name)
    for path, _ in leaves(plain(values)):
        node = values
        for step in path:
            node = node.get(str(step))  # type: ignore[assignment,union-attr]
        assert node.place.source, path
        for fact in node.place.source.split(", "):
            assert facts[fact]["source"]
    assert len(about(section, name)) > 20


@pytest.mark.parametrize(("section", "name"), ALL)
def test_no_source_of_a_preset_points_nowhere(section: str, name: str) -> None:
    """Each key of `sources` is a path within `values`."""
    document = yaml.safe_load((FOLDER / section / f"{name}.yaml").read_text(encoding="utf-8"))
    assert list(document) == ["about", "values", "sources"]
    for address in document["sources"]:
        value = document["values"]
        for step in address.split("."):
            value = value[step]


@pytest.mark.parametrize("name", presets()["issuers"])
def test_every_issuer_preset_makes_a_scenario(write: Write, name: str) -> None:
    """The kubelet's lifetime is the cluster's, so it gets one here."""
    given = ", ttl: 10m" if preset("issuers", name).get("ttl") is None else ""
    issuer = load(write(), [f"issuers.mesh={{preset: {name}{given}}}"]).issuers["mesh"]
    assert 0 < issuer.renewal.least(issuer.ttl) <= issuer.renewal.mean(issuer.ttl) < issuer.ttl


@pytest.mark.parametrize(
    ("name", "least", "mean"),
    [
        ("aws-sdk-ruby", "55m", "55m"),  # F066: 5 min before the end of an hour
        ("gcp", "56m15s", "56m15s"),  # F073: 225 s before it
        ("kubernetes-token", "47m50s", "47m55s"),  # F056, F057: 48 min, less up to 10 s
        ("vault", "537h36m", "550h24m"),  # F050, F051: 768 h times 2/3 + (10 % to 20 %) / 3
        ("letsencrypt-classic", "60d", "60d"),  # F084: a third of 90 d is left
        ("letsencrypt-shortlived", "80h", "80h"),  # F084: half of 160 h
        ("aws-imds", "1h", "1h"),  # F065: about hourly
    ],
)
def test_products_renew_when_their_sources_say(write: Write, name: str, least: str, mean: str) -> None:
    """Worked out from the facts by hand."""
    issuer = load(write(), [f"issuers.mesh={{preset: {name}}}"]).issuers["mesh"]
    assert issuer.renewal.least(issuer.ttl) == pytest.approx(parse_duration(least))
    assert issuer.renewal.mean(issuer.ttl) == pytest.approx(parse_duration(mean))


@pytest.mark.parametrize("name", presets()["policies"])
def test_every_policy_preset_makes_a_scenario(write: Write, name: str) -> None:
    """Nothing is missing: a policy needs no more than how its copies follow."""
    policy = load(write(SMALL + f"policies: {{rules: {{preset: {name}}}}}\n")).policies["rules"]
    assert 0 <= policy.memory < 3600.0


def test_the_rule_of_spire_is_the_one_in_its_source(write: Write) -> None:
    """F001, F006, F007, F009: one hour, half of it give or take a tenth of that half, looked at every 5 s."""
    issuer = load(write(), ["issuers.mesh={preset: spire}"]).canonical()["issuers"]["mesh"]
    assert issuer["ttl"] == "1h"
    assert issuer["renewal"] == {"kind": "per-check", "low": "45%", "high": "55%", "check": "5s"}


def test_the_authorities_of_spire_follow_each_other_as_in_its_source(write: Write) -> None:
    """F004, F017, F018: the next is published at 12 h of 24 h and signs at 20 h, 8 h old by then.

    So one signs for 12 h until its successor does; it has 4 h left then, which no credential may outlive.
    """
    issuer = load(write(), ["issuers.mesh={preset: spire-rotating}"]).issuers["mesh"]
    day, published, signs = 24.0, 12.0, 20.0
    assert issuer.keys is not None
    assert issuer.keys.every is not None
    assert issuer.keys.prepare == (signs - published) * 3600.0
    assert issuer.keys.every.mean == (signs - (signs - published)) * 3600.0
    assert issuer.retire == (day - signs) * 3600.0 >= issuer.ttl


def test_policies_and_prices_have_presets_too(write: Write) -> None:
    """F116, F117: one to two minutes. F296, F297: 0.04048 + 2 * 0.004445 dollars an hour."""
    text = write().read_text(encoding="utf-8")
    text += "policies: {authz: {preset: opa, refresh: {delay: 1s}}}\nprices: {preset: aws-2026, start: $1}\n"
    data = load(write(text)).canonical()
    every = {"kind": "uniform", "low": "1m", "high": "2m"}
    assert data["policies"]["authz"]["refresh"]["every"] == every
    assert data["prices"]["unit_hour"] == "$0.04937"
    assert data["prices"]["start"] == "$1"


def test_own_values_lie_over_the_preset_and_everything_is_explained(write: Write) -> None:
    """One value of each origin within one issuer."""
    text = write().read_text(encoding="utf-8").replace("{ttl: 10m}", "{preset: spire, ttl: 10m}")
    scenario = load(write(text), ["issuers.mesh.verification.leeway=1s"])
    origins = {
        path: (value, origin.how, origin.source) for path, value, origin in explain(scenario, "issuers")
    }
    assert origins["issuers.mesh.ttl"] == ("10m", "file", None)
    assert origins["issuers.mesh.renewal.check"] == ("5s", "preset", "F009")
    assert origins["issuers.mesh.verification.leeway"] == ("1s", "--set", None)
    assert origins["issuers.mesh.verification.points"] == (1, "default", None)


def test_another_kind_than_the_presets_replaces_the_whole_rule(write: Write) -> None:
    """``low`` and ``high`` mean nothing to a fixed renewal."""
    renewal = "issuers.mesh={preset: istio, renewal: {kind: fixed, at: 30%}}"
    assert load(write(), [renewal]).canonical()["issuers"]["mesh"]["renewal"] == {
        "kind": "fixed",
        "at": "30%",
    }


def test_an_unknown_preset_is_one_problem(write: Write) -> None:
    """The keys it would have given are not reported as missing."""
    with pytest.raises(ScenarioError) as caught:
        load(write(), ["issuers.mesh={preset: spyre}"])
    (problem,) = caught.value.problems
    assert problem.rule == "preset"
    assert "did you mean 'spire'?" in str(problem)


def test_a_preset_can_be_swept(write: Write) -> None:
    """The products are compared on equal terms: what the user wrote stays."""
    text = write().read_text(encoding="utf-8").replace("{ttl: 10m}", "{preset: spire, ttl: 10m}")
    scenario = load(write(text + "study: {sweep: {issuers.mesh.preset: [spire, istio]}}\n"))
    istio = scenario.with_({"issuers.mesh.preset": "istio"})
    assert istio.origin("issuers.mesh.renewal.low").value == "49%"
    assert istio.origin("issuers.mesh.ttl").value == "10m"
