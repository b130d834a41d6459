"""L24: every artefact that was made is durable, buffered or lost for one reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family, Fate
from churnsim.trace.law.call import received
from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.trace import Trace

_NEVER_DURABLE = (
    Fate.BUFFERED,
    Fate.SAMPLED_OUT,
    Fate.BUFFER_OVERFLOW,
    Fate.SINK_OUTAGE,
    Fate.DIED_BEFORE_FLUSH,
)
_ROUNDING = 1e-5  # what is made within a bucket is taken to be made evenly
_DECIDED = (
    "served",
    "stale_deny",
    "fail_closed",
    "cached_deny",
    "stale_allow",
    "fail_open",
    "cached_allow",
    "dependency",
    "bad_version",
)
_TROUBLES = ("stale_deny", "fail_closed", "cached_deny", "fail_open", "bad_version")
_FACTS = {
    "issuance": ("credentials", "issued"),
    "adoption": ("adoptions", "applied"),
    "commit": ("outcomes", "committed"),
}


@law(
    "L24",
    "Made = durable + buffered + lost by cause: what is kept of one sort of artefact at one unit never "
    "overlaps; where facts make it, as many as there are facts, where requests do, in [t0, t1) as many on "
    "average as came to be decided upon. It is handed over when it was made or later, while the sink is up, "
    "and durable no earlier; whatever is lost on the way never is. Nothing is left out in trouble where all "
    "of that is kept; of requests that are sampled as many were in trouble as traffic tells of, and perhaps "
    "those that were rightly denied, or served by rote, as well.",
)
def evidence(trace: Trace) -> Iterator[Violation]:
    """Look at each row, at neighbours, and at the sums."""
    table, t1 = trace["artefacts"], trace.meta.t1
    start, end, shipped, durable, fate = (
        table[name] for name in ("start", "end", "shipped", "durable", "fate")
    )
    units = trace["units"]
    gone = np.where(np.isnan(units["gone"]), t1, units["gone"])[table["unit"]]

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(start[i]), trace.label(Family.UNIT, int(table["unit"][i])))

    for i in first(~((start >= trace.meta.start) & (start < t1) & (start <= end) & (end <= gone))):
        yield at("made outside the world, or by a unit that is gone", i)
    for i in first(~(table["number"] > 0)):
        yield at(f"{table['number'][i]} artefacts", i)
    for i in first(~((shipped >= start) & (shipped < t1)) & ~np.isnan(shipped)):
        yield at(f"handed over at {shipped[i]}", i)
    for i in first(_while_down(trace)):
        yield at("handed over while the sink was down", i)
    for i in first(~(durable >= shipped) & ~np.isnan(durable)):
        yield at(f"durable at {durable[i]}, handed over at {shipped[i]}", i)
    kept = (fate == Fate.DURABLE) | (fate == Fate.RETENTION_EXPIRED)
    for i in first((kept & np.isnan(durable)) | (np.isin(fate, _NEVER_DURABLE) & ~np.isnan(durable))):
        yield at(f"{Fate(int(fate[i])).name.lower()}, durable at {durable[i]}", i)
    troubled = np.nan_to_num(table["troubled"])
    for i in first(~((troubled >= 0.0) & (troubled <= 1.0))):
        yield at(f"a share of {troubled[i]} was in trouble", i)
    keeps = np.array([info.kept_in_trouble for info in trace.meta.artefacts], float)[table["artefact"]]
    for i in first((fate == Fate.SAMPLED_OUT) & (keeps == 1.0) & (troubled > 0.0)):
        yield at("left out in trouble, all of which is kept", i)
    yield from _overlaps(trace)
    yield from _sums(trace)


def _while_down(trace: Trace) -> NDArray[np.bool_]:
    """Rows that are handed over, once or again and again, while their sink takes nothing in."""
    table, down = trace["artefacts"], trace.unavailable(Family.SINK)
    sinks = np.array([info.sink for info in trace.meta.artefacts], np.int64)
    at_once = (table["shipped"] < table["end"]) & (table["period"] == 0)
    wrong = np.zeros(len(at_once), bool)
    for start, end, sink in zip(down.start, down.end, down.group, strict=True):
        mine = sinks[table["artefact"]] == sink
        period = np.where(table["period"] > 0, table["period"], np.inf)
        behind = np.maximum(np.ceil((start - table["shipped"]) / period - 1e-9), 0.0)
        flush = table["shipped"] + behind * table["period"]
        # Another flush follows only if something was made after the one before it, by more than rounding.
        follows = (behind == 0) | (flush - table["period"] < table["end"] - 1e-6)
        once = (flush >= start) & (flush < end) & follows
        ever = (table["start"] < end) & (table["end"] > start)
        wrong |= mine & np.where(at_once, ever, once)
    return wrong


def _overlaps(trace: Trace) -> Iterator[Violation]:
    table = trace["artefacts"]
    row = np.flatnonzero(table["fate"] != Fate.SAMPLED_OUT)
    rows = {name: table[name][row] for name in ("artefact", "unit", "start", "end")}
    same = (rows["artefact"][1:] == rows["artefact"][:-1]) & (rows["unit"][1:] == rows["unit"][:-1])
    for i in first(same & (rows["start"][1:] < rows["end"][:-1])):
        who = trace.label(Family.UNIT, int(rows["unit"][i]))
        yield Violation("made at one time and with two fates", float(rows["start"][i + 1]), who)


def _sums(trace: Trace) -> Iterator[Violation]:
    """Compare what was made with what makes it."""
    table, meta = trace["artefacts"], trace.meta
    for code, info in enumerate(meta.artefacts):
        outcome = meta.outcomes[info.outcome]
        mine = table["artefact"] == code
        if outcome.kind in _FACTS:
            made = float(table["number"][mine].sum())
            facts = _facts(trace, *_FACTS[outcome.kind], outcome.workload) * info.per_outcome
            if differ(made, facts):
                yield Violation(f"{made} artefacts of {facts} {outcome.kind}s", entity=info.name)
        elif outcome.kind == "request" and meta.requests == "expected" and info.shipping != "batch":
            made = float(table["number"][mine & (table["start"] >= meta.t0)].sum()) / info.per_outcome
            least, most = _decided(trace, outcome.workload)
            if not least - _ROUNDING * (1 + most) <= made <= most + _ROUNDING * (1 + most):
                yield Violation(f"made by {made} requests, not {least} to {most}", entity=info.name)
            yield from _troubles(trace, code)


def _troubles(trace: Trace, code: int) -> Iterator[Violation]:
    """Compare what was in trouble, of requests that are sampled, with what traffic says of them."""
    table, info = trace["artefacts"], trace.meta.artefacts[code]
    mine = (table["artefact"] == code) & (table["start"] >= trace.meta.t0)
    if np.isnan(table["troubled"][mine]).any():
        return
    wrong = float((table["number"] * table["troubled"])[mine].sum()) / info.per_outcome
    workload = trace.meta.outcomes[info.outcome].workload
    least = sum(received(trace, workload, name) for name in _TROUBLES)
    most = least + sum(received(trace, workload, name) for name in ("denied", "served", "dependency"))
    if not least - _ROUNDING * (1 + most) <= wrong <= most + _ROUNDING * (1 + most):
        yield Violation(f"{wrong} requests in trouble, not {least} to {most}", entity=info.name)


def _facts(trace: Trace, name: str, instant: str, workload: int) -> int:
    table = trace[name]
    mine = trace["units"]["workload"][table["unit"]] == workload
    mine &= table[instant] >= trace.meta.start
    if "bearer" in table:
        mine &= table["bearer"] == -1
    return int(np.count_nonzero(mine))


def _decided(trace: Trace, workload: int) -> tuple[float, float]:
    """Requests of a workload that were surely, and that were perhaps, decided upon by a unit."""
    least = sum(received(trace, workload, name) for name in _DECIDED)
    return least, least + received(trace, workload, "denied")
