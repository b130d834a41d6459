"""The dotted address of a value: ``failures.0.lasts``, ``study.sweep."issuers.mesh.ttl"``."""

from __future__ import annotations

import re
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(r'"([^"]+)"|([^."]+)')
_SWEEP = ("study", "sweep")


def parse_path(text: str) -> tuple[str, ...]:
    """Steps of a dotted address; a step that holds a dot is written in double quotes.

    Behind ``study.sweep`` the rest is one key, with or without quotes: a sweep is keyed by addresses.

    Raises
    ------
    ValueError
        If a step is empty or a quote is not closed.
    """
    steps: list[str] = []
    position = 0
    while True:
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(f"'{text}' is not a dotted path such as issuers.mesh.ttl")
        steps.append(step[1] or step[2])
        position = step.end()
        if position == len(text):
            break
        if text[position] != ".":
            raise ValueError(f"'{text}' is not a dotted path such as issuers.mesh.ttl")
        position += 1
    if tuple(steps[:2]) == _SWEEP and len(steps) > 3:
        steps[2:] = [".".join(steps[2:])]
    return tuple(steps)


def path_text(path: Path) -> str:
    """Dotted address of `path`; `parse_path` reads it back."""
    return ".".join(f'"{step}"' if "." in str(step) else str(step) for step in path)
