"""JSON schema of the scenario file, for editors; the command line is the authority."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import Any

from churnsim.scenario.preset import about, preset, presets
from churnsim.scenario.scenario import Scenario
from churnsim.scenario.section import NAMED

FILE = FilePath(__file__).parents[1] / "scenario.schema.json"


def schema() -> dict[str, Any]:
    """Schema of a scenario file, ``extends`` and ``preset`` included.

    A file that extends another, and a section with a preset, may leave out what the other one gives.
    """
    whole = Scenario.model_json_schema(mode="validation")
    whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    whole["title"] = "churnsim scenario"
    whole["properties"]["extends"] = {
        "type": "string",
        "description": "another scenario file that this one is laid over; its path relative to this one",
        "examples": ["base.yaml"],
    }
    required = whole.pop("required")
    whole["anyOf"] = [{"required": required}, {"required": ["extends"]}]
    for section, names in presets().items():
        for definition in _definitions(whole, section):
            fitting = [
                name for name in names if {*preset(section, name).entries} <= {*definition["properties"]}
            ]
            if fitting:
                _offer(definition, {name: about(section, name) for name in fitting})
    return whole


def text() -> str:
    """The schema as it stands in ``scenario.schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _definitions(whole: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """Definitions of what may stand in a section, one for each kind where it has kinds."""
    field = whole["properties"][section]
    field = field["additionalProperties"] if section in NAMED else field
    names = [each["$ref"].rpartition("/")[2] for each in field.get("anyOf", [field]) if "$ref" in each]
    return [whole["$defs"][name] for name in names]


def _offer(definition: dict[str, Any], presets: dict[str, str]) -> None:
    """Let a definition take a preset: name and what it is."""
    definition["properties"]["preset"] = {
        "description": "values of a real product, laid below the ones given here",
        "anyOf": [{"const": name, "description": what} for name, what in presets.items()],
    }
    if "required" in definition:
        definition["anyOf"] = [{"required": definition.pop("required")}, {"required": ["preset"]}]
