"""`churnsim kinds`: every kind of recipe, preset and measure there is."""

from __future__ import annotations

import dataclasses

import click

from churnsim.base.errors import UsageError
from churnsim.base.recipe import Recipe
from churnsim.base.registry import did_you_mean, every_group
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.parameter import first_line, parameters
from churnsim.cli.table import print_table

MEASURE = "measure"


@click.command(name="kinds")
@click.argument("word", metavar="[GROUP | KIND]", required=False)
@option.as_json
def command(word: str | None, as_json: bool) -> None:
    """List the kinds of recipe and the measures.

    With GROUP those of one group, with KIND one of them with its parameters.
    """
    groups = _groups()
    if word is None or word == MEASURE or word in groups:
        shown = {group: kinds for group, kinds in groups.items() if word in (None, group)}
        _list(shown, with_measures=word in (None, MEASURE), as_json=as_json)
        return
    found = {group: kinds[word] for group, kinds in groups.items() if word in kinds}
    if not found:
        known = sorted({*groups, MEASURE, *(kind for kinds in groups.values() for kind in kinds)})
        meant = did_you_mean(word, known)
        hint = f"did you mean {meant!r}?" if meant else f"groups: {', '.join([*groups, MEASURE])}"
        raise UsageError(f"no group and no kind is called {word!r}; {hint}")
    _describe(word, found, as_json=as_json)


def _groups() -> dict[str, dict[str, type[Recipe]]]:
    import churnsim.scenario  # noqa: F401  brings in every package that declares kinds

    return {group: kinds.all() for group, kinds in every_group().items()}


def _list(groups: dict[str, dict[str, type[Recipe]]], *, with_measures: bool, as_json: bool) -> None:
    from churnsim.metrics import MEASURES

    measures = list(MEASURES.values()) if with_measures else []
    if as_json:
        print_document(
            {
                "kinds": [
                    _facts(group, kind, recipe)
                    for group, kinds in groups.items()
                    for kind, recipe in kinds.items()
                ],
                "measures": [
                    {
                        "measure": one.name,
                        "unit": one.unit,
                        "better": one.better,
                        "parts": one.parts,
                        "meaning": one.doc,
                    }
                    for one in measures
                ],
            }
        )
        return
    if groups:
        rows = [
            (group, kind, first_line(recipe))
            for group, kinds in groups.items()
            for kind, recipe in kinds.items()
        ]
        print_table(("group", "kind", "what it is"), rows)
    if groups and measures:
        click.echo()
    if measures:
        print_table(
            ("measure", "unit", "better", "what it is"),
            [
                (f"{one.name}[.{one.parts}]" if one.parts else one.name, one.unit, one.better, one.doc)
                for one in measures
            ],
        )


def _describe(kind: str, found: dict[str, type[Recipe]], *, as_json: bool) -> None:
    if as_json:
        print_document(
            {"kinds": [_facts(group, kind, recipe) for group, recipe in found.items()], "measures": []}
        )
        return
    for group, recipe in found.items():
        click.echo(f"{group} {kind}: {first_line(recipe)}.\n")
        rows = [(one.name, one.takes, one.default, one.meaning) for one in parameters(recipe)]
        print_table(("parameter", "takes", "default", "what it is"), rows)


def _facts(group: str, kind: str, recipe: type[Recipe]) -> dict[str, object]:
    return {
        "group": group,
        "kind": kind,
        "meaning": first_line(recipe),
        "parameters": [dataclasses.asdict(one) for one in parameters(recipe)],
    }
