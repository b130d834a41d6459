"""YAML text becomes nodes with places; whatever is not plain YAML 1.2 data is refused at its place."""

import time

import pytest

from churnsim.scenario.compose import DEPTH_MAX, SIZE_MAX, compose
from churnsim.scenario.node import find, plain
from churnsim.scenario.place import Place

HERE = Place("file", "a.yaml")


def composed(text: str) -> tuple[object, list[tuple[int | None, int | None, str | None]]]:
    node, problems = compose(text, HERE)
    places = [(problem.line, problem.column, problem.rule) for problem in problems]
    return (None if node is None else plain(node)), places


def test_every_key_and_value_keeps_its_place() -> None:
    """Counted by hand, from 1."""
    node, _ = compose("a:\n  b: [1, {c: x}]\n", HERE)
    assert node is not None
    leaf = find(node, ("a", "b", 1, "c"))
    assert leaf is not None
    assert (leaf.place.line, leaf.place.column) == (2, 14)


def test_aliases_share_a_value() -> None:
    """An anchor names a value; an alias stands for it."""
    assert composed("a: &x {k: 1}\nb: [*x, *x]\n") == ({"a": {"k": 1}, "b": [{"k": 1}, {"k": 1}]}, [])


def test_quoted_words_and_string_tags_stay_text() -> None:
    """Only plain words are looked up in the core schema."""
    assert composed("a: '1'\nb: !!str 2\nc: |\n  3\nd: \"\"") == (
        {"a": "1", "b": "2", "c": "3\n", "d": ""},
        [],
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1, "duplicate-key")),
        ("a: .nan\n", (1, 4, "number")),
        ("a: -.inf\n", (1, 4, "number")),
        ("a: 1e400\n", (1, 4, "number")),
        (f"a: {'9' * 400}\n", (1, 4, "number")),
        ("a: {b: 1}\nc: {<<: 1}\n", (2, 5, "merge-key")),
        ("a: !!python/object:os.system x\n", (1, 4, "tag")),
        ("a: *nowhere\n", (1, 4, "alias")),
        ("a: &x [*x]\n", (1, 8, "alias")),
        ("[1]: 2\n", (1, 1, "key")),
        ("? \n: 2\n", (1, 2, "key")),
        ("a: 1\n---\nb: 2\n", (2, 1, "document")),
        ("a:\n\tb: 1\n", (2, 1, "syntax")),
        ("a: b: c\n", (1, 5, "syntax")),
        ("a: [1, 2\nb: 3\n", (2, 2, "syntax")),
        ("a: @x\n", (1, 4, "syntax")),
        ("a: 'x\n", (2, 1, "syntax")),
    ],
)
def test_what_is_not_plain_data_is_refused_at_its_place(text: str, place: tuple[int, int, str]) -> None:
    """Places counted by hand; the parser's own where the syntax is broken."""
    assert composed(text)[1] == [place]


def test_a_duplicate_key_names_both_places() -> None:
    """The second is where the problem is; the first stands in its words."""
    (problem,) = compose("x:\n  a: 1\n  a: 3\n", HERE)[1]
    assert (problem.line, problem.column, problem.path) == (3, 3, ("x", "a"))
    assert "2:3" in problem.message


def test_reading_goes_on_after_a_mistake() -> None:
    """Three mistakes, three problems, in the order of the text."""
    lines = [line for line, _, _ in composed("a: .nan\nb: 1\nb: 2\nc: [.inf]\n")[1]]
    assert lines == [1, 3, 4]


def test_an_alias_bomb_is_refused_in_no_time() -> None:
    """Ten levels of ten aliases are 10^10 values, of which the text has a hundred."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    start = time.process_time()
    assert composed("\n".join(rows))[1][-1][2] == "size"
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_endless_nesting_is_refused(text: str) -> None:
    """One level beyond the bound; nothing recurses before that."""
    assert composed(text)[1][-1][2] == "depth"
    assert composed("[" * DEPTH_MAX + "]" * DEPTH_MAX)[1] == []


def test_more_values_than_the_bound_are_refused() -> None:
    """A flat list one longer than the bound."""
    assert composed("[" + "1," * (SIZE_MAX + 1) + "]")[1][-1][2] == "size"
