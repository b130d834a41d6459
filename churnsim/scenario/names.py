"""Whether the names a scenario uses are names it defines."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.errors import Problem
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference, reference_of
from churnsim.base.registry import did_you_mean
from churnsim.model.workload import TENANT
from churnsim.scenario.node import Branch, Items, Leaf, Node
from churnsim.scenario.path import Path
from churnsim.scenario.problem import problem_at
from churnsim.scenario.section import NAMED
from churnsim.scenario.shape import keys_of, standings


def name_problems(model: type[Recipe], tree: Branch) -> Iterator[Problem]:
    """A problem for each reference in `tree` that leads nowhere."""
    for standing in standings(model, tree):
        fields = keys_of(standing.recipe)
        for key, entry in standing.branch.entries.items():
            field = fields.get(key)
            reference = reference_of(field) if field is not None else None
            if reference is None:
                continue
            names = (name for part in reference.parts for name in _known(tree, part))
            known = list(dict.fromkeys((*names, *reference.words)))
            for path, used in _used(entry.node, (*standing.path, key)):
                if used.value not in known:
                    yield _problem(used, path, reference, known)


def targets(tree: Branch) -> tuple[str, ...]:
    """Every name in `tree` of something that can fail: of a section, of a zone, or of a tenant."""
    references = [*map(Reference, NAMED), Reference("nodes", "zone"), TENANT]
    return tuple(dict.fromkeys(name for each in references for name in _known(tree, each)))


def _known(tree: Branch, reference: Reference) -> Iterator[str]:
    """The names there are: keys of a section, or what its entries say in a field."""
    section = tree.get(reference.section)
    for key, entry in section.entries.items() if isinstance(section, Branch) else ():
        if not reference.field:
            yield key
        elif isinstance(entry.node, Branch) and (
            word := entry.node.word(reference.field) or reference.implied
        ):
            yield word


def _used(node: Node, path: Path) -> Iterator[tuple[Path, Leaf]]:
    """The names written in `node`: itself, the items of a list, the keys of a mapping."""
    if isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield from _used(item, (*path, index))
    elif isinstance(node, Branch):
        for key, entry in node.entries.items():
            yield (*path, key), Leaf(key, entry.place)
    elif isinstance(node.value, str):
        yield path, node


def _problem(used: Leaf, path: Path, reference: Reference, known: list[str]) -> Problem:
    near = did_you_mean(str(used.value), known)
    section, noun = reference.section, reference.noun
    said = f"there is no '{used.value}' among the {noun}"
    listed = f"{noun}: {', '.join(known)}" if known else f"the scenario has no {section}; add '{section}:'"
    remedy = f"did you mean '{near}'? {listed}" if near else listed
    return problem_at(used.place, "reference", said, remedy, path)
