"""`churnsim explain`: what a key means, and where its value in a scenario comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from churnsim.base.errors import ScenarioError, UsageError
from churnsim.base.registry import did_you_mean
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.measure import measure_document, print_measure
from churnsim.cli.parameter import Parameter, first_line, inline, parameters
from churnsim.cli.part import name_of
from churnsim.cli.table import Table, print_tabbed, print_table

if TYPE_CHECKING:
    from churnsim.cli.key import Key
    from churnsim.scenario import Origin, Scenario

_LONG_PERCENT = re.compile(r"\d+\.\d{5,}(?=%)")


@click.command(name="explain")
@click.argument("words", metavar="[FILE] [KEY | MEASURE]", nargs=-1)
@option.settings
@option.as_json
@option.as_tsv
def command(words: tuple[str, ...], settings: tuple[str, ...], as_json: bool, as_tsv: bool) -> None:
    """Say what KEY takes, what MEASURE is, or where values come from.

    KEY is a dotted path such as issuers.mesh.ttl; with FILE, every value at or below it is shown.
    """
    table = print_tabbed if as_tsv else print_table
    file, key = _file_and_key(words)
    if file is None:
        if settings:
            raise UsageError("--set changes a scenario, so name its FILE before the KEY")
        _explain_key(key, None if as_json else table)
    else:
        _explain_values(file, key, settings, None if as_json else table)


def _file_and_key(words: Sequence[str]) -> tuple[Path | None, str]:
    if not 1 <= len(words) <= 2:
        raise UsageError("explain takes a FILE, a KEY, or a FILE and a KEY")
    if len(words) == 2:
        return Path(words[0]), words[1]
    is_file = words[0].endswith((".yaml", ".yml")) or Path(words[0]).exists()
    return (Path(words[0]), "") if is_file else (None, words[0])


def _explain_key(address: str, table: Table | None) -> None:
    """Print what a key takes: as a document without a `table`."""
    from churnsim.cli.key import key_at

    try:
        key = key_at(address)
    except UsageError as error:
        _explain_measure(address, table, error)
        return
    if table is None:
        print_document({"key": address, "takes": _facts(key.places), "keys": _facts(_keys(key))})
        return
    if key.places:
        _print_places(key.places, table)
    if key.below:
        if key.places:
            click.echo()
        _print_below(address, key, table)


def _explain_measure(name: str, table: Table | None, no_key: UsageError) -> None:
    """Print the definition of a measure; raise where there is none of that name either."""
    from churnsim.metrics import MEASURES

    try:
        one = MEASURES.find(name)
    except UsageError:
        meant = did_you_mean(name, tuple(MEASURES))
        if meant is None:
            raise no_key from None
        raise UsageError(f"no key and no measure is called {name!r}; did you mean {meant!r}?") from None
    if table is None:
        print_document({"measure": name, **measure_document(one)})
    else:
        print_measure(one, table)


def _print_below(address: str, key: Key, table: Table) -> None:
    """Print what may be written below a key: the kinds there are, or its keys."""
    kinds = [recipe for recipe in key.below if "kind" in recipe.model_fields]
    if len(kinds) > 1:
        click.echo(f"kinds of {address} (churnsim kinds KIND tells the keys of each):\n")
        table(("kind", "what it is"), [(name_of(recipe), first_line(recipe)) for recipe in kinds])
    else:
        click.echo(f"keys of {address}:\n")
        _print_places(_keys(key), table)


def _print_places(places: Sequence[tuple[str, Parameter]], table: Table) -> None:
    rows = [(place, one.name, one.takes, one.default, one.meaning) for place, one in places]
    table(("in", "key", "takes", "default", "what it is"), rows)


def _keys(key: Key) -> list[tuple[str, Parameter]]:
    return [(name_of(recipe), one) for recipe in key.below for one in parameters(recipe)]


def _facts(places: Sequence[tuple[str, Parameter]]) -> list[dict[str, str]]:
    return [
        {"in": place, "key": one.name, "takes": one.takes, "default": one.default, "meaning": one.meaning}
        for place, one in places
    ]


def _explain_values(file: Path, key: str, settings: tuple[str, ...], table: Table | None) -> None:
    """Print values with their origins: as a document without a `table`."""
    from churnsim.checks import load

    found = _found(load(file, settings), key)
    if table is None:
        values = [
            {
                "key": path,
                "value": value,
                "from": origin.how,
                "place": _place(origin),
                "source": origin.source,
            }
            for path, value, origin in found
        ]
        print_document({"file": str(file), "key": key, "values": values})
        return
    rows = [(path, _text(value), _from(origin, file), origin.source or "") for path, value, origin in found]
    table(("key", "value", "from", "source"), rows)
    if table is print_table and len(found) == 1 and found[0][1] is None:
        _print_absent(key, table)


def _found(scenario: Scenario, address: str) -> list[tuple[str, object, Origin]]:
    """Values at or below a key; the absence of a key that may be there and is left out."""
    from churnsim.cli.key import key_at
    from churnsim.scenario import Origin, explain

    try:
        return explain(scenario, address)
    except ScenarioError:
        above, _, last = address.rpartition(".")
        stands = _found(scenario, above) if above else []
        if last not in ("preset", "extends") and [value for _, value, _ in stands] != [None]:
            raise
        key_at(address)
        return [(address, None, Origin(None, "default", None, None, None, None))]


def _print_absent(address: str, table: Table) -> None:
    from churnsim.cli.key import key_at

    key = key_at(address)
    click.echo()
    if key.below:
        _print_below(address, key, table)
    else:
        _print_places(key.places, table)


def _place(origin: Origin) -> str:
    return ":".join(str(part) for part in (origin.file, origin.line, origin.column) if part is not None)


def _from(origin: Origin, file: Path) -> str:
    """Where a value was written; the way it came in is named where the place does not tell."""
    place = _place(origin)
    if not place:
        return origin.how
    if origin.how == "file" and origin.file == str(file):
        return f"{file.name}:{origin.line}:{origin.column}"
    return f"{origin.how} {place}" if origin.how in ("extends", "python") else place


def _text(value: object) -> str:
    """The value on one line; a share that is no short decimal is rounded for the eye."""
    return _LONG_PERCENT.sub(lambda match: f"{float(match[0]):.4f}", inline(value))
