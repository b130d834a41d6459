"""Presets: named values of real products, laid below the user's own.

A preset is a file ``presets/<section>/<name>.yaml`` with three keys: ``about`` says what it is,
``values`` is written as in a scenario, and ``sources`` gives the fact ids for each value, or for all
values under a key.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path as FilePath

from churnsim.base.errors import Problem
from churnsim.base.registry import did_you_mean
from churnsim.scenario.compose import compose
from churnsim.scenario.merge import merged
from churnsim.scenario.node import Branch, Entry, Items, Leaf, Node, plain
from churnsim.scenario.path import Path, parse_path
from churnsim.scenario.place import Place
from churnsim.scenario.problem import problem_at
from churnsim.scenario.section import NAMED

FOLDER = FilePath(__file__).parent / "presets"


@cache
def presets() -> dict[str, tuple[str, ...]]:
    """Names of all presets, by section."""
    return {
        section.name: tuple(sorted(each.stem for each in section.glob("*.yaml")))
        for section in sorted(FOLDER.iterdir())
    }


@cache
def preset(section: str, name: str) -> Branch:
    """Values of a preset; the place of each carries its fact ids."""
    tree = _document(section, name)
    values, sources = tree.get("values"), tree.get("sources")
    assert isinstance(values, Branch)
    assert isinstance(sources, Branch)
    facts = {parse_path(key): str(plain(entry.node)) for key, entry in sources.entries.items()}
    sourced = _sourced(values, (), facts, None)
    assert isinstance(sourced, Branch)
    return sourced


def about(section: str, name: str) -> str:
    """What a preset is, in a sentence or two."""
    return _document(section, name).word("about") or ""


def expanded(tree: Branch) -> tuple[Branch, list[Problem]]:
    """`tree` with every ``preset:`` replaced by its values, and a problem for each unknown name."""
    problems: list[Problem] = []
    for section in presets():
        node = tree.get(section)
        if isinstance(node, Branch) and section in NAMED:
            entries = {
                name: Entry(entry.place, _filled(section, entry.node, (section, name), problems))
                for name, entry in node.entries.items()
            }
            tree = tree.put(section, Branch(entries, node.place))
        elif node is not None:
            tree = tree.put(section, _filled(section, node, (section,), problems))
    return tree, problems


def _filled(section: str, node: Node, path: Path, problems: list[Problem]) -> Node:
    if not isinstance(node, Branch) or "preset" not in node.entries:
        return node
    name, place = node.word("preset"), node.entries["preset"].node.place
    own = node.drop("preset")
    if name in presets()[section]:
        return merged(preset(section, name), own)
    known = ", ".join(presets()[section])
    near = did_you_mean(name, presets()[section]) if name else None
    said = f"there is no preset '{name}' for {section}" if name else "a preset is named by a word"
    remedy = f"did you mean '{near}'? known: {known}" if near else f"known: {known}"
    problems.append(problem_at(place, "preset", said, remedy, (*path, "preset")))
    return own


@cache
def _document(section: str, name: str) -> Branch:
    text = (FOLDER / section / f"{name}.yaml").read_text(encoding="utf-8")
    tree, problems = compose(text, Place("preset", f"preset {section}/{name}"))
    assert isinstance(tree, Branch)
    assert not problems
    return tree


def _sourced(node: Node, path: Path, facts: dict[tuple[str, ...], str], inherited: str | None) -> Node:
    source = facts.get(tuple(str(step) for step in path), inherited)
    place = Place("preset", node.place.file, node.place.line, node.place.column, source)
    if isinstance(node, Branch):
        entries = {
            key: Entry(place, _sourced(entry.node, (*path, key), facts, source))
            for key, entry in node.entries.items()
        }
        return Branch(entries, place)
    if isinstance(node, Items):
        items = enumerate(node.items)
        return Items(tuple(_sourced(item, (*path, i), facts, source) for i, item in items), place)
    return Leaf(node.value, place)
