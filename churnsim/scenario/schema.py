"""JSON schema of the scenario file, for editors; the command line is the authority."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import Any

from churnsim.base.recipe import Recipe
from churnsim.scenario.preset import about, presets
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
        definition = whole["$defs"][_recipe(section).__name__]
        definition["properties"]["preset"] = {
            "description": "values of a real product, laid below the ones given here",
            "anyOf": [{"const": name, "description": about(section, name)} for name in names],
        }
        if "required" in definition:
            definition["anyOf"] = [{"required": definition.pop("required")}, {"required": ["preset"]}]
    return whole


def text() -> str:
    """The schema as it stands in ``scenario.schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _recipe(section: str) -> type[Recipe]:
    annotation: Any = Scenario.model_fields[section].annotation
    recipe: type[Recipe] = annotation.__args__[1] if section in NAMED else annotation
    return recipe
