"""`churnsim validate`, `explain`, `kinds` and `schema`: what a person asks before simulating."""

from __future__ import annotations

import json
from pathlib import Path

from churnsim.base.registry import ALL_KINDS
from churnsim.metrics import MEASURES
from churnsim.scenario.preset import presets
from tests.surfaces.conftest import Command


def test_a_valid_scenario_is_named_with_its_hash(churnsim: Command, small: Path) -> None:
    """The hash is that of the document that `run` prints."""
    document = churnsim("validate", small, "--json").document
    assert (document["scenario"], document["problems"], document["warnings"]) == ("small", [], [])
    assert (
        churnsim("validate", small).out
        == f"small.yaml: valid (scenario small, hash {document['hash'][:12]})\n"
    )


def test_mistakes_in_invariants_and_study_are_reported_together(churnsim: Command, small: Path) -> None:
    """An unknown measure, a wrong unit and an unknown measure to show: three problems, each with its line."""
    text = small.read_text().replace("availability >= 10%\n", "availabilty >= 10%\n  - availability >= 10s\n")
    small.write_text(text.replace("[availability, cost.total]", "[costs]"))
    ending = churnsim("validate", small)
    lines = ending.err.splitlines()
    assert ending.code == 2
    assert lines[0].startswith("small.yaml:18:5: unknown measure 'availabilty'; did you mean 'availability'?")
    assert lines[1].startswith("small.yaml:19:5: ")
    assert lines[2].startswith("small.yaml:24:10: unknown measure 'costs'")
    assert lines[3] == "3 problems"


def test_explain_tells_values_from_defaults(churnsim: Command, small: Path) -> None:
    """The time to live stands in line 5 of the file, its leeway nowhere."""
    values = {one["key"]: one for one in churnsim("explain", small, "issuers", "--json").document["values"]}
    assert values["issuers.mesh.ttl"] | {"source": None} == {
        "key": "issuers.mesh.ttl", "value": "20m", "from": "file", "place": "small.yaml:5:15", "source": None,
    }  # fmt: skip
    assert values["issuers.mesh.verification.leeway"]["from"] == "default"


def test_explain_sees_an_override(churnsim: Command, small: Path) -> None:
    """The place of a value set from outside is the option itself."""
    words = ("explain", small, "issuers.mesh.ttl", "--set", "issuers.mesh.ttl=9m", "--tsv")
    assert "issuers.mesh.ttl\t9m\t--set issuers.mesh.ttl=9m" in churnsim(*words).out


def test_explain_rounds_a_share_for_the_eye_alone(churnsim: Command, small: Path) -> None:
    """37/60 is 61.666...%: four decimals in the table, the exact number in the document."""
    words = ("explain", small, "issuers.mesh.renewal.low", "--set", "issuers.mesh.preset=step-ca")
    assert "  61.6667%  preset issuers/step-ca:7:" in churnsim(*words).out
    assert churnsim(*words, "--json").document["values"][0]["value"] == "61.66666666666667%"


def test_explain_names_the_preset_of_a_part(churnsim: Command, small: Path) -> None:
    """Given: by its name and place. Left out: with the names there are."""
    preset = ("explain", small, "issuers.mesh.preset")
    (value,) = churnsim(*preset, "--set", "issuers.mesh.preset=spire", "--json").document["values"]
    assert (value["value"], value["from"]) == ("spire", "--set")
    out = churnsim(*preset).out
    assert out.splitlines()[2].split() == ["issuers.mesh.preset", "none", "default"]
    assert "step-ca" in out


def test_explain_of_an_absent_part_lists_its_keys(churnsim: Command, small: Path) -> None:
    """With and without a scenario; the choices of `then` are spelt out."""
    small.write_text(small.read_text() + "policies: {p: {refresh: {kind: push, delay: 1s}}}\n")
    for words in (["policies.p.when_stale"], [small, "policies.p.when_stale"]):
        out = " ".join(churnsim("explain", *words).out.split())
        assert "keys of policies.p.when_stale: in key takes default" in out
        assert "when_stale then deny | allow | " in out
    assert "deny | allow" in churnsim("explain", small, "policies.p.when_stale.then").out


def test_what_a_key_takes_is_said_in_words(churnsim: Command) -> None:
    """Mappings by what their keys are, references by whose name they are."""
    told = {
        key: churnsim("explain", key, "--json").document["takes"][0]["takes"]
        for key in (
            "issuers",
            "failures",
            "study.sweep",
            "workloads.web.issuer",
            "failures.0.tenant",
            "invariants",
        )
    }
    assert told == {
        "issuers": "an issuer by name",
        "failures": "list of failures",
        "study.sweep": "list of values or range by path",
        "workloads.web.issuer": "name of an issuer",
        "failures.0.tenant": "name of a tenant",
        "invariants": "list of texts or mappings",
    }


def test_explain_knows_a_key_without_a_scenario(churnsim: Command) -> None:
    """Names of things may be anything; the recipe of the issuer says that a duration is due."""
    (found,) = churnsim("explain", "issuers.anything.ttl", "--json").document["takes"]
    assert (found["in"], found["key"], found["takes"]) == ("issuer", "ttl", "duration")


def test_explain_reaches_into_every_kind(churnsim: Command) -> None:
    """A law deep inside a list of failures; several kinds of law have a mean."""
    found = churnsim("explain", "failures.0.every.mean", "--json").document["takes"]
    assert {"exponential", "weibull"} <= {one["in"] for one in found}


def test_explain_meets_a_misspelt_key_with_the_right_one(churnsim: Command) -> None:
    """Exit code 2, as for every misuse."""
    ending = churnsim("explain", "issuers.mesh.tll")
    assert ending.code == 2
    assert "there is no key 'tll' in 'issuers.mesh'; did you mean 'ttl'?" in ending.err
    assert "there is no key 'warm_up' in a scenario;" in churnsim("explain", "warm_up").err


def test_kinds_lists_every_kind_and_every_measure(churnsim: Command) -> None:
    """Everything that the registries know, each with a line that says what it is."""
    document = churnsim("kinds", "--json").document
    found = {(one["group"], one["kind"]) for one in document["kinds"]}
    assert found >= {(group, kind) for group, kinds in ALL_KINDS.items() for kind in kinds.all()}
    assert [one["measure"] for one in document["measures"]] == list(MEASURES)
    assert all(one["meaning"] for one in document["kinds"] + document["measures"])


def test_one_measure_is_defined(churnsim: Command) -> None:
    """By its name or that of a part, whichever command is asked: what it is, in what, how runs are pooled."""
    for words in (("kinds", "undertrust.share"), ("explain", "undertrust.share.clock_skew")):
        out = " ".join(churnsim(*words).out.split())
        assert out.startswith(
            "measure undertrust.share: Share of time in which units ran without an accepted"
        )
        assert "Units of workloads with an issuer alone" in out
        for said in ("unit share better lower possible 0% to 100% by cause", "ratio of sums", "is 0"):
            assert said in out
    document = churnsim("explain", "rotation.margin", "--json").document
    assert (document["low"], document["high"], document["kind"]) == (None, 1.0, "scalar")
    ending = churnsim("explain", "undertrust.shar")
    assert ending.code == 2
    assert "did you mean 'undertrust.share'?" in ending.err


def test_kinds_of_one_group_are_those_of_the_group(churnsim: Command) -> None:
    """Tab-separated: heading, then a line for each failure; the plural is understood too."""
    lines = churnsim("kinds", "failure", "--tsv").out.splitlines()
    assert churnsim("kinds", "failures", "--tsv").out.splitlines() == lines
    assert lines[0] == "group\tname\twhat it is"
    assert {line.split("\t")[0] for line in lines[1:]} == {"failure"}


def test_one_kind_shows_its_parameters(churnsim: Command) -> None:
    """What each takes, its default as a scenario would write it, what it means."""
    out = churnsim("kinds", "theft", "--tsv").out
    assert out.startswith("failure theft: ")
    assert "\ncan_renew\ttrue | false\tfalse\t" in out
    assert "\nevery\tlaw\t(required)\t" in out


def test_kinds_lists_the_parts_that_have_no_kinds(churnsim: Command) -> None:
    """What a scenario is made of besides kinds; `scenario` has all keys of the file's top level."""
    parts = {one["part"]: one for one in churnsim("kinds", "--json").document["parts"]}
    without = "scenario issuer verification policy changes when_stale endpoints prices study"
    assert set(without.split()) <= set(parts)
    keys = {one["name"] for one in parts["scenario"]["parameters"]}
    assert {"extends", "churnsim", "name", "horizon", "issuers", "failures", "study"} <= keys


def test_a_part_shows_its_keys(churnsim: Command) -> None:
    """`policy` has no kinds, so its keys are shown, presets among them."""
    out = churnsim("kinds", "policy", "--tsv").out
    assert out.startswith("policy: ")
    assert {"preset", "refresh", "changes", "when_stale"} <= {
        line.split("\t")[0] for line in out.splitlines()
    }


def test_kinds_shows_every_preset_with_its_facts(churnsim: Command) -> None:
    """Every file of the folder of presets, and one of them by name."""
    document = churnsim("kinds", "presets", "--json").document
    found = {(one["section"], one["preset"]): one for one in document["presets"]}
    assert set(found) == {(section, name) for section, names in presets().items() for name in names}
    assert all(value["source"] for one in found.values() for value in one["values"])
    out = churnsim("kinds", "spire", "--tsv").out
    assert "\nttl\t1h\tF001\n" in out


def test_a_name_in_two_groups_is_told_of_both(churnsim: Command) -> None:
    """`fixed` is a renewal and a retry, among others; a blank line between."""
    out = churnsim("kinds", "fixed").out
    assert "renewal fixed: " in out
    assert "\n\nretry fixed: " in out


def test_every_parameter_says_what_it_is(churnsim: Command) -> None:
    """An undescribed parameter is a gap in the editor, in `kinds` and in `explain` alike."""
    document = churnsim("kinds", "--json").document
    silent = [
        (one.get("kind") or one["part"], each["name"])
        for one in document["kinds"] + document["parts"]
        for each in one["parameters"]
        if not each["meaning"]
    ]
    assert silent == []


def test_an_unknown_kind_is_met_with_the_nearest(churnsim: Command) -> None:
    """Difflib's nearest among kinds, parts and presets."""
    for word, meant in (("theff", "theft"), ("issure", "issuer"), ("kublet", "kubelet")):
        ending = churnsim("kinds", word)
        assert ending.code == 2
        assert f"did you mean {meant!r}?" in ending.err


def test_the_schema_is_a_json_schema(churnsim: Command) -> None:
    """Its meta-schema accepts it, and it accepts the small scenario's top level keys."""
    from jsonschema import Draft202012Validator

    schema = json.loads(churnsim("schema").out)
    Draft202012Validator.check_schema(schema)
    assert {"issuers", "workloads", "study"} <= set(schema["properties"])
