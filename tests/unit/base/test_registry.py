"""Kinds are found, told apart and reported at the place of the mistake."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import jsonschema
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from churnsim.base import registry
from churnsim.base.distribution import LAWS, Distribution, Law
from churnsim.base.distribution.constant import Constant
from churnsim.base.errors import UsageError
from churnsim.base.recipe import Recipe
from churnsim.base.registry import ALL_KINDS, Kinds, did_you_mean

BASE = """
from churnsim.base.recipe import Recipe
class Animal(Recipe):
    '''An animal.'''
"""
CAT = """
from typing import Literal
from zoo import Animal
class Cat(Animal):
    '''A cat.'''
    kind: Literal["cat"] = "cat"
    lives: int = 9
"""
DOG = """
from typing import Literal
from zoo import Animal
from zoo.cat import Cat
class Canine(Animal):
    '''Not concrete: it has no kind.'''
class Dog(Canine):
    '''A dog.'''
    kind: Literal["dog"] = "dog"
    name: str
"""


class World(Recipe):
    """A recipe with laws in it."""

    lifetime: Law = Field("4s", validate_default=True, description="life")
    named: dict[str, Law] = Field({}, description="by name")


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A package with two kinds, in a module and in a subpackage."""
    (tmp_path / "zoo" / "wild").mkdir(parents=True)
    for name, text in {"__init__": BASE, "cat": CAT, "wild/__init__": "", "wild/dog": DOG}.items():
        (tmp_path / "zoo" / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    import zoo

    yield zoo
    for name in [name for name in sys.modules if name.partition(".")[0] == "zoo"]:
        del sys.modules[name]
    ALL_KINDS.pop("animal", None)


def _errors(written: Any, **context: Any) -> list[tuple[tuple[Any, ...], str, str]]:
    with pytest.raises(ValidationError) as caught:
        World.model_validate(written)
    return [(error["loc"], error["type"], error["msg"]) for error in caught.value.errors()]


def test_kinds_are_found_at_any_depth_of_the_package(zoo: Any) -> None:
    kinds = Kinds("animal", "zoo", zoo.Animal)
    assert list(kinds.all()) == ["cat", "dog"]
    assert ALL_KINDS["animal"] is kinds


def test_the_kind_chooses_the_class_and_the_default_is_meant_where_there_is_none(zoo: Any) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Kinds("animal", "zoo", zoo.Animal, default="cat").annotation())
    assert type(adapter.validate_python({"kind": "dog", "name": "Rex"})).__name__ == "Dog"
    assert adapter.validate_python({"lives": 7}).lives == 7
    schema = adapter.json_schema()
    jsonschema.validate({"lives": 7}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "Rex"}, schema)


def test_two_classes_must_not_claim_one_kind(zoo: Any, tmp_path: Path) -> None:
    (tmp_path / "zoo" / "puma.py").write_text(CAT.replace("class Cat", "class Puma"))
    with pytest.raises(ValueError, match=r"two animal kinds are called 'cat': zoo.cat.Cat and zoo.puma.Puma"):
        Kinds("animal", "zoo", zoo.Animal).all()


def test_a_group_has_one_package(zoo: Any) -> None:
    Kinds("animal", "zoo", zoo.Animal)
    with pytest.raises(ValueError, match="two groups of kinds are called 'animal'"):
        Kinds("animal", "zoo.wild", zoo.Animal)


def test_a_third_party_adds_a_kind_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry-point group is `churnsim.` and the group."""

    class Fixed(Constant):
        kind: Any = "fixed"

    point = SimpleNamespace(name="fixed", value="somewhere:Fixed", load=lambda: Fixed)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == "churnsim.law" else [])
    assert Kinds("law", LAWS.package, Distribution).find("fixed") is Fixed
    ALL_KINDS["law"] = LAWS


class Unfinished(Distribution):
    kind: Any = "unfinished"

    def survival(self, x: Any) -> Any:
        return 1.0


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (lambda: 1 / 0, "cannot be loaded: division by zero"),
        (lambda: dict, "is no Distribution with a kind"),
        (lambda: Unfinished, "leaves out inverse of Distribution; write them or uninstall it"),
    ],
)
def test_a_broken_plug_in_is_named(load: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    point = SimpleNamespace(name="x", value="strange:X", load=load)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    with pytest.raises(UsageError, match=rf"entry point 'x' of group 'churnsim.law' \(strange:X\) {said}"):
        Kinds("law", LAWS.package, Distribution).all()
    ALL_KINDS["law"] = LAWS


def test_locations_are_the_keys_of_the_data_and_nothing_else() -> None:
    """No tag, no class name, however deep."""
    parts = [{"weight": "50%", "law": {"kind": "exponential", "mean": 90}}, {"weight": "50%", "law": "4"}]
    errors = _errors({"named": {"a": {"kind": "mixture", "parts": parts}}, "lifetime": {"kind": "constant"}})
    assert [(loc, kind) for loc, kind, _ in errors] == [
        (("lifetime", "value"), "missing"),
        (("named", "a", "parts", 0, "law", "mean"), "duration"),
        (("named", "a", "parts", 1, "law"), "duration"),
    ]


def test_an_unknown_kind_is_told_which_one_is_meant() -> None:
    ((loc, kind, message),) = _errors({"lifetime": {"kind": "expnential", "mean": "1h"}})
    assert (loc, kind) == (("lifetime", "kind"), "unknown-kind")
    assert message.startswith(
        "unknown law kind 'expnential'; did you mean 'exponential'? known: constant, empirical, exponential"
    )


@pytest.mark.parametrize("kind", [None, {}])
def test_a_missing_kind_is_asked_for(kind: object) -> None:
    written = {"mean": "1h"} if kind == {} else {"mean": "1h", "kind": None}
    ((loc, rule, message),) = _errors({"lifetime": written})
    assert (loc, rule) == (("lifetime", "kind"), "missing-kind")
    assert message.startswith("a law needs a kind; known: constant")


def test_a_mistake_in_a_shorthand_is_at_the_shorthand() -> None:
    assert _errors({"lifetime": 90}) == [
        (("lifetime",), "duration", "a duration needs a unit (got 90); write 90s, 1.5m or 1m30s")
    ]
    assert _errors({"lifetime": [1]})[0][:2] == (("lifetime",), "no-mapping")
    assert World(lifetime="4s").lifetime == Constant(value="4s")


def test_a_recipe_that_is_already_made_is_taken_as_it_is() -> None:
    law = Constant(value="4s")
    assert World(lifetime=law).lifetime is law


def test_a_recipe_of_kinds_is_written_whole_and_read_back() -> None:
    part = {"weight": "100%", "law": {"kind": "uniform", "low": "1s", "high": "2s"}}
    world = World.model_validate({"lifetime": {"kind": "mixture", "parts": [part]}})
    assert world.model_dump(mode="json")["lifetime"] == {"kind": "mixture", "parts": [part]}
    assert World.model_validate_json(world.model_dump_json()) == world
    assert hash(world.lifetime) == hash(World(lifetime=world.lifetime).lifetime)


def test_the_json_schema_knows_every_kind_and_the_shorthand() -> None:
    schema = World.model_json_schema()
    assert {name.lower() for name in schema["$defs"]} == {*LAWS.all(), "part"}
    for written in ({}, {"lifetime": "4s"}, {"lifetime": {"kind": "exponential", "mean": "1h"}}):
        jsonschema.validate(written, schema)
    for written in ({"lifetime": 4}, {"lifetime": {"mean": "1h"}}, {"lifetime": {"kind": "exponentail"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(written, schema)


def test_every_parameter_of_every_law_says_what_it_means() -> None:
    for kind, recipe in LAWS.all().items():
        assert recipe.__doc__
        for name, field in recipe.model_fields.items():
            assert name == "kind" or field.description, (kind, name)


@pytest.mark.parametrize(
    ("word", "meant"), [("crsh", "crash"), ("CRASH", "crash"), ("theft", "theft"), ("zzz", None), ("", None)]
)
def test_did_you_mean_names_the_nearest_word_or_none(word: str, meant: str | None) -> None:
    assert did_you_mean(word, ["theft", "crash", "outage"]) == meant


def test_the_registry_itself_is_the_annotation_for_type_checkers() -> None:
    adapter: TypeAdapter[Distribution] = TypeAdapter(Annotated[Distribution, LAWS])
    assert adapter.validate_python("4s") == TypeAdapter(LAWS.annotation()).validate_python("4s")


def test_every_group_is_found_also_one_that_a_kind_brings_in() -> None:
    """Traffic is declared by the package that the service imports, which is itself found by scanning."""
    script = "import churnsim.scenario; from churnsim.base.registry import every_group; print(*every_group())"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"law", "workload", "traffic"} <= set(found.stdout.split())


def test_a_recipe_is_its_fields_whatever_has_been_worked_out_from_them() -> None:
    """A law keeps arrays beside its parameters; two laws of the same parameters stay equal all the same."""
    parts = [{"weight": "50%", "law": {"kind": "exponential", "mean": "4s"}}, {"weight": "50%", "law": "4s"}]
    one, other = (LAWS.find("mixture").model_validate({"parts": parts}) for _ in range(2))
    for law in (one, other):
        law.equilibrium(0.3)
    assert one == other
    assert hash(one) == hash(other)
    assert one != LAWS.find("constant").model_validate({"value": "4s"})
