"""Checks of every kind: it is a frozen, described value that survives being written and read."""

from __future__ import annotations

import json
import pickle
import re
from typing import Any

from pydantic import TypeAdapter, ValidationError

from churnsim.base.registry import ALL_KINDS
from churnsim.testing.check import ANY, checks, require
from churnsim.testing.subject import Subject


def _reader(subject: Subject) -> TypeAdapter[Any]:
    return TypeAdapter(ALL_KINDS[subject.group].annotation())


@checks(ANY)
def has_a_plain_name_and_a_line_that_says_what_it_is(subject: Subject) -> None:
    """Lower case with hyphens, as it stands in a file; a docstring of its own."""
    require(
        re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", subject.name), f"{subject.name!r}: use lower-case-words"
    )
    require(
        (subject.kind.__dict__.get("__doc__") or "").strip(), f"{subject.name}: the class needs a docstring"
    )


@checks(ANY)
def describes_every_parameter(subject: Subject) -> None:
    """Each field has ``Field(description=...)``; `churnsim kinds` shows it."""
    bare = [n for n, field in subject.kind.model_fields.items() if n != "kind" and not field.description]
    require(not bare, f"{subject.name}: no description of {', '.join(bare)}")


@checks(ANY)
def is_frozen_and_hashable(subject: Subject) -> None:
    """Nothing of a run may stick to a recipe; two of the same values are the same."""
    recipe = subject.recipe
    try:
        recipe.kind = "other"
    except ValidationError:
        pass
    else:
        raise AssertionError(f"{subject.name} can be changed; do not relax frozen=True")
    again = subject.kind.model_validate(dict(subject.written))
    require(again == recipe and hash(again) == hash(recipe), f"{subject.name}: equal values, unequal recipes")


@checks(ANY)
def survives_being_written_and_read(subject: Subject) -> None:
    """As JSON, by kind through its group, and pickled as on the way to a worker process."""
    recipe = subject.recipe
    plain = recipe.model_dump(mode="json", by_alias=True)
    require(plain.get("kind") == subject.name, f"{subject.name}: the kind is not written out")
    again = _reader(subject).validate_python(json.loads(json.dumps(plain, allow_nan=False)))
    require(type(again) is subject.kind and again == recipe, f"{subject.name}: {again!r} is not {recipe!r}")
    require(
        again.model_dump(mode="json", by_alias=True) == plain,
        f"{subject.name}: written differently the second time",
    )
    require(pickle.loads(pickle.dumps(recipe)) == recipe, f"{subject.name}: changed by pickling")


@checks(ANY)
def has_defaults_that_may_be_written(subject: Subject) -> None:
    """A default is as valid as what a user writes, unit included."""
    for name, field in subject.kind.model_fields.items():
        if name == "kind" or field.is_required():
            continue
        default = field.get_default(call_default_factory=True, validated_data={})
        if default is None:
            continue
        key = field.alias or name
        recipe = subject.kind.model_validate(dict(subject.written))
        plain = recipe.model_dump(mode="json", by_alias=True).get(key)
        if plain is not None:
            subject.kind.model_validate({**subject.written, key: plain})


@checks(ANY)
def has_a_json_schema_that_takes_it(subject: Subject) -> None:
    """Editors complete by it: the example is valid, what is written out is valid, a stranger's key is not."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(_reader(subject).json_schema())
    dumped = subject.recipe.model_dump(mode="json", by_alias=True, exclude_none=True)
    for written in (dict(subject.written), dumped):
        found = next(validator.iter_errors(written), None)
        require(found is None, f"{subject.name}: {found.message if found else ''}")
    require(
        not validator.is_valid({**subject.written, "no-such-key": 1}), f"{subject.name}: any key is taken"
    )


@checks(ANY)
def refuses_a_parameter_that_it_does_not_have(subject: Subject) -> None:
    """A typo must never become a default."""
    try:
        subject.kind.model_validate({**subject.written, "no-such-key": 1})
    except ValidationError:
        return
    raise AssertionError(f"{subject.name} takes unknown parameters; do not relax extra='forbid'")


@checks(ANY)
def is_meant_by_a_name_with_a_typo(subject: Subject) -> None:
    """Whoever misspells it is told."""
    typo = subject.name + "z"
    try:
        _reader(subject).validate_python({**subject.written, "kind": typo})
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        require("did you mean" in said, f"{subject.name}: {typo!r} is refused without a hint: {said}")
        return
    raise AssertionError(f"{typo!r} is taken for {subject.name!r}")
