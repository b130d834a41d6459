"""The dotted address of a value: ``failures.0.lasts``, ``study.sweep."issuers.mesh.ttl"``."""

from __future__ import annotations

import re
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(r'"([^"]+)"|([^."]+)')
_SWEEP = ("study", "sweep")


def parse_path(text: str) -> tuple[str, ...]:
    """Steps of a dotted address; a step that holds a dot is written in double quotes.

    Behind ``study.sweep`` the rest is one key, for a sweep is keyed by addresses; a key in quotes ends with
    them, so that ``study.sweep."issuers.mesh.ttl".low`` goes on below it.

    Raises
    ------
    ValueError
        If a step is empty or a quote is not closed.
    """
    steps: list[str] = []
    position, is_key_quoted = 0, False
    while True:
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(f"'{text}' is not a dotted path such as issuers.mesh.ttl")
        is_key_quoted |= len(steps) == len(_SWEEP) and step[1] is not None
        steps.append(step[1] or step[2])
        position = step.end()
        if position == len(text):
            break
        if text[position] != ".":
            raise ValueError(f"'{text}' is not a dotted path such as issuers.mesh.ttl")
        position += 1
    if tuple(steps[:2]) == _SWEEP and len(steps) > 3 and not is_key_quoted:
        steps[2:] = [".".join(steps[2:])]
    return tuple(steps)


def path_text(path: Path) -> str:
    """Dotted address of `path`; `parse_path` reads it back."""
    is_in_axis = path[:2] == _SWEEP and len(path) > 3
    return ".".join(
        f'"{step}"' if "." in str(step) or (is_in_axis and place == 2) else str(step)
        for place, step in enumerate(path)
    )
