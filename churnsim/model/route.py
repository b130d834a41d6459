"""The routes: what workloads that call each other are sent, and how requests fare in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from churnsim.model.account import Passage
from churnsim.model.call import Call
from churnsim.model.graph import Edge, Graph
from churnsim.model.history import History
from churnsim.model.staircase import Staircase
from churnsim.model.standing import Changes, Standing
from churnsim.model.traffic import Load
from churnsim.model.worker import Workers
from churnsim.trace.intervals import Steps
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Routes:
    """How requests fare in workloads that call or are called, by their codes.

    Parameters
    ----------
    passages : mapping of int to Passage
        What holds of any request to each of them.
    loads : mapping of int to Load
        All that comes to each: from outside, and every attempt of a call.
    first, sent, failed : mapping of pair of int to Load
        Calls from one to another, their attempts, and calls of which every attempt failed.
    prompt : mapping of pair of int to Steps
        Chance that an answer comes in time, of calls that do not wait for ever.
    """

    passages: Mapping[int, Passage] = field(default_factory=dict)
    loads: Mapping[int, Load] = field(default_factory=dict)
    first: Mapping[Edge, Load] = field(default_factory=dict)
    sent: Mapping[Edge, Load] = field(default_factory=dict)
    failed: Mapping[Edge, Load] = field(default_factory=dict)
    prompt: Mapping[Edge, Steps] = field(default_factory=dict)


def routed(
    trace: Trace,
    calls: Mapping[Edge, Call],
    workers: Mapping[int, Workers],
    outside: Mapping[int, Load],
    edges: Floats,
) -> Routes:
    """Work out what workloads that call each other, or in which requests queue, are sent.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic.
    calls : mapping of pair of int to Call
        Who calls whom, by their codes.
    workers : mapping of int to Workers
        Who works on the requests in each unit, by code of the workload.
    outside : mapping of int to Load
        What comes from outside, by code of the workload.
    edges : (b + 1,) array
        Edges [s] of spans of time, from the first instant that matters to the last, in each of which requests
        from outside come evenly.
    """
    codes = sorted({code for edge in calls for code in edge} | set(workers))
    if not codes:
        return Routes()
    changes = {code: Changes(History(trace, code, float(edges[-1]))) for code in codes}
    loads = {code: load for code, load in outside.items() if code in changes}
    instants = [*(each.instants for each in changes.values()), *(each.jumps for each in loads.values())]
    grid = _grid(edges, instants)
    begin, length = grid[:-1], np.diff(grid)
    standing = _standing(changes, loads, workers, grid)
    graph = Graph(
        {(codes.index(v), codes.index(w)): call for (v, w), call in calls.items()},
        [trace.meta.workloads[code].capacity for code in codes],
    )
    solution = graph.solve(standing)
    first = {(codes[v], codes[w]): each for (v, w), each in graph.first(standing, solution.received).items()}
    failing = dict(zip(calls, solution.failing, strict=True))
    sent = {edge: first[edge] * call.attempts(failing[edge]) for edge, call in calls.items()}
    failed = {edge: first[edge] * call.lost(failing[edge]) for edge, call in calls.items()}

    def even(number: Floats) -> Load:
        return Load(Staircase(begin, number / length).between, grid)

    def whole(code: int) -> Load:
        inner = even(np.sum([sent[edge] for edge in calls if edge[1] == code], axis=0))
        outer = loads.get(code)
        if outer is None:
            return inner
        return Load(lambda start, end: outer.between(start, end) + inner.between(start, end), grid)

    kept = standing.kept(solution.received)
    return Routes(
        passages={
            code: Passage([Steps(begin, each) for each in kept[row]], Steps(begin, solution.answered[row]))
            for row, code in enumerate(codes)
        },
        loads={code: whole(code) for code in codes},
        first={edge: even(each) for edge, each in first.items()},
        sent={edge: even(each) for edge, each in sent.items()},
        failed={edge: even(each) for edge, each in failed.items()},
        prompt={
            edge: Steps(begin, each)
            for (edge, call), each in zip(calls.items(), solution.prompt, strict=True)
            if call.timeout is not None
        },
    )


def _grid(edges: Floats, instants: list[Floats]) -> Floats:
    """Edges [s] of spans in which nothing changes that any of the workloads goes by."""
    grid = np.unique(np.concatenate([edges, *instants]))
    inside: Floats = grid[(grid >= edges[0]) & (grid <= edges[-1])]
    return inside


def _standing(
    changes: Mapping[int, Changes], loads: Mapping[int, Load], workers: Mapping[int, Workers], grid: Floats
) -> Standing:
    begin, end = grid[:-1], grid[1:]
    idle = Load(lambda start, end: np.zeros(start.size))
    rows = [
        each.standing(loads.get(code, idle).between(begin, end), begin, end - begin)
        for code, each in changes.items()
    ]
    outside, lost, alive, right, passing, able = (np.array(column) for column in zip(*rows, strict=True))
    who = [workers.get(code) for code in changes]
    return Standing(outside, lost, alive, right, passing, able, who)
