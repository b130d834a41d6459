"""The data of a scenario before it is validated: every key and value knows its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeAlias

from churnsim.scenario.path import Path
from churnsim.scenario.place import Place

Word: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single word or number."""

    value: Word
    place: Place
    size: int = 1


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `size` counts all leaves and branches with aliases written out."""

    items: tuple[Node, ...]
    place: Place
    size: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping, with the place of the key, and its value."""

    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping from key text to entry, in the order written."""

    entries: Mapping[str, Entry]
    place: Place
    size: int = 1

    def get(self, key: str) -> Node | None:
        """Value under `key`, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.node

    def word(self, key: str) -> str | None:
        """Value under `key` when it is a text, or None."""
        node = self.get(key)
        return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else None

    def put(self, key: str, node: Node, place: Place | None = None) -> Branch:
        """Copy in which `key` holds `node`; a new key goes to the end."""
        kept = self.entries.get(key)
        entry = Entry(place or (kept.place if kept else node.place), node)
        return Branch({**self.entries, key: entry}, self.place)

    def drop(self, *keys: str) -> Branch:
        """Copy without `keys`."""
        return Branch({k: e for k, e in self.entries.items() if k not in keys}, self.place)


Node: TypeAlias = Leaf | Items | Branch


def plain(node: Node) -> object:
    """Python data without places: dict, list, str, int, float, bool, None."""
    if isinstance(node, Branch):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return node.value


def planted(value: object, place: Place) -> Node:
    """Node for Python data, every part of it at `place`.

    Raises
    ------
    TypeError
        If `value` holds something other than mappings, sequences, texts, numbers, booleans and None.
    """
    if isinstance(value, Mapping):
        return Branch({str(k): Entry(place, planted(v, place)) for k, v in value.items()}, place)
    if isinstance(value, list | tuple):
        return Items(tuple(planted(item, place) for item in value), place)
    if value is None or isinstance(value, str | int | float):
        return Leaf(value, place)
    if isinstance(value, Real):  # NumPy's numbers, so that a sweep may come from an array
        return Leaf(int(value) if isinstance(value, Integral) else float(value), place)
    raise TypeError(f"a scenario holds mappings, lists, texts and numbers, not {type(value).__name__}")


def child(node: Node, step: str | int) -> Node | None:
    """The part of `node` one `step` further down, or None."""
    if isinstance(node, Branch):
        return node.get(str(step))
    if isinstance(node, Items):
        index = int(step) if isinstance(step, int) or step.isdecimal() else -1
        return node.items[index] if 0 <= index < len(node.items) else None
    return None


def trail(node: Node, path: Path) -> Iterator[Node]:
    """The nodes along `path` from the root, as far as they exist."""
    yield node
    for step in path:
        below = child(node, step)
        if below is None:
            return
        yield (node := below)


def find(node: Node, path: Path) -> Node | None:
    """The node at `path`, or None."""
    nodes = list(trail(node, path))
    return nodes[-1] if len(nodes) == len(path) + 1 else None
