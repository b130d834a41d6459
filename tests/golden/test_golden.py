"""Whatever no other test looks at: the numbers of the shipped scenarios do not move unnoticed."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest

from tests.golden.table import FOLDER, SHIPPED, golden, rows, table


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_numbers_are_those_last_reviewed(file: Path) -> None:
    """To nine digits: the last bits of a logarithm depend on the machine. `make goldens` accepts a change."""
    known, found = rows(golden(file).read_text(encoding="utf-8")), rows(table(file))
    assert list(found) == list(known), "measures came or went; run `make goldens` and review the diff"
    moved = [
        f"{name}: {' '.join(known[name])} -> {' '.join(found[name])}"
        for name in known
        if not all(_same(*pair) for pair in zip_longest(known[name], found[name], fillvalue=""))
    ]
    assert not moved, "run `make goldens` and review the diff:\n" + "\n".join(moved)


def test_every_table_belongs_to_a_scenario() -> None:
    """None is missing and none is left over."""
    assert sorted(FOLDER.glob("*.txt")) == sorted(map(golden, SHIPPED))


def _same(known: str, found: str) -> bool:
    try:
        return float(found) == pytest.approx(float(known), rel=1e-9, abs=1e-12)
    except ValueError:
        return known == found
