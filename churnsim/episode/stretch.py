"""The stretches of an episode: where it was wrong, by which guard, and which cause alone would close it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from churnsim.episode.subject import Subject
from churnsim.metrics.overlap import Mask
from churnsim.metrics.trust import Cause, GapFamily, Gaps, concatenate, gaps, necessities, units_wrong


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of an episode in which nothing about it changes.

    Parameters
    ----------
    start, end : float
        Bounds [s].
    where : tuple of int
        Points that are wrong, by number; for a policy the units, by row.
    causes : tuple of Cause
        Headline causes, most points first.
    remedies : tuple of Cause
        Causes of which removing one alone closes it wherever it is open.
    """

    start: float
    end: float
    where: tuple[int, ...]
    causes: tuple[Cause, ...]
    remedies: tuple[Cause, ...]


def stretches(subject: Subject) -> list[Stretch]:
    """Cut an episode where its points, causes or remedies change; in order of time."""
    found, closed = gaps(subject.trace), necessities(subject.trace)
    found, closed = found.where(_of(subject, found)), closed.where(_of(subject, closed))
    if subject.family == GapFamily.POLICY:
        # A unit that is wrong by its version or its cache would be right without: each closes what it opens.
        single = units_wrong(subject.trace, subject.workload, subject.principal)
        single = single.where(_of(subject, single))
        found = concatenate(found.where(found.principal == -1), single)
        closed = concatenate(closed.where(closed.principal == -1), single)
    place, remedied = _place(subject, found), _place(subject, closed)
    edges = np.unique(np.concatenate((found.start, found.end, closed.start, closed.end)))
    edges = edges[(edges > subject.start) & (edges < subject.end)]
    edges = np.concatenate(([subject.start], edges, [subject.end]))
    cut: list[Stretch] = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        middle = (start + end) / 2
        open_here = (found.start <= middle) & (middle < found.end)
        where = np.unique(place[open_here])
        codes, count = np.unique(found.cause[open_here], return_counts=True)
        closing = (closed.start <= middle) & (middle < closed.end)
        remedies = [
            Cause(code)
            for code in np.unique(closed.cause[closing])
            if np.isin(where, remedied[closing & (closed.cause == code)]).all()
        ]
        causes = [Cause(codes[i]) for i in np.lexsort((codes, -count))]
        piece = Stretch(start, end, tuple(where.tolist()), tuple(causes), tuple(remedies))
        if cut and (cut[-1].where, cut[-1].causes, cut[-1].remedies) == (
            piece.where, piece.causes, piece.remedies,
        ):  # fmt: skip
            piece = Stretch(cut.pop().start, end, piece.where, piece.causes, piece.remedies)
        cut.append(piece)
    return cut


def _of(subject: Subject, rows: Gaps) -> Mask:
    """Rows that are about the pair of an episode while it lasts."""
    mine = (rows.side == subject.side) & (rows.family == subject.family)
    mine &= (rows.start < subject.end) & (rows.end > subject.start)
    if subject.family == GapFamily.POLICY:
        # A lapse is about everybody whom its mode is wrong about.
        about = (rows.principal == subject.principal) | (rows.principal == -1)
        return np.asarray(mine & about & (rows.workload == subject.workload))
    if subject.family == GapFamily.THEFT:
        return np.asarray(mine & (rows.theft == subject.theft))
    return np.asarray(mine & (rows.unit == subject.unit))


def _place(subject: Subject, rows: Gaps) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return rows.unit if subject.family == GapFamily.POLICY else rows.point
