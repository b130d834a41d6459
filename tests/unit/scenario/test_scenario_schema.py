"""The JSON schema that editors use."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from small_scenario import SMALL, Write

from churnsim.base.errors import ScenarioError
from churnsim.base.registry import ALL_KINDS
from churnsim.scenario import load, schema
from churnsim.scenario.schema import FILE, text


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return schema()


def parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(each)


def test_the_file_is_fresh() -> None:
    """If this fails: ``python -m churnsim schema > churnsim/scenario.schema.json``."""
    assert FILE.read_text(encoding="utf-8") == text()


def test_it_is_a_json_schema(whole: dict[str, Any]) -> None:
    """By the meta-schema."""
    Draft202012Validator.check_schema(whole)


def test_every_default_validates(whole: dict[str, Any]) -> None:
    """An editor inserts defaults; a bare 0 where a duration is due would be a mistake of ours."""
    defaults = [part for part in parts(whole) if "default" in part and part.get("default") != "default"]
    assert len(defaults) > 20
    for part in defaults:
        Draft202012Validator({**part, "$defs": whole["$defs"]}).validate(part["default"])


def test_every_kind_of_the_model_is_listed_with_a_description(whole: dict[str, Any]) -> None:
    """By the title of its class."""
    for group in ("workload", "failure", "renewal", "retry", "revocation", "refresh", "traffic", "law"):
        for kind, recipe in ALL_KINDS[group].all().items():
            definition = whole["$defs"][recipe.__name__]
            assert definition["properties"]["kind"]["const"] == kind
            assert definition["description"]


@pytest.mark.parametrize(
    ("more", "is_valid"),
    [
        ("", True),
        ("policies: {authz: {preset: opa}}", True),
        ("prices: {preset: aws-2026}", True),
        ("prices: {preset: aws-1999}", False),
        ("horizn: 3s", False),
        ("warmup: 3", False),
        ("warmup: 3 s", True),
        ("start: statonary", False),
        ("issuers: {mesh: {}}", False),
    ],
)
def test_editor_and_command_agree(whole: dict[str, Any], write: Write, more: str, is_valid: bool) -> None:
    """On files with one line more or another one instead."""
    kept = SMALL.replace("issuers:\n  mesh: {ttl: 10m}\n", "") if more.startswith("issuers") else SMALL
    data = yaml.safe_load(f"{kept}{more}\n")
    assert Draft202012Validator(whole).is_valid(data) is is_valid
    file = write(f"{kept}{more}\n")
    with nullcontext() if is_valid else pytest.raises(ScenarioError):
        load(file)


def test_a_file_that_extends_may_leave_out_the_rest(whole: dict[str, Any]) -> None:
    """The other file has it."""
    assert Draft202012Validator(whole).is_valid({"extends": "base.yaml", "horizon": "2h"})
    assert not Draft202012Validator(whole).is_valid({"horizon": "2h"})
