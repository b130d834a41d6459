"""Jobs: who does them when, what is saved of them, and how often they take effect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import DeliveryOutcome, JobState, Trace


def lived(batch: dict[str, Any], *failures: dict[str, Any], **fields: Any) -> Trace:
    """One replication of an hour, everything born at 0."""
    processor = {"kind": "processor", "replicas": 1, "jobs": {"count": 1, "work": "150s"}, **batch}
    return simulate(
        Scenario.model_validate(
            {
                "name": "labour",
                "horizon": "1h",
                "start": "fresh",
                "workloads": {"batch": processor},
                "failures": failures,
                **fields,
            }
        )
    )


def hired(jobs: dict[str, Any], *failures: dict[str, Any], **runner: Any) -> Trace:
    """The same with a unit for each job, which takes 10 s to start."""
    tree = {"kind": "runner", "startup": "10s", "jobs": jobs, **runner}
    return simulate(
        Scenario.model_validate(
            {
                "name": "hired",
                "horizon": "1h",
                "start": "fresh",
                "workloads": {"ci": tree},
                "failures": failures,
            }
        )
    )


CRASH = {"kind": "crash", "workload": "batch", "every": "100s"}


def test_one_unit_does_jobs_one_after_another() -> None:
    """Three of a minute each, all there at 0."""
    trace = lived({"jobs": {"count": 3, "work": "1m"}})
    assert trace["jobs"]["ended"].tolist() == [60, 120, 180]
    assert trace["outcomes"]["committed"].tolist() == [60, 120, 180]


def test_two_units_share_what_is_there() -> None:
    """Four of a minute: two at a time."""
    trace = lived({"replicas": 2, "jobs": {"count": 4, "work": "1m"}})
    assert trace["jobs"]["ended"].tolist() == [60, 60, 120, 120]


def test_a_job_that_is_longer_than_any_unit_lives_is_put_aside() -> None:
    """Crashes at 100, 200, ... s; delivered at 0 and 30 s after each crash: 70 s are never enough."""
    trace = lived({"queue": {"attempts": 3}}, CRASH)
    assert trace["deliveries"]["began"].tolist() == [0, 130, 230]
    assert trace["jobs"]["fate"].tolist() == [JobState.DEAD]
    assert trace["jobs"]["ended"].tolist() == [330]  # the lease of the last attempt is over


def test_a_job_goes_on_from_its_last_checkpoint() -> None:
    """Saved: 60 s by 60, 120 s by 190; the last 30 s from 230 on."""
    trace = lived({"checkpoints": {"every": "1m"}}, CRASH)
    assert trace["deliveries"]["resumed"].tolist() == [0, 60, 120]
    assert trace["deliveries"]["kept"].tolist() == [60, 60, 30]
    assert trace["jobs"]["ended"].tolist() == [260]


def test_a_checkpoint_and_its_restoration_take_their_time() -> None:
    """Saved at 65; 100 - 65 s are lost. From 130 on 20 s to restore, then saved at 215: too late at 200."""
    trace = lived({"checkpoints": {"every": "1m", "cost": "5s", "restore": "20s"}}, CRASH)
    assert trace["deliveries"]["kept"][:2].tolist() == [60, 0]
    assert trace["deliveries"]["saving"][:2].tolist() == [5, 0]


def test_who_is_told_to_stop_gives_back_what_it_cannot_finish() -> None:
    """Told at 100, gone at 120; delivered to its successor, ready since 100, at that instant."""
    trace = lived({"lifetime": "100s", "drain": "20s", "checkpoints": {"every": "1m"}})
    assert trace["deliveries"]["began"].tolist() == [0, 120]
    assert trace["jobs"]["ended"].tolist() == [120 + 150 - 60]


def test_who_drains_finishes_its_job_and_takes_no_other() -> None:
    """Told at 100, done at 150, gone at 200; the second job goes to the successor at 100."""
    trace = lived({"lifetime": "100s", "drain": "100s", "jobs": {"count": 2, "work": "150s"}})
    assert trace["deliveries"]["began"].tolist() == [0, 100]
    assert trace["jobs"]["ended"].tolist() == [150, 250]


def test_what_was_acknowledged_first_is_lost_with_its_unit() -> None:
    """Acknowledged at 0, crashed at 100."""
    trace = lived({"commit": {"kind": "at-most-once"}}, CRASH)
    assert trace["jobs"]["fate"].tolist() == [JobState.LOST]
    assert trace["jobs"]["ended"].tolist() == [100]
    assert not trace.count("outcomes")


def test_a_crash_between_commit_and_acknowledgement_lets_a_job_take_effect_again() -> None:
    """Committed at 65, unheard at 100 when the unit crashes; delivered again at 130: and so on."""
    commit = {"kind": "at-least-once", "acknowledge": "40s"}
    trace = lived({"jobs": {"count": 1, "work": "65s"}, "commit": commit}, CRASH)
    assert trace["outcomes"]["committed"][:2].tolist() == [65, 130 + 65]
    assert trace.frame("outcomes")["cause"].tolist()[1:] == ["unit-ended"] * (trace.count("outcomes") - 1)


def test_a_key_lets_the_second_time_be_recognised() -> None:
    """The same world: at 130 its key is known, heard 40 s later."""
    commit = {"kind": "exactly-once", "acknowledge": "40s"}
    trace = lived({"jobs": {"count": 1, "work": "65s"}, "commit": commit}, CRASH)
    assert trace["outcomes"]["committed"].tolist() == [65]
    assert trace["jobs"]["ended"].tolist() == [170]


def test_a_key_that_is_forgotten_is_of_no_use() -> None:
    """Kept until 65 + 64 s, a second before the job is delivered again."""
    commit = {"kind": "exactly-once", "acknowledge": "40s", "retention": "64s"}
    trace = lived({"jobs": {"count": 1, "work": "65s"}, "commit": commit}, CRASH)
    assert trace["outcomes"]["committed"][:2].tolist() == [65, 195]
    assert trace.frame("outcomes")["cause"].tolist()[1] == "key-forgotten"


def test_an_outbox_acknowledges_for_whoever_is_gone() -> None:
    """Committed at 65, crashed at 100, heard at 105."""
    commit = {"kind": "exactly-once", "outbox": "40s"}
    trace = lived({"jobs": {"count": 1, "work": "65s"}, "commit": commit}, CRASH)
    assert trace["jobs"]["ended"].tolist() == [105]
    assert trace["deliveries"]["ended"].tolist() == [65]


def test_a_lease_that_nobody_extends_is_over_before_the_work() -> None:
    """Of a minute, leased for 40 s: delivered at 0, 40 and 80 to who is free, each commits, none is heard."""
    queue = {"lease": "40s", "extended": False, "attempts": 3}
    trace = lived({"replicas": 3, "jobs": {"count": 1, "work": "1m"}, "queue": queue})
    assert trace["deliveries"]["began"].tolist() == [0, 40, 80]
    assert trace["outcomes"]["committed"].tolist() == [60, 100, 140]
    assert set(trace["deliveries"]["outcome"].tolist()) == {DeliveryOutcome.LEASE_OVER}
    assert trace["jobs"]["fate"].tolist() == [JobState.DEAD]


def test_an_acknowledgement_at_the_last_instant_of_the_lease_is_in_time() -> None:
    """A minute of work under a lease of a minute."""
    trace = lived({"jobs": {"count": 1, "work": "1m"}, "queue": {"lease": "1m", "extended": False}})
    assert trace["jobs"]["fate"].tolist() == [JobState.DONE]


def test_nobody_commits_without_a_good_credential() -> None:
    """Of 5 min, renewed at 2.5 min, but the issuer is down: refused at 6 min, delivered again 30 s later."""
    trace = lived(
        {"jobs": {"count": 1, "work": "6m"}, "issuer": "mesh", "queue": {"attempts": 2}},
        {"kind": "issuer-outage", "issuer": "mesh", "at": ["1m"], "lasts": "10m"},
        issuers={"mesh": {"ttl": "5m", "renewal": {"kind": "fixed", "at": "50%"}}},
    )
    assert trace["deliveries"]["began"].tolist() == [0, 390]
    assert trace["deliveries"]["outcome"].tolist() == [DeliveryOutcome.REFUSED, DeliveryOutcome.ACKNOWLEDGED]


def test_a_lost_acknowledgement_keeps_a_unit_from_what_it_may_not_do_twice() -> None:
    """Told first, unheard: nothing is committed by whoever was not heard."""
    commit = {"kind": "at-most-once", "loss": "50%"}
    trace = lived({"jobs": {"count": 40, "work": "20s"}, "commit": commit, "queue": {"attempts": 30}})
    lost = trace["deliveries"]["outcome"] == DeliveryOutcome.ACKNOWLEDGEMENT_LOST
    assert lost.sum() > 10
    assert np.unique(trace["outcomes"]["job"]).size == trace.count("outcomes") == 40


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ({"work": "1m"}, "it is not said when jobs come; add either 'every"),
        ({"work": "1m", "every": "1m", "count": 2}, "every and count are both given; keep either 'every"),
    ],
)
def test_jobs_come_one_way(jobs: dict[str, Any], said: str) -> None:
    """Neither or both is refused, in words."""
    with pytest.raises(ValueError, match=said):
        lived({"jobs": jobs})


def test_a_runner_has_a_unit_for_each_job_which_ends_with_it() -> None:
    """Three jobs of a minute at 1 min, all at once: ready at 70 s, over at 130 s, and no unit is left."""
    trace = hired({"count": 3, "at": "1m", "work": "1m"})
    units = trace["units"]
    assert units["created"].tolist() == [60.0] * 3
    assert trace["deliveries"]["began"].tolist() == [70.0] * 3
    assert units["gone"].tolist() == trace["jobs"]["ended"].tolist() == [130.0] * 3
    assert trace["targets"]["units"].tolist() == [0, 1, 2, 3, 2, 1, 0]
    assert {trace.meta.causes[code] for code in units["end_cause"]} == {"job-over"}


def test_jobs_beyond_the_limit_wait_for_a_unit_to_end() -> None:
    """Two at once: the third unit is created when the first job is over, in its slot, and starts up too."""
    trace = hired({"count": 3, "at": "1m", "work": "1m"}, limit=2)
    assert trace["deliveries"]["began"].tolist() == [70.0, 70.0, 140.0]
    assert trace["units"]["slot"].tolist() == [0, 0, 1]


def test_spare_units_take_jobs_at_once_and_are_made_up_for() -> None:
    """One to spare: of two jobs at 1 min one begins at once, the other with the next unit that is ready."""
    trace = hired({"count": 2, "at": "1m", "work": "1m"}, spare=1)
    assert trace["deliveries"]["began"].tolist() == [60.0, 70.0]
    assert trace["units"]["created"].tolist() == [0.0, 60.0, 60.0]
    assert trace["targets"]["units"][-1] == 1


def test_a_job_that_takes_too_long_is_killed_with_its_unit_and_not_tried_again() -> None:
    """Delivered at 70 s, a minute of time, a minute and a second of work; a minute of work is in time."""
    late, just = (hired({"count": 1, "at": "1m", "work": w}, time_limit="1m") for w in ("61s", "60s"))
    assert late["jobs"]["fate"].tolist() == [JobState.KILLED]
    assert late["deliveries"]["outcome"].tolist() == [DeliveryOutcome.KILLED]
    assert late["units"]["gone"].tolist() == late["jobs"]["ended"].tolist() == [130.0]
    assert just["jobs"]["fate"].tolist() == [JobState.DONE]


def test_a_job_is_put_aside_where_its_lease_is_over_the_instant_at_which_it_would_be_killed() -> None:
    """Its only delivery is killed at 130 s all the same; nobody counts on it any more."""
    queue = {"lease": "1m", "extended": False, "attempts": 1}
    trace = hired({"count": 1, "at": "1m", "work": "61s"}, time_limit="1m", queue=queue)
    assert trace["jobs"]["fate"].tolist() == [JobState.DEAD]
    assert trace["deliveries"]["outcome"].tolist() == [DeliveryOutcome.KILLED]
    assert trace["units"]["gone"].tolist() == trace["jobs"]["ended"].tolist() == [130.0]


def test_a_job_whose_unit_crashes_gets_another_unit_once_its_lease_is_over() -> None:
    """Crashed 100 s after it was ready at 10 s, the lease of 30 s over, 10 s to start: delivered at 150 s."""
    crash = {"kind": "crash", "workload": "ci", "every": "100s"}
    trace = hired({"count": 1, "work": "90s"}, crash)
    assert trace["jobs"]["attempts"].tolist() == [1]
    trace = hired({"count": 1, "work": "150s"}, crash, queue={"attempts": 2})
    assert trace["deliveries"]["began"].tolist() == [10.0, 150.0]
    assert trace["jobs"]["fate"].tolist() == [JobState.DEAD]


def test_more_spare_units_than_the_limit_are_refused() -> None:
    """With the place, and what would be right."""
    with pytest.raises(ValidationError, match="spare must not exceed limit") as caught:
        hired({"count": 1, "work": "1m"}, spare=3, limit=2)
    assert "(got 3 > 2); lower it, or raise the limit" in str(caught.value)
