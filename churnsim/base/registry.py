"""The kinds of recipe there are, found by scanning a package and the entry points of others."""

from __future__ import annotations

import difflib
import importlib
import json
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.metadata import entry_points
from types import ModuleType
from typing import Annotated, Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from churnsim.base.errors import UsageError, located, refusal
from churnsim.base.recipe import Recipe

R = TypeVar("R", bound=Recipe)
Shorthand = Callable[[Any], Mapping[str, Any] | None]

ALL_KINDS: dict[str, Kinds[Any]] = {}
"""Every `Kinds` made so far by group, so that all kinds can be listed."""


class Kinds(Generic[R]):
    """All kinds of one group of recipes; as metadata of `Annotated` it is a union tagged by ``kind``.

    ``retry: Annotated[Retry, RETRIES]`` makes a field of any kind of retry; `annotation` gives the same type
    where no type checker needs to see it.

    What a pydantic ``loc`` looks like: **the keys and list positions of the data, and nothing else**. No tag
    and no class name is put in between, whatever the depth: a bad mean three laws deep is at
    ``('workloads', 'web', 'lifetime', 'parts', 0, 'law', 'mean')``. Only its last element may be absent from
    the data: the name of a field that is missing (``kind`` included: type ``missing-kind``), or pydantic's
    ``'[key]'`` after a key of a mapping that cannot be read. An unknown kind (type ``unknown-kind``) is at
    ``(..., 'kind')``; a mistake in a shorthand is at the shorthand itself. Our own errors carry
    ``ctx['message']`` and ``ctx['remedy']``; their ``msg`` is both, joined by ``"; "``.

    Parameters
    ----------
    group : str
        Singular noun people know it by, such as ``failure``; also the entry-point group ``churnsim.failure``.
    package : str
        Package whose modules, at any depth, are scanned for concrete subclasses of `base`.
    base : type of Recipe
        What all kinds have in common.
    default : str, optional
        Kind that is meant where none is given; None: a missing kind is an error.
    shorthand : callable, optional
        Turns a value that is no mapping into one, or returns None where it does not understand the value.
    shorthand_schema : mapping, optional
        JSON schema of the values the shorthand understands.
    """

    def __init__(
        self,
        group: str,
        package: str,
        base: type[R],
        default: str | None = None,
        shorthand: Shorthand | None = None,
        shorthand_schema: Mapping[str, Any] | None = None,
    ) -> None:
        self.group = group
        self.package = package
        self.base = base
        self.default = default
        self._shorthand = shorthand
        self._shorthand_schema = shorthand_schema
        self._found: dict[str, type[R]] | None = None
        known = ALL_KINDS.get(group)
        if known is not None and known.package != package:
            raise ValueError(f"two groups of kinds are called {group!r}: {known.package} and {package}")
        ALL_KINDS[group] = self

    def all(self) -> dict[str, type[R]]:
        """Class of every kind, sorted by name; the first call scans.

        Raises
        ------
        ValueError
            If two classes claim one kind.
        UsageError
            If the entry point of a third party cannot be loaded.
        """
        if self._found is None:
            found: dict[str, type[R]] = {}
            for recipe in [*self._own(), *self._foreign()]:
                kind = recipe.model_fields["kind"].default
                if found.setdefault(kind, recipe) is not recipe:
                    places = f"{_place(found[kind])} and {_place(recipe)}"
                    raise ValueError(f"two {self.group} kinds are called {kind!r}: {places}; rename one")
            self._found = dict(sorted(found.items()))
        return dict(self._found)

    def find(self, kind: object) -> type[R]:
        """Class of a kind.

        Raises
        ------
        ValueError
            If there is none; says which one may be meant, and which there are.
        """
        recipe = self.all().get(kind) if isinstance(kind, str) else None
        if recipe is None:
            raise self._unknown(kind)
        return recipe

    def annotation(self) -> Any:
        """``Annotated[base, self]``: the type of a field that takes any kind."""
        return Annotated[self.base, self]

    def _own(self) -> Iterator[type[R]]:
        package = importlib.import_module(self.package)
        yield from self._concrete(package)
        for module in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{self.package}."):
            yield from self._concrete(importlib.import_module(module.name))

    def _concrete(self, module: ModuleType) -> Iterator[type[R]]:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, self.base) and _is_of(value, module):
                yield value

    def _foreign(self) -> Iterator[type[R]]:
        for point in entry_points(group=f"churnsim.{self.group}"):
            where = f"entry point {point.name!r} of group 'churnsim.{self.group}' ({point.value})"
            try:
                recipe = point.load()
            except Exception as error:  # whatever a stranger's module raises
                raise UsageError(f"{where} cannot be loaded: {error}; mend or uninstall it") from error
            if not (
                isinstance(recipe, type) and issubclass(recipe, self.base) and "kind" in recipe.model_fields
            ):
                raise UsageError(f"{where} is no {self.base.__name__} with a kind; mend or uninstall it")
            if missing := sorted(getattr(recipe, "__abstractmethods__", ())):
                said = f"{where} leaves out {', '.join(missing)} of {self.base.__name__}"
                raise UsageError(f"{said}; write them or uninstall it")
            yield recipe

    def _read(self, value: object, info: ValidationInfo) -> R:
        """Make the recipe here, so that no tag gets into ``loc``; the union below it only looks on."""
        if isinstance(value, self.base):
            return value
        if not isinstance(value, Mapping):
            return self._expand(value, info)
        kind = value.get("kind", self.default)
        if kind is None:
            raise located(
                refusal("missing-kind", f"a {self.group} needs a kind", f"known: {', '.join(self.all())}"),
                "kind",
                value=value,
            )
        try:
            recipe = self.find(kind)
        except PydanticCustomError as error:
            raise located(error, "kind", value=kind) from None
        return recipe.model_validate(value, context=info.context)

    def _expand(self, value: object, info: ValidationInfo) -> R:
        mapping = self._shorthand(value) if self._shorthand else None
        if mapping is None:
            shown = (
                json.dumps(value)[:60]
                if isinstance(value, str | int | float)
                else f"a {type(value).__name__}"
            )
            first = self.default or next(iter(self.all()))
            raise refusal(
                "no-mapping", f"a {self.group} is a mapping (got {shown})", f"write {{kind: {first}, ...}}"
            )
        try:
            return self.find(mapping.get("kind", self.default)).model_validate(mapping, context=info.context)
        except ValidationError as error:
            # The mapping is ours: its keys mean nothing to the user, so the mistake is at the value itself.
            first_error = error.errors(include_url=False)[0]
            context = first_error.get("ctx", {})
            message = str(context.get("message", first_error["msg"]))
            remedy = str(context.get("remedy", f"or write a mapping with a kind: {', '.join(self.all())}"))
            raise refusal(first_error["type"], message, remedy) from None

    def _unknown(self, kind: object) -> PydanticCustomError:
        known = list(self.all())
        meant = did_you_mean(kind, known) if isinstance(kind, str) else None
        hint = f"did you mean {meant!r}? " if meant else ""
        return refusal(
            "unknown-kind", f"unknown {self.group} kind {kind!r}", f"{hint}known: {', '.join(known)}"
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices: dict[Any, CoreSchema] = {
            kind: handler.generate_schema(recipe) for kind, recipe in self.all().items()
        }
        if not choices:
            raise LookupError(f"no {self.group} kind found in {self.package}")
        union = core_schema.tagged_union_schema(choices, discriminator="kind")
        return core_schema.with_info_before_validator_function(self._read, union)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        tagged = handler(schema)
        choices = [
            # Where no kind is given only the default is meant, so the others insist on theirs.
            choice if kind == self.default else {**choice, "required": ["kind"]}
            for kind, choice in zip(self.all(), tagged["oneOf"], strict=True)
        ]
        if self._shorthand_schema is not None:
            choices.append(dict(self._shorthand_schema))
        return {"anyOf": choices}


def every_group() -> dict[str, Kinds[Any]]:
    """Every group of kinds by name, each scanned: a kind found in one may declare a group of its own."""
    known = -1
    while known < len(ALL_KINDS):
        known = len(ALL_KINDS)
        for kinds in list(ALL_KINDS.values()):
            kinds.all()
    return dict(sorted(ALL_KINDS.items()))


def did_you_mean(word: str, known: Collection[str]) -> str | None:
    """The member of `known` that is nearest to `word`, or None where none is near."""
    near = difflib.get_close_matches(word, sorted(known), n=1)
    if not near:
        lower = {name.lower(): name for name in sorted(known, reverse=True)}
        near = [lower[name] for name in difflib.get_close_matches(word.lower(), sorted(lower), n=1)]
    return near[0] if near else None


def _is_of(recipe: type[Recipe], module: ModuleType) -> bool:
    """Whether a recipe is defined in that module, not imported there, and has a kind of its own."""
    kind = recipe.model_fields.get("kind")
    return recipe.__module__ == module.__name__ and isinstance(getattr(kind, "default", None), str)


def _place(recipe: type[Recipe]) -> str:
    return f"{recipe.__module__}.{recipe.__qualname__}"
