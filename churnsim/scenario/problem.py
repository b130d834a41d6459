"""Problems at their places."""

from __future__ import annotations

from collections.abc import Iterable

from churnsim.base.errors import Problem
from churnsim.scenario.path import Path
from churnsim.scenario.place import Place


def problem_at(place: Place, rule: str, message: str, remedy: str | None, path: Path = ()) -> Problem:
    """Problem whose file, line and column are those of `place`."""
    return Problem(
        message=message,
        rule=rule,
        remedy=remedy,
        path=path,
        file=place.file,
        line=place.line,
        column=place.column,
    )


def in_order(problems: Iterable[Problem], first: str | None) -> list[Problem]:
    """Each problem once, in the order of the files' text: one a value, but all of a file that it names."""
    once: dict[object, Problem] = {}
    for each in problems:
        told = each.message if each.rule == "file" else None
        once.setdefault((each.file, each.line, each.column, each.path, told), each)
    return by_place(once.values(), first)


def by_place(problems: Iterable[Problem], first: str | None) -> list[Problem]:
    """Problems in the order of the files' text: the file `first`, others, overrides at the end."""
    found = list(problems)
    files = [first, *(each.file for each in found)]

    def place(problem: Problem) -> tuple[bool, int, int, int]:
        is_override = (problem.file or "").startswith("--set ")
        return is_override, files.index(problem.file), problem.line or 0, problem.column or 0

    return sorted(found, key=place)
