"""`churnsim validate`, `explain`, `kinds` and `schema`: what a person asks before simulating."""

from __future__ import annotations

import json
from pathlib import Path

from churnsim.base.registry import ALL_KINDS
from churnsim.metrics import MEASURES
from tests.surfaces.conftest import Command


def test_a_valid_scenario_is_named_with_its_hash(churnsim: Command, small: Path) -> None:
    """The hash is that of the document that `run` prints."""
    document = churnsim("validate", small, "--json").document
    assert (document["scenario"], document["problems"]) == ("small", [])
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
    out = churnsim("explain", small, "issuers.mesh.ttl", "--set", "issuers.mesh.ttl=9m").out
    assert "issuers.mesh.ttl\t9m\t--set issuers.mesh.ttl=9m" in out


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
    assert "did you mean 'ttl'?" in ending.err


def test_kinds_lists_every_kind_and_every_measure(churnsim: Command) -> None:
    """Everything that the registries know, each with a line that says what it is."""
    document = churnsim("kinds", "--json").document
    found = {(one["group"], one["kind"]) for one in document["kinds"]}
    assert found >= {(group, kind) for group, kinds in ALL_KINDS.items() for kind in kinds.all()}
    assert [one["measure"] for one in document["measures"]] == list(MEASURES)
    assert all(one["meaning"] for one in document["kinds"] + document["measures"])


def test_kinds_of_one_group_are_those_of_the_group(churnsim: Command) -> None:
    """Tab-separated: heading, then a line for each failure."""
    lines = churnsim("kinds", "failure").out.splitlines()
    assert lines[0] == "group\tkind\twhat it is"
    assert {line.split("\t")[0] for line in lines[1:]} == {"failure"}


def test_one_kind_shows_its_parameters(churnsim: Command) -> None:
    """What each takes, its default as a scenario would write it, what it means."""
    out = churnsim("kinds", "theft").out
    assert out.startswith("failure theft: ")
    assert "\ncan_renew\ttrue | false\tfalse\t" in out
    assert "\nevery\tlaw\t(required)\t" in out


def test_every_parameter_of_every_kind_says_what_it_is(churnsim: Command) -> None:
    """An undescribed parameter is a gap in the editor, in `kinds` and in `explain` alike."""
    kinds = churnsim("kinds", "--json").document["kinds"]
    silent = [
        (one["kind"], each["name"]) for one in kinds for each in one["parameters"] if not each["meaning"]
    ]
    assert silent == []


def test_an_unknown_kind_is_met_with_the_nearest(churnsim: Command) -> None:
    """Difflib's nearest."""
    ending = churnsim("kinds", "theff")
    assert ending.code == 2
    assert "did you mean 'theft'?" in ending.err


def test_the_schema_is_a_json_schema(churnsim: Command) -> None:
    """Its meta-schema accepts it, and it accepts the small scenario's top level keys."""
    from jsonschema import Draft202012Validator

    schema = json.loads(churnsim("schema").out)
    Draft202012Validator.check_schema(schema)
    assert {"issuers", "workloads", "study"} <= set(schema["properties"])
