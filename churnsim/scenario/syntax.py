"""Parser errors of YAML in plain words."""

from __future__ import annotations

import re
from dataclasses import replace

import yaml

from churnsim.base.errors import Problem
from churnsim.scenario.place import Place
from churnsim.scenario.problem import problem_at

_WORDS = (
    (r"mapping values are not allowed", "a second ':' on this line, or a wrong indent",
     "put a text that contains ': ' in quotes, or line the key up with its neighbours"),
    (r"did not find expected key|expected <block end>", "this does not line up with the keys above",
     "indent it like its neighbours, or put the text in quotes"),
    (r"expected ',' or '[]}]'", "a bracket is not closed", "add the missing comma or bracket"),
    (r"expected '-' indicator", "a list item is expected here", "start it with '- ' or indent it"),
    (r"could not find expected ':'", "a ':' is expected after the key", "write 'key: value'"),
    (r"unexpected end of stream", "a quote is opened and never closed", "close it"),
    (r"undefined alias|undefined anchor", "the alias names no anchor above it", "write the value out"),
    (r"undefined tag handle|tag", "the tag is not understood", "leave the tag out"),
)  # fmt: skip


def syntax_problem(error: yaml.YAMLError, text: str, place: Place) -> Problem:
    """Problem for an `error` of the YAML parser in `text`, at the position it names."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line if mark is not None else 0
    column = mark.column if mark is not None else 0
    message, remedy = _words(str(getattr(error, "problem", None) or error), _line(text, line), column)
    opened = getattr(error, "context_mark", None)
    if "bracket" in message and opened is not None:
        message += f" (opened at {opened.line + 1}:{opened.column + 1})"
    at = place if place.how == "--set" else replace(place, line=line + 1, column=column + 1)
    return problem_at(at, "syntax", f"not YAML: {message}", remedy)


def _words(said: str, line: str, column: int) -> tuple[str, str]:
    if "\t" in line[: column + 1]:
        return "a tab is used for indentation", "use spaces"
    if "cannot start any token" in said:
        sign = line[column : column + 1]
        return f"a word cannot start with '{sign}'", f'put it in quotes: "{sign}…"'
    for pattern, message, remedy in _WORDS:
        if re.search(pattern, said):
            return message, remedy
    return said, "see https://yaml.org/spec/1.2.2"


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""
