"""How one piece of scenario data is laid over another."""

from __future__ import annotations

from churnsim.scenario.node import Branch, Node


def merged(under: Node, over: Node) -> Node:
    """`under` with every value of `over` laid over it.

    Mappings merge key by key, so named things meet by name; lists and words are replaced whole. A
    mapping that names another `kind` than the one below it is another recipe and replaces it whole:
    the parameters of an exponential law mean nothing to a uniform one.
    """
    if not (isinstance(under, Branch) and isinstance(over, Branch)) or _another_kind(under, over):
        return over
    entries = dict(under.entries)
    for key, entry in over.entries.items():
        below = under.get(key)
        node = entry.node if below is None else merged(below, entry.node)
        entries[key] = type(entry)(entry.place, node)
    # A merged mapping was written where its upper part was: that is where a reader would add a key.
    return Branch(entries, over.place)


def _another_kind(under: Branch, over: Branch) -> bool:
    kind = over.word("kind")
    return kind is not None and under.word("kind") not in (kind, None)
