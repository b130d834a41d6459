"""Whatever happens in whatever world can be told, and what is told holds together."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from churnsim.episode import Explanation, Subject
from churnsim.metrics import evaluate
from churnsim.metrics.trust import episodes
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace
from tests.properties.test_worlds import calmly
from tests.properties.worlds import worlds

_TOLD_MOST = 12  # episodes of a world

_WHOLE = {
    "overtrust.necessity": "overtrust.pair_seconds",
    "undertrust.necessity": "undertrust.share",
    "undertrust.policy_necessity": "undertrust.policy_share",
}


@settings(max_examples=25, suppress_health_check=calmly)
@given(data=worlds(), seed=st.integers(0, 2**32))
def test_any_episode_can_be_told(data: dict[str, Any], seed: int) -> None:
    """Stretches tile it, each with a cause; facts come in order, its beginning and its end among them."""
    trace = simulate(Scenario.model_validate(data), seed=seed)
    for one in told(trace):
        begin, end = one.subject.start, one.subject.end
        assert [begin, *(stretch.end for stretch in one.stretches)] == [
            *(stretch.start for stretch in one.stretches),
            end,
        ]
        assert all(stretch.where and stretch.causes for stretch in one.stretches)
        times, kinds = [fact.time for fact in one.facts], [fact.kind for fact in one.facts]
        assert times == sorted(times)
        assert not np.isnan(times).any()
        assert kinds.count("gap-began") == 1
        assert kinds.count("gap-ended") + kinds.count("gap-open") == 1
        assert one.sentence.endswith(".")
        json.dumps(one.document(), allow_nan=False)
        bars = one.bars()
        assert (bars["end"] >= bars["start"]).all()
        assert set(bars["kind"]) <= {"intended", "credential", "revoked", "down", "gap"}


@settings(max_examples=25, suppress_health_check=calmly)
@given(data=worlds(), seed=st.integers(0, 2**32))
def test_no_cause_is_more_necessary_than_the_gap_is_long(data: dict[str, Any], seed: int) -> None:
    """Neither one alone nor any one of them."""
    found = evaluate(simulate(Scenario.model_validate(data), seed=seed))
    for part, whole in _WHOLE.items():
        total, some = found[whole].value, found[part].value
        for name, one in found.items():
            if name.startswith(part) and one.value is not None:
                assert total is not None
                assert some is not None
                assert one.value <= total * (1 + 1e-9) + 1e-9, name
                assert one.value <= some * (1 + 1e-9) + 1e-9, name


def told(trace: Trace) -> list[Explanation]:
    """The first few episodes of a run, of every sort."""
    found = episodes(trace)
    sort = found.family * 2 + found.side
    chosen = np.concatenate([np.flatnonzero(sort == each)[:_TOLD_MOST] for each in np.unique(sort)] or [[]])
    return [Explanation.of(Subject.of(trace, found, int(number)), 0.0) for number in chosen]
