"""The fast engine and the slow twin live the same lives, event by event and integral by integral."""

from __future__ import annotations

import pytest

from tests.twin.compare import differences
from tests.twin.functions import FUNCTIONS
from tests.twin.jobs import JOBS
from tests.twin.worlds import ROLLED, WORLDS, world


@pytest.mark.parametrize("name", [*WORLDS, *ROLLED, *JOBS, *FUNCTIONS])
def test_both_ways_agree_in_everything(name):
    """Same random numbers, so the same units, credentials, copies and thefts; probed trust as measured."""
    assert not differences(world(name))


@pytest.mark.nightly
@pytest.mark.parametrize("replication", range(1, 10))
@pytest.mark.parametrize("name", [*WORLDS, *ROLLED, *JOBS, *FUNCTIONS])
def test_both_ways_agree_in_other_replications(name, replication):
    """As above, with other random numbers."""
    assert not differences(world(name), replication)
