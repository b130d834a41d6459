"""`churnsim kinds`: all that a scenario may contain, and the measures."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from churnsim.base.errors import UsageError
from churnsim.base.recipe import Recipe
from churnsim.base.registry import did_you_mean, every_group
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.measure import measure_document, print_measure, print_measures
from churnsim.cli.parameter import first_line, inline, parameters
from churnsim.cli.part import parts, singular
from churnsim.cli.table import Table, print_tabbed, print_table, wrapped

if TYPE_CHECKING:
    from churnsim.metrics import Measure

MEASURE, PRESET = "measure", "preset"

Groups = dict[str, dict[str, type[Recipe]]]


@click.command(name="kinds")
@click.argument("word", metavar="[GROUP | KIND | PRESET | MEASURE]", required=False)
@option.as_json
@option.as_tsv
def command(word: str | None, as_json: bool, as_tsv: bool) -> None:
    """List all that a scenario may contain, and the measures.

    With GROUP the kinds of one group, or the keys of a part that has no kinds; with KIND, PRESET or MEASURE
    that one.
    """
    table = print_tabbed if as_tsv else print_table
    found = _everything() if word is None else _called(word)
    if as_json:
        print_document(found.document())
    elif word is None:
        _list(found, table)
    else:
        _describe(found, table)


@dataclasses.dataclass(frozen=True)
class Found:
    """What was asked for.

    Parameters
    ----------
    kinds : mapping
        Recipe by group and kind.
    parts : mapping
        Recipe by name, of those without kinds.
    presets : sequence of (str, str)
        Section and name.
    measures : sequence of Measure
        All of them, or the one that was asked for.
    is_group : bool
        Whether what was asked for is all of one group.
    """

    kinds: Groups
    parts: dict[str, type[Recipe]]
    presets: list[tuple[str, str]]
    measures: Sequence[Measure]
    is_group: bool = False

    def document(self) -> dict[str, object]:
        """The JSON document."""
        return {
            "kinds": [
                {"group": group, "kind": kind, **_facts(recipe)}
                for group, kinds in self.kinds.items()
                for kind, recipe in kinds.items()
            ],
            "parts": [{"part": name, **_facts(recipe)} for name, recipe in self.parts.items()],
            "presets": [
                {
                    "section": section,
                    "preset": name,
                    "meaning": _about(section, name),
                    "values": [
                        {"key": key, "value": value, "source": source}
                        for key, value, source in _values(section, name)
                    ],
                }
                for section, name in self.presets
            ],
            "measures": [measure_document(one) for one in self.measures],
        }


def _everything() -> Found:
    import churnsim.scenario  # noqa: F401  brings in every package that declares kinds
    from churnsim.scenario.preset import presets

    listed = [(section, name) for section, names in presets().items() for name in names]
    return Found({group: kinds.all() for group, kinds in every_group().items()}, parts(), listed, _measures())


def _called(word: str) -> Found:
    """What has that name, be it a group (in the singular or the plural), a kind, a part or a preset."""
    every = _everything()
    groups = [*every.kinds, *every.parts, PRESET, MEASURE]
    name = word if word in groups or singular(word) not in groups else singular(word)
    if name == MEASURE:
        return Found({}, {}, [], every.measures, is_group=True)
    if name == PRESET:
        return Found({}, {}, every.presets, ())
    if name in every.kinds:
        return Found({name: every.kinds[name]}, {}, [], (), is_group=True)
    found = Found(
        {group: {name: kinds[name]} for group, kinds in every.kinds.items() if name in kinds},
        {name: every.parts[name]} if name in every.parts else {},
        [(section, preset) for section, preset in every.presets if name in (preset, f"{section}/{preset}")],
        _measures_called(name),
    )
    if not (found.kinds or found.parts or found.presets or found.measures):
        kinds = {kind for each in every.kinds.values() for kind in each}
        names = {*(preset for _, preset in every.presets), *(one.name for one in every.measures)}
        meant = did_you_mean(word, sorted({*groups, *kinds, *names}))
        hint = f"did you mean {meant!r}?" if meant else f"groups: {', '.join(groups)}"
        raise UsageError(f"no group, kind, preset or measure is called {word!r}; {hint}")
    return found


def _list(every: Found, table: Table) -> None:
    rows = [
        *(("part", name, first_line(recipe)) for name, recipe in every.parts.items()),
        *_rows_of(every.kinds),
        *(
            (PRESET, f"{section}/{name}", _about(section, name).partition(". ")[0].rstrip("."))
            for section, name in every.presets
        ),
    ]
    table(("group", "name", "what it is"), rows)
    click.echo()
    print_measures(every.measures, table)
    if table is print_table:
        click.echo("\nthe keys of each, what they take and their defaults: churnsim kinds NAME")


def _rows_of(groups: Groups) -> list[tuple[str, str, str]]:
    return [
        (group, kind, first_line(recipe)) for group, kinds in groups.items() for kind, recipe in kinds.items()
    ]


def _describe(found: Found, table: Table) -> None:
    """Print what is found, a blank line between."""
    if found.measures and found.is_group:
        print_measures(found.measures, table)
    elif found.kinds and found.is_group:
        table(("group", "name", "what it is"), _rows_of(found.kinds))
    else:
        recipes = [(f"{group} {kind}", found.kinds[group][kind]) for group, kind, _ in _rows_of(found.kinds)]
        for number, (title, recipe) in enumerate([*recipes, *found.parts.items()]):
            click.echo("\n" * (number > 0) + wrapped(f"{title}: {first_line(recipe)}."))
            _print_parameters(recipe, table)
        for number, (section, name) in enumerate(found.presets, start=len(recipes) + len(found.parts)):
            click.echo("\n" * (number > 0) + wrapped(f"preset {section}/{name}: {_about(section, name)}"))
            click.echo()
            values = [(key, inline(value), source) for key, value, source in _values(section, name)]
            table(("key", "value", "facts"), values)
        for one in found.measures:
            print_measure(one, table)


def _print_parameters(recipe: type[Recipe], table: Table) -> None:
    rows = [(one.name, one.takes, one.default, one.meaning) for one in parameters(recipe)]
    if rows:
        click.echo()
        table(("parameter", "takes", "default", "what it is"), rows)


def _facts(recipe: type[Recipe]) -> dict[str, object]:
    return {
        "meaning": first_line(recipe),
        "parameters": [dataclasses.asdict(one) for one in parameters(recipe)],
    }


def _measures() -> Sequence[Measure]:
    from churnsim.metrics import MEASURES

    return tuple(MEASURES.values())


def _measures_called(name: str) -> Sequence[Measure]:
    """The measure of that name, or whose part has it; none where there is none."""
    from churnsim.metrics import MEASURES

    try:
        return (MEASURES.find(name),)
    except UsageError:
        return ()


def _about(section: str, name: str) -> str:
    from churnsim.scenario.preset import about

    return about(section, name)


def _values(section: str, name: str) -> list[tuple[str, object, str]]:
    from churnsim.scenario.explain import explain_preset

    return [(path, value, origin.source or "") for path, value, origin in explain_preset(section, name)]
