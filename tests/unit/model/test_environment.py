"""Environments: when they come and go, what fails to go, and who keeps their units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import EnvironmentFate, Trace


def lived(*failures: dict[str, Any], **fields: Any) -> Trace:
    """Four hours from nothing, an environment of two units every hour or so."""
    previews = {"kind": "environment", "changes": "1h", "life": "30m", "units": 2, **fields}
    return simulate(
        Scenario.model_validate(
            {
                "name": "previews",
                "horizon": "4h",
                "start": "fresh",
                "issuers": {"mesh": {"ttl": "20m"}},
                "workloads": {"previews": previews | {"issuer": "mesh"}},
                "failures": failures,
                "prices": {"unit_hour": "$1"},
            }
        )
    )


def names(trace: Trace) -> list[str]:
    """Why each unit that has ended has."""
    return [trace.meta.causes[code] for code in trace["units"]["end_cause"] if code >= 0]


def test_units_come_and_go_with_their_environment() -> None:
    """Wanted for half an hour each, then torn down."""
    trace = lived()
    table, units = trace["environments"], trace["units"]
    assert set(table["fate"].tolist()) <= {EnvironmentFate.TORN_DOWN, EnvironmentFate.STANDING}
    closed = ~np.isnan(table["closed"])
    assert (table["closed"] - table["opened"])[closed] == pytest.approx(1800.0)
    number = trace["residents"]["number"]
    assert units["created"].tolist() == table["opened"][number].tolist()
    np.testing.assert_array_equal(units["gone"], table["removed"][number])
    assert set(names(trace)) == {"torn-down"}


def test_a_unit_that_crashes_is_made_up_for_while_its_environment_is_there() -> None:
    """Every 10 min: the second and third of each half hour; the one that is torn down is the third."""
    trace = lived({"kind": "crash", "workload": "previews", "every": "14m"})
    number = trace["residents"]["number"]
    whole = np.flatnonzero(trace["environments"]["fate"] == EnvironmentFate.TORN_DOWN)
    assert np.bincount(number)[whole].tolist() == [6] * whole.size


def test_what_cannot_be_torn_down_goes_on_until_it_is_swept() -> None:
    """Every one is orphaned; each is swept at the next of the sweeps, 40 min apart."""
    trace = lived(teardown={"fails": "100%", "sweep": "40m"})
    table = trace["environments"]
    swept = table["fate"] == EnvironmentFate.SWEPT
    assert swept.sum() >= 3
    later = (table["removed"] - table["closed"])[swept]
    assert ((later >= 0) & (later < 2400)).all()
    gaps = np.diff(np.unique(table["removed"][swept])) / 2400
    assert gaps == pytest.approx(np.round(gaps))
    assert set(names(trace)) == {"swept"}


def test_an_orphan_is_kept_by_nobody_who_knows_and_yet_has_its_units() -> None:
    """Never swept: crashed units come back, wanted by nobody, cost money, and are trusted."""
    trace = lived({"kind": "crash", "workload": "previews", "every": "14m"}, teardown={"fails": "100%"})
    last = trace["residents"]["number"] == 0
    assert last.sum() > 6
    found = evaluate(trace)
    hours = found["environment.orphan_unit_hours"].value
    assert hours > 0
    assert found["environment.orphan_cost"].value == pytest.approx(hours / found["cost.total"].value)
    assert found["overtrust.pair_seconds.orphan_unit"].value == pytest.approx(3600 * hours)
    assert found["intent.over"].value > 0


def test_a_teardown_that_never_fails_leaves_nothing_to_sweep() -> None:
    """Null test: with sweeps or without, to the bit, and no orphan is counted."""
    one, other = lived(), lived(teardown={"sweep": "10m"})
    for table in ("units", "environments", "residents", "credentials", "intervals", "targets"):
        for column, values in one[table].items():
            np.testing.assert_array_equal(values, other[table][column], err_msg=f"{table}.{column}")
    found = evaluate(one)
    assert found["environment.orphans"].value == found["environment.orphan_cost"].value == 0
    assert found["overtrust.pair_seconds.orphan_unit"].value == 0


def test_uses_that_come_in_time_keep_an_environment_for_its_whole_life() -> None:
    """Null test: used every 10 min, given up after 11; and after 9 min, where the first use is too late."""
    plain = lived()["environments"]["closed"]
    kept = lived(idle={"after": "11m", "used": "10m"})["environments"]["closed"]
    np.testing.assert_array_equal(plain, kept)
    table = lived(idle={"after": "9m", "used": "10m"})["environments"]
    closed = ~np.isnan(table["closed"])
    assert (table["closed"] - table["opened"])[closed] == pytest.approx(540.0)


def test_a_change_beyond_the_limit_gets_none() -> None:
    """One at once, wanted for 90 min, one change an hour: every second is refused."""
    trace = lived(life="90m", limit=1)
    fates = trace["environments"]["fate"].tolist()
    assert fates[:4] == [EnvironmentFate.TORN_DOWN, EnvironmentFate.REFUSED] * 2
    assert evaluate(trace, ["environment.refused"])["environment.refused"].value == 0.5


def test_an_environment_that_is_closed_at_an_instant_makes_room_for_the_one_that_comes_then() -> None:
    """One at once, wanted for exactly as long as it is from one change to the next: none is refused."""
    fates = lived(life="1h", limit=1)["environments"]["fate"].tolist()
    assert EnvironmentFate.REFUSED not in fates
