"""Long tables looked at part by part."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.trace.lot import lots, whole_groups


@pytest.mark.parametrize("count", [0, 1, 4, 5, 12])
def test_lots_are_all_rows_in_order(count: int) -> None:
    """Five at a time, the last lot what is left."""
    found = [np.arange(count)[part] for part in lots(count, 5)]
    assert all(1 <= part.size <= 5 for part in found)
    assert np.concatenate([np.empty(0), *found]).tolist() == list(range(count))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_no_group_is_cut_in_two(size: int) -> None:
    """Rows come in order; a group that is longer than a lot is a lot by itself."""
    group = np.repeat([1, 2, 5, 6, 9], [1, 5, 2, 1, 3])
    found = [group[part] for part in whole_groups(group, size)]
    assert np.concatenate(found).tolist() == group.tolist()
    whose = [set(part.tolist()) for part in found]
    assert sum(map(len, whose)) == 5
    assert all(part.size <= size or len(mine) == 1 for part, mine in zip(found, whose, strict=True))


def test_nothing_has_no_groups() -> None:
    """No row, no lot."""
    assert list(whole_groups(np.empty(0, np.int64))) == []
