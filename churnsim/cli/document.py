"""The one JSON document that a command prints under `--json`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click


def print_document(document: Mapping[str, object]) -> None:
    """Print a JSON document to standard output; undefined numbers must be None, for JSON has no NaN."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
