"""YAML text to nodes that know their places, within bounds.

The parser's events are read one by one instead of letting the library build its own nodes: so depth,
size, aliases and duplicate keys are judged while reading, and nothing recurses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from churnsim.base.errors import Problem
from churnsim.scenario.node import Branch, Entry, Items, Leaf, Node, Word
from churnsim.scenario.path import Path
from churnsim.scenario.place import DEFAULT, Place
from churnsim.scenario.problem import problem_at
from churnsim.scenario.syntax import syntax_problem
from churnsim.scenario.word import meaning

DEPTH_MAX = 50
SIZE_MAX = 500_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is built in
_TAG = "tag:yaml.org,2002:"


def compose(text: str, place: Place) -> tuple[Node | None, list[Problem]]:
    """Root node of the one document in `text`, and every mistake found on the way.

    Parameters
    ----------
    text : str
        YAML 1.2, core schema. Merge keys (``<<``) are not part of it and are refused.
    place : Place
        Says which file (or override) the text comes from; line and column are filled in.

    Returns
    -------
    node : Node or None
        None when there is no document or the text cannot be parsed.
    problems : list of Problem
        In the order of the text.
    """
    composer = _Composer(place)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
    except yaml.YAMLError as error:
        return None, [*composer.problems, syntax_problem(error, text, place)]
    except _Beyond:
        return None, composer.problems
    return composer.root, composer.problems


class _Beyond(Exception):
    """The text passes a bound; reading on would not help anybody."""


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet."""

    place: Place
    anchor: str | None
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: str | None = None
    key_place: Place = DEFAULT
    size: int = 1


class _Composer:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}
        self.documents = 0
        self.acts: dict[type, Callable[[Any, Place], None]] = {
            yaml.DocumentStartEvent: self._document,
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceEndEvent: self._close,
            yaml.MappingEndEvent: self._close,
        }

    def take(self, event: Any) -> None:
        act = self.acts.get(type(event))
        if act is not None:
            act(event, self._at(event.start_mark))

    def _at(self, mark: Any) -> Place:
        if self.place.how == "--set":
            return self.place
        return Place(self.place.how, self.place.file, mark.line + 1, mark.column + 1, self.place.source)

    def _document(self, event: Any, place: Place) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(place, "document", "a second document starts here", "keep one document in a file")
            raise _Beyond

    def _scalar(self, event: Any, place: Place) -> None:
        if self._awaits_key():
            self._key(event.value, place, plain=event.implicit[0])
        else:
            self._add(Leaf(self._value(event, place), place), event.anchor)

    def _value(self, event: Any, place: Place) -> Word:
        tag = (event.tag or "").removeprefix(_TAG)
        if (tag in ("", "!") and not event.implicit[0]) or tag in ("str", "!"):
            return str(event.value)
        if tag not in ("", "int", "float", "bool", "null"):
            self._refuse(place, "tag", f"the tag {event.tag} is not known here", "leave the tag out")
        try:
            value = meaning(event.value)
        except ValueError as error:
            self._refuse(place, "number", str(error), "write a shorter one")
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(place, "number", f"{event.value} is not a finite number", "write a finite number")
            return None
        return value

    def _alias(self, event: Any, place: Place) -> None:
        if self._awaits_key():
            self._refuse(place, "key", f"the alias *{event.anchor} stands for a key", "write the key out")
            self._set_key(f"*{event.anchor}", place)
            return
        node = self.anchors.get(event.anchor)
        if node is None:
            inside = event.anchor in self.anchors
            said = "stands inside the value it names" if inside else "names no anchor above it"
            remedy = "write the value out" if inside else f"write &{event.anchor} before the value meant"
            self._refuse(place, "alias", f"the alias *{event.anchor} {said}", remedy)
            node = Leaf(None, place)
        self._add(node, None)

    def _open(self, event: Any, place: Place) -> None:
        if self._awaits_key():
            self._refuse(place, "key", "a list or mapping stands where a key is due", "write a word as key")
            raise _Beyond
        if len(self.stack) >= DEPTH_MAX:
            self._refuse(place, "depth", f"more than {DEPTH_MAX} levels of nesting", "nest less deeply")
            raise _Beyond
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(place, event.anchor, isinstance(event, yaml.MappingStartEvent)))

    def _close(self, event: Any, place: Place) -> None:
        done = self.stack.pop()
        node: Node
        if done.is_mapping:
            node = Branch(done.entries, done.place, done.size)
        else:
            node = Items(tuple(done.items), done.place, done.size)
        self._add(node, done.anchor)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += node.size
        if top.size > SIZE_MAX:
            self._refuse(
                top.place, "size", f"more than {SIZE_MAX:,} values, aliases written out", "write less"
            )
            raise _Beyond
        if top.key is None:
            top.items.append(node)
        else:
            top.entries[top.key] = Entry(top.key_place, node)
            top.key = None

    def _awaits_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].is_mapping and self.stack[-1].key is None

    def _key(self, key: str, place: Place, *, plain: bool) -> None:
        if key == "" and plain:
            self._refuse(place, "key", "a key is missing before ':'", "write one")
        if key == "<<" and plain:
            remedy = "repeat the keys, or put the shared part in a file and name it with 'extends:'"
            self._refuse(place, "merge-key", "merge keys (<<) are not YAML 1.2", remedy)
        known = self.stack[-1].entries.get(key)
        if known is not None:
            said = f"'{key}' is given twice, first at {known.place.line}:{known.place.column}"
            self._refuse(place, "duplicate-key", said, "keep one", key)
        self._set_key(key, place)

    def _set_key(self, key: str, place: Place) -> None:
        self.stack[-1].key, self.stack[-1].key_place = key, place

    def _path(self) -> Path:
        steps = (len(each.items) if not each.is_mapping else each.key for each in self.stack)
        return tuple(step for step in steps if step is not None)

    def _refuse(self, place: Place, rule: str, message: str, remedy: str, key: str | None = None) -> None:
        path = self._path() + (() if key is None else (key,))
        self.problems.append(problem_at(place, rule, message, remedy, path))
