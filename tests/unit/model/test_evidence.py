"""What becomes of artefacts, each fate in a world small enough to be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.base.errors import ScenarioError
from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Fate, Trace

PERIODIC = {"kind": "periodic", "every": "30s"}
ISSUED: dict[str, Any] = {"issuers": {"mesh": {"ttl": "20s"}}, "service": {"issuer": "mesh"}}
BUFFER = {"most": 50, "when_full": "drop-newest"}


def scenario(
    artefact: dict[str, Any] | None = None,
    sink: dict[str, Any] | None = None,
    of: str = "request",
    **more: Any,
) -> Scenario:
    """One unit from time 0 on, asked twice a second, whose log is flushed every 30 s; 10 minutes."""
    service: dict[str, Any] = {"kind": "service", "replicas": 1, "endpoints": {"removal": "0s"}}
    service |= {"traffic": {"kind": "constant", "rate": "2/s"}, **more.pop("service", {})}
    tree: dict[str, Any] = {
        "name": "by-hand",
        "horizon": "10m",
        "start": "fresh",
        "sinks": {"archive": sink or {}},
        "evidence": {"answer": {"kind": of, "workload": "web", "owes": ["log"]}},
        "artefacts": {"log": {"of": "answer", "sink": "archive", "shipping": PERIODIC, **(artefact or {})}},
        "workloads": {"web": service},
        **more,
    }
    return Scenario.model_validate(tree)


def outage(*at: str, lasts: str = "100s") -> dict[str, Any]:
    return {"failures": [{"kind": "sink-outage", "sink": "archive", "at": list(at), "lasts": lasts}]}


def numbers(trace: Trace) -> dict[str, float]:
    """Artefacts by fate."""
    table = trace["artefacts"]
    found = {Fate(f).name: float(table["number"][table["fate"] == f].sum()) for f in np.unique(table["fate"])}
    return {name: round(number, 6) for name, number in found.items()}


def test_what_the_last_flush_left_behind_is_still_buffered() -> None:
    """Flushes at 30 s to 570 s: 570 s are durable, 30 s are not."""
    assert numbers(simulate(scenario())) == {"DURABLE": 1140.0, "BUFFERED": 60.0}


def test_a_regular_life_is_two_rows() -> None:
    """What changes nothing is no row: nineteen flushes are one."""
    table = simulate(scenario())["artefacts"]
    assert table["period"].tolist() == [30.0, 0.0]
    assert table["shipped"][0] == 30.0


def test_a_flush_that_finds_the_sink_down_keeps_everything_for_the_next_one() -> None:
    """Down from 100 s to 200 s: flushes at 120 s, 150 s and 180 s fail; the one at 210 s takes 120 s."""
    table = simulate(scenario(**outage("100s")))["artefacts"]
    waited = np.flatnonzero((table["start"] == 90.0) & (table["end"] == 210.0))
    assert table["number"][waited].tolist() == [240.0]
    assert table["shipped"][waited].tolist() == [210.0]


def test_a_flush_at_the_end_of_an_outage_succeeds_and_one_at_its_beginning_fails() -> None:
    """Down from 90 s to 150 s: flushes at 90 s and 120 s fail, the one at 150 s does not."""
    table = simulate(scenario(**outage("90s", lasts="60s")))["artefacts"]
    assert 150.0 in table["shipped"][table["start"] == 60.0]


def test_who_crashes_loses_what_it_has_buffered_since_its_last_flush() -> None:
    """A crash after 100 s, again and again: the 10 s since the flush at 90 s."""
    crash = {"kind": "crash", "workload": "web", "every": "100s"}
    assert numbers(simulate(scenario(failures=[crash])))["DIED_BEFORE_FLUSH"] == 5 * 20.0


def test_flushes_without_a_pause_lose_nothing() -> None:
    """The null: half of F at each crash, so less and less, and nothing where all is durable at once."""
    crash = {"kind": "crash", "workload": "web", "every": {"kind": "exponential", "mean": "100s"}}
    lost = []
    for every in ("10s", "1s", "10ms"):
        log = {"shipping": {"kind": "periodic", "every": every}}
        found = numbers(simulate(scenario(log, failures=[crash])))
        lost.append(found["DIED_BEFORE_FLUSH"] / sum(found.values()))
    assert lost[0] > lost[1] > lost[2]
    assert lost[2] < 0.01 / 100
    at_once = scenario({"shipping": {"kind": "sync"}}, failures=[crash])
    assert "DIED_BEFORE_FLUSH" not in numbers(simulate(at_once))


def test_a_batch_takes_along_what_comes_at_the_same_instant() -> None:
    """Three units issued credentials together, every 10 s, fill a batch of four with six: 10 s, 30 s, ..."""
    artefact = {"shipping": {"kind": "batch", "size": 4}, "holder": {"kind": "agent", "units": 3}}
    together = {"issuers": ISSUED["issuers"], "service": {"issuer": "mesh", "replicas": 3}}
    table = simulate(scenario(artefact, of="issuance", **together))["artefacts"]
    early = table["start"] < 40.0
    assert table["shipped"][early].tolist() == pytest.approx([10.0, 10.0, 30.0, 30.0] * 3)
    assert set(table["number"].tolist()) == {1.0}


def test_who_is_told_to_stop_loses_nothing() -> None:
    """The same lives, ended with notice, each flushed at its end."""
    stopped = scenario(service={"lifetime": "100s"})
    assert "DIED_BEFORE_FLUSH" not in numbers(simulate(stopped))
    silent = stopped.with_({"artefacts.log.shipping.on_stop": False})
    assert numbers(simulate(silent))["DIED_BEFORE_FLUSH"] == 5 * 20.0


def test_on_stop_ships_once_and_loses_all_with_a_crash() -> None:
    """Six lives of 100 s, the last still there at the end."""
    at_the_end = {"shipping": {"kind": "on-stop"}}
    stopped = numbers(simulate(scenario(at_the_end, service={"lifetime": "100s"})))
    assert stopped == {"DURABLE": 1000.0, "BUFFERED": 200.0}
    crash = {"kind": "crash", "workload": "web", "every": "100s"}
    crashed = numbers(simulate(scenario(at_the_end, failures=[crash])))
    assert crashed == {"DIED_BEFORE_FLUSH": 1000.0, "BUFFERED": 200.0}


def test_the_outage_is_to_blame_for_what_it_kept_from_being_handed_over() -> None:
    """A crash at 100 s in an outage from 50 s on: 30 s to 90 s were tried for, the last 10 s were not."""
    crash = {"kind": "crash", "workload": "web", "every": "100s"}
    found = numbers(simulate(scenario(horizon="110s", failures=[crash, *outage("50s")["failures"]])))
    assert found == {"DURABLE": 60.0, "SINK_OUTAGE": 120.0, "DIED_BEFORE_FLUSH": 20.0, "BUFFERED": 20.0}


def test_a_delay_makes_durable_later_and_a_retention_expire() -> None:
    """Flushes up to 570 s; durable 40 s later, so up to 550 s in time; kept for 300 s, so since 300 s."""
    found = numbers(simulate(scenario(sink={"delay": "40s", "retention": "5m"})))
    assert found == {"RETENTION_EXPIRED": 480.0, "DURABLE": 600.0, "BUFFERED": 120.0}


def test_a_sink_with_a_capacity_works_off_what_an_outage_has_left() -> None:
    """Down from 100 s to 200 s: at 210 s come 240 at once, at 3/s in 80 s; then 60 every 30 s in 20 s.

    So 240 s, 270 s and 300 s wait: durable at 290 s, 310 s, 330 s, 350 s, 370 s (flushed at 330 s), 390 s
    (360 s), 410 s (390 s), and at 440 s what is flushed at 420 s, as ever.
    """
    table = simulate(scenario(sink={"capacity": "3/s"}, **outage("100s")))["artefacts"]
    late = (table["shipped"] >= 210.0) & (table["shipped"] <= 450.0)
    assert table["durable"][late].tolist() == pytest.approx([290, 310, 330, 350, 370, 390, 410, 440, 470])


def test_a_sink_that_goes_down_with_work_left_goes_on_with_it_later() -> None:
    """At 1/s what is flushed at 30 s takes until 90 s; 10 s of that are left when the sink goes down."""
    table = simulate(scenario(sink={"capacity": "1/s"}, **outage("80s")))["artefacts"]
    assert table["durable"][table["shipped"] == 30.0].tolist() == pytest.approx([190.0])


def test_a_sink_with_a_capacity_to_which_nothing_goes_does_nothing() -> None:
    """Two sinks, one of them idle."""
    idle = scenario(sinks={"archive": {}, "idle": {"capacity": "1/s"}})
    assert numbers(simulate(idle)) == {"DURABLE": 1140.0, "BUFFERED": 60.0}


def test_head_sampling_keeps_its_share() -> None:
    """A quarter is made at all."""
    found = numbers(simulate(scenario({"sampling": {"kind": "head", "keep": "25%"}})))
    assert found == {"DURABLE": 285.0, "BUFFERED": 15.0, "SAMPLED_OUT": 900.0}


def test_tail_sampling_that_keeps_everything_is_as_none() -> None:
    """The null: the same rows to the bit, but that somebody asked who was in trouble."""
    more = {"failures": [{"kind": "crash", "workload": "web", "every": "100s"}], "service": {"replicas": 3}}
    every = {"kind": "tail", "keep": "100%"}
    for of, issuers in (("request", {}), ("issuance", ISSUED["issuers"])):
        service = more["service"] | ({"issuer": "mesh"} if issuers else {})
        told = [
            simulate(scenario(artefact, of=of, issuers=issuers, **more | {"service": service}))["artefacts"]
            for artefact in ({}, {"sampling": every}, {"sampling": every | {"wait": "0s"}})
        ]
        for name in told[0].keys() - {"troubled"}:
            assert np.array_equal(told[0][name], told[1][name], equal_nan=True)
            assert np.array_equal(told[0][name], told[2][name], equal_nan=True)
        assert np.isnan(told[0]["troubled"]).all()
        assert (told[1]["troubled"] == 0.0).all()


def test_what_is_decided_after_a_wait_goes_with_a_later_flush() -> None:
    """Decided 45 s later: a flush at 60 s takes what was made before 15 s, a crash at 100 s the last 55 s."""
    sampling = {"kind": "tail", "keep": "50%", "wait": "45s"}
    crash = {"failures": [{"kind": "crash", "workload": "web", "every": "100s"}], "horizon": "101s"}
    table = simulate(scenario({"sampling": sampling}, **crash))["artefacts"]
    kept = table["fate"] != Fate.SAMPLED_OUT
    rows = sorted(
        zip(*(table[name][kept].tolist() for name in ("start", "end", "number", "fate")), strict=True)
    )
    assert rows[:3] == [
        (0.0, 15.0, 15.0, Fate.DURABLE),
        (15.0, 45.0, 30.0, Fate.DURABLE),
        (45.0, 100.0, 55.0, Fate.DIED_BEFORE_FLUSH),
    ]


def test_who_is_told_to_stop_decides_at_once() -> None:
    """The same life, ended with notice: nothing of it is lost."""
    sampling = {"kind": "tail", "keep": "50%", "wait": "45s"}
    ended = scenario({"sampling": sampling}, service={"lifetime": "100s"}, horizon="150s")
    assert numbers(simulate(ended))["DURABLE"] >= 100.0
    assert "DIED_BEFORE_FLUSH" not in numbers(simulate(ended))


def test_a_buffer_holds_what_tail_sampling_has_not_decided_yet() -> None:
    """Room for 50 of the 60 made between two flushes, though but half of them are going to be kept."""
    kept = {name: {"sampling": {"kind": name, "keep": "50%"}, "buffer": BUFFER} for name in ("head", "tail")}
    lost = {name: numbers(simulate(scenario(artefact))) for name, artefact in kept.items()}
    assert "BUFFER_OVERFLOW" not in lost["head"]
    assert lost["tail"]["BUFFER_OVERFLOW"] == pytest.approx(20 * 5.0, rel=0.2)


@pytest.mark.parametrize(
    ("artefact", "said"),
    [
        ({"shipping": {"kind": "sync"}, "sampling": {"kind": "tail", "keep": "5%"}}, "before it is known"),
        ({"buffer": BUFFER, "sampling": {"kind": "tail", "keep": "5%", "wait": "5s"}}, "leave the wait out"),
        (
            {
                "shipping": {"kind": "batch", "size": 5},
                "sampling": {"kind": "tail", "keep": "5%", "wait": "5s"},
            },
            "leave the wait out",
        ),
    ],
)
def test_tail_sampling_that_cannot_be_is_refused(artefact: dict[str, Any], said: str) -> None:
    """The place is the sampling, and what would be right is said."""
    with pytest.raises(ValueError, match=said):
        scenario(artefact)


def test_one_draw_decides_for_all_artefacts_of_an_outcome() -> None:
    """Issuances: whatever a fifth keeps, a half of the same outcomes keeps too."""
    issued = scenario(
        of="issuance",
        issuers={"mesh": {"ttl": "30s"}},
        service={"issuer": "mesh", "replicas": 20},
        evidence={"answer": {"kind": "issuance", "workload": "web", "owes": ["few", "many"]}},
        artefacts={
            name: {
                "of": "answer", "sink": "archive", "shipping": PERIODIC,
                "sampling": {"kind": "head", "keep": keep},
            }
            for name, keep in (("few", "20%"), ("many", "50%"))
        },
    )  # fmt: skip
    table = simulate(issued)["artefacts"]
    kept = {
        code: {
            (int(unit), float(start))
            for unit, start in zip(table["unit"][mine], table["start"][mine], strict=True)
        }
        for code in (0, 1)
        for mine in [(table["artefact"] == code) & (table["fate"] != Fate.SAMPLED_OUT)]
    }
    assert kept[0] < kept[1]


def test_a_buffer_drops_issuance_records_one_by_one() -> None:
    """Issued at 0 s, 10 s, ... 50 s between two flushes a minute apart: of six the buffer holds four."""
    dropped = {}
    for rule in ("drop-oldest", "drop-newest"):
        artefact = {"shipping": {"kind": "periodic", "every": "1m"}, "buffer": {"most": 4, "when_full": rule}}
        issued = scenario(
            artefact, of="issuance", issuers={"mesh": {"ttl": "20s"}}, service={"issuer": "mesh"}
        )
        table = simulate(issued)["artefacts"]
        lost = (table["fate"] == Fate.BUFFER_OVERFLOW) & (table["start"] < 60.0)
        dropped[rule] = table["start"][lost].tolist()
    assert dropped == {"drop-oldest": [0.0, 10.0], "drop-newest": [40.0, 50.0]}


def test_a_batch_of_issuance_records_goes_with_its_last() -> None:
    """Every 10 s one is issued, three make a batch."""
    artefact = {"shipping": {"kind": "batch", "size": 3}}
    table = simulate(scenario(artefact, of="issuance", **ISSUED))["artefacts"]
    assert table["shipped"][:7].tolist() == pytest.approx([20.0, 20.0, 20.0, 50.0, 50.0, 50.0, 80.0])


def test_sync_loses_nothing_and_refuses_while_the_sink_is_down() -> None:
    """A sixth of ten minutes, in which no request is answered and none leaves a gap."""
    trace = simulate(scenario({"shipping": {"kind": "sync"}}, **outage("100s")))
    assert numbers(trace) == {"DURABLE": 1000.0}
    found = evaluate(trace, ["availability", "unserved.share.evidence_blocked"])
    assert found["availability"].value == pytest.approx(5 / 6)
    assert found["unserved.share.evidence_blocked"].value == pytest.approx(1 / 6)


def test_a_full_buffer_that_blocks_costs_availability_and_loses_nothing() -> None:
    """An outage of 100 s and room for 60: nothing is lost, and requests are refused for about as long."""
    artefact = {"buffer": {"most": 60, "when_full": "block"}, "shipping": {"kind": "periodic", "every": "5s"}}
    trace = simulate(scenario(artefact, **outage("100s")))
    assert set(numbers(trace)) == {"DURABLE", "BUFFERED"}
    table = trace["obstructions"]
    assert table["end"].tolist() == [200.0]
    assert 110.0 < table["start"][0] < 150.0


def test_an_agent_keeps_what_units_leave_behind() -> None:
    """Units crash, the agent that holds for them does not; it may crash itself."""
    crash = {"kind": "crash", "workload": "web", "every": "100s"}
    kept = scenario({"holder": {"kind": "agent", "units": 1}}, failures=[crash])
    assert set(numbers(simulate(kept))) == {"DURABLE", "BUFFERED"}
    fallible = kept.with_({"artefacts.log.holder.crashes": "100s"})
    assert numbers(simulate(fallible))["DIED_BEFORE_FLUSH"] > 0


def test_an_agent_on_a_node_loses_what_it_holds_with_the_node_alone() -> None:
    """Units crash every 100 s and lose nothing; the node is lost at 250 s, 10 s after the flush at 240 s."""
    failures = [{"kind": "crash", "workload": "web", "every": "100s"}]
    pool = {"zone": "a", "count": 2, "units": 1, "boot": "1s"}
    held = scenario({"holder": {"kind": "node"}}, nodes={"rack": pool}, failures=failures)
    assert set(numbers(simulate(held))) == {"DURABLE", "BUFFERED"}
    failures.append({"kind": "node-loss", "pool": "rack", "at": ["250s"], "nodes": 2})
    lost = scenario({"holder": {"kind": "node"}}, nodes={"rack": pool}, failures=failures, start="fresh")
    table = simulate(lost)["artefacts"]
    died = table["fate"] == Fate.DIED_BEFORE_FLUSH
    assert table["end"][died].tolist() == [250.0]
    assert table["number"][died].sum() < 2 * 30.0


def test_where_no_node_is_ever_up_nobody_holds_anything() -> None:
    """Ordered, and up only after the end: no unit has a place, and no sort of shipping minds."""
    pool = {"zone": "a", "count": 1, "units": 1, "boot": "1h", "lifetime": "1s"}
    for shipping in (PERIODIC, {"kind": "batch", "size": 10}, {"kind": "on-stop"}):
        nowhere = scenario({"holder": {"kind": "node"}, "shipping": shipping}, nodes={"rack": pool})
        trace = simulate(nowhere.with_(horizon="10m"))
        assert trace["artefacts"]["number"].sum() < 10.0


def test_an_agent_on_a_node_that_drains_flushes_once_more() -> None:
    """Nodes go after 100 s, with notice, and take nothing along unless nobody tells the agent."""
    pool = {"zone": "a", "count": 2, "units": 1, "boot": "1s", "lifetime": "100s"}
    told = scenario({"holder": {"kind": "node"}}, nodes={"rack": pool})
    assert set(numbers(simulate(told))) == {"DURABLE", "BUFFERED"}
    silent = told.with_({"artefacts.log.shipping.on_stop": False})
    assert numbers(simulate(silent))["DIED_BEFORE_FLUSH"] > 0


def test_a_signature_is_worth_nothing_without_a_good_credential() -> None:
    """Issued at 60 s for the last time, expired at 180 s; points forgive a minute more, verifiers do not."""
    issuer = {"ttl": "2m", "retry": {"kind": "immediate"}, "verification": {"leeway": "1m"}}
    down = {"kind": "issuer-outage", "issuer": "mesh", "at": ["100s"], "lasts": "150s"}
    signed = scenario({"signed": True}, issuers={"mesh": issuer}, service={"issuer": "mesh"}, failures=[down])
    assert numbers(simulate(signed))["KEY_UNVERIFIABLE"] == 120.0
    unsigned = signed.with_({"artefacts.log.signed": False})
    assert "KEY_UNVERIFIABLE" not in numbers(simulate(unsigned))


def test_sampled_requests_leave_whole_artefacts() -> None:
    """Counts with the same means."""
    table = simulate(scenario(requests="sampled", service={"lifetime": "100s"}))["artefacts"]
    assert (table["number"] == np.rint(table["number"])).all()
    assert 1000 < table["number"].sum() < 1400


def test_evidence_leaves_the_rest_of_a_run_alone() -> None:
    """The null: with and without, every other table is the same to the bit."""
    crash = {"kind": "crash", "workload": "web", "every": {"kind": "exponential", "mean": "100s"}}
    with_ = simulate(scenario(failures=[crash]))
    without = simulate(scenario(failures=[crash], sinks={}, evidence={}, artefacts={}))
    for table in with_:
        if table not in ("artefacts", "intervals", "bill"):
            for column in with_[table]:
                np.testing.assert_array_equal(with_[table][column], without[table][column], err_msg=column)


@pytest.mark.parametrize(
    ("artefact", "more", "said"),
    [
        ({"of": "anwser"}, {}, "there is no 'anwser' among the evidence; did you mean 'answer'?"),
        ({"sink": "achive"}, {}, "there is no 'achive' among the sinks; did you mean 'archive'?"),
        ({}, {"evidence": {"answer": {"kind": "request", "workload": "web", "owes": ["lgo"]}}},
         "there is no 'lgo' among the artefacts; did you mean 'log'?"),
        ({"shipping": {"kind": "batch", "size": 60}, "buffer": BUFFER}, {},
         "a buffer for 50 artefacts never gathers a batch of 60"),
        ({"shipping": {"kind": "sync"}, "buffer": BUFFER}, {}, "what is handed over at once is never"),
        ({"shipping": {"kind": "on-stop"}, "holder": {"kind": "agent", "units": 2}}, {},
         "an agent is never told to stop"),
        ({"holder": {"kind": "node"}}, {}, "there are no nodes on which anybody could hold it"),
        ({}, {"of": "issuance"}, "web has no such outcomes: it has no issuer"),
        ({}, {"service": {"traffic": None}}, "web has no such outcomes: it is offered no traffic"),
        ({"shipping": {"kind": "sync"}}, {"sink": {"capacity": "3/s"}}, "would have to queue for"),
    ],
)  # fmt: skip
def test_evidence_that_makes_no_sense_is_refused(artefact: Any, more: Any, said: str) -> None:
    """Each with what is wrong; the place comes from the reader."""
    with pytest.raises((ScenarioError, ValueError)) as caught:
        scenario(artefact, **more)
    assert said in str(caught.value)


def test_a_stretch_of_flushes_ends_with_its_last_one_whatever_rounding_does() -> None:
    """Started in 0.1 s steps that no float hits: no sliver of a stretch is left over."""
    for start in range(1, 40):
        delayed = scenario(sink={"delay": "2s"}, service={"startup": f"{start}.1s"}, horizon="5m")
        table = simulate(delayed)["artefacts"]
        assert (table["end"] - table["start"] > 1e-6).all()


def test_an_outage_after_the_last_flush_of_a_stretch_is_no_flush_in_an_outage() -> None:
    """Started at times that no float hits, down over the flush that would follow: the law sees none."""
    for start in range(1, 40):
        simulate(scenario(service={"startup": f"{start}.1s"}, **outage("100s")))


@pytest.mark.parametrize(
    ("shipping", "down", "fate"),
    [
        ({"kind": "on-stop"}, False, Fate.DURABLE),
        ({"kind": "on-stop"}, True, Fate.SINK_OUTAGE),
        ({"kind": "batch", "size": 2}, False, Fate.DURABLE),
        ({"kind": "batch", "size": 2}, True, Fate.SINK_OUTAGE),
        (PERIODIC, False, Fate.DURABLE),
        (PERIODIC | {"on_stop": False}, False, Fate.DIED_BEFORE_FLUSH),
    ],
)
def test_who_is_gone_as_it_has_booted_holds_what_it_was_issued_then(
    shipping: dict[str, Any], down: bool, fate: Fate
) -> None:
    """Lives of nothing and of 100 s: each record of the former has the fate of its own unit, at once."""
    parts = [{"weight": "50%", "law": "0s"}, {"weight": "50%", "law": "100s"}]
    service = {"issuer": "mesh", "startup": "10s", "lifetime": {"kind": "mixture", "parts": parts}}
    more = outage("0s", lasts="10m") if down else {}
    issued = scenario({"shipping": shipping}, of="issuance", **ISSUED | {"service": service}, **more)
    trace = simulate(issued)
    table, units = trace["artefacts"], trace["units"]
    brief = (units["booted"] == units["gone"])[table["unit"]]
    assert brief.sum() > 2
    assert set(table["fate"][brief].tolist()) == {int(fate)}
    at_once = table["start"][brief] if fate == Fate.DURABLE else np.full(brief.sum(), np.nan)
    np.testing.assert_allclose(table["shipped"][brief], at_once, rtol=1e-15)
