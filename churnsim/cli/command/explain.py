"""`churnsim explain`: what a key means, and where its value in a scenario comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from churnsim.base.errors import UsageError
from churnsim.cli import option
from churnsim.cli.document import print_document
from churnsim.cli.table import print_table

if TYPE_CHECKING:
    from churnsim.scenario import Origin


@click.command(name="explain")
@click.argument("words", metavar="[FILE] [KEY]", nargs=-1)
@option.settings
@option.as_json
def command(words: tuple[str, ...], settings: tuple[str, ...], as_json: bool) -> None:
    """Say what KEY takes, or where values come from.

    KEY is a dotted path such as issuers.mesh.ttl; with FILE, every value at or below it is shown.
    """
    file, key = _file_and_key(words)
    if file is None:
        if settings:
            raise UsageError("--set changes a scenario, so name its FILE before the KEY")
        _explain_key(key, as_json=as_json)
    else:
        _explain_values(file, key, settings, as_json=as_json)


def _file_and_key(words: Sequence[str]) -> tuple[Path | None, str]:
    if not 1 <= len(words) <= 2:
        raise UsageError("explain takes a FILE, a KEY, or a FILE and a KEY")
    if len(words) == 2:
        return Path(words[0]), words[1]
    is_file = words[0].endswith((".yaml", ".yml")) or Path(words[0]).exists()
    return (Path(words[0]), "") if is_file else (None, words[0])


def _explain_key(key: str, *, as_json: bool) -> None:
    from churnsim.cli.key import places_of

    found = places_of(key)
    if as_json:
        print_document(
            {
                "key": key,
                "takes": [
                    {
                        "in": place,
                        "key": one.name,
                        "takes": one.takes,
                        "default": one.default,
                        "meaning": one.meaning,
                    }
                    for place, one in found
                ],
            }
        )
        return
    rows = [(place, one.name, one.takes, one.default, one.meaning) for place, one in found]
    print_table(("in", "key", "takes", "default", "what it is"), rows)


def _explain_values(file: Path, key: str, settings: tuple[str, ...], *, as_json: bool) -> None:
    from churnsim.checks import load
    from churnsim.scenario import explain

    found = explain(load(file, settings), key)
    if as_json:
        print_document(
            {
                "file": str(file),
                "key": key,
                "values": [
                    {
                        "key": path,
                        "value": value,
                        "from": origin.how,
                        "place": _place(origin),
                        "source": origin.source,
                    }
                    for path, value, origin in found
                ],
            }
        )
        return
    rows = [(path, _text(value), _from(origin), origin.source or "") for path, value, origin in found]
    print_table(("key", "value", "from", "source"), rows)


def _place(origin: Origin) -> str:
    return ":".join(str(part) for part in (origin.file, origin.line, origin.column) if part is not None)


def _from(origin: Origin) -> str:
    """Where a value was written; the way it came in is named where the place does not tell."""
    place = _place(origin)
    if not place:
        return origin.how
    return place if origin.how in ("file", "--set") else f"{origin.how} {place}"


def _text(value: object) -> str:
    from churnsim.cli.parameter import inline

    return inline(value)
